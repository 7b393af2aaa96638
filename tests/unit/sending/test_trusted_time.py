"""A clock that was just set wrong decides nothing: each place that asks what time it is."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from newsletter.publishing.models import Issue, Publication
from newsletter.sending import trusted_time
from newsletter.sending.delivery import claims
from newsletter.sending.limits import warmup
from newsletter.sending.models import Attempt, Batch, ProviderBatch, Send
from newsletter.sending.operations import background_dry_run
from newsletter.sending.planning import undo_window
from newsletter.sending.planning.queue import queue
from newsletter.sending.prescheduled import (
    cancellation,
    leavers,
    provider_batches,
    provider_time,
    releases,
)
from newsletter.sending.safeguards import canary
from newsletter.throttling import counting
from newsletter.throttling.counting import Limit
from newsletter.tracking import webhook_intake
from newsletter.tracking.models import Event
from newsletter.transports.sendgrid.cancellation import SendGridCancellation
from newsletter.transports.sendgrid.client import Limits
from sendgrid_emulator import Emulator
from subscribers.subscriptions import unsubscribe
from tests.unit.sending.conftest import LEASE, AddPeople, Configure

MINUTE, HOUR, WEEK = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(weeks=1)
SHIFTS = [
    pytest.param(by, id=name)
    for name, by in {
        "right": 0 * HOUR,
        "hour-ahead": HOUR,
        "hour-back": -HOUR,
        "weeks-ahead": 3 * WEEK,
        "weeks-back": -3 * WEEK,
    }.items()
]
Shift = Callable[[dt.timedelta], None]


@pytest.fixture
def shift() -> Iterator[Shift]:
    """Set the clock of this machine, which was right until now and is looked after."""
    true = timezone.now()
    with time_machine.travel(true, tick=True) as traveller:
        trusted_time.set_reading(true, true, time.monotonic())

        def by(span: dt.timedelta) -> None:
            traveller.shift(span)

        yield by
    trusted_time.forget_reading()


@pytest.mark.parametrize("by", SHIFTS)
def test_two_times(shift: Shift, by: dt.timedelta) -> None:
    """What is due is due by the earlier of two clocks, and too late by the later one."""
    before = timezone.now()

    shift(by)

    slack = dt.timedelta(seconds=10)
    assert abs(trusted_time.now() - min(before, before + by)) < slack
    assert abs(trusted_time.latest() - max(before, before + by)) < slack


def test_nobody_looks_after_the_clock(shift: Shift) -> None:
    """Without a reading, or with an old one, the clock of the machine is all there is."""
    shift(HOUR)
    trusted_time.set_reading(timezone.now() - HOUR, timezone.now() - HOUR, time.monotonic() - 1000)
    assert abs(trusted_time.now() - timezone.now()) < MINUTE
    trusted_time.forget_reading()
    assert abs(trusted_time.latest() - timezone.now()) < MINUTE


@pytest.fixture
def waiting(issue: Issue, add_people: AddPeople) -> Send:
    """A send that is being submitted half an hour before its time, in an open provider batch."""
    add_people(4)
    Publication.objects.update(delivery_mode="prescheduled")
    issue.publication.refresh_from_db()
    now = trusted_time.now()
    send = queue(issue, at=now + 30 * MINUTE, batch_size=2)
    Send.objects.filter(pk=send.pk).update(
        state=Send.State.SENDING, delivery_mode=Send.DeliveryMode.PRESCHEDULED, started_at=now
    )
    send.refresh_from_db()
    for number, subscriber in enumerate(issue.publication.lists.get().subscriptions.all()):
        batch, _ = Batch.objects.get_or_create(send=send, number=number // 2 + 1)
        person = subscriber.subscriber
        send.deliveries.create(subscriber=person, batch=batch, address=person.email)
    send.provider_batches.create(
        group=1, provider_id="one", at=send.at, state=ProviderBatch.State.OPEN
    )
    return send


@pytest.mark.django_db
@pytest.mark.parametrize("by", SHIFTS)
def test_nothing_is_submitted_before_its_time(
    shift: Shift, waiting: Send, by: dt.timedelta
) -> None:
    """A batch that is to wait at the provider never leaves at once; if in doubt, it is kept."""
    shift(by)
    batch = waiting.batches.get(number=1)

    attempt = claims.claim_batch(batch.pk, lease=LEASE)

    gate = provider_batches.choose_delivery(batch, trusted_time.now(), trusted_time.latest())
    assert gate.provider_batch or gate.wait_until
    if by > 0 * HOUR:
        assert attempt is None, "by the later clock it is too late"
    else:
        assert attempt
        assert attempt.provider_batch


@pytest.mark.django_db
@pytest.mark.parametrize("by", SHIFTS)
def test_batch_that_waits_does_so_by_the_clock_of_the_database(
    shift: Shift, waiting: Send, by: dt.timedelta
) -> None:
    """A batch without one that is open is looked at again soon, whatever the clock here says."""
    waiting.provider_batches.update(state=ProviderBatch.State.NEW)
    batch = waiting.batches.get(number=1)
    shift(by)

    assert claims.claim_batch(batch.pk, lease=LEASE) is None

    (left,) = Batch.objects.filter(pk=batch.pk).values_list(F("not_before") - Now(), flat=True)
    assert -MINUTE < left < 31 * MINUTE


@pytest.mark.django_db
def test_nothing_is_posted_to_wait_when_it_may_be_too_late(shift: Shift, waiting: Send) -> None:
    """Set back by an hour ten minutes before the time, the clock says there is an hour."""
    waiting.provider_batches.update(at=trusted_time.now() + 10 * MINUTE)
    Send.objects.filter(pk=waiting.pk).update(at=trusted_time.now() + 10 * MINUTE)
    batch = waiting.batches.get(number=1)
    shift(-HOUR)

    assert claims.claim_batch(batch.pk, lease=LEASE) is None
    Batch.objects.filter(pk=batch.pk).update(state=Batch.State.CLAIMED)
    provider_batch = waiting.provider_batches.get()
    attempt = Attempt.objects.create(
        key="k", batch=batch, owner="o", lease_until=Now() + LEASE, provider_batch=provider_batch
    )

    assert claims.mark_in_flight(attempt, LEASE) is False


@pytest.fixture
def provider() -> Iterator[tuple[Emulator, SendGridCancellation]]:
    """A provider whose clock is right, and the way to it."""
    with Emulator() as emulator:
        canceller = SendGridCancellation(
            base_url=emulator.url, api_key="SG.test", limits=Limits(connect=2, answer=2)
        )
        yield emulator, canceller
        canceller.close()


class ToldTime:
    """A provider that says what time it is."""

    def __init__(self, canceller: SendGridCancellation, ahead: dt.timedelta) -> None:
        self.canceller, self.ahead = canceller, ahead

    def __getattr__(self, name: str) -> object:
        return getattr(self.canceller, name)

    def read_clock(self) -> object:
        """Return the reading of a clock that was not moved with ours."""
        reading = self.canceller.read_clock()
        return type(reading)(offset=reading.offset + self.ahead, uncertainty=reading.uncertainty)


@pytest.mark.django_db
@pytest.mark.parametrize("by", SHIFTS)
def test_what_waits_at_the_provider_goes_by_its_clock(
    shift: Shift,
    waiting: Send,
    provider: tuple[Emulator, SendGridCancellation],
    by: dt.timedelta,
) -> None:
    """However long our clock has been wrong, nothing passes, and no cancellation is forgotten."""
    true = timezone.now()
    gone = waiting.provider_batches.create(
        group=2,
        provider_id="two",
        at=waiting.at,
        state=ProviderBatch.State.CANCELLED,
        has_status=True,
    )
    trusted_time.forget_reading()
    shift(by)
    told = ToldTime(provider[1], -by)

    now = provider_time.ProviderTime().now(told, trusted_time.now())  # type: ignore[arg-type]

    assert abs(now - true) < MINUTE
    assert releases.leaving_by_themselves(now) == []
    assert gone not in cancellation.finished_provider_batches(now)


@pytest.mark.django_db
@pytest.mark.parametrize("by", SHIFTS)
@pytest.mark.parametrize("begun", ["before", "after"])
def test_leavers_are_found_whatever_the_clock_said(
    shift: Shift, waiting: Send, by: dt.timedelta, begun: str
) -> None:
    """Who left counts as having left, though the clock said that it was before the send."""
    now = trusted_time.now()
    batch = waiting.batches.get(number=1)
    provider_batch = waiting.provider_batches.get()
    Batch.objects.filter(pk=batch.pk).update(state=Batch.State.ACCEPTED)
    Attempt.objects.create(
        key="k",
        batch=batch,
        owner="o",
        lease_until=Now(),
        provider_batch=provider_batch,
        state="accepted",
        size=2,
    )
    if begun == "after":
        Send.objects.filter(pk=waiting.pk).update(started_at=now + by)
        provider_batch.refresh_from_db()
    shift(by)
    first = batch.deliveries.order_by("pk").first()
    assert first
    unsubscribe(first.subscriber_id, [each.pk for each in waiting.lists.all()])

    assert leavers.is_among(provider_batch)
    assert leavers.to_cancel(provider_batch.at - 14 * MINUTE) == [provider_batch]


@pytest.mark.django_db
@pytest.mark.parametrize("by", SHIFTS)
def test_warm_up_does_not_jump_to_another_day(
    shift: Shift, configure: Configure, by: dt.timedelta
) -> None:
    """Three weeks ahead, a warm-up would allow many times as many."""
    day = warmup.site_date()
    configure(rates={"warmup_start": (day - 3 * WEEK).isoformat(), "warmup_first_day": 10})
    allowed = warmup.remaining_today()
    assert allowed

    shift(max(by, 0 * HOUR))

    assert warmup.site_date() <= day + dt.timedelta(days=1)
    assert warmup.remaining_today() == allowed or warmup.site_date() != day


@pytest.mark.django_db
@pytest.mark.parametrize("by", SHIFTS)
def test_canary_is_waited_for(
    shift: Shift, publication: Publication, issue: Issue, add_people: AddPeople, by: dt.timedelta
) -> None:
    """The rest does not follow before the time that a canary has."""
    add_people(4)
    send = queue(issue, at=trusted_time.now(), batch_size=2)
    Send.objects.filter(pk=send.pk).update(state=Send.State.SENDING, canary=Send.Canary.FIRST)
    first = Batch.objects.create(send=send, number=1, canary=True, state=Batch.State.ACCEPTED)
    Batch.objects.create(send=send, number=2, state=Batch.State.WAITING)
    Attempt.objects.create(
        key="k", batch=first, owner="o", lease_until=timezone.now(), state="accepted",
        answered_at=timezone.now(),
    )  # fmt: skip
    shift(by)

    canary.check_canaries()

    assert send.batches.get(number=2).state == Batch.State.WAITING


@pytest.mark.django_db
@pytest.mark.parametrize("by", SHIFTS)
def test_what_is_started_by_hand_waits_no_longer_than_it_should(
    shift: Shift, by: dt.timedelta
) -> None:
    """The time to undo is counted from now, not from three weeks on."""
    before = trusted_time.now()
    shift(by)

    assert undo_window.after_undo_window(before) - before < 2 * MINUTE


@pytest.mark.django_db
@pytest.mark.parametrize("by", SHIFTS)
def test_queued_send_has_its_dry_run_all_the_same(
    shift: Shift, issue: Issue, add_people: AddPeople, by: dt.timedelta
) -> None:
    """A clock that is ahead does not make a send look past."""
    add_people(1)
    send = queue(issue, at=trusted_time.now() + 2 * HOUR, batch_size=2)
    shift(by)

    assert background_dry_run.next_due_send(trusted_time.now()) == send


@pytest.mark.django_db
@pytest.mark.parametrize("by", SHIFTS)
def test_events_are_not_forgotten_before_their_time(
    shift: Shift, waiting: Send, by: dt.timedelta
) -> None:
    """What is to be kept for some days is, whatever the clock says."""
    fresh = timezone.now() - dt.timedelta(days=1)
    delivery = waiting.deliveries.earliest("pk")
    Event.objects.create(key="e", delivery=delivery, kind="delivered", at=fresh)
    shift(by)

    webhook_intake.prune(trusted_time.now(), keep=dt.timedelta(days=2))

    assert Event.objects.count() == 1


@pytest.mark.parametrize("by", [0 * HOUR, HOUR, 3 * WEEK])
def test_post_of_events_is_as_old_as_it_is(shift: Shift, by: dt.timedelta) -> None:
    """A clock that is ahead does not make what was just signed look old."""
    told = timezone.now().timestamp()
    shift(by)

    assert abs(trusted_time.now().timestamp() - told) < 60


@pytest.mark.django_db
@pytest.mark.parametrize("weeks", [0, 3])
def test_login_is_not_locked_for_weeks(weeks: int) -> None:
    """A window that was begun by a clock three weeks ahead ends when the clock is right again."""
    limit = Limit(kind="login", tries=2, seconds=600, subject=("a",))
    with time_machine.travel(timezone.now() + weeks * WEEK, tick=False):
        for _ in range(3):
            full = counting.count_attempt([limit])
    assert 0 < full <= 600

    again = counting.count_attempt([limit])

    assert (again == 0) is (weeks > 0)
    assert counting.count_attempt([limit]) <= 600
