"""A held slot can be sent for a while; then it is skipped, and people hear of each step once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.utils import timezone

from newsletter.errors import BadInput, ConfigError, InvalidTransition, NotApproved
from newsletter.publishing.models import Issue, Publication
from newsletter.scheduling import slots
from newsletter.scheduling.booking import book_next_slot, call_off, give_back, queue_again
from newsletter.scheduling.clock import tick
from newsletter.scheduling.holds import find_hold, list_holds, send_held
from newsletter.scheduling.models import Notice, Slot
from newsletter.scheduling.reminders.notices import remind
from newsletter.scheduling.reminders.sources import SOURCES
from newsletter.scheduling.slot_changes import move_slot, plan_issue, skip_slot
from newsletter.scheduling.slots import find_slot
from newsletter.scheduling.times import parse_wall_time
from newsletter.sending.models import AuditEntry, Edition, Send
from newsletter.sending.operations import control
from newsletter.sending.planning import approvals
from tests import desks
from tests.publications import create_publication

#: The next slots are on Tuesday 24 November and on 8 December, 09:00 in New York.
NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
FIRST, SECOND = dt.date(2026, 11, 24), dt.date(2026, 12, 8)
DUE = dt.datetime(2026, 11, 24, 14, tzinfo=dt.UTC)
HOUR, DAY, MINUTE = dt.timedelta(hours=1), dt.timedelta(days=1), dt.timedelta(minutes=1)
FORTNIGHT = dt.timedelta(weeks=2)
MAX_DELAY = dt.timedelta(hours=6)

Draft = Callable[[int], Issue]
GoTo = Callable[[dt.datetime], None]


@pytest.fixture
def go_to(publication: Publication) -> Iterator[GoTo]:
    """Set the time, and have the clock tick then."""
    with time_machine.travel(NOW, tick=False) as traveller:

        def go(at: dt.datetime) -> None:
            traveller.move_to(at)
            tick(at, late=MAX_DELAY)

        go(NOW)
        yield go


def slot_of(publication: Publication, date: dt.date = FIRST) -> Slot:
    """Return the row of a slot as it is now."""
    return find_slot(publication, date)


def send(slot: Slot, issue: Issue | None = None, by: Any = None) -> Send:
    """Press the button."""
    return send_held(slot, issue, now=timezone.now(), batch_size=10, by=by)


def told() -> list[str]:
    """Remind whoever is to be reminded; return the first sentences of the mails, in order."""
    mail.outbox.clear()
    for source in SOURCES:
        remind(timezone.now(), source)
    return [str(message.body).partition("\n")[0] for message in mail.outbox]


def test_sent_with_one_click(publication: Publication, draft: Draft, go_to: GoTo) -> None:
    """Within the grace period the issue that is meant for the slot goes out, in that slot."""
    plan_issue(slot_of(publication), draft(1))
    go_to(DUE)
    go_to(DUE + 23 * HOUR)

    queued = send(slot_of(publication))

    slot = slot_of(publication)
    assert (slot.send, slot.state) == (queued, Slot.State.FILLED)
    go_to(queued.at)
    queued.refresh_from_db()
    assert queued.state == Send.State.SENT
    assert slots.state_of(slot_of(publication)) == Slot.State.SENT
    go_to(DUE + 2 * DAY)
    assert slots.state_of(slot_of(publication)) == Slot.State.SENT


def test_queued_again_within_the_undo_window(
    publication: Publication, draft: Draft, go_to: GoTo
) -> None:
    """A late correction goes out in place of what was queued, in the same slot."""
    plan_issue(slot_of(publication), draft(1))
    go_to(DUE + HOUR)
    queued = send(slot_of(publication))

    fresh = queue_again(queued, batch_size=10)

    slot = slot_of(publication)
    assert (slot.send, slot.state) == (fresh, Slot.State.FILLED)
    go_to(fresh.at)
    states = dict(Send.objects.values_list("pk", "state"))
    assert states == {queued.pk: Send.State.CANCELLED, fresh.pk: Send.State.SENT}


def test_after_the_grace_period(publication: Publication, draft: Draft, go_to: GoTo) -> None:
    """After it the slot is skipped with the reason, its issue is free, and nothing is sent."""
    issue = draft(1)
    plan_issue(slot_of(publication), issue)
    go_to(DUE)
    go_to(DUE + DAY - MINUTE)
    assert slot_of(publication).state == Slot.State.HELD
    go_to(DUE + DAY)

    slot = slot_of(publication)
    assert (slot.state, slot.note) == (Slot.State.SKIPPED, slots.GRACE_OVER)
    with pytest.raises(InvalidTransition, match="is not held"):
        send(slot, issue)
    booked, _ = book_next_slot(issue, now=timezone.now(), batch_size=10)
    assert booked.date == SECOND


def test_the_publication_says_how_long(publication: Publication, go_to: GoTo) -> None:
    """The grace period has the hours of the publication's setting; 0 skips at once."""
    Publication.objects.update(grace_hours=3)
    go_to(DUE)
    hold = find_hold(slot_of(publication), timezone.now())
    assert hold is not None
    assert hold.until == DUE + 3 * HOUR
    Publication.objects.update(grace_hours=0)

    go_to(DUE + FORTNIGHT)

    assert slot_of(publication, SECOND).state == Slot.State.SKIPPED


def test_which_issue(publication: Publication, draft: Draft, go_to: GoTo) -> None:
    """Where no issue is meant for it one is named; one of another publication is refused."""
    go_to(DUE)
    with pytest.raises(BadInput, match="No issue is meant") as refused:
        send(slot_of(publication))
    assert refused.value.hint == "Say which: newsletter schedule send 2026-11-24 REF"
    other = create_publication("Zebra News", starts_on=FIRST, weekday=1)
    with pytest.raises(BadInput, match="belongs to another publication"):
        send(slot_of(publication), desks.draft(other, 7))

    queued = send(slot_of(publication), draft(1))

    with pytest.raises(InvalidTransition, match="is not held"):
        send(slot_of(publication), draft(2))
    assert slot_of(publication).send == queued


def test_a_send_that_was_not_approved(publication: Publication, draft: Draft, go_to: GoTo) -> None:
    """A queued issue that nobody approved is held; once approved, one click sends it."""
    issue = draft(1)
    _, queued = book_next_slot(issue, now=NOW, batch_size=10)
    Publication.objects.update(needs_approval=True)
    Edition.objects.update(approved_at=None)
    go_to(DUE)
    with pytest.raises(NotApproved):
        send(slot_of(publication))
    with pytest.raises(BadInput, match="has another issue"):
        send(slot_of(publication), draft(2))
    issue.refresh_from_db()
    approvals.approve(issue, day=FIRST)

    assert send(slot_of(publication)) == queued

    go_to(timezone.now() + MINUTE)
    queued.refresh_from_db()
    assert queued.state == Send.State.SENT


def test_a_held_send_is_cancelled_in_the_end(
    publication: Publication, draft: Draft, go_to: GoTo
) -> None:
    """After the grace period a held send is cancelled, nobody has mail, the draft is free."""
    issue = draft(1)
    _, queued = book_next_slot(issue, now=NOW, batch_size=10)
    Publication.objects.update(needs_approval=True)
    Edition.objects.update(approved_at=None)
    go_to(DUE)

    go_to(DUE + DAY)

    queued.refresh_from_db()
    assert (queued.state, queued.started_at) == (Send.State.CANCELLED, None)
    assert slot_of(publication).state == Slot.State.SKIPPED
    assert AuditEntry.objects.get(send=queued).kind == AuditEntry.Kind.CANCELLED
    issue.refresh_from_db()
    assert issue.issued_on is None


def test_a_send_that_has_begun_is_never_skipped(
    publication: Publication, draft: Draft, go_to: GoTo
) -> None:
    """A send that was held in the middle waits for a person, however long."""
    _, queued = book_next_slot(draft(1), now=NOW, batch_size=10)
    go_to(DUE)
    Send.objects.filter(pk=queued.pk).update(state=Send.State.HELD, started_at=DUE)

    go_to(DUE + 3 * DAY)

    queued.refresh_from_db()
    assert queued.state == Send.State.HELD
    assert list_holds(timezone.now()) == []
    with pytest.raises(InvalidTransition, match="so it cannot be skipped"):
        skip_slot(slot_of(publication))


@pytest.mark.parametrize(("late", "state"), [(5, "sent"), (30, "held")])
def test_slept_over_a_slot(
    publication: Publication, draft: Draft, go_to: GoTo, late: int, state: str
) -> None:
    """An approved issue goes by itself if it is not too late; else it asks, for a whole period."""
    _, queued = book_next_slot(draft(1), now=NOW, batch_size=10)

    go_to(DUE + late * HOUR)

    queued.refresh_from_db()
    assert queued.state == state
    if state == "held":
        go_to(DUE + late * HOUR + DAY - MINUTE)
        assert send(slot_of(publication)) == queued


def test_slept_over_two_slots(publication: Publication, draft: Draft, go_to: GoTo) -> None:
    """Of two issues that are due together only the later goes; the other is a draft again."""
    first, later = draft(1), draft(2)
    _, one = book_next_slot(first, now=NOW, batch_size=10)
    _, two = book_next_slot(later, now=NOW, batch_size=10)
    publication.slots.filter(date=FIRST).update(at=DUE + FORTNIGHT - HOUR)
    Send.objects.filter(pk=one.pk).update(at=DUE + FORTNIGHT - HOUR)

    go_to(DUE + FORTNIGHT + HOUR)

    one.refresh_from_db()
    two.refresh_from_db()
    assert (one.state, two.state) == (Send.State.CANCELLED, Send.State.SENT)
    skipped = slot_of(publication)
    assert (skipped.state, skipped.note) == (Slot.State.SKIPPED, slots.LATER_DUE)
    booked, _ = book_next_slot(first, now=timezone.now(), batch_size=10)
    assert booked.date == SECOND + FORTNIGHT


def test_slept_over_two_empty_slots(publication: Publication, go_to: GoTo) -> None:
    """Of two that passed empty the later asks; the mails tell of both."""
    desks.member("Senders", "ann").__class__.objects.update(email="ann@example.org")

    go_to(DUE + FORTNIGHT + HOUR)

    assert [hold.slot.date for hold in list_holds(timezone.now())] == [SECOND]
    assert told() == [
        "The slot of Tue 8 Dec 2026 09:00 EST is held.",
        "The slot of Tue 24 Nov 2026 09:00 EST was skipped.",
    ]


def test_the_next_slot_ends_the_grace_period(
    publication: Publication, draft: Draft, go_to: GoTo
) -> None:
    """A slot that is held still when the next one is due is skipped: never two at once."""
    Publication.objects.update(grace_hours=168, every_weeks=1)
    tick(NOW, late=MAX_DELAY)
    move_slot(slot_of(publication), DUE + 6 * DAY, NOW)
    go_to(DUE + 6 * DAY)
    assert slot_of(publication).state == Slot.State.HELD

    go_to(DUE + 7 * DAY)

    skipped = slot_of(publication)
    assert (skipped.state, skipped.note) == (Slot.State.SKIPPED, slots.LATER_DUE)
    assert [hold.slot.date for hold in list_holds(timezone.now())] == [dt.date(2026, 12, 1)]


def test_a_second_hold_is_told_again(publication: Publication, draft: Draft, go_to: GoTo) -> None:
    """Each hold is told once: held, sent and taken back, and held again."""
    ann = desks.member("Senders", "ann")
    ann.email = "ann@example.org"
    ann.save()
    go_to(DUE)
    held = "The slot of Tue 24 Nov 2026 09:00 EST is held."
    assert told() == [held]
    go_to(DUE + HOUR)
    assert told() == []
    queued = send(slot_of(publication), draft(1), by=ann)
    give_back(queued, by=ann)
    go_to(DUE + 2 * HOUR)

    assert told() == [held]

    assert "The issue that was queued for it was taken back." in str(mail.outbox[0].body)
    hold = find_hold(slot_of(publication), timezone.now())
    assert hold is not None
    assert hold.until == DUE + DAY, "a second hold does not begin the period again"
    go_to(DUE + 3 * HOUR)
    assert told() == []
    go_to(DUE + DAY)
    assert told() == ["The slot of Tue 24 Nov 2026 09:00 EST was skipped."]
    assert told() == []
    assert Notice.objects.count() == 3


def test_an_approval_that_is_withdrawn(publication: Publication, draft: Draft, go_to: GoTo) -> None:
    """A held send that was let go on, and is held again for another reason, is told again."""
    ann = desks.member("Senders", "ann")
    ann.email = "ann@example.org"
    ann.save()
    issue = draft(1)
    _, queued = book_next_slot(issue, now=NOW, batch_size=10)
    go_to(DUE + 10 * HOUR)
    assert told() == ["The slot of Tue 24 Nov 2026 09:00 EST is held."]
    go_to(DUE + 11 * HOUR)
    control.resume(queued)
    approvals.send_back(issue, by=ann, note="The map is missing")

    assert told() == ["The slot of Tue 24 Nov 2026 09:00 EST is held."]

    assert "The approval was withdrawn by ann." in str(mail.outbox[0].body)
    assert told() == []


def test_called_off_too_late(publication: Publication, draft: Draft, go_to: GoTo) -> None:
    """An issue that is called off after the grace period leaves its slot skipped, not held."""
    _, queued = book_next_slot(draft(1), now=NOW, batch_size=10)
    go_to(DUE + 10 * HOUR)
    Send.objects.filter(pk=queued.pk).update(state=Send.State.PAUSED, started_at=DUE)
    go_to(DUE + 3 * DAY)

    call_off(queued)

    slot = slot_of(publication)
    assert (slot.state, slot.note) == (Slot.State.SKIPPED, slots.TAKEN_BACK)


def test_skipped_by_a_person(publication: Publication, draft: Draft, go_to: GoTo) -> None:
    """A held slot is skipped with a reason; a send in it is cancelled by that person."""
    _, queued = book_next_slot(draft(1), now=NOW, batch_size=10)
    go_to(DUE + 10 * HOUR)

    skip_slot(slot_of(publication), "Nothing new", by="ann")

    queued.refresh_from_db()
    slot = slot_of(publication)
    assert (queued.state, slot.state, slot.note) == ("cancelled", "skipped", "Nothing new")
    assert AuditEntry.objects.get(send=queued).by == "ann"
    with pytest.raises(InvalidTransition, match="is not held"):
        send(slot)


def test_moved_to_a_time_to_come(publication: Publication, draft: Draft, go_to: GoTo) -> None:
    """A held slot that is moved is open; held again at its new time it has a whole period."""
    go_to(DUE)
    move_slot(slot_of(publication), DUE + 2 * HOUR, timezone.now())
    assert slot_of(publication).state == Slot.State.OPEN

    go_to(DUE + 2 * HOUR)

    hold = find_hold(slot_of(publication), timezone.now())
    assert hold is not None
    assert hold.until == DUE + 2 * HOUR + DAY


def test_a_lost_zone_stops_nobody_elses_news(publication: Publication, go_to: GoTo) -> None:
    """Where the zone of a publication has vanished its held slot is told in UTC, and others too."""
    ann = desks.member("Senders", "ann")
    ann.email = "ann@example.org"
    ann.save()
    create_publication("Zebra News", starts_on=FIRST, weekday=1)
    tick(NOW, late=MAX_DELAY)
    Publication.objects.filter(pk=publication.pk).update(time_zone="Europe/Atlantis")
    Slot.objects.filter(publication=publication, date=FIRST).update(
        state=Slot.State.HELD, held_at=DUE, grace_until=DUE + DAY
    )

    go_to(DUE + HOUR)

    assert sorted(told()) == [
        "The slot of Tue 24 Nov 2026 09:07 EST is held.",
        "The slot of Tue 24 Nov 2026 14:00 UTC is held.",
    ]
    go_to(DUE + DAY)
    assert slot_of(publication).state == Slot.State.SKIPPED


def test_a_time_in_a_lost_zone(publication: Publication) -> None:
    """A time that somebody types for it is refused with the zone and the fix."""
    with pytest.raises(ConfigError, match="no time zone Europe/Atlantis any more"):
        parse_wall_time("10:00", "Europe/Atlantis", now=NOW)
