"""People who leave while their mail waits at the provider are found in time, to the second."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone

from newsletter.sending.models import Attempt, Delivery, LateLeaver, ProviderBatch, Send
from newsletter.sending.prescheduled import leavers
from subscribers.models import Subscription, Suppression
from subscribers.subscriptions import unsubscribe
from subscribers.suppressions import suppress
from tests.unit.sending.conftest import AddPeople

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
