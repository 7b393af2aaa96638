"""A year of slots with stepped time: each issue goes out in its slot, at the local hour."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import time_machine
from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.base import STATE_RUNNING

from newsletter.errors import NotApproved
from newsletter.publishing.models import Issue, Publication
from newsletter.scheduling import slots
from newsletter.scheduling.booking import book_next_slot
from newsletter.scheduling.clock import LOOK, Clock, tick
from newsletter.scheduling.models import Slot
from newsletter.sending.models import Edition, Send

MAX_DELAY = dt.timedelta(hours=6)
BEGIN = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
END = dt.datetime(2027, 1, 14, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def set_zone(publication: Publication, zone: str) -> None:
    """Move the publication into a zone."""
    publication.time_zone = zone
    publication.save()


def started(now: dt.datetime) -> set[int]:
    """Tick once and return the sends that have left the queue."""
    tick(now, late=MAX_DELAY)
    return set(Send.objects.exclude(state=Send.State.QUEUED).values_list("pk", flat=True))


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo", "Europe/London"])
def test_year_of_issues(publication: Publication, draft: Callable[[int], Issue], zone: str) -> None:
    """Over a year, both changes of the clock and a 53-week year, 27 issues start at 09:00."""
    set_zone(publication, zone)
    times: list[dt.datetime] = []
    now, known = BEGIN, set[int]()
    for number in range(1, 28):
        slot, send = book_next_slot(draft(number), now=now, batch_size=1000)
        assert send.pk not in started(slot.at - MINUTE), "it started before its slot"
        now = slot.at
        known |= {send.pk}
        assert started(now) == known
        times.append(now.astimezone(ZoneInfo(zone)))

    assert times[-1] < END
    assert {(at.weekday(), at.hour, at.minute) for at in times} == {(1, 9, 0)}
    assert {(b.date() - a.date()).days for a, b in pairwise(times)} == {14}


def test_empty_slot_is_held_and_says_so(publication: Publication) -> None:
    """A slot that opens with nothing in it is held, with a reason, and the next stays open."""
    tick(BEGIN, late=MAX_DELAY)
    tick(slots.upcoming_slots(publication, BEGIN, 1)[0].at, late=MAX_DELAY)

    held, following = Slot.objects.all()
    assert (slots.state_of(held), held.note) == ("held", "Nothing was queued for it.")
    assert slots.state_of(following) == "open"


def test_unapproved_issue_takes_no_slot(
    publication: Publication, draft: Callable[[int], Issue]
) -> None:
    """Where approval is needed, an issue that nobody approved is refused; the slot is free."""
    publication.needs_approval = True
    publication.save()

    with pytest.raises(NotApproved):
        book_next_slot(draft(1), now=BEGIN, batch_size=1000)

    assert not Send.objects.exists()
    assert slots.state_of(slots.upcoming_slots(publication, BEGIN, 1)[0]) == "open"


def test_unapproved_issue_holds_its_slot(
    publication: Publication, draft: Callable[[int], Issue]
) -> None:
    """A queued send whose edition is not approved when it is due is held in its slot."""
    slot, send = book_next_slot(draft(1), now=BEGIN, batch_size=1000)
    Edition.objects.update(approved_at=None)

    tick(slot.at, late=MAX_DELAY)

    send.refresh_from_db()
    slot.refresh_from_db()
    assert send.state == Send.State.HELD
    assert "Approve" in send.note
    assert slots.state_of(slot) == "held"


@pytest.mark.parametrize(
    ("late", "state"),
    [
        pytest.param(dt.timedelta(hours=5), Send.State.SENT, id="asleep-for-5-hours"),
        pytest.param(dt.timedelta(days=3), Send.State.HELD, id="asleep-for-3-days"),
    ],
)
def test_missed_slot(
    publication: Publication,
    draft: Callable[[int], Issue],
    late: dt.timedelta,
    state: Send.State,
) -> None:
    """A machine that slept over a slot sends within the window; later, it asks a person."""
    slot, send = book_next_slot(draft(1), now=BEGIN, batch_size=1000)

    tick(slot.at + late, late=MAX_DELAY)

    send.refresh_from_db()
    assert send.state == state


def test_of_a_long_sleep_only_the_latest_slot_asks(publication: Publication) -> None:
    """Nothing running for seven weeks leaves a row for each slot; the latest is held."""
    tick(BEGIN, late=MAX_DELAY)

    tick(BEGIN + dt.timedelta(weeks=7), late=MAX_DELAY)

    states = [slots.state_of(slot) for slot in Slot.objects.all()]
    assert states == ["skipped"] * 3 + ["held", "open"]
    skipped = Slot.objects.filter(state=Slot.State.SKIPPED)
    assert {slot.note for slot in skipped} == {slots.LATER_DUE}


def test_changed_cadence_moves_open_slots(publication: Publication) -> None:
    """After the rhythm was changed, open slots to come follow it; a moved one stays."""
    tick(BEGIN, late=MAX_DELAY)
    publication.time = dt.time(11)
    publication.save()
    tick(BEGIN, late=MAX_DELAY)
    assert [f"{slot.at:%H:%M}" for slot in Slot.objects.all()] == ["16:00"]

    publication.starts_on, publication.weekday = dt.date(2026, 1, 7), 2
    publication.save()
    tick(BEGIN, late=MAX_DELAY)
    assert [slot.date for slot in Slot.objects.all()] == [dt.date(2026, 1, 7)]


# The clock lets go of stale connections, so the test cannot live inside one transaction.
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_clock_of_apscheduler_ticks(
    publication: Publication, draft: Callable[[int], Issue], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stepped through the minute before a slot, APScheduler's own loop starts the send on time."""
    slot, send = book_next_slot(draft(1), now=BEGIN, batch_size=1000)
    rung: list[bool] = []
    with time_machine.travel(slot.at - MINUTE, tick=False) as traveller:
        clock = Clock(late=MAX_DELAY, enqueue=lambda: rung.append(True))
        scheduler = clock._scheduler
        # Its jobs run in this thread: only the test steps it.
        scheduler.add_executor(DebugExecutor())
        scheduler.start(paused=True)
        try:
            with monkeypatch.context() as asleep:
                # A job that rests wakes the scheduler's own thread.  Asleep, it runs no job, in a
                # connection that nobody would close.
                asleep.setattr(scheduler, "wakeup", lambda: None)
                scheduler.state = STATE_RUNNING
                for _ in range(60):
                    send.refresh_from_db()
                    assert send.state == Send.State.QUEUED
                    traveller.shift(1)
                    scheduler._process_jobs()
        finally:
            scheduler.shutdown(wait=False)

    send.refresh_from_db()
    assert send.state != Send.State.QUEUED
    # At each tick, and at each look at what comes back once the send has begun.
    assert 60 <= len(rung) <= 60 + 60 // LOOK
