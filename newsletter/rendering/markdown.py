"""Markdown and rich text to `Html`: balanced, from an allow-list, with safe links only."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt

from newsletter.rendering.content import Html

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

    #: From an address as it was written to an absolute one.
    Resolver = Callable[[str], str]

_LINK_SCHEMES = frozenset({"https", "http", "mailto", "tel"})
_IMAGE_SCHEMES = frozenset({"https", "http"})
_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
_INLINE_TAGS = {
    *("a", "abbr", "b", "br", "cite", "code", "del", "dfn", "em", "i", "img", "ins", "kbd", "mark"),
    *("q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strong", "sub", "sup", "time", "u"),
    "var",
}
_BLOCK_TAGS = {
    *("blockquote", "caption", "dd", "dl", "dt", "figcaption", "figure", "hr", "li", "ol", "p"),
    *("pre", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
}
_TAGS = _HEADINGS | _INLINE_TAGS | _BLOCK_TAGS
_ATTRIBUTES = {
    "*": {"lang", "dir", "title"},
    "a": {"href", "id"},
    "img": {"src", "alt", "width", "height"},
    "li": {"value"},
    "ol": {"start", "type"},
    "td": {"align", "colspan", "rowspan"},
    "th": {"align", "colspan", "rowspan", "scope"},
    "time": {"datetime"},
} | {heading: {"id"} for heading in _HEADINGS}
_CELL_ALIGNMENT = re.compile(r'style="text-align:(left|center|right)"')
#: The title of an issue is its h1 and a headline its h2: inside a text, h3 is the highest.
_LOWERED = {"h1": "h3", "h2": "h3", "h5": "h4", "h6": "h4"}
_HEADING_TAG = re.compile(r"(</?)(h[1256])\b")
_IMAGE_WITHOUT_ALT = re.compile(r"<img(?![^>]*\salt=)")


def to_html(markdown: str, *, resolve: Resolver = str) -> Html:
    """Return CommonMark with tables and strike-through as `Html`.

    Raw HTML is shown as text, HTML comments are dropped.  `resolve` as in `sanitise`.
    """
    html = _CELL_ALIGNMENT.sub(r'align="\1"', _PARSER.render(markdown))
    return sanitise(html, resolve=resolve)


def parse(markdown: str) -> tuple[list[Token], Mapping[str, Mapping[str, str]]]:
    """Return the tokens that `to_html` renders, and the link definitions by their labels."""
    env: dict[str, dict[str, dict[str, str]]] = {}
    return _PARSER.parse(markdown, env), env.get("references", {})


def sanitise(html: str, *, resolve: Resolver = str) -> Html:
    """Return rich text from elsewhere as `Html`: only known tags, attributes and links.

    Links go to https, http, mailto, tel or an anchor; images come from https or http and
    have an alt attribute; h1 and h2 become h3, h5 and h6 become h4.  `resolve` makes an
    address without a scheme absolute; what it leaves relative is dropped.
    """
    clean = nh3.clean(
        html,
        tags=set(_TAGS),
        attributes=_ATTRIBUTES,
        clean_content_tags={"script", "style", "title", "textarea", "template", "noscript"},
        attribute_filter=partial(_filtered, resolve),
        strip_comments=True,
        link_rel=None,
        url_schemes=set(_LINK_SCHEMES),
    )
    clean = _HEADING_TAG.sub(lambda tag: tag[1] + _LOWERED[tag[2]], clean)
    return Html(_IMAGE_WITHOUT_ALT.sub('<img alt=""', clean))


def _filtered(resolve: Resolver, _tag: str, attribute: str, value: str) -> str | None:
    if attribute == "href":
        url = value if value.startswith("#") else _absolute(value, resolve)
        return url if url.startswith("#") or _scheme(url) in _LINK_SCHEMES else None
    if attribute == "src":
        url = _absolute(value, resolve)
        return url if _scheme(url) in _IMAGE_SCHEMES else None
    if attribute in {"width", "height", "colspan", "rowspan", "start", "value"}:
        return value if value.isascii() and value.isdigit() else None
    return value


def _absolute(url: str, resolve: Resolver) -> str:
    return url if _scheme(url) else resolve(url)


def _scheme(url: str) -> str:
    try:
        return urlsplit(url.strip()).scheme.lower()
    except ValueError:
        return ""


def _drop_comment_block(state: StateBlock, line: int, last: int, silent: bool) -> bool:
    """Skip lines that hold nothing but one HTML comment, blank lines in it included."""
    start = state.bMarks[line] + state.tShift[line]
    if state.is_code_block(line) or not state.src.startswith("<!--", start):
        return False
    end = state.src.find("-->", start)
    for closing in range(line, last):
        if 0 <= end < state.eMarks[closing]:
            if state.src[end + 3 : state.eMarks[closing]].strip():
                return False
            state.line = state.line if silent else closing + 1
            return True
    return False


def _drop_comment(state: StateInline, _silent: bool) -> bool:
    """Skip an HTML comment inside a paragraph."""
    end = state.src.find("-->", state.pos)
    if end < 0 or not state.src.startswith("<!--", state.pos):
        return False
    state.pos = end + 3
    return True


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
    parser.block.ruler.before(
        "fence", "comment_block", _drop_comment_block, {"alt": ["paragraph", "blockquote"]}
    )
    parser.inline.ruler.before("html_inline", "comment", _drop_comment)
    return parser


_PARSER = _parser()
