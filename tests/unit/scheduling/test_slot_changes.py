"""What a person does with a slot stays, what the rule for holidays does follows the rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.utils import translation

from newsletter.errors import BadInput, InvalidTransition
from newsletter.publishing.models import Publication
from newsletter.scheduling import slots
from newsletter.scheduling.booking import book_next_slot, give_back
from newsletter.scheduling.clock import tick
from newsletter.scheduling.models import Slot
from newsletter.scheduling.rescheduling import note_change, preview_slots
from newsletter.scheduling.slot_changes import (
    move_slot,
    name_slot,
    plan_issue,
    reopen,
    skip_slot,
)
from newsletter.scheduling.slots import find_slot, upcoming_slots
from newsletter.scheduling.times import explain_time, parse_wall_time
from newsletter.sending.models import Send
from newsletter.sending.planning.queue import queue
from tests import desks
from tests.publications import create_publication

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
MAX_DELAY = dt.timedelta(hours=6)
FIRST, SECOND, CHRISTMAS_EVE = (
    dt.date(2026, 11, 26),
    dt.date(2026, 12, 10),
    dt.date(2026, 12, 24),
)


@pytest.fixture(autouse=True)
def stopped() -> Iterator[time_machine.Traveller]:
    """It is Monday noon, and stays so."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def publication(db: None) -> Publication:
    """Every second Thursday at 09:07 in New York, from the 26th on; the first is Thanksgiving."""
    return create_publication(
        "Tideline Digest", postal_address="1 Quay Street", starts_on=dt.date(2026, 11, 26)
    )


def change(publication: Publication, **fields: Any) -> None:
    """Change a publication, and let the clock tick."""
    Publication.objects.filter(pk=publication.pk).update(**fields)
    publication.refresh_from_db()
    tick(NOW, late=MAX_DELAY)


def listed(publication: Publication, count: int = 3) -> list[str]:
    """Return the next slots: when they are due in UTC, and how they stand."""
    return [f"{slot.at:%d %H:%M} {slot.state}" for slot in upcoming_slots(publication, NOW, count)]


@pytest.mark.parametrize(
    ("policy", "first"),
    [
        ("mark", "26 14:07 open"),
        ("skip", "26 14:07 skipped"),
        ("before", "25 14:07 open"),
        ("after", "27 14:07 open"),
    ],
)
def test_policies(publication: Publication, policy: str, first: str) -> None:
    """A slot on a holiday goes where the policy says, before it has a row and after."""
    Publication.objects.update(holiday_regions=["US"], quiet_policy=policy)
    publication.refresh_from_db()
    expected = [first, "10 14:07 open", "24 14:07 open"]

    assert listed(publication) == expected
    tick(NOW, late=MAX_DELAY)
    assert listed(publication) == expected


def test_a_changed_policy(publication: Publication) -> None:
    """Saved slots follow each change of the policy, and are as before without it."""
    tick(NOW, late=MAX_DELAY)
    for policy, first in (("skip", "26 14:07 skipped"), ("after", "27 14:07 open")):
        change(publication, holiday_regions=["US"], quiet_policy=policy)
        assert listed(publication, 1) == [first]
    change(publication, quiet_policy="skip")
    change(publication, holiday_regions=[])

    assert listed(publication, 1) == ["26 14:07 open"]


def test_opened_against_the_rule(publication: Publication) -> None:
    """A slot that a person opened on a holiday stays open, and takes an issue."""
    change(publication, holiday_regions=["US"], quiet_policy="skip")
    slot = find_slot(publication, FIRST)

    reopen(slot, NOW)
    tick(NOW, late=MAX_DELAY)

    assert listed(publication, 1) == ["26 14:07 open"]
    booked, _ = book_next_slot(desks.draft(publication), now=NOW, batch_size=10)
    assert booked.date == FIRST


def test_skipped_by_the_rule_is_passed_over(publication: Publication) -> None:
    """What is queued for the next slot takes the first that the rule leaves."""
    change(
        publication,
        quiet_dates="2026-11-26\n2026-12-10 to 2026-12-11 Moving house",
        quiet_policy="skip",
    )

    booked, _ = book_next_slot(desks.draft(publication), now=NOW, batch_size=10)

    assert booked.date == CHRISTMAS_EVE


def test_skipped_slots_are_not_held(
    publication: Publication, stopped: time_machine.Traveller
) -> None:
    """A slot that the rule skipped passes in silence; the one after it is looked after."""
    change(publication, holiday_regions=["US"], quiet_policy="skip")
    later = dt.datetime(2026, 12, 11, tzinfo=dt.UTC)
    stopped.move_to(later)
    tick(later, late=MAX_DELAY)

    states = {slot.date: slot.state for slot in Slot.objects.all()}
    assert states == {FIRST: "skipped", SECOND: "held", CHRISTMAS_EVE: "open"}


def test_a_region_that_is_known_no_more(publication: Publication) -> None:
    """The clock goes on for a publication with a region that the library dropped."""
    change(publication, holiday_regions=["XX", "US"], quiet_policy="after")

    assert listed(publication, 1) == ["27 14:07 open"]


def test_reason_and_name(publication: Publication) -> None:
    """A skipped slot keeps its reason until it is opened, and its name after."""
    slot = find_slot(publication, FIRST)
    name_slot(slot, " Winter special ")
    skip_slot(slot, "Thanksgiving")
    slot.refresh_from_db()
    assert (slot.note, slot.name, slot.state) == ("Thanksgiving", "Winter special", "skipped")

    reopen(slot, NOW)
    tick(NOW, late=MAX_DELAY)

    slot.refresh_from_db()
    assert (slot.note, slot.name, slot.state) == ("", "Winter special", "open")


@pytest.mark.parametrize("saved", [True, False])
def test_two_slots_on_one_day(publication: Publication, saved: bool) -> None:
    """A slot is not moved onto the day of another, unless that one is skipped."""
    if saved:
        find_slot(publication, SECOND)
    slot = find_slot(publication, FIRST)
    evening = dt.datetime(2026, 12, 10, 23, tzinfo=dt.UTC)

    with pytest.raises(BadInput, match="another slot on that day, due Thu 10 Dec 2026 09:07"):
        move_slot(slot, evening, NOW)

    slot.refresh_from_db()
    assert (slot.moved, f"{slot.at:%d %H}") == (False, "26 14")
    skip_slot(find_slot(publication, SECOND))
    move_slot(slot, evening, NOW)
    with pytest.raises(BadInput, match="another slot on that day"):
        reopen(find_slot(publication, SECOND), NOW)


def test_moved_on_its_own_day(publication: Publication) -> None:
    """A slot may be due at another hour of its day."""
    slot = find_slot(publication, FIRST)

    move_slot(slot, slot.at + dt.timedelta(hours=5), NOW)
    tick(NOW, late=MAX_DELAY)

    assert listed(publication, 1) == ["26 19:07 open"]


def test_moved_to_the_day_of_a_slot_that_moved_away(publication: Publication) -> None:
    """The old day of a moved slot is free."""
    move_slot(find_slot(publication, SECOND), NOW + dt.timedelta(days=20), NOW)

    move_slot(find_slot(publication, FIRST), dt.datetime(2026, 12, 10, 14, tzinfo=dt.UTC), NOW)

    assert listed(publication, 2) == ["10 14:00 open", "13 12:00 open"]


def test_refused_in_the_language_of_the_reader(publication: Publication) -> None:
    """A Japanese reader gets the refusal in Japanese."""
    with pytest.raises(BadInput) as refused:
        move_slot(find_slot(publication, FIRST), NOW - dt.timedelta(hours=1), NOW)

    with translation.override("ja"):
        assert "は過ぎています。配信枠は" in refused.value.sentences


def test_later_slots_after_one_was_brought_far_forward(
    publication: Publication, stopped: time_machine.Traveller
) -> None:
    """A late slot that was moved before the others, and has passed, hides none of them."""
    tick(NOW, late=MAX_DELAY)
    move_slot(find_slot(publication, CHRISTMAS_EVE), NOW + dt.timedelta(days=1), NOW)
    later = dt.datetime(2026, 12, 11, tzinfo=dt.UTC)
    stopped.move_to(later)

    tick(later, late=MAX_DELAY)

    passed = Slot.objects.filter(at__lte=later).order_by("date")
    assert [(slot.date, slot.state) for slot in passed] == [
        (FIRST, Slot.State.SKIPPED),
        (SECOND, Slot.State.HELD),
        (CHRISTMAS_EVE, Slot.State.SKIPPED),
    ]


def test_a_new_rhythm_makes_no_slots_of_the_past(publication: Publication) -> None:
    """After a change from two weeks to one, no date before the change is held as missed."""
    change(publication, starts_on=dt.date(2026, 11, 12))
    find_slot(publication, dt.date(2026, 11, 12))
    tick(NOW, late=MAX_DELAY)
    publication.every_weeks = 1
    note_change(publication, NOW)
    publication.save()

    tick(NOW, late=MAX_DELAY)

    held = Slot.objects.filter(state=Slot.State.HELD)
    assert [slot.date for slot in held] == [dt.date(2026, 11, 12)]


def test_an_issue_for_a_slot(publication: Publication) -> None:
    """A slot that is meant for an issue is taken by that one only, and by no other."""
    first, second = desks.draft(publication, 1), desks.draft(publication, 2)
    plan_issue(find_slot(publication, FIRST), second)

    assert book_next_slot(first, now=NOW, batch_size=10)[0].date == SECOND
    booked, send = book_next_slot(second, now=NOW, batch_size=10)
    assert booked.date == FIRST
    give_back(send)
    tick(NOW, late=MAX_DELAY)
    booked.refresh_from_db()
    assert (booked.issue, booked.state) == (second, "open")


def test_an_issue_is_meant_for_one_slot(publication: Publication) -> None:
    """Given to another slot, it leaves the first; taken out, the slot is for anybody."""
    issue = desks.draft(publication)
    plan_issue(find_slot(publication, FIRST), issue)
    plan_issue(find_slot(publication, SECOND), issue)
    assert list(Slot.objects.filter(issue=issue).values_list("date", flat=True)) == [SECOND]

    plan_issue(find_slot(publication, SECOND), None)

    assert not Slot.objects.filter(issue=issue).exists()


def test_a_slot_whose_issue_goes_elsewhere(publication: Publication) -> None:
    """Once its issue is queued for another time, the slot is free for others."""
    first, second = desks.draft(publication, 1), desks.draft(publication, 2)
    plan_issue(find_slot(publication, FIRST), first)
    queue(first, at=NOW + dt.timedelta(hours=3), batch_size=10)

    booked, _ = book_next_slot(second, now=NOW, batch_size=10)

    booked.refresh_from_db()
    assert (booked.date, booked.issue) == (FIRST, None)
    with pytest.raises(InvalidTransition, match=r"Vol 1\.1 is queued already"):
        plan_issue(find_slot(publication, SECOND), first)


def test_only_an_open_slot_takes_an_issue(publication: Publication) -> None:
    """A slot that is skipped is given none."""
    slot = find_slot(publication, FIRST)
    skip_slot(slot)

    with pytest.raises(InvalidTransition, match="no longer open"):
        plan_issue(slot, desks.draft(publication))


def test_name_and_issue_survive_a_new_rhythm(publication: Publication) -> None:
    """When the weekday changes, the name and the issue of a slot go to the next one."""
    issue = desks.draft(publication)
    slot = find_slot(publication, FIRST)
    name_slot(slot, "Winter special")
    plan_issue(slot, issue)

    change(publication, starts_on=dt.date(2026, 11, 27), weekday=4)

    (kept,) = Slot.objects.filter(issue=issue)
    assert (kept.date, kept.name) == (dt.date(2026, 11, 27), "Winter special")


def test_calendar_programs_are_told_of_changes(publication: Publication) -> None:
    """Each change of a slot counts its sequence up; a tick does not."""
    slot = find_slot(publication, FIRST)
    counted = []
    for step in (
        lambda: move_slot(slot, slot.at + dt.timedelta(hours=1), NOW),
        lambda: skip_slot(slot, "Ill"),
        lambda: reopen(slot, NOW),
        lambda: None,
    ):
        step()
        tick(NOW, late=MAX_DELAY)
        slot.refresh_from_db()
        counted.append(slot.sequence)

    assert counted == [1, 2, 3, 3]


def test_preview(publication: Publication) -> None:
    """The preview names the new dates, and keeps what was moved, skipped and queued by hand."""
    _, send = book_next_slot(desks.draft(publication), now=NOW, batch_size=10)
    skip_slot(find_slot(publication, SECOND), "Fair")
    moved = find_slot(publication, CHRISTMAS_EVE)
    move_slot(moved, dt.datetime(2026, 12, 22, 14, tzinfo=dt.UTC), NOW)
    find_slot(publication, dt.date(2027, 1, 7))
    publication.weekday, publication.starts_on = 4, dt.date(2026, 11, 27)

    found = preview_slots(publication, slots.rhythm_of(publication), NOW, 6)

    assert [f"{slot.at:%d} {slot.state}" for slot in found] == [
        *("26 filled", "27 open", "10 skipped", "11 open", "22 open", "25 open"),
    ]
    assert found[0].send == send
    assert Slot.objects.count() == 4
    assert Send.objects.count() == 1


LORD_HOWE = "Australia/Lord_Howe"


@pytest.mark.parametrize(
    ("zone", "text", "words"),
    [
        ("America/New_York", "2027-03-14T02:30", "Sun 14 Mar 2027 .* from 02:00 to 03:00"),
        ("Europe/London", "2027-03-28T01:00", "Sun 28 Mar 2027 .* from 01:00 to 02:00"),
        (LORD_HOWE, "2027-10-03T02:15", "Sun 3 Oct 2027 .* from 02:00 to 02:30"),
    ],
)
def test_time_that_the_clocks_leave_out(zone: str, text: str, words: str) -> None:
    """It is refused, with what the clocks do; the hour beside it is taken."""
    with pytest.raises(BadInput, match=words):
        parse_wall_time(text, zone, now=NOW)
    day, _, clock = text.partition("T")
    with pytest.raises(BadInput, match=words):
        parse_wall_time(clock, zone, now=NOW, on=dt.date.fromisoformat(day))

    assert parse_wall_time(f"{day}T03:30", zone, now=NOW)


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo", "UTC"])
def test_times_that_exist(zone: str) -> None:
    """Every other time is taken, with an offset too, and nothing is said of it."""
    for text in ("2027-03-13T02:30", "2027-03-14T02:30-05:00", "12:00", "now"):
        assert explain_time(parse_wall_time(text, zone, now=NOW), zone) == ""


def test_time_that_comes_twice() -> None:
    """It is the first; the second is meant with its offset. Both are said."""
    first = parse_wall_time("2027-11-07T01:30", "America/New_York", now=NOW)
    second = parse_wall_time("2027-11-07T01:30-05:00", "America/New_York", now=NOW)

    assert second - first == dt.timedelta(hours=1)
    assert explain_time(first, "America/New_York").endswith("this is the first, EDT.")
    assert explain_time(second, "America/New_York").endswith("this is the second, EST.")
