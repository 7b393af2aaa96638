"""A send counts readers if its publication asks for it, and never those who refuse."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from newsletter.publishing.models import Publication
from newsletter.sending.delivery import claims, dispatch, recovery
from newsletter.sending.models import Attempt, Batch, Send
from newsletter.sending.reporting.totals import count_send
from newsletter.transports.memory import MemoryTransport
from subscribers.preferences import counting
from tests.unit.sending.conftest import LEASE, AddPeople, Configure

pytestmark = pytest.mark.django_db

Requests = list[tuple[bool, bool, list[str]]]


def submit_all(transport: MemoryTransport) -> None:
    """Submit whatever may be claimed."""
    while (batch := claims.next_batch()) is not None:
        dispatch.send_batch(batch, transport, lease=LEASE)
    recovery.close_finished_sends()


def requests_of(transport: MemoryTransport) -> Requests:
    """Return of each request whether it counts opens and clicks, and the numbers of its people."""
    return [
        (
            message.count_opens,
            message.count_clicks,
            [each.address[6:8].strip("@") for each in people],
        )
        for message, people in transport.submitted
    ]


def test_nothing_is_counted_by_itself(start: Callable[..., Send], add_people: AddPeople) -> None:
    """A new publication asks for nothing."""
    add_people(2)
    transport = MemoryTransport()

    send = start()
    submit_all(transport)

    assert requests_of(transport) == [(False, False, ["1", "2"])]
    assert (send.count_opens, send.count_clicks) == (False, False)


def test_refusers_have_a_request_of_their_own(
    start: Callable[..., Send], add_people: AddPeople
) -> None:
    """Their batch is split before anything leaves; everybody is mailed once, by one attempt."""
    Publication.objects.update(count_opens=True, count_clicks=True)
    people = add_people(5)
    send, transport = start(), MemoryTransport()
    counting.refuse(people[1])
    counting.refuse(people[3])

    submit_all(transport)

    assert requests_of(transport) == [(True, True, ["1", "3", "5"]), (False, False, ["2", "4"])]
    accepted = Attempt.objects.filter(state=Attempt.State.ACCEPTED)
    assert sorted(accepted.values_list("size", flat=True)) == [2, 3]
    assert set(send.batches.values_list("state", flat=True)) == {Batch.State.ACCEPTED}
    send.refresh_from_db()
    assert send.state == Send.State.SENT
    count_send(send).check()


def test_who_allows_it_again_is_counted(start: Callable[..., Send], add_people: AddPeople) -> None:
    """A refusal that was taken back splits nothing."""
    Publication.objects.update(count_opens=True)
    one, _ = add_people(2)
    counting.refuse(one)
    assert counting.allow(one)
    transport = MemoryTransport()

    start()
    submit_all(transport)

    assert requests_of(transport) == [(True, False, ["1", "2"])]


def test_counting_that_is_switched_off_ends_with_the_next_batch(
    start: Callable[..., Send], add_people: AddPeople
) -> None:
    """A running send counts less at once, and never more than when it began."""
    Publication.objects.update(count_opens=True)
    add_people(3)
    start(batch_size=1)
    transport = MemoryTransport()

    first = claims.next_batch()
    assert first is not None
    dispatch.send_batch(first, transport, lease=LEASE)
    Publication.objects.update(count_opens=False, count_clicks=True)
    submit_all(transport)

    assert [counted[:2] for counted in requests_of(transport)] == [
        (True, False),
        (False, False),
        (False, False),
    ]


def test_transport_that_cannot_count_is_asked_for_nothing(
    configure: Configure, start: Callable[..., Send], add_people: AddPeople
) -> None:
    """By files or SMTP nothing is counted, and the send does not say so."""
    configure(sending={"transport": "maildir"})
    Publication.objects.update(count_opens=True, count_clicks=True)
    add_people(1)

    send = start()

    assert (send.count_opens, send.count_clicks) == (False, False)
