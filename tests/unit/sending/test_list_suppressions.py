"""Who is suppressed for one list gets none of its mail, whenever that comes, and all other mail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone

from newsletter.publishing.models import Issue, Publication
from newsletter.sending.delivery import claims
from newsletter.sending.models import Send
from newsletter.sending.operations import background_dry_run
from newsletter.sending.planning.forecast import forecast_audience
from newsletter.sending.prescheduled import leavers
from newsletter.sending.reporting.totals import count_send
from subscribers.list_suppressions import suppress_for_list
from subscribers.models import List, Subscriber, Subscription
from subscribers.segments import counting
from tests.unit.sending.ledger_rows import Rows

Start = Callable[..., Send]
AddPeople = Callable[..., list[Subscriber]]


@pytest.fixture
def friends(publication: Publication) -> List:
    """A second list of the publication."""
    second = List.objects.create(name="Friends", slug="friends")
    publication.lists.add(second)
    return second


def test_audience_leaves_them_out(
    start: Start, add_people: AddPeople, readers: List, friends: List
) -> None:
    """Suppressed for the list they are on, they get nothing; by another list, or after, they do."""
    here, by_other, never_there, left = add_people(4)
    Subscription.objects.create(subscriber=by_other, list=friends)
    Subscription.objects.filter(subscriber=left).update(state="unsubscribed")
    for person in (here, by_other, left):
        suppress_for_list(person.email.upper(), readers)
    suppress_for_list(never_there.email, friends)

    forecast = forecast_audience(Issue.objects.get())
    send = start()

    counted = count_send(send)
    counted.check()
    assert counted.excluded == {"suppressed": 2} == dict(forecast.left_out)
    assert forecast.planned == 2
    planned = set(send.deliveries.values_list("subscriber", flat=True))
    assert planned == {by_other.pk, never_there.pk}


def test_pending_elsewhere_is_said_first(
    start: Start, add_people: AddPeople, readers: List, friends: List
) -> None:
    """Who is suppressed for one list and not confirmed on another waits to confirm."""
    (person,) = add_people(1)
    Subscription.objects.create(subscriber=person, list=friends, state="pending")
    suppress_for_list(person.email, readers)

    forecast = forecast_audience(Issue.objects.get())

    assert count_send(start()).excluded == {"pending": 1} == dict(forecast.left_out)


def test_estimate_adds_up_to_the_kept_count(
    add_people: AddPeople, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where only a sample is looked at, the people of the one list are known all the same."""
    monkeypatch.setattr(counting, "EXACT_IDS", 5)
    monkeypatch.setattr(counting, "RANGES", 2)
    monkeypatch.setattr(counting, "RANGE_IDS", 3)
    add_people(20)
    add_people(9, state="unsubscribed", start=100)

    forecast = forecast_audience(issue)

    assert not forecast.exact
    assert forecast.candidates == 29
    assert forecast.planned in (14, 15)


def test_late_check_takes_them_out(
    rows: Rows, add_people: AddPeople, readers: List, friends: List
) -> None:
    """At the claim, too: whoever no list of the send may mail, by either address of theirs."""
    stays, here, by_other, renamed, elsewhere = add_people(5)
    send = rows.send()
    send.lists.add(friends)
    Subscription.objects.create(subscriber=by_other, list=friends)
    batch = rows.batch(send, "claimed", [stays, here, by_other, renamed, elsewhere])
    for person in (here, by_other, renamed):
        suppress_for_list(person.email, readers)
    suppress_for_list(elsewhere.email, List.objects.create(name="Other", slug="other"))
    renamed.email = "new@tideline.example"
    renamed.save()

    assert claims.still_wanted(batch) == 3
    out = batch.deliveries.exclude(outcome=None)
    assert set(out.values_list("subscriber", "outcome", "reason")) == {
        (here.pk, "excluded", "suppressed"),
        (renamed.pk, "excluded", "suppressed"),
    }


def test_dry_run_does_not_ask_about_them(
    start: Start, add_people: AddPeople, readers: List
) -> None:
    """The provider is asked about those who would be mailed, and nobody else."""
    stays, barred = add_people(2)
    send = start()
    suppress_for_list(barred.email, readers)

    chunk = background_dry_run.next_chunk(send, 0)

    assert chunk is not None
    assert [person.subscriber for person in chunk.people] == [stays.pk]


def test_they_count_as_having_left(
    start: Start, add_people: AddPeople, readers: List, friends: List
) -> None:
    """Their mail that waits at the provider is cancelled, unless another list may mail them."""
    barred, by_other, _stays = add_people(3)
    Subscription.objects.create(subscriber=by_other, list=friends)
    send = start()
    for person in (barred, by_other):
        suppress_for_list(person.email, readers)

    assert leavers.who_left(send, None) == {barred.pk}
    delivery = send.deliveries.get(subscriber=barred).pk
    ((found, left_at),) = leavers.leaving_times([delivery])
    assert found == delivery
    assert abs(left_at - timezone.now()) < dt.timedelta(minutes=1)
