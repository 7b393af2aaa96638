"""Send to the others: who did not get it, and nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.errors import (
    AlreadyQueued,
    InvalidTransition,
    NotSubmitted,
    OutcomeUnknown,
    Refused,
    TransportError,
)
from newsletter.publishing.models import Issue
from newsletter.sending.delivery import claims, dispatch, recovery
from newsletter.sending.models import (
    Attempt,
    AuditEntry,
    Batch,
    Delivery,
    Evidence,
    Exclusion,
    Send,
)
from newsletter.sending.operations import control
from newsletter.sending.planning import queue, resend
from newsletter.sending.reporting.totals import count_send
from newsletter.sending.resolution import proof, unresolved
from newsletter.transports.memory import MemoryTransport
from subscribers.models import Subscriber
from subscribers.segments.saved import create_segment
from subscribers.subscriptions import unsubscribe
from subscribers.suppressions import suppress
from tests.unit.sending.conftest import LEASE, MAX_DELAY, AddPeople, Configure

Start = Callable[..., Send]


@pytest.fixture(autouse=True)
def at_once(configure: Configure) -> None:
    """Nothing is held back."""
    configure(sending={"undo_seconds": 0})


def submit_mail(transport: MemoryTransport, batches: int = 1000) -> None:
    """Start what is due and submit N batches, as long as there are any."""
    dispatch.start_due(timezone.now(), late=MAX_DELAY)
    for _ in range(batches):
        if (batch := claims.next_batch()) is None:
            break
        dispatch.send_batch(batch, transport, lease=LEASE)
    recovery.close_finished_sends()


def test_after_a_cancellation(start: Start, add_people: AddPeople) -> None:
    """Who was not submitted gets it; accepted and unknown people do not, and are counted."""
    add_people(8)
    send, first = start(batch_size=2), MemoryTransport([None, OutcomeUnknown()])
    submit_mail(first, 2)
    send, _ = control.cancel(send)
    second = MemoryTransport()

    new = resend.queue_resend(send, by="Aiko")
    submit_mail(second)

    new.refresh_from_db()
    counted = count_send(new)
    counted.check()
    assert (new.state, new.resend_of) == (Send.State.SENT, send)
    assert counted.candidates == 8
    assert counted.excluded == {"already": 2, "unknown": 2}
    assert counted.deliveries == {"accepted": 4}
    assert not set(first.addresses()) & set(second.addresses())
    assert send.audit_entries.get(kind=AuditEntry.Kind.RESENT).by == "Aiko"


def test_after_a_refusal(start: Start, add_people: AddPeople) -> None:
    """A sent send whose batches were refused in part goes again to those refused."""
    add_people(4)
    send = start(batch_size=2)
    submit_mail(MemoryTransport([Refused("no"), None]))
    send.refresh_from_db()
    assert send.state == Send.State.SENT
    transport = MemoryTransport()

    new = resend.queue_resend(send)
    submit_mail(transport)

    assert len(transport.addresses()) == 2
    assert count_send(new).excluded == {"already": 2}


def test_after_a_drop(start: Start, add_people: AddPeople) -> None:
    """Whose mail the provider discarded does not have it; who is suppressed for it is left out."""
    add_people(3)
    send = start()
    submit_mail(MemoryTransport())
    discarded, invalid, _ = send.deliveries.order_by("pk")
    send.deliveries.filter(pk__in=[discarded.pk, invalid.pk]).update(outcome="dropped")
    suppress(invalid.address)
    transport = MemoryTransport()
    assert resend.count_left(send) == 1

    new = resend.queue_resend(send)
    submit_mail(transport)

    assert transport.addresses() == [discarded.address]
    assert count_send(new).excluded == {"already": 1, "suppressed": 1}
    with pytest.raises(InvalidTransition, match="nobody is left"):
        resend.queue_resend(new)


def test_unresolved_people_are_left_alone(start: Start, add_people: AddPeople) -> None:
    """While an answer is unknown, those people are left out, and named as such."""
    added = add_people(4)
    send = start(batch_size=2)
    submit_mail(MemoryTransport([OutcomeUnknown(), Refused("no")]))

    new = resend.queue_resend(send)
    submit_mail(MemoryTransport())

    left_out = Exclusion.objects.filter(send=new, reason="unknown")
    assert {row.subscriber for row in left_out} == set(added[:2])


def test_newcomers_only_when_asked_for(start: Start, add_people: AddPeople) -> None:
    """Who joined since is mailed only by an explicit choice, and then once."""
    add_people(2)
    send = start()
    submit_mail(MemoryTransport())
    send.refresh_from_db()
    newcomers = add_people(3, start=100)
    with pytest.raises(InvalidTransition, match="nobody is left"):
        resend.queue_resend(send)
    transport = MemoryTransport()

    new = resend.queue_resend(send, newcomers=True)
    submit_mail(transport)

    assert sorted(transport.addresses()) == sorted(person.email for person in newcomers)
    assert count_send(new).excluded == {"already": 2}


def test_resend_is_made_like_the_first(start: Start) -> None:
    """It has the edition, the lists, the segment and the size of batches of the send before it."""
    send = start(batch_size=7)
    segment = create_segment("Jun", "name is Jun")
    Send.objects.filter(pk=send.pk).update(
        state=Send.State.SENT, segment=segment, segment_filter=segment.filter
    )

    new = resend.queue_resend(send, newcomers=True)

    same = ("issue_id", "edition_id", "batch_size", "segment_id", "segment_filter")
    assert [getattr(new, name) for name in same] == [getattr(send, name) for name in same]
    assert list(new.lists.all()) == list(send.lists.all())


def test_everybody_without_the_mail_counts_as_left(start: Start, add_people: AddPeople) -> None:
    """Who was refused, and who had left when it was their turn: both may get it now."""
    added = add_people(2)
    send = start(batch_size=1)
    unsubscribe(added[1].pk)
    submit_mail(MemoryTransport([Refused("no")]))

    assert count_send(send).deliveries == {"refused": 1, "excluded": 1}
    assert resend.count_left(send) == 2


def test_who_left_meanwhile_is_not_mailed(start: Start, add_people: AddPeople) -> None:
    """The others are judged again: who unsubscribed since is left out."""
    added = add_people(4)
    send = start(batch_size=2)
    submit_mail(MemoryTransport(), 1)
    send, _ = control.cancel(send)
    unsubscribe(added[3].pk)
    transport = MemoryTransport()

    new = resend.queue_resend(send)
    submit_mail(transport)

    assert transport.addresses() == [added[2].email]
    assert count_send(new).excluded == {"already": 2, "unsubscribed": 1}


ENDLESS = [Send.State.QUEUED, Send.State.SENDING, Send.State.PAUSED, Send.State.HELD]


@pytest.mark.parametrize("state", ENDLESS)
def test_send_that_has_not_ended(start: Start, add_people: AddPeople, state: Send.State) -> None:
    """As long as a send may go on there are no others of it."""
    add_people(2)
    send = start()
    Send.objects.filter(pk=send.pk).update(state=state)

    with pytest.raises(InvalidTransition, match="only after it has ended") as raised:
        resend.queue_resend(send)

    assert raised.value.hint == f"Stop it: newsletter send cancel {send.pk}"


def test_cancelled_before_anybody_was_mailed(start: Start, add_people: AddPeople) -> None:
    """Where nobody got anything there are no others: the issue is queued again."""
    add_people(2)
    send, _ = control.cancel(start())

    with pytest.raises(InvalidTransition) as caught:
        resend.queue_resend(send)

    assert "issue queue" in caught.value.hint


def test_request_in_progress(start: Start, add_people: AddPeople) -> None:
    """While a cancelled send still finishes a request, nobody knows who the others are."""
    add_people(4)
    send = start(batch_size=2)
    submit_mail(MemoryTransport(), 1)
    attempt = claims.claim_batch(Batch.objects.filter(state="planned")[0].pk, lease=LEASE)
    assert attempt
    assert claims.begin_submission(attempt, lease=LEASE)
    send, _ = control.cancel(send)

    with pytest.raises(InvalidTransition, match="finishes a request"):
        resend.queue_resend(send)


def test_one_at_a_time(start: Start, add_people: AddPeople, issue: Issue) -> None:
    """While one send of an issue is live, a second one is refused, whichever way it is asked."""
    add_people(4)
    send = start(batch_size=2)
    submit_mail(MemoryTransport(), 1)
    send, _ = control.cancel(send)
    resend.queue_resend(send)

    with pytest.raises(AlreadyQueued):
        resend.queue_resend(send)
    with pytest.raises(AlreadyQueued):
        queue.queue(issue, at=timezone.now(), batch_size=10)


def test_database_refuses_two_live_sends(start: Start, add_people: AddPeople) -> None:
    """Not the code but a unique key allows one live send of an issue, and one that follows none."""
    add_people(2)
    send = start()
    same = {"issue": send.issue, "edition": send.edition, "at": timezone.now()}

    with pytest.raises(IntegrityError), transaction.atomic():
        Send.objects.create(**same, resend_of=send)
    Send.objects.update(state=Send.State.SENT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Send.objects.create(**same)


def test_late_proof_takes_people_out(start: Start, add_people: AddPeople) -> None:
    """Proof that somebody has the first mail after all, found after the counting, still counts."""
    add_people(4)
    send = start(batch_size=2)
    submit_mail(MemoryTransport([None, NotSubmitted("turned away")]), 2)
    send, _ = control.cancel(send)
    returned = Attempt.objects.get(state=Attempt.State.NOT_SENT)
    new = resend.queue_resend(send)
    dispatch.start_due(timezone.now(), late=MAX_DELAY)
    assert count_send(new).deliveries == {"planned": 2}

    proof.overrule_decisions({returned.key: ""}, Evidence.Kind.EVENT)
    transport = MemoryTransport()
    submit_mail(transport)

    assert transport.addresses() == []
    assert count_send(new).deliveries == {"excluded": 2}
    assert set(Delivery.objects.filter(send=new).values_list("reason", flat=True)) == {"already"}


def test_resolved_batch_waits_for_the_other_send(start: Start, add_people: AddPeople) -> None:
    """A batch that a person has submitted again goes when the send to the others is through."""
    add_people(4)
    send = start(batch_size=2)
    submit_mail(MemoryTransport([OutcomeUnknown(), Refused("no")]))
    new = resend.queue_resend(send)
    unresolved.resolve(
        unresolved.unresolved_batches(send),
        unresolved.Resolution.SUBMIT_AGAIN,
        by="Aiko",
        insist=True,
    )
    recovery.close_finished_sends()
    send.refresh_from_db()
    assert send.state == Send.State.UNRESOLVED
    transport = MemoryTransport()

    for _ in range(3):
        submit_mail(transport)

    send.refresh_from_db()
    new.refresh_from_db()
    assert {send.state, new.state} == {Send.State.SENT}
    assert len(set(transport.addresses())) == len(transport.addresses()) == 4


ANSWERS = st.sampled_from([None, OutcomeUnknown(), Refused("no"), NotSubmitted("later")])


@settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(rounds=st.lists(st.lists(ANSWERS, max_size=6), min_size=1, max_size=4))
def test_never_twice_however_often(
    issue: Issue, add_people: AddPeople, rounds: list[list[TransportError | None]]
) -> None:
    """Stopped and sent to the others again and again: nobody may have it twice, all are counted."""
    with transaction.atomic():
        Subscriber.objects.exists() or add_people(12)
        maybe = play(issue, rounds)
        transaction.set_rollback(True)

    assert len(maybe) == len(set(maybe))


def play(issue: Issue, rounds: list[list[TransportError | None]]) -> list[str]:
    """Run each round as a send that is cancelled after its answers; return who may have it."""
    maybe: list[str] = []
    send = queue.queue(issue, at=timezone.now(), batch_size=2)
    for answers in rounds:
        transport = MemoryTransport(list(answers))
        submit_mail(transport, len(answers))
        if send.state not in resend.ENDED:
            send.refresh_from_db()
        if send.state not in resend.ENDED:
            send, _ = control.cancel(send)
        count_send(send).check()
        maybe += [
            row.address
            for row in Delivery.objects.filter(
                send=send, batch__state__in=("accepted", "unknown", "claimed")
            )
        ]
        try:
            send = resend.queue_resend(send)
        except InvalidTransition:
            break
    return maybe
