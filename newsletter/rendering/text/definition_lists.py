"""Definition lists, as PHP Markdown Extra and Pandoc write them.

Term
: What it means.

Each line in front of a definition is a term; a term may have several definitions.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_block import StateBlock

#: What a definition begins with.
_MARKER = re.compile(r"[:~](?P<blanks>[ \t]+)(?=\S)")
#: Blocks that end a paragraph, and so are no terms.
_PARAGRAPH = "paragraph"


def extend(parser: MarkdownIt) -> None:
    """Have a parser read definition lists, before a line below makes a heading of a term."""
    parser.block.ruler.before(
        "lheading", "definition_list", _read_list, {"alt": ["paragraph", "reference", "blockquote"]}
    )


def _read_list(state: StateBlock, line: int, last: int, silent: bool) -> bool:
    if silent:
        # Only inside of a definition does a marker end a paragraph: the next one begins.
        return state.ddIndent >= 0 and _marker(state, line) is not None
    found = _terms(state, line, last)
    if not found:
        return False
    opening = state.push("dl_open", "dl", 1)
    while found:
        for term in range(line, found[0]):
            _write_term(state, term)
        line = found[1]
        while line < last and state.sCount[line] >= state.blkIndent and _marker(state, line):
            _write_definition(state, line, last)
            line = state.line
        found = _terms(state, line, last) if line < last else None
    state.push("dl_close", "dl", -1)
    opening.map = [opening.map[0] if opening.map else 0, line]
    state.line = line
    return True


def _terms(state: StateBlock, line: int, last: int) -> tuple[int, int] | None:
    """Return where the terms that begin on a line end, and where their definition begins."""
    end = line
    while end < last and not state.isEmpty(end) and not (end > line and _marker(state, end)):
        end += 1
    # One blank line may stand behind a single term.
    start = end + 1 if end == line + 1 and end < last and state.isEmpty(end) else end
    if end == line or start >= last or not _marker(state, start):
        return None
    indents = [state.sCount[each] for each in (*range(line, end), start)]
    if not state.blkIndent <= min(indents) or max(indents) >= state.blkIndent + 4:
        return None
    others = [rule for rule in state.md.block.ruler.getRules(_PARAGRAPH) if rule is not _read_list]
    if any(rule(state, each, last, True) for each in range(line, end) for rule in others):
        return None
    return end, start


def _marker(state: StateBlock, line: int) -> re.Match[str] | None:
    start = state.bMarks[line] + state.tShift[line]
    return _MARKER.match(state.src, start, state.eMarks[line])


def _write_term(state: StateBlock, line: int) -> None:
    state.push("dt_open", "dt", 1).map = [line, line + 1]
    inside = state.push("inline", "", 0)
    inside.content = state.getLines(line, line + 1, state.blkIndent, False).strip()
    inside.map, inside.children = [line, line + 1], []
    state.push("dt_close", "dt", -1)


def _write_definition(state: StateBlock, line: int, last: int) -> None:
    """Read the blocks of a definition, which stand further in than its marker."""
    marker = _marker(state, line)
    if not marker:
        return
    opening = state.push("dd_open", "dd", 1)
    first = len(state.tokens)
    around = (state.blkIndent, state.ddIndent, state.tight, state.parentType)
    before = (state.tShift[line], state.sCount[line])
    state.blkIndent = state.ddIndent = state.sCount[line] + 2
    state.tShift[line] += len(marker[0])
    # Blanks behind the marker never make code of a definition.
    state.sCount[line] += min(len(marker[0].expandtabs(4)), 5)
    state.tight, state.parentType = True, "deflist"
    state.md.block.tokenize(state, line, last)
    if state.tight:
        _hide_paragraphs(state, first)
    state.blkIndent, state.ddIndent, state.tight, state.parentType = around
    state.tShift[line], state.sCount[line] = before
    opening.map = [line, state.line]
    state.push("dd_close", "dd", -1)


def _hide_paragraphs(state: StateBlock, first: int) -> None:
    """Write no `<p>` round the words of a short definition."""
    for token in state.tokens[first:]:
        if token.type in {"paragraph_open", "paragraph_close"} and token.level == state.level:
            token.hidden = True
