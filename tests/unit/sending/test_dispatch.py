"""From an answer of the provider to what the ledger says: nothing more, nothing less."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from newsletter.errors import AccountError, NotSubmitted, OutcomeUnknown, Refused, TransportError
from newsletter.sending.delivery import claims, dispatch, recovery
from newsletter.sending.models import Attempt, Batch, Delivery, Send
from newsletter.sending.reporting.totals import count_send, list_people
from newsletter.transports.base import Message, Recipient, SubmitResult
from newsletter.transports.memory import MemoryTransport
from subscribers.models import Subscriber
from subscribers.subscriptions import unsubscribe
from subscribers.suppressions import suppress

LEASE = dt.timedelta(seconds=120)
HOUR = dt.timedelta(hours=1)
#: A lease that is over when it begins.
OVER = dt.timedelta(seconds=-1)

Start = Callable[..., Send]
AddPeople = Callable[..., list[Subscriber]]


def send_all(transport: MemoryTransport, lease: dt.timedelta = LEASE) -> None:
    """Submit batch by batch until nothing waits."""
    while (batch := claims.next_batch()) is not None:
        dispatch.send_batch(batch, transport, lease=lease)


def test_everybody_gets_it_once(start: Start, add_people: AddPeople) -> None:
    """A whole send reaches each person once, and its sums agree."""
    added = add_people(25)
    send, transport = start(batch_size=10), MemoryTransport()

    send_all(transport)
    recovery.close_finished_sends()

    send.refresh_from_db()
    assert send.state == Send.State.SENT
    assert sorted(transport.addresses()) == sorted(person.email for person in added)
    counted = count_send(send)
    counted.check()
    assert counted.deliveries == {"accepted": 25}


ANSWERS = [
    pytest.param(None, "accepted", Send.State.SENT, id="yes"),
    pytest.param(NotSubmitted(), "planned", Send.State.SENDING, id="not-submitted"),
    pytest.param(Refused(), "refused", Send.State.SENT, id="refused"),
    pytest.param(AccountError(), "planned", Send.State.HELD, id="account-error"),
    pytest.param(OutcomeUnknown(), "unknown", Send.State.UNRESOLVED, id="outcome-unknown"),
]


@pytest.mark.parametrize(("answer", "stands", "state"), ANSWERS)
def test_answer_decides(
    start: Start,
    add_people: AddPeople,
    answer: TransportError | None,
    stands: str,
    state: Send.State,
) -> None:
    """Each answer leads to one state of the deliveries and one of the send."""
    add_people(3)
    send = start()

    send_all(MemoryTransport([answer]))
    recovery.close_finished_sends()

    send.refresh_from_db()
    assert count_send(send).deliveries == {stands: 3}
    assert send.state == state


def test_refused_person_does_not_stop_the_others(start: Start, add_people: AddPeople) -> None:
    """When the provider names a person, that one is refused and the rest go again, once."""
    added = add_people(4)
    send, transport = start(), MemoryTransport([Refused("no such mailbox", persons=frozenset({2}))])

    send_all(transport)

    assert count_send(send).deliveries == {"accepted": 3, "refused": 1}
    assert added[2].email not in transport.addresses()
    assert len(set(transport.addresses())) == 3


def test_unknown_is_never_submitted_again(start: Start, add_people: AddPeople) -> None:
    """After a lost answer nothing goes out unasked, however often the clock looks."""
    add_people(3)
    send, transport = start(), MemoryTransport([OutcomeUnknown("no answer")])

    for _ in range(3):
        send_all(transport)
        recovery.recover()
        recovery.close_finished_sends()

    assert len(transport.submitted) == 1
    assert [stands for _, stands, _ in list_people(send, "unknown")] == ["unknown"] * 3


def test_failure_that_may_pass_waits_longer_each_time(start: Start, add_people: AddPeople) -> None:
    """A batch that was not submitted is planned for later, and nobody is lost."""
    add_people(2)
    send, transport = start(), MemoryTransport([NotSubmitted("nobody listens")] * 2)
    send_all(transport)
    first = send.batches.get().not_before
    Batch.objects.update(not_before=None)
    send_all(transport)
    second = send.batches.get().not_before

    assert first
    assert second
    assert second - timezone.now() > first - timezone.now()
    send.refresh_from_db()
    assert "nobody listens" in send.note
    Batch.objects.update(not_before=None)
    send_all(transport)
    assert count_send(send).deliveries == {"accepted": 2}


def test_who_leaves_before_the_claim_is_not_mailed(start: Start, add_people: AddPeople) -> None:
    """Leaving, or being suppressed, between counting and claiming takes a person out."""
    added = add_people(4)
    send, transport = start(), MemoryTransport()
    unsubscribe(added[0].pk)
    suppress(added[1].email)

    send_all(transport)

    assert set(transport.addresses()) == {added[2].email, added[3].email}
    assert count_send(send).deliveries == {"accepted": 2, "excluded": 2}
    reasons = {address: why for address, _, why in list_people(send, "excluded")}
    assert reasons == {added[0].email: "unsubscribed", added[1].email: "suppressed"}


def test_batch_that_everybody_left_needs_no_request(start: Start, add_people: AddPeople) -> None:
    """A batch with nobody left in it ends without a request, and the send goes on."""
    added = add_people(2)
    send, transport = start(batch_size=1), MemoryTransport()
    unsubscribe(added[0].pk)

    send_all(transport)
    recovery.close_finished_sends()

    send.refresh_from_db()
    assert transport.addresses() == [added[1].email]
    assert send.state == Send.State.SENT
    count_send(send).check()


def test_reserved_attempt_of_a_dead_sender_is_planned_again(
    start: Start, add_people: AddPeople
) -> None:
    """What a sender claimed but did not post goes out by another sender."""
    add_people(2)
    send, transport = start(), MemoryTransport()
    claims.claim_batch(send.batches.get().pk, lease=OVER)

    recovery.recover()
    send_all(transport)

    assert count_send(send).deliveries == {"accepted": 2}
    assert len(transport.addresses()) == 2


def test_posting_attempt_of_a_dead_sender_is_unknown(start: Start, add_people: AddPeople) -> None:
    """What a sender may have posted is unknown, and is not submitted again."""
    add_people(2)
    send, transport = start(), MemoryTransport()
    attempt = claims.claim_batch(send.batches.get().pk, lease=LEASE)
    assert attempt
    assert claims.begin_submission(attempt, lease=OVER)

    recovery.recover()
    send_all(transport)

    assert transport.submitted == []
    assert count_send(send).deliveries == {"unknown": 2}


def test_slow_sender_that_lost_its_lease_posts_nothing(start: Start, add_people: AddPeople) -> None:
    """The right to post ends with the lease: a sender that wakes too late finds it gone."""
    add_people(1)
    attempt = claims.claim_batch(start().batches.get().pk, lease=OVER)
    assert attempt

    assert not claims.begin_submission(attempt, lease=LEASE)


def test_sender_that_slept_past_its_lease_posts_nothing(
    start: Start, add_people: AddPeople
) -> None:
    """Put to sleep right before the first byte, it wakes hours later to a batch that moved on."""

    class Sleeper(MemoryTransport):
        def submit(self, message: Message, recipients: Sequence[Recipient]) -> SubmitResult:
            with time_machine.travel(timezone.now() + 3 * HOUR):
                return super().submit(message, recipients)

    add_people(3)
    send, asleep, awake = start(), Sleeper(), MemoryTransport()
    send_all(asleep)
    Batch.objects.update(not_before=None)
    send_all(awake)

    assert (len(asleep.addresses()), len(awake.addresses())) == (0, 3)
    assert count_send(send).deliveries == {"accepted": 3}
    returned = Attempt.objects.get(state="not_sent")
    assert returned.answer.startswith("the sender stood still for 10800 seconds")


def test_one_live_attempt_per_batch(start: Start, add_people: AddPeople) -> None:
    """The database refuses a second live attempt for a batch."""
    add_people(1)
    attempt = claims.claim_batch(start().batches.get().pk, lease=LEASE)
    assert attempt

    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.create(
            key="other", batch=attempt.batch, owner="x", lease_until=timezone.now()
        )


def test_one_delivery_per_person_and_address(start: Start, add_people: AddPeople) -> None:
    """The database refuses a second delivery of a send to a person, or to an address."""
    add_people(1)
    send = start()
    first = send.deliveries.get()

    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.create(
            send=send, subscriber=first.subscriber, batch=first.batch, address="b@example.org"
        )


LATE_ANSWERS = [
    pytest.param(None, {"accepted": 2}, 2, id="yes"),
    pytest.param(Refused("no"), {"refused": 2}, 0, id="refused"),
    pytest.param(NotSubmitted("too many"), {"accepted": 2}, 2, id="not-submitted"),
    pytest.param(
        Refused("no such mailbox", persons=frozenset({0})),
        {"accepted": 1, "refused": 1},
        1,
        id="refused-person",
    ),
]


@pytest.mark.parametrize(("answer", "deliveries", "mailed"), LATE_ANSWERS)
def test_late_answer_resolves_what_was_unknown(
    start: Start,
    add_people: AddPeople,
    answer: TransportError | None,
    deliveries: dict[str, int],
    mailed: int,
) -> None:
    """An answer that comes after the lease ran out still counts for what it says."""
    add_people(2)
    send = start()

    class Slow(MemoryTransport):
        def submit(self, message, recipients):  # type: ignore[no-untyped-def]
            Attempt.objects.filter(state="in_flight").update(lease_until=timezone.now())
            recovery.recover()
            recovery.close_finished_sends()
            return super().submit(message, recipients)

    transport = Slow([answer])
    dispatch.send_batch(send.batches.get().pk, transport, lease=LEASE)
    recovery.close_finished_sends()
    Batch.objects.update(not_before=None)
    send_all(transport)
    recovery.close_finished_sends()

    assert count_send(send).deliveries == deliveries
    assert len(transport.addresses()) == mailed
    send.refresh_from_db()
    assert send.state == Send.State.SENT


def test_surprise_while_posting_is_unknown(start: Start, add_people: AddPeople) -> None:
    """Whatever interrupts a request, the batch counts as unknown and not as planned."""
    add_people(2)
    send = start()

    class Broken(MemoryTransport):
        def submit(self, message, recipients):  # type: ignore[no-untyped-def]
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        dispatch.send_batch(send.batches.get().pk, Broken(), lease=LEASE)

    assert count_send(send).deliveries == {"unknown": 2}
