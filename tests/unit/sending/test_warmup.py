"""A new sender is warmed up: a limit per day that grows, read from the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.utils import timezone

from newsletter.sending.delivery import claims, dispatch
from newsletter.sending.limits import warmup
from newsletter.sending.models import Attempt, Batch, Send
from newsletter.sending.reporting.totals import count_send
from newsletter.transports.memory import MemoryTransport
from tests.unit.sending.conftest import LEASE, AddPeople, Configure

Start = Callable[..., Send]
FIRST = dt.date(2026, 12, 1)

DAYS = [
    pytest.param(-1, 0, id="before"),
    pytest.param(0, 200, id="first"),
    pytest.param(1, 300, id="second"),
    pytest.param(3, 675, id="fourth"),
    pytest.param(10, 11_533, id="eleventh"),
    pytest.param(3650, None, id="after-ten-years"),
]


@pytest.mark.parametrize(("day", "people"), DAYS)
def test_each_day_has_its_limit(configure: Configure, day: int, people: int | None) -> None:
    """On day n it is `first * factor ** n`; nobody before the first, and no limit in the end."""
    configure(rates={"warmup_start": "2026-12-01", "warmup_first_day": 200, "warmup_factor": 1.5})

    assert warmup.daily_limit(FIRST + dt.timedelta(days=day)) == people


def test_without_a_ramp_there_is_no_limit(configure: Configure) -> None:
    """No first day, no limit."""
    configure(rates={"warmup_start": ""})

    assert warmup.daily_limit(FIRST) is None


def submit_mail(transport: MemoryTransport) -> None:
    """Submit until nothing may go."""
    while (batch := claims.next_batch()) is not None:
        dispatch.send_batch(batch, transport, lease=LEASE)


def test_day_is_used_up_to_the_last(
    start: Start, add_people: AddPeople, configure: Configure
) -> None:
    """A batch is cut where the day ends; the rest waits for tomorrow, and nobody is lost."""
    configure(rates={"warmup_start": warmup.site_date().isoformat(), "warmup_first_day": 7})
    add_people(12)
    send, transport = start(batch_size=5), MemoryTransport()

    submit_mail(transport)

    assert count_send(send).deliveries == {"accepted": 7, "planned": 5}
    tomorrow = warmup.start_of(warmup.site_date() + dt.timedelta(days=1))
    for batch in Batch.objects.filter(state="planned"):
        assert batch.not_before
        assert tomorrow <= batch.not_before <= tomorrow + dt.timedelta(minutes=1)


def test_next_day_takes_the_rest(start: Start, add_people: AddPeople, configure: Configure) -> None:
    """What was submitted yesterday does not count today."""
    yesterday = warmup.site_date() - dt.timedelta(days=1)
    configure(
        rates={"warmup_start": yesterday.isoformat(), "warmup_first_day": 4, "warmup_factor": 2}
    )
    add_people(12)
    send, transport = start(batch_size=12), MemoryTransport()
    submit_mail(transport)
    assert count_send(send).deliveries == {"accepted": 8, "planned": 4}

    Attempt.objects.update(posted_at=timezone.now() - dt.timedelta(days=1))
    Batch.objects.update(not_before=None)
    submit_mail(transport)

    assert count_send(send).deliveries == {"accepted": 12}


def test_what_was_refused_does_not_count(
    start: Start, add_people: AddPeople, configure: Configure
) -> None:
    """Only what the provider has, or may have, uses up the day."""
    configure(rates={"warmup_start": warmup.site_date().isoformat(), "warmup_first_day": 5})
    add_people(5)
    start()
    submit_mail(MemoryTransport())
    Attempt.objects.update(state=Attempt.State.REFUSED)

    assert warmup.remaining_today() == 5


@pytest.mark.parametrize(
    ("since_midnight", "people"),
    [
        pytest.param(dt.timedelta(microseconds=-1), 0, id="the-day-before"),
        pytest.param(dt.timedelta(0), 5, id="midnight"),
        pytest.param(dt.timedelta(days=1, microseconds=-1), 5, id="the-last-microsecond"),
        pytest.param(dt.timedelta(days=1), 0, id="the-next-midnight"),
    ],
)
def test_day_is_from_midnight_to_midnight(
    start: Start, add_people: AddPeople, since_midnight: dt.timedelta, people: int
) -> None:
    """What was submitted on another day, even a later one by a wrong clock, does not count."""
    add_people(5)
    start()
    submit_mail(MemoryTransport())
    Attempt.objects.update(posted_at=warmup.start_of(FIRST) + since_midnight)

    assert warmup.submitted_on(FIRST) == people


def test_limit_lowered_during_the_day(
    start: Start, add_people: AddPeople, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where more has gone than may, nobody is left for today: not fewer than nobody."""
    monkeypatch.setattr(warmup, "site_date", lambda: FIRST)
    configure(rates={"warmup_start": FIRST.isoformat(), "warmup_first_day": 3})
    add_people(5)
    Attempt.objects.create(
        key="a" * 32,
        batch=start().batches.get(),
        state=Attempt.State.ACCEPTED,
        owner="here",
        lease_until=timezone.now(),
        size=5,
        posted_at=warmup.start_of(FIRST),
    )

    assert warmup.remaining_today() == 0
