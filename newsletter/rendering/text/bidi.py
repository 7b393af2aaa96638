"""Text of another direction inside a mail: an English address in an Arabic one.

Without isolation the bidirectional algorithm (UAX 9) takes a number or a full stop at its edge for
part of the text around it: "15 Dupont Circle" becomes "Dupont Circle 15".
"""

from __future__ import annotations

import re
import unicodedata
from html import unescape

from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

from newsletter.rendering.content import Html

#: Left-to-right, right-to-left and first-strong isolates, and what ends them (UAX 9, 2.4).
LEFT_TO_RIGHT, RIGHT_TO_LEFT, END = "\u2066", "\u2067", "\u2069"

#: Blocks with nothing but words in them; those of a list keep the side of their marks.
_BLOCK = re.compile(
    r"<(?P<tag>p|h[34]|td|th|dt|dd|caption|figcaption)(?![^<>]*\sdir=)(?=[\s>])"
    r"(?=(?>[^<>]*)>(?P<inside>(?>(?:(?>[^<]+)|<(?!/?(?P=tag)\b))*)))"
)
_CODE = re.compile(r"<(?:pre|code|kbd|samp)(?![^<>]*\sdir=)(?=[\s>])")
_TAG = re.compile(r"<[^<>]*>")
_DIRECTIONS = {"L": "ltr", "R": "rtl", "AL": "rtl"}
#: Letters of Hebrew, Arabic, and the other scripts that are written from right to left.
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]"
)


def direction_of(text: str) -> str:
    """Return `ltr` or `rtl` by the first letter that has a direction, else nothing (UAX 9, P2)."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind == "L":
            return "ltr"
        if kind in {"R", "AL"}:
            return "rtl"
    return ""


def isolate_text(text: str, around: str) -> str:
    """Return a text between characters that isolate it, if its direction is not that `around`."""
    own = direction_of(text)
    if own in {"", around}:
        return text
    return f"{LEFT_TO_RIGHT if own == 'ltr' else RIGHT_TO_LEFT}{text}{END}"


def with_directions(html: Html, around: str) -> Html:
    """Return a text whose paragraphs say their direction where it is not that `around` them.

    A paragraph is of another direction if none of its letters has that around it.  Code is always
    written from left to right, in HTML that reads the other way too.
    """
    if around == "rtl":
        html = Html(_CODE.sub(r'\g<0> dir="ltr"', html))
    elif not _RIGHT_TO_LEFT.search(html):
        return html

    def marked(block: re.Match[str]) -> str:
        kinds = {_DIRECTIONS.get(unicodedata.bidirectional(each)) for each in _words(block)}
        kinds.discard(None)
        own = "" if len(kinds) != 1 else str(kinds.pop())
        return f'<{block["tag"]} dir="{own}"' if own not in {"", around} else f"<{block['tag']}"

    return Html(_BLOCK.sub(marked, html))


def _words(block: re.Match[str]) -> str:
    return unescape(_TAG.sub("", block["inside"]))


@pass_eval_context
def isolate_value(context: EvalContext, value: object, around: str) -> str:
    """Return the value, isolated if its direction is not that of the text `around` it.

    In HTML a `<bdi>` says so, elsewhere characters that are not seen.
    """
    if not context.autoescape:
        return isolate_text(str(value), around)
    own = direction_of(str(value))
    if own in {"", around}:
        return escape(value)
    return Markup('<bdi dir="{}">{}</bdi>').format(own, value)
