"""Text of another direction inside a mail: an English address in an Arabic one.

Without isolation the bidirectional algorithm (UAX 9) takes a number or a full stop at its edge for
part of the text around it: "15 Dupont Circle" becomes "Dupont Circle 15".
"""

from __future__ import annotations

import unicodedata

from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup, escape

#: Left-to-right, right-to-left and first-strong isolates, and what ends them (UAX 9, 2.4).
LEFT_TO_RIGHT, RIGHT_TO_LEFT, END = "\u2066", "\u2067", "\u2069"


def direction_of(text: str) -> str:
    """Return `ltr` or `rtl` by the first letter that has a direction, else nothing (UAX 9, P2)."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind == "L":
            return "ltr"
        if kind in {"R", "AL"}:
            return "rtl"
    return ""


def isolate(text: str, around: str) -> str:
    """Return a text between characters that isolate it, if its direction is not that `around`."""
    own = direction_of(text)
    if own in {"", around}:
        return text
    return f"{LEFT_TO_RIGHT if own == 'ltr' else RIGHT_TO_LEFT}{text}{END}"


@pass_eval_context
def isolated(context: EvalContext, value: object, around: str) -> str:
    """Return the value, isolated if its direction is not that of the text `around` it.

    In HTML a `<bdi>` says so, elsewhere characters that are not seen.
    """
    if not context.autoescape:
        return isolate(str(value), around)
    own = direction_of(str(value))
    if own in {"", around}:
        return escape(value)
    return Markup('<bdi dir="{}">{}</bdi>').format(own, value)
