"""The audience is counted once: candidates = planned + excluded, each with a reason."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from newsletter.publishing.models import Issue
from newsletter.sending.models import AlreadyMailed, Batch, Delivery, MissingAttempt, Send
from newsletter.sending.planning import audience
from newsletter.sending.planning.forecast import forecast_audience
from newsletter.sending.reporting.totals import count_send
from subscribers.list_suppressions import suppress_for_list
from subscribers.models import List, Subscriber, Subscription
from subscribers.suppressions import suppress
from tests.unit.sending.conftest import Configure
from tests.unit.sending.ledger_rows import Rows

Start = Callable[..., Send]
AddPeople = Callable[..., list[Subscriber]]


def test_each_candidate_is_counted_once(start: Start, add_people: AddPeople) -> None:
    """Active, unsubscribed, unconfirmed and suppressed people each stand in one place."""
    suppressed = add_people(6)[0]
    add_people(2, state="unsubscribed", start=100)
    add_people(3, state="pending", start=200)
    suppress(suppressed.email)

    forecast = forecast_audience(Issue.objects.get())
    counted = count_send(start())

    counted.check()
    assert counted.candidates == 11 == forecast.candidates
    assert dict(forecast.left_out) == {"pending": 3, "suppressed": 1, "unsubscribed": 2}
    assert (forecast.planned, forecast.by_list) == (5, ())
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

    forecast = forecast_audience(Issue.objects.get())
    suppress_for_list(both.email, second)
    without = forecast_audience(Issue.objects.get())
    counted = count_send(start())

    assert without.by_list == (("Friends", 1), (readers.name, 1))
    # Each list has who would be mailed of it; one list alone would say nothing new.
    assert forecast.by_list == (("Friends", 2), (readers.name, 1))

    assert counted.candidates == 2
    assert counted.deliveries == {"planned": 2}


def test_a_forecast_asks_each_condition_once(start: Start, add_people: AddPeople) -> None:
    """One statement finds the reason of everybody; no reason repeats the ones before it."""
    add_people(3)
    start()
    with CaptureQueriesContext(connection) as asked:
        forecast_audience(Issue.objects.get())

    [statement] = [each["sql"] for each in asked if "subscribers_pause" in each["sql"]]
    assert statement.count('FROM "subscribers_suppression"') == 1
    assert statement.count('FROM "sending_delivery"') == 1


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

    def dies_after_one(send: Send, through: int) -> bool:
        if chunks:
            raise ConnectionError
        chunks.append(through)
        return real(send, through)

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


# Who has the issue, or may have it, and other reasons


def reasons(send: Send, people: Iterable[Subscriber]) -> list[str | None]:
    """Plan a send; return for each person why they are left out, None if they are planned."""
    audience.plan_audience(send.pk)
    planned = dict.fromkeys(send.deliveries.values_list("subscriber", flat=True))
    left_out = dict(send.exclusions.values_list("subscriber", "reason"))
    assert not planned.keys() & left_out.keys()
    judged: dict[int, str | None] = {**planned, **left_out}
    return [judged[person.pk] for person in people]


def test_who_may_have_it_from_another_send_is_left_out(rows: Rows, add_people: AddPeople) -> None:
    """Accepted: has it; unknown, or still to be submitted there: may have it; others get it."""
    cases = list(itertools.product(["cancelled", "sent"], Batch.State, [None, *Delivery.Outcome]))
    people = add_people(len(cases))
    earlier = {state: rows.send(state) for state in ("cancelled", "sent")}
    for person, (state, batch, outcome) in zip(people, cases, strict=True):
        there = rows.batch(earlier[state], batch, [person])
        there.deliveries.update(outcome=outcome)

    found = reasons(rows.resend(earlier["sent"], "planning", newcomers=True), people)

    def expected(state: str, batch: str, outcome: str | None) -> str | None:
        waits = batch in ("waiting", "planned") and state != "cancelled"
        had = batch in ("claimed", "accepted", "unknown") or waits
        if not had or outcome in ("excluded", "refused", "dropped"):
            return None
        return "already" if batch == "accepted" else "unknown"

    assert dict(zip(cases, found, strict=True)) == {case: expected(*case) for case in cases}


def test_who_has_another_issue_gets_this_one(rows: Rows, add_people: AddPeople) -> None:
    """Only sends of the same issue count."""
    people = add_people(2)
    rows.batch(rows.send("sent", issue=rows.other_issue()), "accepted", people)

    assert reasons(rows.send("planning"), people) == [None, None]


def test_of_several_sends_the_surest_counts(rows: Rows, add_people: AddPeople) -> None:
    """Who may have it from one send, and has it from another, has it."""
    people = add_people(1)
    first = rows.send("sent")
    rows.batch(first, "unknown", people)
    rows.batch(rows.resend(first, "sent"), "accepted", people)

    assert reasons(rows.resend(first, "planning"), people) == ["already"]


def test_first_reason_that_applies_is_named(rows: Rows, add_people: AddPeople) -> None:
    """Suppressed before not active, not active before mailed by a lost send, then the others."""
    people = add_people(5)
    barred, left, lost, had, stays = people
    for each in (barred, left, lost):
        missing = MissingAttempt.objects.create(key=f"lost-{each.pk}")
        AlreadyMailed.objects.create(issue=rows.issue, subscriber=each, attempt=missing)
    missing = MissingAttempt.objects.create(key="another-issue")
    AlreadyMailed.objects.create(issue=rows.other_issue(), subscriber=stays, attempt=missing)
    Subscription.objects.filter(subscriber__in=[barred, left]).update(state="unsubscribed")
    suppress(barred.email)
    earlier = rows.send("sent")
    rows.batch(earlier, "accepted", [barred, left, lost, had])

    found = reasons(rows.resend(earlier, "planning", newcomers=True), people)

    assert found == ["suppressed", "unsubscribed", "unknown", "already", None]


def test_best_of_several_lists_counts(rows: Rows, add_people: AddPeople, readers: List) -> None:
    """Pending on one and unsubscribed from another is pending; active on any is planned."""
    people = add_people(3, state="unsubscribed")
    friends = List.objects.create(name="Friends", slug="friends")
    elsewhere = List.objects.create(name="Other", slug="other")
    for person, mailing_list, state in (
        (people[0], friends, "pending"),
        (people[1], friends, "active"),
        (people[2], elsewhere, "active"),
    ):
        Subscription.objects.create(subscriber=person, list=mailing_list, state=state)
    send = rows.send("planning")
    send.lists.add(friends)

    assert reasons(send, people) == ["pending", None, "unsubscribed"]


@pytest.mark.parametrize(("newcomers", "planned"), [(False, 1), (True, 2)])
def test_resend_is_for_the_audience_of_the_first(
    rows: Rows, add_people: AddPeople, newcomers: bool, planned: int
) -> None:
    """Who joined since is a candidate only if newcomers are wanted."""
    was_there, joined = add_people(2)
    first = rows.send("cancelled")
    rows.batch(first, "planned", [was_there])
    rows.batch(rows.send("sent", issue=rows.other_issue()), "accepted", [joined])
    send = rows.resend(first, "planning", newcomers=newcomers)

    audience.plan_audience(send.pk)

    send.refresh_from_db()
    assert (send.candidates, send.planned, send.state) == (planned, planned, "sending")
    assert send.deliveries.filter(subscriber=was_there).exists()


@pytest.mark.parametrize(("canary", "first"), [("first", 1), ("passed", 0), ("none", 0)])
def test_active_seeds_go_first(
    rows: Rows, add_people: AddPeople, configure: Configure, canary: str, first: int
) -> None:
    """Who is active on the list of seeds is in the canary, if there is one, without any share."""
    configure(canary={"percent": 0})
    people = add_people(4)
    seeds = List.objects.create(name="Seeds", slug="seeds")
    for person, state in zip(people, ("active", "unsubscribed", "pending"), strict=False):
        Subscription.objects.create(subscriber=person, list=seeds, state=state)
    send = rows.send("planning", canary=canary, seeds=seeds)

    audience.plan_audience(send.pk)

    goes_first = send.deliveries.filter(batch__canary=True, batch__state="planned")
    assert [each.subscriber for each in goes_first] == people[:first]
    assert all(each.batch.number == 1 for each in goes_first)
    waits = send.deliveries.filter(batch__state="waiting").count()
    assert waits == (3 if first else 0)
