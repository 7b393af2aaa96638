"""Pause, go on, cancel: from every state, with a true account of who has it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from newsletter.errors import InvalidTransition, NotApproved, OutcomeUnknown, Refused
from newsletter.publishing.models import Issue, Publication
from newsletter.scheduling import booking
from newsletter.sending.delivery import claims, dispatch, recovery
from newsletter.sending.models import AuditEntry, Batch, Delivery, Send
from newsletter.sending.operations import control
from newsletter.sending.planning import approvals, queue, undo_window
from newsletter.sending.reporting.totals import count_send
from newsletter.sending.safeguards import canary
from newsletter.transports.memory import MemoryTransport
from tests.unit.sending.conftest import LEASE, MAX_DELAY, AddPeople, Configure

Start = Callable[..., Send]


def submit_mail(transport: MemoryTransport, batches: int = 1000) -> None:
    """Submit N batches, as long as there are any."""
    for _ in range(batches):
        if (batch := claims.next_batch()) is None:
            return
        dispatch.send_batch(batch, transport, lease=LEASE)


def test_undo_window(issue: Issue, add_people: AddPeople, configure: Configure) -> None:
    """What a person starts does not begin before the time to undo it is over, nor is it late."""
    configure(sending={"undo_seconds": 60})
    add_people(3)
    now = timezone.now()
    send = queue.queue(issue, at=undo_window.after_undo_window(now), batch_size=10)

    dispatch.start_due(now + dt.timedelta(seconds=59), late=dt.timedelta())
    send.refresh_from_db()
    assert send.state == Send.State.QUEUED
    dispatch.start_due(now + dt.timedelta(seconds=61), late=MAX_DELAY)

    send.refresh_from_db()
    assert send.state == Send.State.SENDING


def test_time_to_come_is_kept(configure: Configure) -> None:
    """What is queued for later than the undo window leaves at its scheduled time."""
    configure(sending={"undo_seconds": 60})
    later = timezone.now() + dt.timedelta(hours=1)

    assert undo_window.after_undo_window(later) == later


def test_undone(issue: Issue, add_people: AddPeople, configure: Configure) -> None:
    """Cancelled while it is held back, nobody is mailed, and the issue can be queued again."""
    configure(sending={"undo_seconds": 60})
    add_people(3)
    send = queue.queue(issue, at=undo_window.after_undo_window(timezone.now()), batch_size=10)

    send, reached = control.cancel(send, by="Aiko")
    dispatch.start_due(timezone.now() + dt.timedelta(hours=1), late=MAX_DELAY)

    send.refresh_from_db()
    assert (send.state, reached) == (Send.State.CANCELLED, 0)
    assert claims.next_batch() is None
    assert queue.queue(issue, at=timezone.now(), batch_size=10).pk != send.pk


def test_undone_slot_is_open_again(issue: Issue, add_people: AddPeople) -> None:
    """A slot whose send is cancelled before anybody is mailed can be filled again."""
    add_people(1)
    slot, send = booking.book_next_slot(issue, now=timezone.now(), batch_size=10)

    booking.call_off(send)

    slot.refresh_from_db()
    assert (slot.state, slot.send) == ("open", None)


def test_slot_of_what_went_out_stays_taken(issue: Issue, add_people: AddPeople) -> None:
    """A slot whose send was stopped half-way keeps it: some have the mail."""
    add_people(2)
    slot, send = booking.book_next_slot(issue, now=timezone.now(), batch_size=1)
    dispatch.start_due(slot.at, late=MAX_DELAY)
    submit_mail(MemoryTransport(), 1)

    booking.call_off(send)

    slot.refresh_from_db()
    assert slot.send == send


def test_paused_send_claims_nothing(start: Start, add_people: AddPeople) -> None:
    """Paused, nothing more is submitted; let go on, everybody gets it once."""
    add_people(9)
    send, transport = start(batch_size=3), MemoryTransport()
    submit_mail(transport, 1)

    control.pause(send, by="Aiko")
    submit_mail(transport)
    assert count_send(send).deliveries == {"accepted": 3, "planned": 6}
    control.resume(send, by="Ben")
    submit_mail(transport)

    assert count_send(send).deliveries == {"accepted": 9}
    assert len(set(transport.addresses())) == len(transport.addresses()) == 9
    assert [(act.kind, act.by) for act in send.audit_entries.all()] == [
        (AuditEntry.Kind.PAUSED, "Aiko"),
        (AuditEntry.Kind.RESUMED, "Ben"),
    ]


def test_pause_stops_what_is_only_claimed(start: Start, add_people: AddPeople) -> None:
    """A batch that was claimed but not yet posted when the pause came does not leave."""
    add_people(2)
    send = start()
    attempt = claims.claim_batch(send.batches.get().pk, lease=LEASE)
    assert attempt

    control.pause(send)

    assert not claims.begin_submission(attempt, lease=LEASE)


def test_quick_presses_change_nothing(start: Start, add_people: AddPeople) -> None:
    """Paused and let go on twenty times between batches, nobody is lost or doubled."""
    add_people(20)
    send, transport = start(batch_size=1), MemoryTransport()

    for _ in range(20):
        control.pause(send)
        control.resume(send)
        submit_mail(transport, 1)

    assert count_send(send).deliveries == {"accepted": 20}
    assert len(set(transport.addresses())) == len(transport.addresses())


STILL = [
    pytest.param(Send.State.QUEUED, "cancel it instead", id="queued"),
    pytest.param(Send.State.PLANNING, "being counted", id="planning"),
    pytest.param(Send.State.PAUSED, "not sending", id="paused"),
    pytest.param(Send.State.SENT, "not sending", id="sent"),
]


@pytest.mark.parametrize(("state", "words"), STILL)
def test_what_is_not_going_cannot_be_paused(start: Start, state: Send.State, words: str) -> None:
    """A pause that makes no sense is refused, and the message says what to do instead."""
    send = start()
    Send.objects.filter(pk=send.pk).update(state=state)

    with pytest.raises(InvalidTransition, match=words):
        control.pause(send)

    send.refresh_from_db()
    assert send.state == state
    assert not send.audit_entries.exists()


@pytest.mark.parametrize("state", [Send.State.SENT, Send.State.CANCELLED, Send.State.UNRESOLVED])
def test_what_has_ended_cannot_be_cancelled(start: Start, state: Send.State) -> None:
    """Cancelling what is over is refused: nothing can be taken back."""
    send = start()
    Send.objects.filter(pk=send.pk).update(state=state)

    with pytest.raises(InvalidTransition, match="nothing to cancel"):
        control.cancel(send)


def test_cancelled_in_the_middle(start: Start, add_people: AddPeople) -> None:
    """The account of a cancelled send counts accepted, unknown and in flight; nobody else."""
    add_people(16)
    send = start(batch_size=2)
    submit_mail(MemoryTransport([None, OutcomeUnknown(), Refused("no")]), 3)
    begun, _ = (
        claims.claim_batch(batch.pk, lease=LEASE) for batch in Batch.objects.claimable()[:2]
    )
    assert begun
    assert claims.begin_submission(begun, lease=LEASE)

    send, reached = control.cancel(send)

    assert reached == 6
    counted = count_send(send)
    counted.check()
    assert counted.deliveries == {
        "accepted": 2,
        "unknown": 2,
        "refused": 2,
        "claimed": 2,
        "planned": 8,
    }
    assert "6 people" in send.audit_entries.get().note


def test_cancelled_before_a_claimed_batch_began(start: Start, add_people: AddPeople) -> None:
    """What is only claimed has mailed nobody, and never does: the issue's day is open again."""
    add_people(3)
    Issue.objects.update(date=None)
    send = start()
    Issue.objects.filter(pk=send.issue_id).update(issued_on=dt.date(2026, 11, 26))
    attempt = claims.claim_batch(send.batches.get().pk, lease=LEASE)
    assert attempt

    send, reached = control.cancel(send)

    assert reached == 0
    assert send.audit_entries.get().note == "0 people may have it."
    assert not claims.begin_submission(attempt, lease=LEASE)
    assert count_send(send).deliveries == {"planned": 3}
    assert Issue.objects.get(pk=send.issue_id).issued_on is None


def test_cancelled_with_a_canary_out(
    start: Start, add_people: AddPeople, publication: Publication, configure: Configure
) -> None:
    """Cancelled while the rest waits, only the few have it, and the others never get it."""
    configure(canary={"percent": 10.0, "minutes": 0.0})
    publication.canary = True
    publication.save()
    add_people(60)
    send, transport = start(), MemoryTransport()
    submit_mail(transport)
    few = len(transport.addresses())

    send, reached = control.cancel(send)
    canary.check_canaries()
    submit_mail(transport)

    assert reached == few == len(transport.addresses())
    assert count_send(send).deliveries == {"accepted": few, "waiting": 60 - few}


def test_cancelled_while_counting(start: Start, add_people: AddPeople) -> None:
    """A send that is cancelled while its audience is counted reaches nobody."""
    add_people(3)
    send = start()
    Send.objects.filter(pk=send.pk).update(state=Send.State.PLANNING)

    send, reached = control.cancel(send)
    dispatch.start_due(timezone.now(), late=MAX_DELAY)

    send.refresh_from_db()
    assert (send.state, reached) == (Send.State.CANCELLED, 0)


def test_answer_after_the_cancellation_counts(start: Start, add_people: AddPeople) -> None:
    """What was in progress when a send was cancelled is in its account once the answer is there."""
    add_people(2)
    send = start()

    class Cancelling(MemoryTransport):
        def submit(self, message, recipients):  # type: ignore[no-untyped-def]
            control.cancel(Send.objects.get())
            return super().submit(message, recipients)

    submit_mail(Cancelling())
    recovery.close_finished_sends()

    send.refresh_from_db()
    assert send.state == Send.State.CANCELLED
    assert count_send(send).deliveries == {"accepted": 2}


def test_held_before_it_began(
    issue: Issue, add_people: AddPeople, publication: Publication, configure: Configure
) -> None:
    """A send whose approval was withdrawn is held, and approved again it has time to undo it."""
    configure(sending={"undo_seconds": 60})
    Publication.objects.update(needs_approval=True)
    issue.publication.refresh_from_db()
    add_people(1)
    person = User.objects.create_user("ann")
    approvals.approve(issue)
    send = queue.queue(issue, at=timezone.now(), batch_size=10)
    approvals.send_back(issue, by=person, note="The date is wrong")
    send.refresh_from_db()
    assert (send.state, "ann" in send.note) == (Send.State.HELD, True)
    with pytest.raises(NotApproved):
        control.resume(send)
    approvals.approve(issue)

    control.resume(send)

    assert send.state == Send.State.QUEUED
    assert send.at > timezone.now() + dt.timedelta(seconds=50)


def test_held_in_the_middle_goes_on_where_it_stopped(start: Start, add_people: AddPeople) -> None:
    """Its audience is not counted again; the log says which automatic pause a person overruled."""
    add_people(4)
    send = start(batch_size=2)
    submit_mail(MemoryTransport(), 1)
    Send.objects.filter(pk=send.pk).update(
        state=Send.State.HELD, held_by=Send.AutoPause.BOUNCES, note="Too many."
    )

    control.resume(send, by="Aiko")

    assert (send.state, send.note, send.held_by) == (Send.State.SENDING, "", "")
    entry = send.audit_entries.get()
    assert (entry.kind, entry.by, entry.note) == (AuditEntry.Kind.OVERRULED, "Aiko", "Too many.")


def test_cancelled_send_says_when(start: Start, add_people: AddPeople) -> None:
    """What is returned is what stands in the ledger: cancelled, and since when."""
    add_people(1)
    before = timezone.now()

    send, _ = control.cancel(start())

    assert send.state == Send.State.CANCELLED
    assert send.finished_at
    assert send.finished_at >= before - dt.timedelta(seconds=1)


def test_pause_goes_by_what_the_ledger_says(start: Start) -> None:
    """A page that is a minute old may show a send that goes: the reason is that of now."""
    send = start()
    Send.objects.filter(pk=send.pk).update(state=Send.State.PLANNING)
    assert send.state == Send.State.SENDING

    with pytest.raises(InvalidTransition, match="being counted"):
        control.pause(send)


def test_what_is_going_cannot_go_on(start: Start) -> None:
    """Letting a send go on that goes is refused, with its state."""
    with pytest.raises(InvalidTransition, match="sending"):
        control.resume(start())


def test_counted_by_status(start: Start, add_people: AddPeople) -> None:
    """A person's own outcome goes before the state of the batch, and everybody is counted once."""
    add_people(8)
    send = start(batch_size=4)
    submit_mail(MemoryTransport(), 1)
    people = list(send.deliveries.order_by("batch__number", "pk"))
    Delivery.objects.filter(pk=people[0].pk).update(outcome="delivered")
    Delivery.objects.filter(pk=people[1].pk).update(outcome="bounced")
    Delivery.objects.filter(pk=people[7].pk).update(outcome="excluded")

    counted = count_send(send)

    counted.check()
    assert counted.deliveries == {
        "accepted": 2,
        "bounced": 1,
        "delivered": 1,
        "excluded": 1,
        "planned": 3,
    }
