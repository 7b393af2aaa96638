"""A finished mail as checks look at it: parsed once, with its links and pictures."""

from __future__ import annotations

import html as html_entities
import re
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from lxml import etree
from lxml import html as markup

from newsletter.rendering.content import Digest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from newsletter.rendering.content import Content, Item
    from newsletter.rendering.personalisation.recipients import RecipientData
    from newsletter.rendering.personalisation.variants import Parts

_COMMENT = re.compile(r"<!--(?>(?:(?>[^-]+)|-(?!->))*)(?:-->)?")
_CODE = ("code", "kbd", "pre", "samp", "script", "style")
#: Elements inside of a word: all others part what stands before them from what follows.
_INSIDE_WORDS = frozenset(
    [
        *("a", "abbr", "b", "bdi", "bdo", "big", "cite", "del", "em", "font", "i", "ins", "mark"),
        *("q", "s", "small", "span", "strong", "sub", "sup", "u"),
    ]
)
#: A tag of a formatted text, and code in it.
TAG = re.compile(r"<[^<>]*>")
_SHOWN_CODE = re.compile(r"<(?P<name>pre|code|kbd|samp)>.*?(?:</(?P=name)>|\Z)", re.DOTALL)
_HIDDEN = re.compile(r"display\s*:\s*none")


@dataclass(frozen=True, slots=True)
class Link:
    """A link: where it goes, what it says by its words or pictures, whether there is a picture."""

    address: str
    words: str
    pictured: bool


@dataclass(frozen=True)
class Page:
    """One variant of a mail, finished for one recipient.

    `local_site` is the address of the publication's own site while only this machine can reach
    it: that is said once, not of every link and picture.  `tags_written` are what looks like a
    merge tag of another program in the Markdown of the issue.
    """

    content: Content
    parts: Parts
    recipient: RecipientData
    local_site: str = ""
    tags_written: tuple[str, ...] = ()

    def as_written(self, tag: str) -> str:
        """Return a merge tag of another program as its editor wrote it, before Markdown read it."""
        return next((each for each in self.tags_written if tag in each), tag)

    @cached_property
    def document(self) -> HtmlElement:
        """The HTML part without comments, which only Outlook reads."""
        return markup.document_fromstring(_COMMENT.sub("", self.parts.html) or "<html></html>")

    @cached_property
    def shown(self) -> str:
        """The text of the HTML part that can be seen, in one line; code is left out."""
        body = deepcopy(self.document.find("body"))
        if body is None:
            return ""
        for element in [*body.iter(*_CODE), *body.xpath(".//*[contains(@style, 'display')]")]:
            if element.tag in _CODE or _HIDDEN.search(element.get("style")):
                element.drop_tree()
        for element in body.iter(etree.Element):
            if element.tag not in _INSIDE_WORDS:
                element.text = f" {element.text or ''}"
                element.tail = f" {element.tail or ''}"
        return " ".join("".join(body.itertext()).split())

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """All links, in order."""
        return tuple(
            Link((each.get("href") or "").strip(), _words(each), each.find(".//img") is not None)
            for each in self.document.iter("a")
            if each.get("href") is not None
        )

    @cached_property
    def pictures(self) -> tuple[HtmlElement, ...]:
        """All `<img>` elements, in order."""
        return tuple(self.document.iter("img"))

    def is_local(self, address: str) -> bool:
        """Say whether an address is on the publication's own site, and that is on this machine."""
        return bool(self.local_site) and f"{address}/".startswith(f"{self.local_site}/")

    def place(self, address: str) -> str:
        """Return which part of the issue an address stands in; `template` if in none."""
        if address not in self._places:
            self._places[address] = place_of(self.content, address)
        return self._places[address]

    @cached_property
    def _places(self) -> dict[str, str]:
        """What is known already: several checks ask for the same addresses."""
        return {}


def place_of(content: Content, address: str) -> str:
    """Return which part of the issue an address stands in; `template` if in none."""
    items = items_of(content)
    for index, item in enumerate(items, 1):
        if _stands_in(address, item.body):
            return f"item {index}"
    for number, block in enumerate(content.blocks, 1):
        texts = (getattr(block, "body", ""), getattr(block, "url", ""))
        if any(_stands_in(address, text) for text in texts):
            return f"block {number}"
    if content.lead and content.lead.src == address:
        return "lead image"
    return "closing text" if _stands_in(address, content.boilerplate) else "template"


def items_of(content: Content) -> tuple[Item, ...]:
    """Return the items of all digests: a place such as `item 2` counts them through the issue."""
    digests = (block for block in content.blocks if isinstance(block, Digest))
    return tuple(item for digest in digests for item in digest.items)


def place_of_field(content: Content, field: str) -> str:
    """Return where the text of a content is for an editor: `item 2` for `blocks 1 items 2 body`."""
    kind, *inside = field.split()
    if kind != "blocks":
        return {"lead": "lead image", "boilerplate": "closing text"}.get(kind, kind)
    number = int(inside[0])
    if inside[1:2] != ["items"]:
        return f"block {number}"
    before = replace(content, blocks=content.blocks[: number - 1])
    return f"item {len(items_of(before)) + int(inside[2])}"


def texts_of(content: Content) -> Iterator[tuple[str, str]]:
    """Yield what editors wrote with its place in the issue, formatted texts as HTML."""
    yield "subject", content.subject
    yield "preheader", content.preheader
    for number, item in enumerate(items_of(content), 1):
        yield f"item {number}", item.headline
        yield f"item {number}", item.body
    for number, block in enumerate(content.blocks, 1):
        yield f"block {number}", getattr(block, "body", "")
    yield "closing text", content.boilerplate


def shown_words(html: str) -> str:
    """Return what can be read of a formatted text, without code."""
    return html_entities.unescape(TAG.sub("", without_code(html)))


def without_code(html: str) -> str:
    """Return a formatted text with a sign in place of each code: what follows begins no line."""
    return _SHOWN_CODE.sub("\ufffc", html)


def _stands_in(address: str, text: str) -> bool:
    return bool(address) and (text == address or f'="{html_entities.escape(address)}"' in text)


def _words(link: HtmlElement) -> str:
    alts = " ".join(each.get("alt") or "" for each in link.iter("img"))
    return " ".join(f"{link.text_content()} {alts}".split())
