"""Bring together what two people made of one issue: three ways, block by block, field by field.

Pure: content is what `snapshot_of` returns, plain values; blocks and items are told apart by
their ids.  Edits of different fields both count.  Where both changed the same field, that is a
`Conflict`, until somebody chooses; nothing is ever dropped without a word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Content = dict[str, Any]
#: A block of a body or an item of a digest: `id`, `type` and `value`.
Block = dict[str, Any]
#: Where something stands: names of fields and ids of blocks, e.g. `("body", "b1", "headline")`.
Path = tuple[str, ...]

#: Stands for what is not there.
ABSENT: Any = object()


class Choice(StrEnum):
    """Whose words stay where both changed the same field."""

    MINE = "mine"
    THEIRS = "theirs"


@dataclass(frozen=True, kw_only=True, slots=True)
class Conflict:
    """A field that both changed, with what it was and what each made of it."""

    path: Path
    base: Any
    theirs: Any
    mine: Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Merged:
    """What became of both; with conflicts it holds my words there.

    `taken` says at which places it has their words, blocks or order, and not mine.
    """

    content: Content
    conflicts: tuple[Conflict, ...]
    taken: tuple[Path, ...]


@dataclass(slots=True)
class _Merge:
    """One merge in progress: what was chosen, and what was found."""

    choices: Mapping[Path, Choice]
    conflicts: list[Conflict] = field(default_factory=list)
    taken: list[Path] = field(default_factory=list)


def merge(
    base: Content, theirs: Content, mine: Content, choices: Mapping[Path, Choice] | None = None
) -> Merged:
    """Return what both made of `base`; `choices` decide the places where both changed a field."""
    work = _Merge(choices or {})
    content = _fields(work, (), base, theirs, mine)
    return Merged(content=content, conflicts=tuple(work.conflicts), taken=tuple(work.taken))


def _fields(work: _Merge, path: Path, base: Content, theirs: Content, mine: Content) -> Content:
    """Merge fields by their names, in the order in which I have them."""
    names = [*mine, *(name for name in theirs if name not in mine)]
    merged = {
        name: _value(
            work,
            (*path, name),
            base.get(name, ABSENT),
            theirs.get(name, ABSENT),
            mine.get(name, ABSENT),
        )
        for name in names
    }
    return {name: value for name, value in merged.items() if value is not ABSENT}


def _value(work: _Merge, path: Path, base: Any, theirs: Any, mine: Any) -> Any:
    if theirs in (base, mine) and type(theirs) in (type(base), type(mine)):
        return mine
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return _fields(work, path, base if isinstance(base, dict) else {}, theirs, mine)
    if is_blocks(mine) and is_blocks(theirs):
        return _blocks(work, path, base if is_blocks(base) else [], theirs, mine)
    if mine == base:
        work.taken.append(path)
        return theirs
    return _chosen(work, Conflict(path=path, base=base, theirs=theirs, mine=mine))


def _chosen(work: _Merge, conflict: Conflict) -> Any:
    choice = work.choices.get(conflict.path)
    if choice is None:
        work.conflicts.append(conflict)
    if choice == Choice.THEIRS:
        work.taken.append(conflict.path)
        return conflict.theirs
    return conflict.mine


def is_blocks(value: Any) -> bool:
    """Say whether a value is a list of blocks or items, each with an id of its own."""
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        return False
    ids = [each.get("id") for each in value]
    return all(ids) and len(set(ids)) == len(ids)


def _blocks(
    work: _Merge,
    path: Path,
    base: Sequence[Block],
    theirs: Sequence[Block],
    mine: Sequence[Block],
) -> list[Block]:
    """Merge blocks by their ids; what one deleted and the other changed stays."""
    old, other, own = ({each["id"]: each for each in side} for side in (base, theirs, mine))
    kept: dict[str, Block] = {}
    for name in {**own, **other}:
        block = _block(work, (*path, name), *(side.get(name, ABSENT) for side in (old, other, own)))
        if block is not ABSENT:
            kept[name] = block
    order = _order(list(old), list(other), list(own))
    wanted = [kept[name] for name in order if name in kept]
    if [each["id"] for each in wanted] != [each["id"] for each in mine]:
        work.taken.append(path)
    return wanted


def _block(work: _Merge, path: Path, base: Any, theirs: Any, mine: Any) -> Any:
    if mine is ABSENT:
        # I deleted it, or they added it: theirs stays where they made something of it.
        if theirs == base:
            return ABSENT
        work.taken.append(path)
        return theirs
    if theirs is ABSENT:
        if mine != base:
            return mine
        work.taken.append(path)
        return ABSENT
    if mine.get("type") != theirs.get("type"):
        return _value(work, path, base, theirs, mine)
    old = base if base is not ABSENT else {}
    value = _value(work, path, old.get("value", ABSENT), theirs.get("value"), mine.get("value"))
    return mine | {"value": value}


def _order(base: list[str], theirs: list[str], mine: list[str]) -> list[str]:
    """Return all ids in the order of whoever changed it; mine, where both did."""
    shared = set(base) & set(theirs) & set(mine)
    moved = [each for each in mine if each in shared] != [each for each in base if each in shared]
    first, second = (mine, theirs) if moved else (theirs, mine)
    order = list(first)
    for place, each in enumerate(second):
        if each not in order:
            before = next((name for name in reversed(second[:place]) if name in order), None)
            order.insert(order.index(before) + 1 if before else 0, each)
    return order
