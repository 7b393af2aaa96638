"""Where in a finished mail recipient data stands, and how it is written there.

Positions are found in the finished HTML, after MJML and inlining: only there is it certain
whether a value stands in text, in an attribute, in an address or in Outlook's comments.
"""

from __future__ import annotations

import html
import re
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import quote

from newsletter.errors import UnsupportedPersonalization
from newsletter.phrases import phrase

if TYPE_CHECKING:
    from collections.abc import Callable


class Context(StrEnum):
    """A kind of place; it decides how a value is encoded."""

    TEXT = "text"  #: between tags
    ATTRIBUTE = "attribute"  #: in a quoted attribute
    ADDRESS = "address"  #: the beginning of a URL attribute: scheme and all
    URL = "url"  #: further on in a URL attribute
    QUERY = "query"  #: an editor's merge tag in a URL: one component of it
    COMMENT = "comment"  #: in a conditional comment, which only Outlook reads
    PLAIN = "plain"  #: in the text part
    HEADER = "header"  #: in the subject


_MARKUP = re.compile(
    r"<(?:(?P<comment>!--(?>(?:(?>[^-]+)|-(?!->))*)(?:-->)?)"
    r"|(?P<raw>(?P<name>style|script)\b(?>(?:(?>[^<]+)|<(?!/(?P=name)\s*>))*)(?:</(?P=name)\s*>)?)"
    r"|(?P<tag>/?[a-zA-Z](?>(?:(?>[^<>\"']+)|\"(?>[^\"]*)\"|'(?>[^']*)')*)>?))",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    r"\s(?P<name>[\w:.-]+)\s*=\s*(?P<quote>[\"'])(?P<value>.*?)(?P=quote)", re.DOTALL
)
_URL_ATTRIBUTES = frozenset(["action", "background", "cite", "href", "poster", "src"])
_WEB_ADDRESS = re.compile(r"(?:https?://[^\s/]|mailto:|tel:|#)", re.IGNORECASE)
#: Characters before a place that are searched for the beginning of an address.
_MAX_URL_LENGTH = 2_000
_WORD_ENDS = re.compile(r"[\s<>\"]")
# What libxml2, which writes the document for Premailer, leaves as it is in addresses.
#: Signs that every way to write an address leaves as they are.
_PLAIN_URL = re.compile(r"[a-zA-Z0-9:/._~-]*")
_URL_SAFE = "\"#$%&+,/:;<=>?@[\\]^`{|}-_.!~*'()"


class Positions:
    """Tells the context of offsets in one HTML document, asked in rising order."""

    def __init__(self, document: str) -> None:
        self._document = document
        self._markup = _MARKUP.finditer(document)
        self._region = next(self._markup, None)

    def context(self, offset: int, by_editor: bool) -> Context:
        """Return the context at an offset.

        Raises `UnsupportedPersonalization`, without a place, where no value may stand.
        """
        while self._region and self._region.end() <= offset:
            self._region = next(self._markup, None)
        if not self._region or offset < self._region.start():
            return Context.TEXT
        if self._region["comment"]:
            return Context.COMMENT
        if self._region["raw"]:
            raise UnsupportedPersonalization(
                phrase(
                    "a subscriber's data cannot stand in <{element}>",
                    element=self._region["name"].lower(),
                ),
                hint=phrase("Test it in {% if %} and write the styles in the branches."),
            )
        return self._in_tag(self._region, offset, by_editor)

    def _in_tag(self, tag: re.Match[str], offset: int, by_editor: bool) -> Context:
        for attribute in _ATTRIBUTE.finditer(self._document, tag.start(), tag.end()):
            if attribute.start("value") <= offset < attribute.end("value"):
                return _in_attribute(attribute, offset, by_editor)
        raise UnsupportedPersonalization(
            phrase("a subscriber's data cannot be a tag or the name of an attribute"),
            hint=phrase('Put it between the quotes of an attribute, name="..."'),
        )


def _in_attribute(attribute: re.Match[str], offset: int, by_editor: bool) -> Context:
    name = attribute["name"].lower()
    if name == "style" or name.startswith("on"):
        raise UnsupportedPersonalization(
            phrase("a subscriber's data cannot stand in the attribute {name!r}", name=name),
            hint=phrase("Test it in {% if %} and write both forms."),
        )
    if name not in _URL_ATTRIBUTES:
        return Context.ATTRIBUTE
    if not attribute["value"][: offset - attribute.start("value")].strip():
        return Context.ADDRESS
    return Context.QUERY if by_editor else Context.URL


def is_web_address(text: str) -> bool:
    """Say whether a text is, or begins as, an address that a link may have."""
    return bool(_WEB_ADDRESS.match(text))


def in_text_part(text: str, offset: int, by_editor: bool) -> Context:
    """Return the context at an offset of plain text."""
    word = _WORD_ENDS.split(text[max(0, offset - _MAX_URL_LENGTH) : offset])[-1].lower()
    in_address = "http://" in word or "https://" in word
    return Context.QUERY if by_editor and in_address else Context.PLAIN


def _text(value: str) -> str:
    return html.escape(value, quote=False)


def _attribute(value: str) -> str:
    return html.escape(value)


def _url(value: str) -> str:
    if _PLAIN_URL.fullmatch(value):
        return value
    return html.escape(quote(value, safe=_URL_SAFE))


def _query(value: str) -> str:
    return quote(value, safe="")


_ENCODERS: dict[Context, Callable[[str], str]] = {
    Context.TEXT: _text,
    Context.ATTRIBUTE: _attribute,
    Context.ADDRESS: _url,
    Context.URL: _url,
    Context.QUERY: _query,
    Context.COMMENT: _attribute,
    Context.PLAIN: str,
    Context.HEADER: str,
}


def encoder_for(context: Context) -> Callable[[str], str]:
    """Return what writes a cleaned value in a context."""
    return _ENCODERS[context]
