"""Each slot to come has the number that its issue will carry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from newsletter.errors import BadInput, InvalidTransition
from newsletter.publishing.models import Issue, Publication
from newsletter.publishing.starting import start_issue
from newsletter.scheduling import slots
from newsletter.scheduling.booking import book_next_slot
from newsletter.scheduling.models import Slot
from newsletter.scheduling.numbers import (
    known_from,
    number_of_slot,
    numbers_ahead,
    reserve_number,
)
from newsletter.scheduling.slot_changes import plan_issue, skip_slot
from newsletter.scheduling.slots import apply_rhythm, find_slot, rhythm_of

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
#: The next slots: every second Tuesday at 09:00 in New York.
DATES = [dt.date(2026, 11, 24) + dt.timedelta(days=14 * number) for number in range(8)]

#: A draft as `known_from` reads it.
ROW: dict[str, Any] = {
    "volume": 1,
    "date": None,
    "issued_on": None,
    "live": False,
    "has_send": False,
    "planned_slot__at": None,
    "first_published_at": None,
}

Draft = Callable[[int], Issue]


@pytest.fixture(autouse=True)
def stopped() -> Iterator[None]:
    """It is a Friday in November, and stays so."""
    with time_machine.travel(NOW, tick=False):
        yield


def refs(publication: Publication, count: int = 6) -> list[str]:
    """Return the numbers of the next slots, in their order; `-` where a slot has none."""
    numbers = numbers_ahead(publication, NOW, count)
    ahead = slots.upcoming_slots(publication, NOW, count)
    return [numbers[slot.date].ref if slot.date in numbers else "-" for slot in ahead]


def slot(publication: Publication, number: int) -> Slot:
    """Return one of the next slots, saved."""
    return find_slot(publication, DATES[number])


def test_the_first_issues(publication: Publication) -> None:
    """Where nothing is written yet, the slots count from Vol 1.1 on."""
    assert refs(publication, 3) == ["1.1", "1.2", "1.3"]
    assert publication.next_number() == (1, 1)


def test_after_what_went_out(publication: Publication, draft: Draft) -> None:
    """Slots count on from what is queued, and drafts that wait take the first free ones."""
    book_next_slot(draft(4), now=NOW, batch_size=10)
    draft(7)
    draft(2)

    assert refs(publication, 4) == ["1.4", "1.7", "1.8", "1.9"]
    assert start_issue(publication).ref == "1.8"


def test_kept_and_skipped(publication: Publication, draft: Draft) -> None:
    """A slot has the number of the issue that it is kept for; a skipped slot counts nothing."""
    skip_slot(slot(publication, 0))
    plan_issue(slot(publication, 2), draft(3))

    assert refs(publication, 4) == ["-", "1.4", "1.3", "1.5"]


def test_reserved(publication: Publication, draft: Draft) -> None:
    """A reserved number is the slot's, gaps are allowed, and a special is not counted."""
    book_next_slot(draft(1), now=NOW, batch_size=10)
    reserve_number(slot(publication, 2), "1.10")
    reserve_number(slot(publication, 3), "special")
    reserve_number(slot(publication, 5), "2.1")

    assert refs(publication, 8) == ["1.1", "1.2", "1.10", "", "1.11", "2.1", "2.2", "2.3"]
    planned = number_of_slot(slot(publication, 2), NOW)
    assert planned is not None
    assert planned.number == (1, 10)

    reserve_number(slot(publication, 2), "")
    assert refs(publication, 3) == ["1.1", "1.2", "1.3"]


def test_a_number_ahead_is_left_out(publication: Publication, draft: Draft) -> None:
    """Slots before a reserved number count past it, never onto it."""
    book_next_slot(draft(1), now=NOW, batch_size=10)
    reserve_number(slot(publication, 3), "1.2")

    assert refs(publication, 5) == ["1.1", "1.3", "1.4", "1.2", "1.5"]


@pytest.mark.parametrize(
    ("fields", "numbers"),
    [
        ({"volume_rule": "year"}, ["3.12", "3.13", "3.14", "4.1", "4.2", "4.3"]),
        (
            {"volume_rule": "count", "issues_per_volume": 13},
            ["3.12", "3.13", "4.1", "4.2", "4.3", "4.4"],
        ),
    ],
)
def test_volumes_roll_over(
    publication: Publication, draft: Draft, fields: dict[str, object], numbers: list[str]
) -> None:
    """A new volume begins with the year in which an issue goes out, or after N issues."""
    Publication.objects.update(**fields)
    publication.refresh_from_db()
    issue = draft(12)
    Issue.objects.filter(pk=issue.pk).update(volume=3)
    issue.refresh_from_db()
    plan_issue(slot(publication, 0), issue)

    assert refs(publication) == numbers


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1.5", r"1\.5 is the number of Tideline Digest Vol 1\.5"),
        ("1.9", r"1\.9 is reserved for the slot of Tue 5 Jan 2027"),
        ("twelve", "'twelve' is not a number of an issue"),
    ],
)
def test_a_number_given_twice(
    publication: Publication, draft: Draft, text: str, words: str
) -> None:
    """What an issue or another slot has is refused with its name, and nothing changes."""
    draft(5)
    reserve_number(slot(publication, 3), "1.9")
    row = slot(publication, 1)
    reserve_number(row, "1.8")

    with pytest.raises(BadInput, match=words):
        reserve_number(row, text)

    row.refresh_from_db()
    assert (row.volume, row.number) == (1, 8)


def test_the_database_refuses_twins(publication: Publication) -> None:
    """Of two who reserve one number at the same time, the second is refused."""
    reserve_number(slot(publication, 1), "1.8")

    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.filter(pk=slot(publication, 2).pk).update(volume=1, number=8)


def test_a_slot_with_an_issue(publication: Publication, draft: Draft) -> None:
    """The number of a slot that has an issue is changed with the issue."""
    row = slot(publication, 0)
    plan_issue(row, draft(1))
    row = slots.with_plans(Slot.objects.filter(pk=row.pk)).get()

    with pytest.raises(InvalidTransition, match="is for Tideline"):
        reserve_number(row, "1.7")


def test_a_reserved_number_that_an_issue_took(publication: Publication, draft: Draft) -> None:
    """If an editor gives an issue that went out a reserved number, the slot counts on."""
    reserve_number(slot(publication, 1), "1.1")
    book_next_slot(draft(1), now=NOW, batch_size=10)

    assert refs(publication, 3) == ["1.1", "1.2", "1.3"]


def test_numbers_stay_with_their_slot(publication: Publication) -> None:
    """When the rhythm drops a date, its reserved number goes to the next slot."""
    reserve_number(slot(publication, 1), "2.1")
    publication.starts_on, publication.weekday = dt.date(2026, 1, 7), 2
    publication.save()

    apply_rhythm(publication, rhythm_of(publication), NOW)

    (row,) = Slot.objects.exclude(number=None)
    assert (row.date, row.volume, row.number) == (DATES[1] + dt.timedelta(days=1), 2, 1)


def test_without_numbers(publication: Publication, draft: Draft) -> None:
    """Who does not number has slots without numbers."""
    issue = draft(1)
    Issue.objects.filter(pk=issue.pk).update(volume=0, number=0, live=True)

    assert refs(publication, 2) == ["", ""]
    assert publication.next_number() == (0, 0)


def test_a_slot_of_a_far_year(publication: Publication) -> None:
    """The slots up to a far one are not counted, and it has no number yet."""
    far = slots.unsaved_slot(
        publication, next(rhythm_of(publication).plans_from(dt.date(2040, 5, 1)))
    )
    before = Slot.objects.count()

    assert number_of_slot(far, NOW) is None
    assert Slot.objects.count() == before


def test_many_issues_are_counted_at_once() -> None:
    """Drafts are told from what went out by their keys: each pair is not compared."""

    class Row(dict[str, Any]):
        """A row that says when it is compared as a whole."""

        __hash__ = None  # type: ignore[assignment]

        def __eq__(self, other: object) -> bool:
            raise AssertionError("rows are compared one by one")

    gone = [Row(ROW, pk=number, number=number, live=True) for number in range(1, 4)]
    drafts = [Row(ROW, pk=number, number=number) for number in range(4, 7)]

    assert sorted(known_from([*gone, *drafts], NOW).waiting) == [(1, 4), (1, 5), (1, 6)]
