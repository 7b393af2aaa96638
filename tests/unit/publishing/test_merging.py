"""Two people change one issue: all that both did counts, and what contradicts itself is asked."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from newsletter.publishing.merging import Choice, Conflict, merge

WORDS = st.text("abcdef ", max_size=6)
NAMES = st.sampled_from([f"i{number}" for number in range(8)])


def item(name: str, headline: str, body: str = "") -> dict[str, Any]:
    """Return an item as a body stores it."""
    return {"id": name, "type": "item", "value": {"headline": headline, "body": body}}


def issue(*items: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return the content of an issue with one digest."""
    digest = {"id": "d", "type": "digest", "value": {"show": True, "items": list(items)}}
    return {"subject": "", "preheader": "", "body": [digest]} | fields


@st.composite
def issues(draw: st.DrawFn) -> dict[str, Any]:
    """Any small issue."""
    names = draw(st.lists(NAMES, unique=True, max_size=5))
    items = [item(name, draw(WORDS), draw(WORDS)) for name in names]
    return issue(*items, subject=draw(WORDS), preheader=draw(WORDS))


def items_of(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the items of the digest."""
    found: list[dict[str, Any]] = content["body"][0]["value"]["items"]
    return found


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every text with its place; blocks count by their ids."""
    if isinstance(value, dict):
        for name, each in value.items():
            yield from leaves(each, (*path, name))
    elif isinstance(value, list):
        for each in value:
            yield from leaves(each["value"], (*path, each["id"]))
    else:
        yield path, value


@given(issues(), issues())
def test_only_one_changed(base: dict[str, Any], changed: dict[str, Any]) -> None:
    """Where only one of two changed anything, that is what stays, without a question."""
    for theirs, mine in ((base, changed), (changed, base), (changed, changed)):
        merged = merge(base, theirs, mine)
        assert merged.conflicts == ()
        assert merged.content == changed


@given(issues(), issues(), issues())
def test_nothing_is_lost(
    base: dict[str, Any], theirs: dict[str, Any], mine: dict[str, Any]
) -> None:
    """Every text that somebody changed is in the result, or in a question."""
    merged = merge(base, theirs, mine)

    kept, old = dict(leaves(merged.content)), dict(leaves(base))
    asked = {(each.path, side) for each in merged.conflicts for side in (each.theirs, each.mine)}
    for side in (theirs, mine):
        for path, text in leaves(side):
            if old.get(path) != text and path in kept:
                assert kept[path] == text or (path, text) in asked
            assert path in kept or old.get(path) == text


@given(issues(), issues(), issues())
def test_neither_comes_first(
    base: dict[str, Any], theirs: dict[str, Any], mine: dict[str, Any]
) -> None:
    """Whoever saves last, the same texts are kept and the same questions are asked."""
    one, other = merge(base, theirs, mine), merge(base, mine, theirs)

    asked = {each.path for each in one.conflicts}
    assert asked == {each.path for each in other.conflicts}
    kept = [
        {each for each in leaves(side.content) if each[0] not in asked} for side in (one, other)
    ]
    assert kept[0] == kept[1]


@given(issues(), issues(), issues())
def test_ids_stay_unique(
    base: dict[str, Any], theirs: dict[str, Any], mine: dict[str, Any]
) -> None:
    """No block is there twice, and none changes what it was given."""
    before = copy.deepcopy((base, theirs, mine))

    names = [each["id"] for each in items_of(merge(base, theirs, mine).content)]

    assert len(names) == len(set(names))
    assert (base, theirs, mine) == before


@given(issues(), issues(), issues(), st.sampled_from(Choice))
def test_every_question_can_be_answered(
    base: dict[str, Any], theirs: dict[str, Any], mine: dict[str, Any], choice: Choice
) -> None:
    """With an answer to each question nothing is asked, and the answers are what stays."""
    questions = merge(base, theirs, mine).conflicts

    merged = merge(base, theirs, mine, {each.path: choice for each in questions})

    assert merged.conflicts == ()
    kept = dict(leaves(merged.content))
    for each in questions:
        assert kept[each.path] == (each.mine if choice == Choice.MINE else each.theirs)


BASE = issue(item("a", "Reed beds"), item("b", "Ferries"), item("c", "Cranes"))


def test_different_items() -> None:
    """Two who write in different items get both."""
    theirs = issue(item("a", "Reed beds!"), item("b", "Ferries"), item("c", "Cranes"))
    mine = issue(item("a", "Reed beds"), item("b", "Ferries", "Cheaper."), item("c", "Cranes"))

    merged = merge(BASE, theirs, mine)

    assert merged.conflicts == ()
    assert items_of(merged.content)[:2] == [
        item("a", "Reed beds!"),
        item("b", "Ferries", "Cheaper."),
    ]
    assert merged.taken == (("body", "d", "items", "a", "headline"),)


def test_the_same_headline() -> None:
    """Two who write the same headline are asked, with both texts; mine stays until then."""
    theirs = issue(item("a", "Reeds"), item("b", "Ferries"), item("c", "Cranes"))
    mine = issue(item("a", "Beds"), item("b", "Ferries"), item("c", "Cranes"))
    path = ("body", "d", "items", "a", "headline")

    merged = merge(BASE, theirs, mine)

    assert merged.conflicts == (Conflict(path=path, base="Reed beds", theirs="Reeds", mine="Beds"),)
    assert items_of(merged.content)[0] == item("a", "Beds")


def test_moved_and_written() -> None:
    """One moves items and the other writes in them and adds one: all of it counts."""
    theirs = issue(item("c", "Cranes"), item("a", "Reed beds"), item("b", "Ferries"))
    mine = issue(item("a", "Reed beds"), item("b", "Boats"), item("n", "New"), item("c", "Cranes"))

    merged = merge(BASE, theirs, mine)

    assert merged.conflicts == ()
    assert [each["value"]["headline"] for each in items_of(merged.content)] == [
        "Cranes",
        "Reed beds",
        "Boats",
        "New",
    ]


def test_deleted_and_written() -> None:
    """An item that one deleted and the other wrote in stays; one that nobody wrote in is gone."""
    theirs = issue(item("c", "Cranes"))
    mine = issue(item("a", "Reed beds"), item("b", "Boats"), item("c", "Cranes"))

    merged = merge(BASE, theirs, mine)

    assert [each["id"] for each in items_of(merged.content)] == ["b", "c"]
