"""A cadence keeps its local hour and its distance, whatever the calendar does."""

from __future__ import annotations

import datetime as dt
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.calendarinterval import CalendarIntervalTrigger
from hypothesis import given
from hypothesis import strategies as st

from newsletter.scheduling.cadence import Cadence

ZONES = ("America/New_York", "Asia/Tokyo", "Europe/London")
START = dt.date(2026, 1, 6)


def cadence(zone: str, *, time: dt.time = dt.time(9), weeks: int = 2) -> Cadence:
    """Return a rhythm that begins on a Tuesday."""
    return Cadence(starts_on=START, weeks=weeks, time=time, zone=ZoneInfo(zone))


def times(of: Cadence, count: int, after: dt.datetime | None = None) -> list[dt.datetime]:
    """Return the first times of a cadence in its own zone."""
    begin = after or dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    return [of.time_on(date).astimezone(of.zone) for date in islice(of.dates(begin), count)]


@pytest.mark.parametrize("zone", ZONES)
def test_thirty_slots_keep_weekday_and_hour(zone: str) -> None:
    """Thirty slots, over both changes of summer time and a 53-week year, are Tuesdays at 09:00."""
    listed = times(cadence(zone), 30)

    assert {(slot.weekday(), slot.hour, slot.minute) for slot in listed} == {(1, 9, 0)}
    assert {(b.date() - a.date()).days for a, b in pairwise(listed)} == {14}


@pytest.mark.parametrize("zone", ZONES)
def test_agrees_with_apscheduler(zone: str) -> None:
    """Where the wall time exists, APScheduler's calendar trigger finds the same times."""
    trigger = CalendarIntervalTrigger(weeks=2, hour=9, start_date=START, timezone=ZoneInfo(zone))
    theirs, previous = [], None
    for _ in range(60):
        previous = trigger.get_next_fire_time(previous, dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
        theirs.append(previous)

    assert theirs == times(cadence(zone), 60)


def test_missing_hour_moves_forward() -> None:
    """A slot inside the hour that spring leaves out opens one hour later, and is not dropped."""
    rhythm = Cadence(
        starts_on=dt.date(2026, 3, 8), weeks=2, time=dt.time(2, 30), zone=ZoneInfo(ZONES[0])
    )
    first = rhythm.time_on(dt.date(2026, 3, 8)).astimezone(rhythm.zone)

    assert first.isoformat() == "2026-03-08T03:30:00-04:00"


def test_double_hour_means_the_first() -> None:
    """A slot inside the hour that autumn repeats opens once, the first time round."""
    rhythm = Cadence(
        starts_on=dt.date(2026, 11, 1), weeks=2, time=dt.time(1, 30), zone=ZoneInfo(ZONES[0])
    )
    first = rhythm.time_on(dt.date(2026, 11, 1)).astimezone(rhythm.zone)

    assert first.isoformat() == "2026-11-01T01:30:00-04:00"


def test_slot_of_today_comes_first_while_it_is_ahead() -> None:
    """Before the hour, today's slot is the next one; at the hour, it has passed."""
    rhythm = cadence("Asia/Tokyo")
    nine = rhythm.time_on(START)

    assert next(rhythm.dates(nine - dt.timedelta(seconds=1))) == START
    assert next(rhythm.dates(nine)) == START + dt.timedelta(weeks=2)


@given(
    zone=st.sampled_from(ZONES),
    weeks=st.integers(1, 8),
    time=st.times().map(lambda time: time.replace(microsecond=0)),
    after=st.datetimes(dt.datetime(2025, 1, 1), dt.datetime(2060, 1, 1)),
)
def test_next_date_is_the_first_one_later(
    zone: str, weeks: int, time: dt.time, after: dt.datetime
) -> None:
    """From any time on, the next slot is later, and the one before it is not."""
    rhythm = cadence(zone, time=time, weeks=weeks)
    when = after.replace(tzinfo=dt.UTC)
    date = next(rhythm.dates(when))

    assert rhythm.holds(date)
    assert rhythm.time_on(date) > when
    earlier = date - dt.timedelta(weeks=weeks)
    assert earlier < START or rhythm.time_on(earlier) <= when
