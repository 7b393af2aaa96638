"""How large and how deep one text may be: more is refused before it costs anything.

A mail of more than 102 KB is cut off by Gmail, so no text needs what is refused here; but a few
kilobytes of Markdown can describe megabytes of HTML, thousands of cells, or a tree that no
program walks.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from newsletter.errors import LimitExceeded
from newsletter.phrases import phrase

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

#: Characters of one text as it is written, and of one paragraph in it.
MAX_TEXT_LENGTH = 100_000
MAX_PARAGRAPH_LENGTH = 20_000
#: Opening brackets in one paragraph: from each the parser looks for the end of a link.
MAX_BRACKETS = 2_000
#: Characters of the HTML that one text becomes.
MAX_HTML_LENGTH = 400_000
#: Cells of all tables of one text, and columns of one table.
MAX_CELLS = 2_000
MAX_COLUMNS = 50
#: Elements around a word: quotes in lists in quotes, emphasis in links.
DEEPEST = 50

#: Elements that HTML gives back in each paragraph until they are closed (HTML, 13.2.4.3).
_FORMATTING = frozenset(
    [
        *("a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong"),
        *("tt", "u"),
    ]
)
#: Elements without an end tag, and those whose end tag may be left out.
_NEVER_DEEP = frozenset(
    [
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param"),
        *("source", "track", "wbr"),
        *("dd", "dt", "li", "option", "p", "rp", "rt", "tbody", "td", "tfoot", "th", "thead", "tr"),
    ]
)
_VOID = frozenset(["br", "hr", "img"])
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)")
#: Tags that are never closed are given back so often, in all.
_MAX_GIVEN_BACK = 20_000

#: What is wrong with it.
TOO_DEEP = phrase("it is nested too deeply")
_SHORTER = phrase("Make it shorter, or spread it over several items.")
#: What to do about a text that is nested too deeply.
FLATTER = phrase("Nest it less: {number} levels are the most.", number=DEEPEST)
_SMALLER = phrase("Make the table smaller, or link to it.")


def check_source(text: str) -> None:
    """Raise `LimitExceeded` for a text that is too long to be read."""
    if len(text) > MAX_TEXT_LENGTH:
        raise LimitExceeded(
            phrase(
                "the text has {number} characters; {most} are the most",
                number=f"{len(text):,}",
                most=f"{MAX_TEXT_LENGTH:,}",
            ),
            hint=_SHORTER,
        )


def check_columns(columns: int, line: int) -> None:
    """Raise `LimitExceeded` for a table that begins on a line, from 1, and is too wide."""
    if columns > MAX_COLUMNS:
        raise LimitExceeded(
            phrase(
                "a table of {number} columns; {most} are the most",
                number=f"{columns:,}",
                most=MAX_COLUMNS,
            ),
            line=line,
            hint=_SMALLER,
        )


def check_blocks(state: StateCore) -> None:
    """Raise `LimitExceeded` for the blocks of a text, before what is in them is read."""
    cells = depth = line = 0
    for token in state.tokens:
        line = token.map[0] + 1 if token.map else line
        depth += token.nesting
        cells += token.type in {"td_open", "th_open"}
        if depth > DEEPEST:
            raise LimitExceeded(TOO_DEEP, line=line, hint=FLATTER)
        if cells > MAX_CELLS:
            raise LimitExceeded(
                phrase("more than {number} cells in tables", number=f"{MAX_CELLS:,}"),
                line=line,
                hint=_SMALLER,
            )
        if token.type == "inline":
            _check_paragraph(token.content, line)


def _check_paragraph(text: str, line: int) -> None:
    if len(text) > MAX_PARAGRAPH_LENGTH:
        problem = phrase(
            "a paragraph of {number} characters; {most} are the most",
            number=f"{len(text):,}",
            most=f"{MAX_PARAGRAPH_LENGTH:,}",
        )
    elif text.count("[") > MAX_BRACKETS:
        problem = phrase(
            "a paragraph with more than {number} opening brackets", number=f"{MAX_BRACKETS:,}"
        )
    else:
        return
    hint = phrase("Leave a blank line between its parts.")
    raise LimitExceeded(problem, line=line, hint=hint)


def check_tokens(state: StateCore) -> None:
    """Raise `LimitExceeded` for what a text becomes, before it is written."""
    size = depth = line = 0
    for token, own_line in _all(state.tokens):
        line = own_line or line
        depth += token.nesting
        size += len(token.content) + len(token.tag) + 5
        size += sum(len(str(value)) for value in token.attrs.values())
        if depth > DEEPEST:
            raise LimitExceeded(TOO_DEEP, line=line, hint=FLATTER)
        if size > MAX_HTML_LENGTH:
            raise LimitExceeded(
                phrase(
                    "the text becomes more than {number} characters of HTML",
                    number=f"{MAX_HTML_LENGTH:,}",
                ),
                line=line,
                hint=phrase("Make it shorter; a long address that is used often may be the cause."),
            )


def _all(tokens: list[Token]) -> Iterator[tuple[Token, int]]:
    """Yield every token, those in a line of text and the pictures' words too, with its line."""
    for token in tokens:
        # What stands in a block of text is looked at itself.
        if token.type != "inline":
            yield token, token.map[0] + 1 if token.map else 0
        for child, _ in _all(token.children or []):
            yield child, token.map[0] + 1 if token.map else 0


def check_tags(html: str) -> None:
    """Raise `LimitExceeded` for HTML that would cost too much to be put in order."""
    if len(html) > MAX_HTML_LENGTH:
        raise LimitExceeded(
            phrase(
                "the text becomes {number} characters of HTML; {most} are the most",
                number=f"{len(html):,}",
                most=f"{MAX_HTML_LENGTH:,}",
            ),
            hint=_SHORTER,
        )
    depth = formatting = given_back = 0
    for tag in _TAG.finditer(html):
        name, step = tag[2].lower(), -1 if tag[1] else 1
        if name in _FORMATTING:
            formatting = max(0, formatting + step)
        elif step > 0:
            given_back += formatting
        if name not in _NEVER_DEEP:
            depth = max(0, depth + step)
        if depth > 2 * DEEPEST or given_back > _MAX_GIVEN_BACK:
            line = html.count("\n", 0, tag.start()) + 1
            raise LimitExceeded(
                phrase("tags are nested too deeply, or never closed"), line=line, hint=FLATTER
            )


def check_depth(html: str) -> None:
    """Raise `LimitExceeded` for clean HTML that is nested too deeply."""
    depth = 0
    for tag in _TAG.finditer(html):
        if tag[2] not in _VOID:
            depth += -1 if tag[1] else 1
            if depth > DEEPEST:
                raise LimitExceeded(TOO_DEEP, hint=FLATTER)
