"""People who leave while their mail waits at the provider are found in time, to the second."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from newsletter.sending.models import Attempt, Delivery, Evidence, LateLeaver, ProviderBatch, Send
from newsletter.sending.prescheduled import leavers
from subscribers.list_suppressions import suppress_for_list
from subscribers.models import List, ListSuppression, Subscription, Suppression
from subscribers.subscriptions import unsubscribe
from subscribers.suppressions import suppress
from tests.unit.sending.conftest import AddPeople
from tests.unit.sending.ledger_rows import Rows

MINUTE = dt.timedelta(minutes=1)
SECOND = dt.timedelta(seconds=1)
PRESCHEDULED, ON_HOLD = Send.DeliveryMode.PRESCHEDULED, Send.DeliveryMode.ON_HOLD

Waiting = Callable[..., ProviderBatch]


@pytest.fixture
def waiting(start: Callable[..., Send], add_people: AddPeople) -> Waiting:
    """A send whose two people wait in one open provider batch, and the first of them has left."""

    def make(at: dt.datetime, mode: Send.DeliveryMode = PRESCHEDULED) -> ProviderBatch:
        first, _ = add_people(2)
        send = start()
        Send.objects.update(delivery_mode=mode)
        found: ProviderBatch = ProviderBatch.objects.create(
            send=send, group=1, state=ProviderBatch.State.OPEN, provider_id="b1", at=at
        )
        Attempt.objects.create(
            key="a" * 32,
            batch=send.batches.get(),
            state=Attempt.State.ACCEPTED,
            owner="here",
            lease_until=timezone.now(),
            provider_batch=found,
        )
        unsubscribe(first.pk)
        return found

    return make


LAST_LOOKS = [
    pytest.param(PRESCHEDULED, 15 * MINUTE + SECOND, False, id="later"),
    pytest.param(PRESCHEDULED, 15 * MINUTE, True, id="a-quarter-of-an-hour"),
    pytest.param(PRESCHEDULED, 11 * MINUTE + SECOND, True, id="just-in-time"),
    pytest.param(PRESCHEDULED, 11 * MINUTE, False, id="too-late"),
    pytest.param(PRESCHEDULED, MINUTE, False, id="far-too-late"),
    pytest.param(ON_HOLD, 14 * MINUTE, False, id="on-hold-much-later"),
    pytest.param(ON_HOLD, MINUTE + SECOND, False, id="on-hold-later"),
    pytest.param(ON_HOLD, MINUTE, True, id="on-hold-soon"),
    pytest.param(ON_HOLD, -MINUTE, True, id="on-hold-long-due"),
]


@pytest.mark.parametrize(("mode", "left", "found"), LAST_LOOKS)
def test_cancelled_while_it_is_certain(
    waiting: Waiting, mode: Send.DeliveryMode, left: dt.timedelta, *, found: bool
) -> None:
    """What leaves by itself is cancelled from 15 minutes before on, until 11; on hold, up to it."""
    now = timezone.now()
    batch = waiting(now + left, mode)

    assert leavers.to_cancel(now) == ([batch] if found else [])


@pytest.mark.parametrize(
    ("mode", "left", "found"),
    [
        (PRESCHEDULED, dt.timedelta(hours=3), True),
        (PRESCHEDULED, 11 * MINUTE + SECOND, True),
        (PRESCHEDULED, 11 * MINUTE, False),
        (ON_HOLD, dt.timedelta(hours=3), False),
    ],
)
def test_before_a_stop_all_is_looked_at(
    waiting: Waiting, mode: Send.DeliveryMode, left: dt.timedelta, *, found: bool
) -> None:
    """A process that stops may be the last to look: all that can be cancelled is, now."""
    now = timezone.now()
    batch = waiting(now + left, mode)

    assert leavers.to_cancel_before_stop(now) == ([batch] if found else [])


def test_nobody_left_nothing_is_cancelled(waiting: Waiting) -> None:
    """Who came back, or was never sent anything, is no reason to cancel what waits."""
    now = timezone.now()
    batch = waiting(now + 14 * MINUTE)
    assert leavers.is_among(batch)
    Subscription.objects.update(state=Subscription.State.ACTIVE)
    assert not leavers.is_among(batch)

    Subscription.objects.update(state=Subscription.State.UNSUBSCRIBED)
    Delivery.objects.update(outcome=Delivery.Outcome.EXCLUDED)

    assert not leavers.is_among(batch)
    assert leavers.to_cancel(now) == []


def test_only_what_is_open_is_cancelled(waiting: Waiting) -> None:
    """What has left, or is being cancelled or released, is not looked for again."""
    now = timezone.now()
    batch = waiting(now + 14 * MINUTE)

    for state in ProviderBatch.State:
        ProviderBatch.objects.update(state=state)
        found = [batch] if state == ProviderBatch.State.OPEN else []
        assert leavers.to_cancel(now) == leavers.to_cancel_before_stop(now) == found


def test_nothing_is_cancelled_while_the_provider_is_not_trusted(
    waiting: Waiting, rows: Rows
) -> None:
    """If it discards nothing, those who stay would be mailed twice."""
    now = timezone.now()
    batch = waiting(now + 14 * MINUTE)
    old = rows.attempt(rows.batch(batch.send, number=9), "cancelled")
    Evidence.objects.create(attempt=old, kind=Evidence.Kind.CONTRADICTION, at=now - MINUTE)

    assert leavers.to_cancel(now) == leavers.to_cancel_before_stop(now) == []


def test_other_mail_is_not_cancelled(waiting: Waiting, rows: Rows) -> None:
    """Another list, and another provider batch of the send, are no matter of who left this one."""
    batch = waiting(timezone.now() + 14 * MINUTE)
    first, second = batch.send.deliveries.order_by("pk")
    other = List.objects.create(name="Other", slug="other")
    Subscription.objects.create(subscriber=second.subscriber, list=other, state="unsubscribed")
    Subscription.objects.create(subscriber=first.subscriber, list=other)
    assert leavers.who_left(batch.send, None) == {first.subscriber_id}

    under = batch.send.provider_batches.create(group=2, state="open", at=batch.at)
    rows.attempt(rows.batch(batch.send, number=9), "accepted", provider_batch=under)

    assert not leavers.is_among(under)
    assert leavers.to_cancel(batch.at - 14 * MINUTE) == [batch]


def test_only_mail_that_may_be_there_counts(waiting: Waiting, rows: Rows) -> None:
    """Of an attempt that was cancelled, or never accepted, nobody has mail, and nobody is late."""
    batch = waiting(timezone.now() + MINUTE)
    first = batch.send.deliveries.order_by("pk")[0]
    rows.attempt(rows.batch(batch.send, "accepted", number=9), "accepted")

    for state in Attempt.State:
        batch.attempts.update(state=state)
        taken = state in ("in_flight", "accepted", "unknown")
        assert leavers.is_among(batch) is taken, state
        leavers.name_late_of(batch)
        assert LateLeaver.objects.exists() is taken, state
        LateLeaver.objects.all().delete()
        LateLeaver.objects.create(send=batch.send, delivery=first, left_at=batch.at)
        assert leavers.left_too_late(batch.send).exists() is taken, state
        LateLeaver.objects.all().delete()


def test_all_who_left_are_found(waiting: Waiting, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many statements it takes: the first, the last, and each of them once."""
    monkeypatch.setattr(leavers, "MAX_SUBSCRIBERS", 1)
    batch = waiting(timezone.now() + MINUTE)
    Subscription.objects.update(state="unsubscribed", changed_at=timezone.now())
    people = list(batch.send.deliveries.order_by("pk").values_list("pk", "batch"))

    assert sorted(leavers.leavers_of(batch.send, None)) == people
    leavers.name_late_of(batch)
    leavers.name_late_of(batch)
    assert LateLeaver.objects.count() == 2

    monkeypatch.setattr(leavers, "MAX_SUBSCRIBERS", 2)
    assert sorted(leavers.leavers_of(batch.send, None)) == people


@pytest.mark.parametrize("outcome", ["excluded", "refused", "dropped"])
def test_who_has_no_mail_is_not_late(waiting: Waiting, outcome: str) -> None:
    """Nobody is called late whose mail was never there to be taken out."""
    batch = waiting(timezone.now())
    Delivery.objects.update(outcome=outcome)

    leavers.name_late_of(batch)

    assert not LateLeaver.objects.exists()


@pytest.mark.parametrize(("days", "found"), [(30, False), (29, True)])
def test_clock_set_back_by_less_than_a_month(waiting: Waiting, days: int, *, found: bool) -> None:
    """Who left by a clock that was behind by days is found all the same."""
    batch = waiting(timezone.now() + 14 * MINUTE)
    assert batch.send.started_at
    left = batch.send.started_at - dt.timedelta(days=days, seconds=1)
    Subscription.objects.exclude(state="active").update(changed_at=left)

    assert leavers.is_among(batch) is found


def test_late_leaver_is_named_with_the_time(waiting: Waiting) -> None:
    """Who left before the mail went out is written down once, with when; who left after is not."""
    batch = waiting(timezone.now() + MINUTE)
    first, second = batch.send.deliveries.order_by("pk")
    suppress(second.address)
    before = batch.at - SECOND
    Subscription.objects.filter(subscriber=first.subscriber).update(changed_at=before)
    Suppression.objects.update(created_at=batch.at + SECOND)
    ProviderBatch.objects.update(state=ProviderBatch.State.RELEASED)

    leavers.name_late(batch.at)
    leavers.name_late(batch.at)

    named = LateLeaver.objects.get()
    assert (named.delivery, named.left_at) == (first, before)
    assert list(leavers.left_too_late(batch.send)) == [first]


def test_mail_that_has_not_left_names_nobody(
    waiting: Waiting, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """On hold beyond its time, it can still be cancelled; once it has left, it is read once."""
    batch = waiting(timezone.now() + MINUTE, ON_HOLD)
    other = batch.send.provider_batches.create(group=2, state="open", at=batch.at)

    leavers.name_late(batch.at)
    assert not LateLeaver.objects.exists()

    ProviderBatch.objects.filter(pk=batch.pk).update(state=ProviderBatch.State.RELEASED)
    leavers.name_late(batch.at)
    assert LateLeaver.objects.count() == 1
    with django_assert_num_queries(1):
        leavers.name_late(batch.at)
    other.refresh_from_db()
    assert not other.leavers_named


def test_other_lists_do_not_tell_when_somebody_left(waiting: Waiting) -> None:
    """Neither that somebody left in time, nor that they left too late, nor when."""
    batch = waiting(timezone.now() + MINUTE)
    first = batch.send.deliveries.order_by("pk")[0]
    left = batch.at - SECOND
    Subscription.objects.filter(subscriber=first.subscriber).update(changed_at=left)
    other = List.objects.create(name="Other", slug="other")
    Subscription.objects.create(
        subscriber=first.subscriber, list=other, state="unsubscribed", changed_at=left + MINUTE
    )
    suppress_for_list(first.address, other)

    ListSuppression.objects.update(created_at=left - MINUTE)
    assert leavers.who_left(batch.send, left - SECOND) == set()
    ListSuppression.objects.update(created_at=left + MINUTE)
    leavers.name_late_of(batch)

    assert LateLeaver.objects.get().left_at == left


@pytest.mark.parametrize(("left", "barred", "late"), [(0, -1, True), (-1, 0, True), (1, 1, False)])
def test_mail_on_hold_leaves_when_its_release_is_asked(
    waiting: Waiting, readers: List, left: int, barred: int, *, late: bool
) -> None:
    """Who left a list by then, or was suppressed for it, was too late; who did after was not."""
    batch = waiting(timezone.now() + MINUTE, ON_HOLD)
    released = batch.release_asked_at = batch.at + 5 * MINUTE
    first, second = batch.send.deliveries.order_by("pk")
    times = {first.pk: released + left * SECOND, second.pk: released + barred * SECOND}
    changed = Subscription.objects.filter(subscriber=first.subscriber)
    changed.update(changed_at=times[first.pk])
    suppress_for_list(second.address, readers)
    ListSuppression.objects.update(created_at=times[second.pk])

    leavers.name_late_of(batch)

    named = dict(LateLeaver.objects.values_list("delivery", "left_at"))
    assert named == (times if late else {})


@pytest.mark.parametrize(("late", "named"), [(7, True), (8, False)])
def test_passed_mail_is_looked_at_for_a_week(waiting: Waiting, late: int, *, named: bool) -> None:
    """What went out while no process ran is looked at afterwards, if it is not too long ago."""
    batch = waiting(timezone.now() + MINUTE)
    ProviderBatch.objects.update(state=ProviderBatch.State.RELEASED)

    leavers.name_late(batch.at + dt.timedelta(days=late))

    assert LateLeaver.objects.exists() is named


def test_latest_of_two_goodbyes_counts(waiting: Waiting) -> None:
    """Who unsubscribed and was suppressed left at the later of the two."""
    batch = waiting(timezone.now() + MINUTE)
    first = batch.send.deliveries.order_by("pk")[0]
    suppress(first.address)
    Suppression.objects.update(created_at=batch.at - SECOND)

    leavers.name_late_of(batch)

    assert LateLeaver.objects.get().left_at == batch.at - SECOND
