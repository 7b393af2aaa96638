"""Web pages, and what programs put on a clipboard, as a page: HTML without what is around it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlElement

from newsletter.errors import BadInput, ImportRejected
from newsletter.phrases import translate
from newsletter.publishing.importing import embedded
from newsletter.publishing.importing.clipboard_html import (
    drop_unseen,
    mark_formatting,
    mark_word_lists,
)
from newsletter.publishing.importing.fields import numbers_in
from newsletter.publishing.importing.html_markdown import BLOCKS, holds_block, is_element
from newsletter.publishing.importing.page import Page
from newsletter.publishing.languages import is_language
from newsletter.rendering.pipeline.mail_pictures import check_whole
from newsletter.whitespace import single_spaced

#: What stands around the text of a page, by its element and by the role that it is given.
AROUND: Final = frozenset({"nav", "aside", "header", "footer", "form", "dialog", "menu"})
ROLES: Final = frozenset({"navigation", "banner", "contentinfo", "complementary", "search", "menu"})
#: Where browsers write which page they saved, and pages their own address.
_SAVED_FROM = re.compile(r"saved from url=\(\d+\)(https?://[^\s>]+)")
_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w-]{2,40})", re.IGNORECASE)
_MARKUP = re.compile(r"\s*(?:<!doctype html|<html\b|<head\b|<body\b)", re.IGNORECASE)
#: How the names of such files end.
SUFFIXES: Final = (".html", ".htm", ".xhtml")
#: A number without a volume, as our own pages write it.
_NUMBER = re.compile(r"\bNo\. (\d{1,9})\b")
#: Elements that only hold others.
_WRAPPERS = frozenset(
    {"div", "section", "article", "main", "center", "body", "header", "hgroup", "footer", "aside"}
)


def is_web_page(data: bytes, name: str) -> bool:
    """Say whether a file is a page of HTML: by its name, or by how it begins."""
    head = data[:2_000].decode("utf-8-sig", errors="replace")
    return name.lower().endswith(SUFFIXES) or bool(_MARKUP.match(head))


def decode_page(data: bytes, name: str) -> str:
    """Return the text of a page in UTF-8, or in the encoding that it names."""
    named = _CHARSET.search(data[:4_000])
    for encoding in ("utf-8-sig", *([named[1].decode()] if named else [])):
        with suppress(UnicodeDecodeError, LookupError):
            return data.decode(encoding)
    raise ImportRejected(
        _("the page does not say in which encoding it is written"),
        path=name,
        hint=_("Save it as UTF-8."),
    )


def read_web_page(text: str, name: str) -> Page:
    """Return what is in a page, or raise `ImportRejected`."""
    text, inside = embedded.taken_out(text)
    try:
        root = lxml_html.document_fromstring(text or " ", parser=lxml_html.HTMLParser())
    except (etree.ParserError, ValueError):
        raise ImportRejected(
            _("there is no text in it"), path=name, hint=_("Choose another file.")
        ) from None
    facts = Facts(root, text)
    comments = drop_unseen(root)
    mark_formatting(root)
    mark_word_lists(root)
    main = main_part(root)
    date, number = facts.date(main), take_number(main)
    around = list(take_around(main))
    pictures, broken = decode_pictures(inside)
    return Page(
        blocks=list(flattened(main)),
        title=facts.title(main),
        number=number,
        language=facts.language(),
        date=date,
        address=facts.address(),
        pictures=pictures,
        notes=(*broken, *sentences(comments, around)),
    )


def decode_pictures(inside: dict[str, str]) -> tuple[dict[str, bytes], list[str]]:
    """Return the pictures that stand in a page itself, and sentences on those that cannot."""
    pictures: dict[str, bytes] = {}
    notes = []
    for name, address in inside.items():
        try:
            data = embedded.decode_picture(address)
            check_whole(data)
        except BadInput as error:
            notes.append(
                _("The picture “{name}” is left out: it {reason}.").format(
                    name=f"{address[:22]}…", reason=translate(error.message)
                )
            )
        else:
            pictures[name] = data
    return pictures, notes


def sentences(comments: int, around: list[str]) -> Iterator[str]:
    """Say what of a page is left out, and why."""
    if comments:
        yield ngettext(
            "{number} comment is left out.", "{number} comments are left out.", comments
        ).format(number=comments)
    if around:
        yield _("Left out as parts of the page around the text: {words}.").format(
            words=", ".join(f"“{each}”" for each in around[:10]) + (" …" if around[10:] else "")
        )


class Facts:
    """What the head of a page says of it."""

    def __init__(self, root: HtmlElement, text: str) -> None:
        self._root = root
        self._text = text
        self._metas = {
            (each.get("property") or each.get("name") or "").lower(): each.get("content") or ""
            for each in root.iter("meta")
        }
        named = root.find(".//title")
        self._title = single_spaced(str(named.text_content())) if named is not None else ""
        self._language = root.get("lang") or ""
        base, canonical = root.find(".//base"), root.xpath("//link[@rel='canonical']/@href")
        saved = _SAVED_FROM.search(text[:4_000])
        found = (
            saved[1] if saved else "",
            *map(str, canonical),
            self._metas.get("og:url", ""),
            (base.get("href") or "") if base is not None else "",
        )
        self._address = next(
            (each for each in found if each.startswith(("http://", "https://"))), ""
        )

    def title(self, main: HtmlElement) -> str:
        """Return the title: the only heading of level 1, else what the head says."""
        headings = list(main.iter("h1"))
        if len(headings) == 1:
            return single_spaced(str(headings[0].text_content()))
        return self._metas.get("og:title", "") or self._title

    def language(self) -> str:
        """Return the code of the language, if the page says one that is known."""
        code = self._language.replace("_", "-")
        return code if code and is_language(code) else ""

    def date(self, main: HtmlElement) -> dt.date | None:
        """Return the day on which the page was published."""
        marked = [each.get("datetime") or "" for each in main.iter("time")]
        for found in (self._metas.get("article:published_time", ""), *marked[:1]):
            with suppress(ValueError):
                return dt.date.fromisoformat(found[:10])
        return None

    def address(self) -> str:
        """Return the address at which the page stood, or nothing."""
        return self._address


def main_part(root: HtmlElement) -> HtmlElement:
    """Return the element that holds the text of a page."""
    for path in (".//article", ".//main", ".//*[@role='main']"):
        found = root.xpath(path)
        if len(found) == 1 and len(str(found[0].text_content()).strip()) > 0:
            return found[0]
    body = root.find(".//body")
    return body if body is not None else root


def take_around(main: HtmlElement) -> Iterator[str]:
    """Take what stands around the text out of it; yield the first words of each part."""
    for element in list(main.iterdescendants()):
        if element.getparent() is None or not is_element(element) or not is_around(element):
            continue
        if element.tag == "header" and element.find(".//h1") is not None:
            continue
        words = single_spaced(str(element.text_content()))
        element.drop_tree()
        if words:
            yield words if len(words) <= 50 else f"{words[:50].rstrip()}…"


def take_number(main: HtmlElement) -> str:
    """Take lines beside the title out, such as number and date; return the number that they say."""
    found = ""
    for line in main.xpath(".//header[.//h1]//p"):
        words = single_spaced(str(line.text_content()))
        volume, number = numbers_in(words)
        single = _NUMBER.search(words)
        found = found or (f"{volume}.{number}" if number else single[1] if single else "")
        if line.find(".//img") is None and ("meta" in (line.get("class") or "").split() or number):
            line.drop_tree()
    return found


def is_around(element: HtmlElement) -> bool:
    """Say whether an element belongs to the page, not to the text."""
    classes = {each.lower() for each in (element.get("class") or "").split()}
    if classes & {"boilerplate", "notice"} or element.getparent().tag == "blockquote":
        return False
    return element.tag in AROUND or (element.get("role") or "").lower() in ROLES


def flattened(element: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the blocks in an element, those that only hold others opened; loose words as one."""
    loose = lxml_html.Element("p")
    loose.text = element.text
    for child in list(element):
        tail, child.tail = child.tail, None
        if not is_element(child) or (child.tag not in BLOCKS and not holds_block(child)):
            loose.append(child)
            child.tail = tail
            continue
        yield from says(loose)
        loose = lxml_html.Element("p")
        loose.text = tail
        yield from opened(child)
    yield from says(loose)


def opened(element: HtmlElement) -> Iterator[HtmlElement]:
    """Yield a block, or the blocks in one that only holds others."""
    if element.tag in BLOCKS - _WRAPPERS:
        yield element
        return
    closing = "boilerplate" in (element.get("class") or "").lower().split()
    for each in flattened(element):
        if closing:
            each.set("data-closing", "true")
        yield each


def says(element: HtmlElement) -> Iterator[HtmlElement]:
    """Yield an element if there is anything in it."""
    if single_spaced(str(element.text_content())) or element.find(".//img") is not None:
        yield element
