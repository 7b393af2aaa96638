"""Marks inside a line that CommonMark has not: highlights, small raised and lowered signs.

And its own marks of emphasis where a script has no blanks between words.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from markdown_it.rules_inline import emphasis, strikethrough

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline

    Rule = Callable[[StateInline, bool], bool]

#: `==words==`; a comparison has blanks inside.
_HIGHLIGHT = re.compile(r"==(?![\s=])(?P<words>(?:[^=\n]|=(?!=)){1,300}(?<!\s))==(?![=\w])")
#: `x^2^` and `H~2~O`, tight, as in Pandoc; they stand behind a letter, a digit or a bracket.
_RAISED = re.compile(r"(?<=[A-Za-z0-9)\]])\^(?P<words>[A-Za-z0-9+\u2212-]{1,12})\^(?!\^)")
_LOWERED = re.compile(r"(?<=[A-Za-z)\]])~(?P<words>[A-Za-z0-9+\u2212-]{1,6})~(?!~)")


def extend(parser: MarkdownIt) -> None:
    """Have a parser read these marks too."""
    parser.inline.ruler.at("emphasis", _beside_east_asian(emphasis.tokenize, "*"))
    parser.inline.ruler.at("strikethrough", _beside_east_asian(strikethrough.tokenize, "~"))
    parser.inline.ruler.before("emphasis", "highlight", _highlight)
    parser.inline.ruler.before("strikethrough", "raised", _tight("^", _RAISED, "sup"))
    parser.inline.ruler.before("strikethrough", "lowered", _tight("~", _LOWERED, "sub"))


def _beside_east_asian(rule: Rule, mark: str) -> Rule:
    """Read marks between East Asian letters and their punctuation.

    CommonMark takes `**「words」**の` for no emphasis: blanks tell it where words begin and end.
    """

    def read(state: StateInline, silent: bool) -> bool:
        start, before = state.pos, len(state.delimiters)
        if not rule(state, silent):
            return False
        behind = state.src[start - 1 : start] or " "
        ahead = state.src[state.pos : state.pos + 1] or " "
        for each in state.delimiters[before:]:
            if each.marker == ord(mark):
                each.open = each.open or (_is_east_asian(behind) and not ahead.isspace())
                each.close = each.close or (_is_east_asian(ahead) and not behind.isspace())
        return True

    return read


def _is_east_asian(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WF"


def _highlight(state: StateInline, silent: bool) -> bool:
    """Read `==words==`, with all that may stand in a line inside."""
    found = _HIGHLIGHT.match(state.src, state.pos, state.posMax)
    if not found or state.src[state.pos - 1 : state.pos].isalnum():
        return False
    if not silent:
        end = state.posMax
        state.pos, state.posMax = found.span("words")
        state.push("mark_open", "mark", 1)
        state.md.inline.tokenize(state)
        state.push("mark_close", "mark", -1)
        state.posMax = end
    state.pos = found.end()
    return True


def _tight(mark: str, pattern: re.Pattern[str], tag: str) -> Rule:
    """Return what reads one short word between two marks."""

    def read(state: StateInline, silent: bool) -> bool:
        if state.src[state.pos] != mark:
            return False
        found = pattern.match(state.src, state.pos, state.posMax)
        if not found:
            return False
        if not silent:
            state.push(f"{tag}_open", tag, 1)
            state.push("text", "", 0).content = found["words"]
            state.push(f"{tag}_close", tag, -1)
        state.pos = found.end()
        return True

    return read
