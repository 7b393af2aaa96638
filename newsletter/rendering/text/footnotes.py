"""Footnotes as GitHub prints them: those that the text calls, in the order of their calls.

Others are not printed; `unused_footnotes` names them, so that their words are not lost unseen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mdit_py_plugins.footnote import footnote_plugin

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

#: What the ids of footnotes begin with.
FOOTNOTE = "fn-"
#: In the environment of the parser: where the lines of each footnote stand, by its label, and
#: which are not printed.
_LINES, _UNUSED = "footnote_lines", "footnotes_unused"
#: Characters of a note by which a finding names it.
_NAMED_BY = 60


@dataclass(frozen=True, slots=True)
class UnusedNote:
    """A footnote that is not printed, its line (from 1) and its first words.

    Nothing calls it, or it is `repeated`: another one with its label stands above.
    """

    label: str
    words: str
    line: int
    repeated: bool


@dataclass(frozen=True, slots=True)
class _Note:
    label: str
    opening: Token
    closing: Token
    tokens: list[Token]


def extend(parser: MarkdownIt) -> None:
    """Have a parser read footnotes."""
    footnote_plugin(parser, inline=False)
    parser.core.ruler.before("footnote_tail", "footnotes_called", _keep_called)
    # Programs that show mail know no way back to where a note is called.
    parser.add_render_rule("footnote_anchor", _nothing)


def unused_footnote_lines(environment: Mapping[str, Any]) -> dict[str, tuple[int, int]]:
    """Return the lines (from 0, the end not among them) of each footnote that stands in nothing."""
    found: dict[str, tuple[int, int]] = environment.get(_LINES, {})
    return found


def unused_footnotes(environment: Mapping[str, Any]) -> tuple[UnusedNote, ...]:
    """Return the footnotes of a parsed text that are not printed."""
    found: tuple[UnusedNote, ...] = environment.get(_UNUSED, ())
    return found


def _nothing(*_arguments: object) -> str:
    return ""


def _keep_called(state: StateCore) -> None:
    """Leave the footnotes that the text calls, at its end, each by its first definition."""
    if "footnotes" not in state.env:
        return
    text, notes = _taken_out(state.tokens)
    first: dict[str, _Note] = {}
    for note in notes:
        first.setdefault(note.label, note)
    state.env[_LINES] = {
        label: (note.opening.map[0], note.opening.map[1])
        for label, note in first.items()
        if note.opening.map and not note.opening.level
    }
    called = _called(text, first)
    state.env[_UNUSED] = tuple(
        _described(note, repeated=note is not first[note.label])
        for note in notes
        if note.label not in called or note is not first[note.label]
    )
    for label in called:
        note = first[label]
        text += [note.opening, *note.tokens, note.closing]
    state.tokens = text
    _number(state, called)


def _taken_out(tokens: Sequence[Token]) -> tuple[list[Token], list[_Note]]:
    """Return a text without its footnotes, and these: one may stand inside of another."""
    text: list[Token] = []
    notes: list[_Note] = []
    openings: list[tuple[Token, list[Token]]] = []
    for token in tokens:
        if token.type == "footnote_reference_open":
            openings.append((token, []))
        elif token.type == "footnote_reference_close" and openings:
            opening, inside = openings.pop()
            notes.append(_Note(opening.meta["label"], opening, token, inside))
        else:
            (openings[-1][1] if openings else text).append(token)
    return text, sorted(notes, key=lambda note: note.opening.map or [0])


def _called(text: Sequence[Token], notes: Mapping[str, _Note]) -> list[str]:
    """Return the labels that a text calls, then those that the notes so called call."""
    called = list(dict.fromkeys(call.meta["label"] for call in _calls(text)))
    known = set(called)
    for label in called:
        new = dict.fromkeys(call.meta["label"] for call in _calls(notes[label].tokens))
        # The loop comes to them, too.
        called += [each for each in new if each not in known]
        known |= new.keys()
    return called


def _calls(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        for child in token.children or ():
            if child.type == "footnote_ref":
                yield child


def _number(state: StateCore, called: Sequence[str]) -> None:
    """Give numbers to the notes that are printed, and each call of one of them."""
    notes: dict[int, dict[str, Any]] = {
        number: {"label": label, "count": 0} for number, label in enumerate(called)
    }
    numbers = {label: number for number, label in enumerate(called)}
    for call in _calls(state.tokens):
        number = numbers[call.meta["label"]]
        call.meta |= {"id": number, "subId": notes[number]["count"]}
        notes[number]["count"] += 1
    state.env["footnotes"] = {
        "refs": {f":{label}": number for label, number in numbers.items()},
        "list": notes,
    }


def _described(note: _Note, *, repeated: bool) -> UnusedNote:
    words = " ".join(token.content for token in note.tokens if token.content)
    words = " ".join(words.split())
    short = words if len(words) <= _NAMED_BY else f"{words[:_NAMED_BY].rstrip()}…"
    line = note.opening.map[0] + 1 if note.opening.map else 1
    return UnusedNote(label=note.label, words=short, line=line, repeated=repeated)
