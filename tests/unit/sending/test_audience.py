"""The audience is counted once: candidates = planned + excluded, each with a reason."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from newsletter.publishing.models import Publication
from newsletter.sending.models import Send
from newsletter.sending.planning import audience
from newsletter.sending.planning.forecast import forecast_audience
from newsletter.sending.reporting.totals import count_send
from subscribers.models import List, Subscriber, Subscription
from subscribers.suppressions import suppress

Start = Callable[..., Send]
AddPeople = Callable[..., list[Subscriber]]


def test_each_candidate_is_counted_once(start: Start, add_people: AddPeople) -> None:
    """Active, unsubscribed, unconfirmed and suppressed people each stand in one place."""
    suppressed = add_people(6)[0]
    add_people(2, state="unsubscribed", start=100)
    add_people(3, state="pending", start=200)
    suppress(suppressed.email)

    forecast = forecast_audience(Publication.objects.get())
    counted = count_send(start())

    counted.check()
    assert counted.candidates == 11 == forecast.candidates
    assert dict(forecast.left_out) == {"pending": 3, "suppressed": 1, "unsubscribed": 2}
    assert forecast.planned == 5
    assert counted.excluded == {"pending": 3, "suppressed": 1, "unsubscribed": 2}
    assert counted.deliveries == {"planned": 5}


def test_person_on_two_lists_is_planned_once(
    start: Start, add_people: AddPeople, publication: object, readers: List
) -> None:
    """Being on two lists of the publication makes one delivery; leaving one leaves the other."""
    both, left_one = add_people(2)
    second = List.objects.create(name="Friends", slug="friends")
    publication.lists.add(second)  # type: ignore[attr-defined]
    for person in (both, left_one):
        Subscription.objects.create(subscriber=person, list=second)
    Subscription.objects.filter(subscriber=left_one, list=readers).update(state="unsubscribed")

    counted = count_send(start())

    assert counted.candidates == 2
    assert counted.deliveries == {"planned": 2}


def test_chunks_add_up(
    start: Start, add_people: AddPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planned in many small chunks, the audience is the same, and no batch is too large."""
    monkeypatch.setattr(audience, "CHUNK", 7)
    add_people(20)
    add_people(5, state="unsubscribed", start=100)

    send = start(batch_size=3)

    assert count_send(send).deliveries == {"planned": 20}
    assert count_send(send).excluded == {"unsubscribed": 5}
    assert max(batch.deliveries.count() for batch in send.batches.all()) <= 3
    numbers = list(send.batches.order_by("number").values_list("number", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))


def test_planning_goes_on_where_it_stopped(
    start: Start, add_people: AddPeople, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that dies between two chunks is followed by one that plans only the rest."""
    monkeypatch.setattr(audience, "CHUNK", 4)
    add_people(10)
    real, chunks = audience.plan_chunk, []

    def dies_after_one(send: Send, through: int) -> None:
        if chunks:
            raise ConnectionError
        chunks.append(through)
        real(send, through)

    monkeypatch.setattr(audience, "plan_chunk", dies_after_one)
    with pytest.raises(ConnectionError):
        start()
    monkeypatch.setattr(audience, "plan_chunk", real)
    send = Send.objects.get()
    assert send.planned == 4

    audience.plan_audience(send.pk)

    counted = count_send(send)
    counted.check()
    assert counted.deliveries == {"planned": 10}


def test_second_planner_of_a_chunk_changes_nothing(start: Start, add_people: AddPeople) -> None:
    """Of two processes that plan the same chunk, one wins and the other leaves no trace."""
    add_people(5)
    send = start()
    Send.objects.filter(pk=send.pk).update(state=Send.State.PLANNING)
    stale = Send.objects.get(pk=send.pk)
    stale.planned_through = 0

    audience.plan_chunk(stale, 10**9)

    assert count_send(send).deliveries == {"planned": 5}
    assert send.batches.count() == 1


def test_nobody_to_mail_is_an_empty_send(start: Start) -> None:
    """A list with nobody on it makes a send that is over at once, with sums of zero."""
    send = start()

    assert send.state == Send.State.SENDING
    assert count_send(send).candidates == 0
