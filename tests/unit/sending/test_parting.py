"""Where people of one batch get different answers, their ways part in the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import pytest

from newsletter.errors import AccountError, Deferred, NotSubmitted, PartiallySubmitted, TooLarge
from newsletter.sending.delivery import claims, decisions, dispatch, recovery
from newsletter.sending.models import Attempt, Batch, Delivery, Send
from newsletter.sending.prescheduled.contradictions import reached_twice
from newsletter.sending.reporting.totals import count_send, list_people
from newsletter.transports.base import Message, Recipient
from newsletter.transports.memory import MemoryTransport
from subscribers.models import Subscriber

LEASE = dt.timedelta(seconds=120)

Start = Callable[..., Send]
AddPeople = Callable[..., list[Subscriber]]

MIXED = PartiallySubmitted(
    "the server left",
    accepted=frozenset({0, 1}),
    refused={2: "no such mailbox"},
    unknown=frozenset({3}),
    cause=NotSubmitted("the connection is gone"),
    message_id="queued as 1",
)


def send_all(transport: MemoryTransport) -> None:
    """Submit batch by batch until nothing waits, not even what was put off."""
    while (batch := claims.next_batch()) is not None:
        dispatch.send_batch(batch, transport, lease=LEASE)
        Batch.objects.update(not_before=None)


def states(send: Send) -> dict[str, str]:
    """Return where each person of a send stands."""
    return {address.partition("@")[0]: state for address, state, _ in list_people(send)}


def test_each_person_has_their_own_answer(start: Start, add_people: AddPeople) -> None:
    """Accepted, refused, unknown, to be tried again: each stands by itself, and the sums agree."""
    add_people(6)
    send = start()

    dispatch.send_batch(claims.next_batch() or 0, MemoryTransport([MIXED]), lease=LEASE)

    assert states(send) == {
        "reader1": "accepted",
        "reader2": "accepted",
        "reader3": "refused",
        "reader4": "unknown",
        "reader5": "planned",
        "reader6": "planned",
    }
    count_send(send).check()
    assert list(send.batches.order_by("number").values_list("number", flat=True)) == [1, 2, 3]
    assert claims.next_batch() is None, "what failed waits before it is tried again"


def test_only_those_are_tried_again_who_got_nothing(start: Start, add_people: AddPeople) -> None:
    """After an answer in parts nobody is submitted twice, and one person stays in doubt."""
    added = add_people(6)
    send, transport = start(), MemoryTransport([MIXED])

    send_all(transport)
    recovery.close_finished_sends()

    refused = added[2].email
    assert sorted(transport.addresses()) == sorted(
        person.email for person in added if person.email != refused
    )
    assert count_send(send).deliveries == {"accepted": 4, "refused": 1, "unknown": 1}
    send.refresh_from_db()
    assert send.state == Send.State.UNRESOLVED


def test_doubt_has_an_attempt_of_its_own(start: Start, add_people: AddPeople) -> None:
    """Proof about those who were accepted says nothing about the one in doubt."""
    add_people(4)
    send = start()

    dispatch.send_batch(claims.next_batch() or 0, MemoryTransport([MIXED]), lease=LEASE)

    accepted = Attempt.objects.get(state=Attempt.State.ACCEPTED)
    doubtful = Attempt.objects.get(state=Attempt.State.UNKNOWN)
    assert accepted.key != doubtful.key
    assert accepted.message_id == "queued as 1"
    assert doubtful.batch.deliveries.count() == 1
    assert doubtful.batch.send == send


@pytest.mark.parametrize(
    ("error", "stand", "held"),
    [
        (PartiallySubmitted(refused={0: "no", 1: "no"}), {"refused": 2}, False),
        (
            PartiallySubmitted(unknown=frozenset({0}), cause=NotSubmitted()),
            {"planned": 1, "unknown": 1},
            False,
        ),
        (
            PartiallySubmitted(refused={0: "no"}, cause=NotSubmitted()),
            {"planned": 1, "refused": 1},
            False,
        ),
        (
            PartiallySubmitted(accepted=frozenset({0}), cause=AccountError("the disk is full")),
            {"accepted": 1, "planned": 1},
            True,
        ),
    ],
    ids=["all-refused", "nobody-accepted", "one-refused", "on-hold"],
)
def test_answer_in_parts_is_recorded(
    start: Start,
    add_people: AddPeople,
    error: PartiallySubmitted,
    stand: dict[str, int],
    held: bool,
) -> None:
    """Whatever the parts are, the ledger says exactly them."""
    add_people(2)
    send = start()

    dispatch.send_batch(claims.next_batch() or 0, MemoryTransport([error]), lease=LEASE)

    counted = count_send(send)
    counted.check()
    assert counted.deliveries == stand
    send.refresh_from_db()
    assert (send.state == Send.State.HELD) is held


def test_late_answer_in_parts_counts(start: Start, add_people: AddPeople) -> None:
    """An answer that comes after the lease resolves, person by person, what was unknown."""
    add_people(6)
    send = start()

    class Slow(MemoryTransport):
        """A transport whose answer comes when the lease is over."""

        def submit(self, message: Message, recipients: object) -> None:  # type: ignore[override]
            Attempt.objects.update(lease_until=Attempt.objects.get().created_at)
            recovery.recover()
            raise MIXED

    dispatch.send_batch(claims.next_batch() or 0, Slow(), lease=LEASE)

    assert count_send(send).deliveries == {"accepted": 2, "refused": 1, "unknown": 1, "planned": 2}


def test_late_answer_outweighs_a_decision(start: Start, add_people: AddPeople) -> None:
    """Who was accepted after all gets it no second time, though a person gave the batch back."""
    added = add_people(6)
    send = start()

    class Slow(MemoryTransport):
        """A transport whose answer comes when a person has given up waiting for it."""

        def submit(self, message: Message, recipients: object) -> None:  # type: ignore[override]
            Attempt.objects.update(state=Attempt.State.NOT_SENT)
            Batch.objects.update(state=Batch.State.PLANNED)
            raise MIXED

    dispatch.send_batch(claims.next_batch() or 0, Slow(), lease=LEASE)
    transport = MemoryTransport()
    send_all(transport)

    assert sorted(transport.addresses()) == sorted(person.email for person in added[2:])
    assert count_send(send).deliveries == {"accepted": 6}


def test_late_answer_after_a_second_submission_is_named(
    start: Start, add_people: AddPeople
) -> None:
    """Who was accepted in part, and meanwhile again with the whole batch, is counted as twice."""
    add_people(6)
    send = start()

    class Slow(MemoryTransport):
        """A transport whose answer comes when the batch was submitted again, and accepted."""

        def submit(self, message: Message, recipients: object) -> None:  # type: ignore[override]
            Attempt.objects.update(state=Attempt.State.NOT_SENT)
            Batch.objects.update(state=Batch.State.PLANNED)
            send_all(MemoryTransport())
            raise MIXED

    dispatch.send_batch(claims.next_batch() or 0, Slow(), lease=LEASE)

    assert count_send(send).deliveries == {"accepted": 6}
    assert reached_twice(send).exists()


def test_people_put_off_too_often_are_refused(start: Start, add_people: AddPeople) -> None:
    """Greylisting is waited for, but not for ever; the others have had theirs meanwhile."""
    add_people(2)
    put_off = Deferred("come back later", seconds=300)
    first = PartiallySubmitted(accepted=frozenset({0}), cause=put_off)
    send, transport = start(), MemoryTransport([first, *[put_off] * (decisions.MAX_DEFERRALS + 1)])

    send_all(transport)
    recovery.close_finished_sends()

    assert states(send) == {"reader1": "accepted", "reader2": "refused"}
    send.refresh_from_db()
    assert send.state == Send.State.SENT


def test_too_large_is_cut_in_halves(start: Start, add_people: AddPeople) -> None:
    """A request that is too large goes out in halves, each person once."""
    added = add_people(7)
    send, transport = start(), MemoryTransport([TooLarge("413"), TooLarge("413")])

    send_all(transport)

    assert sorted(transport.addresses()) == sorted(person.email for person in added)
    assert [len(people) for _, people in transport.submitted] == [2, 3, 2]
    assert count_send(send).deliveries == {"accepted": 7}


def test_too_large_for_one_holds_the_send(start: Start, add_people: AddPeople) -> None:
    """Where even one mail is too large, every one is: the send is held and says so."""
    add_people(2)
    send, transport = start(), MemoryTransport([TooLarge("413")] * 2)

    send_all(transport)

    send.refresh_from_db()
    assert send.state == Send.State.HELD
    assert "Even one mail is too large" in send.note
    assert count_send(send).deliveries == {"planned": 2}


def test_batch_is_cut_to_what_the_transport_takes(start: Start, add_people: AddPeople) -> None:
    """A send queued with larger batches goes out in those that the transport takes."""
    added = add_people(10)
    send, transport = start(), MemoryTransport(max_batch_size=4)

    send_all(transport)

    assert [len(people) for _, people in transport.submitted] == [4, 4, 2]
    assert sorted(transport.addresses()) == sorted(person.email for person in added)
    assert count_send(send).deliveries == {"accepted": 10}


def test_person_beyond_a_limit_is_left_out(start: Start, add_people: AddPeople) -> None:
    """Who goes beyond a limit of the provider is left out with the reason; the others go."""
    added = add_people(3)
    send = start()

    class Strict(MemoryTransport):
        """A transport with a limit that one person passes."""

        def find_over_limit(
            self, message: Message, recipients: Sequence[Recipient]
        ) -> dict[int, str]:
            return {
                place: "too much of a name"
                for place, each in enumerate(recipients)
                if each.address == added[1].email
            }

    transport = Strict()
    send_all(transport)

    assert set(transport.addresses()) == {added[0].email, added[2].email}
    left_out = Delivery.objects.get(outcome="excluded")
    assert (left_out.address, left_out.reason) == (added[1].email, "too much of a name")
    assert count_send(send).deliveries == {"accepted": 2, "excluded": 1}
