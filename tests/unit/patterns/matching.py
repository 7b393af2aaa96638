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

    def _step(self) -> None:
        self.steps += 1
        if self.steps > self.limit:
            raise TooMuchWork

    def _sequence(self, nodes: Sequence[Any]) -> Piece:
        pieces = [self._piece(op, argument) for op, argument in nodes]

        def run(i: int, then: Then) -> int | None:
            def from_piece(number: int, at: int) -> int | None:
                if number == len(pieces):
                    return then(at)
                return pieces[number](at, lambda j: from_piece(number + 1, j))

            return from_piece(0, i)

        return run

    def _piece(self, op: Any, argument: Any) -> Piece:
        if op in _ONE:
            holds = self._one(op, argument)

            def single(i: int, then: Then) -> int | None:
                self._step()
                return then(i + 1) if i < len(self.text) and holds(self.text[i]) else None

            return single
        method = getattr(self, f"_{str(op).lower()}")
        piece: Piece = method(argument)
        return piece

    def _one(self, op: Any, argument: Any) -> Callable[[str], bool]:
        fold = bool(self.flags & re.IGNORECASE)
        known: dict[str, bool] = {}

        def holds(character: str) -> bool:
            if character not in known:
                forms = {character, character.lower(), character.upper()} if fold else {character}
                known[character] = any(_holds(op, argument, each, self.flags) for each in forms)
            return known[character]

        return holds

    def _subpattern(self, argument: Any) -> Piece:
        group, _, _, nodes = argument
        inside = self._sequence(nodes)

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
        ways = [self._sequence(each) for each in argument[1]]

        def run(i: int, then: Then) -> int | None:
            for way in ways:
                self._step()
                if (end := way(i, then)) is not None:
                    return end
            return None

        return run

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
        text, lines = self.text, bool(self.flags & re.MULTILINE)
        if what in {c.AT_BEGINNING, c.AT_BEGINNING_STRING}:
            return i == 0 or (what == c.AT_BEGINNING and lines and text[i - 1] == "\n")
        if what == c.AT_END_STRING:
            return i == len(text)
        if what == c.AT_END:
            return i == len(text) or text[i:] == "\n" or (lines and text[i] == "\n")
        beside = [bool(re.match(r"\w", each)) for each in (text[i - 1 : i], text[i : i + 1])]
        return (beside[0] != beside[1]) is (what == c.AT_BOUNDARY)

    def _groupref(self, group: int) -> Piece:
        def run(i: int, then: Then) -> int | None:
            self._step()
            if group not in self.groups:
                return None
            start, end = self.groups[group]
            same = self.text.startswith(self.text[start:end], i)
            return then(i + end - start) if same else None

        return run


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
