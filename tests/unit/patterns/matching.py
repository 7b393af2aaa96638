"""How much work a regular expression does: Python's `re` again, counting its steps.

Python's own engine does not say how often it goes back.  This one reads the same parsed pattern
(`re._parser`), goes back in the same order, and counts each look at a character.  It is a
thousand times slower, and no clock decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import groupby
from typing import Any

from re import _constants as c  # type: ignore[attr-defined]  # isort: skip
from re import _parser  # type: ignore[attr-defined]  # isort: skip

#: What goes on behind a place in the text: the end of the match, or None.
Then = Callable[[int], int | None]
#: A piece of a pattern: from a place, and what goes on behind it, to the end of the match.
Piece = Callable[[int, Then], int | None]

_ONE = {c.LITERAL, c.NOT_LITERAL, c.IN, c.ANY}
_CATEGORIES = {
    c.CATEGORY_DIGIT: r"\d",
    c.CATEGORY_NOT_DIGIT: r"\D",
    c.CATEGORY_SPACE: r"\s",
    c.CATEGORY_NOT_SPACE: r"\S",
    c.CATEGORY_WORD: r"\w",
    c.CATEGORY_NOT_WORD: r"\W",
}


#: Steps after which a match is given up.
MAX_WORK = 50_000


class TooMuchWork(Exception):
    """The steps are beyond every bound."""


@cache
def parsed(pattern: str, flags: int) -> Any:
    """Return the tree of a pattern, and the flags that hold in it."""
    tree = _parser.parse(pattern, flags)
    return tree, tree.state.flags


@cache
def matcher(pattern: re.Pattern[str]) -> Matcher:
    """Return what matches a pattern; to make it takes longer than a short text."""
    return Matcher(pattern)


@dataclass
class Matcher:
    """One pattern over one text after the other; `steps` is the work done over the last one."""

    pattern: re.Pattern[str]
    text: str = ""
    limit: int = MAX_WORK
    steps: int = 0
    groups: dict[int, tuple[int, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        tree, self.flags = parsed(self.pattern.pattern, self.pattern.flags & ~re.DEBUG)
        self._lines = bool(self.flags & re.MULTILINE)
        self._whole = self._sequence(tree)

    def over(self, text: str) -> Matcher:
        """Begin with another text."""
        self.text, self.steps = text, 0
        return self

    def match(self, start: int, *, to_end: bool = False) -> int | None:
        """Return where a match that begins at a place ends, or None."""
        self.groups.clear()
        end = len(self.text)
        return self._whole(start, lambda i: i if not to_end or i == end else None)

    def all(self) -> Iterator[tuple[int, int]]:
        """Yield every match, as `finditer` does."""
        place = 0
        while place <= len(self.text):
            end = self.match(place)
            if end is None:
                place += 1
                continue
            yield place, end
            place = end if end > place else end + 1

    def _step(self, number: int = 1) -> None:
        self.steps += number
        if self.steps > self.limit:
            raise TooMuchWork

    def _sequence(self, nodes: Sequence[Any]) -> Piece:
        pieces = [
            self._letters(list(group)) if single else self._piece(*node)
            for single, group in groupby(nodes, lambda node: node[0] in _ONE)
            for node in ([()] if single else group)
        ]
        if len(pieces) == 1:
            return pieces[0]

        def run(i: int, then: Then) -> int | None:
            def from_piece(number: int, at: int) -> int | None:
                if number == len(pieces):
                    return then(at)
                return pieces[number](at, lambda j: from_piece(number + 1, j))

            return from_piece(0, i)

        return run

    def _letters(self, nodes: Sequence[Any]) -> Piece:
        """Return what matches one character after the other; each is a step."""
        all_hold = [self._one(*node) for node in nodes]

        def run(i: int, then: Then) -> int | None:
            text, end = self.text, len(self.text)
            for place, holds in enumerate(all_hold, i):
                if place >= end or not holds(text[place]):
                    self._step(place - i + 1)
                    return None
            self._step(len(all_hold))
            return then(i + len(all_hold))

        return run

    def _piece(self, op: Any, argument: Any) -> Piece:
        piece: Piece = getattr(self, f"_{str(op).lower()}")(argument)
        return piece

    def _one(self, op: Any, argument: Any) -> Callable[[str], bool]:
        flags = self.flags
        fold = bool(flags & re.IGNORECASE)
        known: dict[str, bool] = {}

        def holds(character: str) -> bool:
            if character not in known:
                forms = {character, character.lower(), character.upper()} if fold else {character}
                known[character] = any(_holds(op, argument, each, flags) for each in forms)
            return known[character]

        return holds

    def _subpattern(self, argument: Any) -> Piece:
        group, added, removed, nodes = argument
        around = self.flags
        # Flags such as those of `(?s:…)` hold in here only.
        self.flags = (around | added) & ~removed
        inside = self._sequence(nodes)
        self.flags = around

        def run(i: int, then: Then) -> int | None:
            def keep(j: int) -> int | None:
                before = self.groups.get(group)
                if group is not None:
                    self.groups[group] = (i, j)
                end = then(j)
                if end is None and group is not None:
                    if before is None:
                        self.groups.pop(group, None)
                    else:
                        self.groups[group] = before
                return end

            return inside(i, keep)

        return run

    def _atomic_group(self, nodes: Any) -> Piece:
        inside = self._sequence(nodes)

        def run(i: int, then: Then) -> int | None:
            end = inside(i, lambda j: j)
            return None if end is None else then(end)

        return run

    def _branch(self, argument: Any) -> Piece:
        ways = [(self._first(each), self._sequence(each)) for each in argument[1]]
        known: dict[str, tuple[list[tuple[int, Piece]], int]] = {}

        def run(i: int, then: Then) -> int | None:
            character = self.text[i : i + 1]
            if character not in known:
                known[character] = _open_ways(ways, character)
            open_ways, left = known[character]
            for skipped, way in open_ways:
                self._step(2 * skipped + 1)
                if (end := way(i, then)) is not None:
                    return end
            self._step(2 * left)
            return None

        return run

    def _first(self, nodes: Sequence[Any]) -> Callable[[str], bool] | None:
        """Return what the first character of a sequence must hold, if that is all it needs."""
        return self._one(*nodes[0]) if nodes and nodes[0][0] in _ONE else None

    def _max_repeat(self, argument: Any) -> Piece:
        least, most, nodes = argument
        if len(nodes) == 1 and nodes[0][0] in _ONE:
            return self._greedy_run(least, most, self._one(*nodes[0]))
        inside = self._sequence(nodes)

        def run(i: int, then: Then) -> int | None:
            def again(count: int, at: int, before: int) -> int | None:
                self._step()
                if count < most and (at != before or count < least):
                    end = inside(at, lambda j: again(count + 1, j, at))
                    if end is not None:
                        return end
                return then(at) if count >= least else None

            return again(0, i, -1)

        return run

    def _greedy_run(self, least: int, most: int, holds: Callable[[str], bool]) -> Piece:
        def run(i: int, then: Then) -> int | None:
            last = self._run_end(i, most, holds)
            for at in range(last, i + least - 1, -1):
                self._step()
                if (end := then(at)) is not None:
                    return end
            return None

        return run

    def _run_end(self, i: int, most: int, holds: Callable[[str], bool]) -> int:
        at = i
        while at < len(self.text) and at - i < most:
            self._step()
            if not holds(self.text[at]):
                break
            at += 1
        return at

    def _min_repeat(self, argument: Any) -> Piece:
        least, most, nodes = argument
        inside = self._sequence(nodes)

        def run(i: int, then: Then) -> int | None:
            def again(count: int, at: int, before: int) -> int | None:
                self._step()
                if count >= least and (end := then(at)) is not None:
                    return end
                if count < most and (at != before or count < least):
                    return inside(at, lambda j: again(count + 1, j, at))
                return None

            return again(0, i, -1)

        return run

    def _possessive_repeat(self, argument: Any) -> Piece:
        least, most, nodes = argument
        inside = self._sequence(nodes)

        def run(i: int, then: Then) -> int | None:
            at, count = i, 0
            while count < most:
                self._step()
                end = inside(at, lambda j: j)
                if end is None or (end == at and count >= least):
                    break
                at, count = end, count + 1
            return then(at) if count >= least else None

        return run

    def _assert(self, argument: Any) -> Piece:
        return self._looking(argument, wanted=True)

    def _assert_not(self, argument: Any) -> Piece:
        return self._looking(argument, wanted=False)

    def _looking(self, argument: Any, *, wanted: bool) -> Piece:
        direction, nodes = argument
        inside = self._sequence(nodes)
        width = nodes.getwidth()[0] if direction < 0 else 0

        def run(i: int, then: Then) -> int | None:
            self._step()
            start = i - width
            found = start >= 0 and inside(start, lambda j: j) is not None
            return then(i) if found is wanted else None

        return run

    def _at(self, argument: Any) -> Piece:
        def run(i: int, then: Then) -> int | None:
            self._step()
            return then(i) if self._is_at(argument, i) else None

        return run

    def _is_at(self, what: Any, i: int) -> bool:
        text, lines = self.text, self._lines
        if what in {c.AT_BEGINNING, c.AT_BEGINNING_STRING}:
            return i == 0 or (what == c.AT_BEGINNING and lines and text[i - 1] == "\n")
        if what == c.AT_END_STRING:
            return i == len(text)
        if what == c.AT_END:
            return i == len(text) or text[i:] == "\n" or (lines and text[i] == "\n")
        between = _is_word(text[i - 1 : i]) != _is_word(text[i : i + 1])
        return between is (what == c.AT_BOUNDARY)

    def _groupref(self, group: int) -> Piece:
        def run(i: int, then: Then) -> int | None:
            self._step()
            if group not in self.groups:
                return None
            start, end = self.groups[group]
            same = self.text.startswith(self.text[start:end], i)
            return then(i + end - start) if same else None

        return run


def _open_ways(
    ways: Sequence[tuple[Callable[[str], bool] | None, Piece]], character: str
) -> tuple[list[tuple[int, Piece]], int]:
    """Return the ways that may go on with a character, and how many before each may not.

    Then how many behind the last may not.  Each costs two steps: the way, and the look at the
    character.
    """
    open_ways, skipped = [], 0
    for first, way in ways:
        if first and not (character and first(character)):
            skipped += 1
        else:
            open_ways.append((skipped, way))
            skipped = 0
    return open_ways, skipped


@cache
def _is_word(character: str) -> bool:
    return re.match(r"\w", character) is not None


def _holds(op: Any, argument: Any, character: str, flags: int) -> bool:
    if op == c.ANY:
        return character != "\n" or bool(flags & re.DOTALL)
    if op == c.LITERAL:
        return ord(character) == argument
    if op == c.NOT_LITERAL:
        return ord(character) != argument
    found = any(_in(kind, value, character) for kind, value in argument if kind != c.NEGATE)
    return found is (argument[0][0] != c.NEGATE)


def _in(kind: Any, value: Any, character: str) -> bool:
    if kind == c.LITERAL:
        return ord(character) == value
    if kind == c.RANGE:
        return bool(value[0] <= ord(character) <= value[1])
    return re.match(_CATEGORIES[value], character) is not None
