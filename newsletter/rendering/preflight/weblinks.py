"""Checks of links that need no network."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from newsletter.phrases import Phrase, phrase
from newsletter.rendering.personalisation.merge_tags import is_merge_tag
from newsletter.rendering.preflight.codes import make_finding
from newsletter.rendering.preflight.domains import registered_domain, same_owner
from newsletter.rendering.preflight.pages import texts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter.rendering.content import Content
    from newsletter.rendering.findings import Finding
    from newsletter.rendering.preflight.pages import Link, Page

#: Words that say nothing where somebody hears only the links.
VAGUE = frozenset(
    {
        *("click here", "here", "read more", "more", "link", "this", "this link", "learn more"),
        *(
            "こちら",
            "こちらへ",
            "ここ",
            "ここをクリック",
            "こちらをクリック",
            "続きを読む",
            "詳しくはこちら",
        ),
    }
)
#: A link whose address did not pass; what has an id is the end of another link.
_WITHOUT_ADDRESS = re.compile(
    r"<a(?: (?:title|lang|dir)=\"[^\"]*\"){0,3}>((?>(?:(?!</?a[ >]).)*))</a>", re.DOTALL
)
_LINKED = re.compile(r"<a [^<>]*>((?>(?:(?!</?a[ >]).)*))</a>", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
#: What `newsletter.rendering.text.markdown` makes of an address that no mail program opens.
_OTHER_SCHEME = re.compile(r"#([a-zA-Z][a-zA-Z0-9+.-]{1,20}):")
#: Words that are an address, and words that may be the name of a host.  A label of a name has at
#: most 63 letters (RFC 1035 2.3.4).
_ADDRESS = re.compile(
    r"(?:https?://|(?=www\.))(?P<host>(?:[\w-]{1,63}\.){1,9}[\w-]{2,63})\.?(?::\d{1,5})?"
    r"(?:[/?#]\S*)?",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?P<host>(?:[\w-]{1,63}\.){1,9}[\w-]{2,63})(?:/\S*)?")


def of_issue(content: Content) -> Iterator[Finding]:
    """Report links whose address was refused, such as `javascript:`: only their words stay."""
    for place, text in texts_of(content):
        for words in dict.fromkeys(_WITHOUT_ADDRESS.findall(text)):
            shown = unescape(_TAG.sub("", words)).strip() or phrase("a picture")
            message = phrase(
                "{words!r} leads nowhere: its address is empty or refused", words=shown
            )
            yield make_finding("link-empty", message, place, quote=shown)
        for words in _LINKED.findall(text):
            if is_merge_tag(f"[{(tag := unescape(_TAG.sub('', words)))}]") and "|" in tag:
                message = phrase("{tag!r} is the text of a link, and is not filled in", tag=tag)
                fix = phrase("Write [[{tag}]](…): the inner brackets are the merge tag.", tag=tag)
                yield make_finding("placeholder-left", message, place, fix, quote=tag)


def of_page(page: Page) -> Iterator[Finding]:
    """Check every link of a mail; a picture without words is told as that."""
    targets = {each.get("id") for each in page.document.xpath("//*[@id]")}
    targets |= {each.get("name") for each in page.document.xpath("//a[@name]")}
    yield from _insecure(page)
    for link in dict.fromkeys(page.links):
        place = page.place(link.address)
        if not link.address or not (link.words or link.pictured):
            yield make_finding("link-empty", _empty(link), place, quote=link.address or link.words)
        elif link.address.startswith("#"):
            if scheme := _OTHER_SCHEME.match(link.address):
                message = phrase(
                    "{words!r} leads to {address}: mail programs open no {scheme}:",
                    words=link.words,
                    address=link.address[1:121],
                    scheme=scheme[1],
                )
                yield make_finding("link-scheme", message, place, quote=link.address)
            elif not {link.address[1:], unquote(link.address[1:])} & targets:
                message = _leads(link, link.address)
                yield make_finding("link-dead", message, place, quote=link.address)
        else:
            yield from _elsewhere(link, place)


def _insecure(page: Page) -> Iterator[Finding]:
    """Tell links to http, those of one host in one place together."""
    groups: dict[tuple[str, str], list[str]] = {}
    for address in dict.fromkeys(link.address for link in page.links):
        scheme, _, rest = address.partition("://")
        if scheme.lower() == "http" and not page.is_local(address):
            key = (rest.partition("/")[0], page.place(address))
            groups.setdefault(key, []).append(address)
    for (host, place), addresses in groups.items():
        if addresses[1:]:
            message = phrase(
                "{number} links to {host} are not https", number=len(addresses), host=host[:100]
            )
        else:
            message = phrase("{address} is not https", address=addresses[0][:117])
        yield make_finding("link-not-https", message, place, quote=addresses[0])


def _empty(link: Link) -> Phrase:
    if link.words:
        return phrase("{words!r} leads nowhere", words=link.words)
    return phrase("nothing is shown for {address}", address=link.address)


def _leads(link: Link, where: str) -> Phrase:
    return phrase("{words!r} leads to {address}", words=link.words, address=where)


def _elsewhere(link: Link, place: str) -> Iterator[Finding]:
    if link.words.casefold().rstrip(" .:…»›→。") in VAGUE:
        message = _leads(link, link.address[:80])
        yield make_finding("link-vague", message, place, quote=link.address)
    host = _host(link.address)
    if code := _other_domain(link, host) if host else "":
        yield make_finding(code, _leads(link, host), place, quote=link.address)


def _other_domain(link: Link, host: str) -> str:
    """Return the code for words that show one site where the link leads to another, or nothing.

    Only an address, with its scheme or `www.`, is sure to be meant as one.  What may be a name of
    something else (`afl.rs`) is told if it can be a host, unless the address has that name, too.
    """
    if shown := _ADDRESS.fullmatch(link.words):
        return "" if same_owner(shown["host"], host) else "link-other-domain"
    shown = _NAME.fullmatch(link.words)
    if not shown or not registered_domain(shown["host"]) or same_owner(shown["host"], host):
        return ""
    return "" if shown["host"].lower() in link.address.lower() else "link-other-name"


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""
