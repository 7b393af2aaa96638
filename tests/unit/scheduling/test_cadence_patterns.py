"""Ten years of every pattern in eight zones, against calculations that share nothing with ours.

The dates come from `dateutil.rrule` (RFC 5545), the times from trying the offsets of the zone.
"""

from __future__ import annotations

import datetime as dt
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import MO, MONTHLY, WEEKLY, rrule, weekday
from hypothesis import given, settings
from hypothesis import strategies as st

from newsletter.phrases import translate
from newsletter.scheduling.cadence import LAST, LAST_DATE, MONTH_DAYS, ORDINALS, Cadence, Pattern
from newsletter.scheduling.cadence_words import phrase_cadence, phrase_days
from newsletter.scheduling.quiet_dates import QuietDates, QuietRange
from newsletter.scheduling.quiet_policy import Policy
from newsletter.scheduling.rhythm import Rhythm

#: Zones with summer time in both halves of the year, of half an hour, and without any.
ZONES = (
    "America/New_York",
    "America/Santiago",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Asia/Tokyo",
    "Australia/Lord_Howe",
    "Europe/London",
    "Pacific/Chatham",
)
#: Ten years: three leap days, two years of 53 weeks (2026 and 2032), twenty changes of the clock.
BEGIN, END = dt.date(2025, 1, 1), dt.date(2035, 1, 1)
#: Times of day that changes of the clock leave out or repeat, and one of a working day.
TIMES = (dt.time(0, 0), dt.time(1, 30), dt.time(2, 30), dt.time(2, 45), dt.time(9, 7))

few_weekdays = st.sets(st.integers(0, 6), min_size=1, max_size=3).map(lambda days: (*days,))


@st.composite
def cadences(draw: st.DrawFn) -> Cadence:
    """Return a cadence of any pattern, which begins in the first year."""
    return Cadence(
        starts_on=draw(st.dates(BEGIN, BEGIN + dt.timedelta(days=400))),
        time=draw(st.sampled_from(TIMES)),
        zone=ZoneInfo(draw(st.sampled_from(ZONES))),
        pattern=draw(st.sampled_from(list(Pattern))),
        weeks=draw(st.integers(1, 6)),
        weekdays=draw(few_weekdays),
        ordinals=(*draw(st.sets(st.sampled_from(ORDINALS), min_size=1)),),
        days=(*draw(st.sets(st.sampled_from(MONTH_DAYS), min_size=1, max_size=4)),),
    )


def dates_by_rrule(of: Cadence) -> list[dt.date]:
    """Return the dates of ten years as the recurrence rules of calendar programs make them."""
    begin = dt.datetime.combine(of.starts_on, dt.time())
    rules: dict[Pattern, dict[str, Any]] = {
        Pattern.WEEKS: {
            "freq": WEEKLY,
            "interval": of.weeks,
            "wkst": MO,
            "byweekday": of.weekdays,
        },
        Pattern.WEEKDAYS: {
            "freq": MONTHLY,
            "byweekday": [weekday(day, n) for day in of.weekdays for n in of.ordinals],
        },
        Pattern.DAYS: {"freq": MONTHLY, "bymonthday": of.days},
    }
    rule = rrule(dtstart=begin, until=dt.datetime.combine(END, dt.time()), **rules[of.pattern])
    return [each.date() for each in rule if each.date() < END]


def instant_by_offsets(local: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """Return the first time at which clocks show a local time, trying every offset of that day.

    Where they never do, it counts from the offset before the change.
    """
    noon = local.replace(tzinfo=dt.UTC)
    day = dt.timedelta(days=1)
    offsets = [(noon + sign * day).astimezone(zone).utcoffset() for sign in (-1, 1)]
    tried = [noon - offset for offset in offsets if offset is not None]
    right = [each for each in tried if each.astimezone(zone).replace(tzinfo=None) == local]
    return min(right) if right else tried[0]


def ours(of: Cadence) -> list[dt.date]:
    """Return the dates of ten years by the cadence."""
    return list(takewhile(lambda date: date < END, of.dates_from(BEGIN)))


@settings(max_examples=40, deadline=None)
@given(of=cadences())
def test_ten_years_agree(of: Cadence) -> None:
    """The dates of ten years are those of `rrule`, each once, at the first such local time."""
    dates = ours(of)

    assert dates == dates_by_rrule(of)
    for date in dates[:: max(1, len(dates) // 60)]:
        local = dt.datetime.combine(date, of.time)
        assert of.time_on(date) == instant_by_offsets(local, of.zone), date


@pytest.mark.parametrize("zone", ZONES)
def test_every_change_of_the_clock(zone: str) -> None:
    """A daily slot of ten years is at the right time on each day, whatever the clocks do."""
    of = Cadence(
        starts_on=BEGIN,
        time=dt.time(2, 30),
        zone=ZoneInfo(zone),
        weekdays=tuple(range(7)),
    )
    dates = ours(of)

    assert len(dates) == (END - BEGIN).days
    for date in dates:
        local = dt.datetime.combine(date, of.time)
        assert of.time_on(date) == instant_by_offsets(local, of.zone), date


@settings(max_examples=60, deadline=None)
@given(of=cadences(), days=st.integers(-40, 3600))
def test_questions_agree_with_the_list(of: Cadence, days: int) -> None:
    """Whether a day is one, the ones before and after it, and what is due next, fit the list."""
    day = BEGIN + dt.timedelta(days=days)
    dates = [each for each in dates_by_rrule(of) if each < END]
    later = [each for each in dates if each > day]
    noon = dt.datetime.combine(day, dt.time(12), dt.UTC)

    assert of.holds(day) == (day in dates)
    earlier = [each for each in dates if each < day]
    assert of.date_before(day) == (earlier[-1] if earlier else None)
    if later:
        assert of.date_after(day) == later[0]
    due = [each for each in dates if of.time_on(each) > noon]
    if due:
        assert next(of.dates(noon)) == due[0]


@settings(max_examples=40, deadline=None)
@given(
    of=cadences(),
    policy=st.sampled_from([Policy.SKIP, Policy.BEFORE, Policy.AFTER]),
    quiet=st.sets(st.integers(0, 700), max_size=150),
)
def test_quiet_dates_keep_the_order(of: Cadence, policy: Policy, quiet: set[int]) -> None:
    """Whatever days are quiet, no slot is lost, passes another, or shares a day with one."""
    ranges = tuple(QuietRange(first=each, last=each) for each in map(day_of, quiet))
    rhythm = Rhythm(cadence=of, quiet=QuietDates(ranges=ranges), policy=policy)
    dates = list(takewhile(lambda date: date < day_of(700), of.dates_from(BEGIN)))
    plans = [rhythm.plan(date) for date in dates]

    going = [plan for plan in plans if not plan.skipped]
    days = [plan.day for plan in going]
    assert days == sorted(set(days))
    assert not any(rhythm.quiet.holds(day) for day in days)
    assert all(abs((plan.day - plan.date).days) <= rhythm.reach for plan in plans)
    early = dt.datetime.combine(BEGIN, dt.time(), dt.UTC) - dt.timedelta(days=2)
    listed = takewhile(lambda plan: plan.date < day_of(700), rhythm.plans(early))
    assert [plan.date for plan in listed] == dates


def day_of(number: int) -> dt.date:
    """Return a day of the ten years."""
    return BEGIN + dt.timedelta(days=number)


@settings(max_examples=60, deadline=None)
@given(of=cadences())
def test_aligned(of: Cadence) -> None:
    """From its first own day on a cadence holds that day, and no earlier one from the start."""
    aligned = of.aligned()

    assert aligned.starts_on >= of.starts_on
    assert aligned.holds(aligned.starts_on)
    assert aligned.aligned() == aligned
    if of.pattern != Pattern.WEEKS or of.starts_on.weekday() in of.weekdays:
        assert of.date_before(aligned.starts_on) is None


def test_first_date_on_another_weekday() -> None:
    """Every second Thursday from a Friday on begins with the next Thursday, not a week later."""
    of = Cadence(
        starts_on=dt.date(2026, 11, 27),
        weeks=2,
        weekdays=(3,),
        time=dt.time(9),
        zone=ZoneInfo("UTC"),
    )

    assert of.aligned().starts_on == dt.date(2026, 12, 3)


def test_the_calendar_ends() -> None:
    """At the end of all years there is no next date, and no error either."""
    for pattern in Pattern:
        of = Cadence(
            starts_on=dt.date(9999, 12, 1),
            time=dt.time(9),
            zone=ZoneInfo("UTC"),
            pattern=pattern,
            weekdays=(3,),
            ordinals=(1,),
            days=(1,),
        )
        assert not of.holds(dt.date(9999, 12, 31))
        with pytest.raises(ValueError, match="no dates after"):
            of.aligned()


def test_the_last_dates_can_be_planned() -> None:
    """Also the last date that there is has a time, in each zone and by each policy."""
    of = Cadence(
        starts_on=dt.date(2026, 12, 3),
        time=dt.time(23, 59),
        zone=ZoneInfo("America/New_York"),
        weeks=520,
    )
    (last,) = of.dates_from(LAST_DATE - dt.timedelta(weeks=520) + dt.timedelta(days=1))
    for policy in Policy:
        quiet = QuietDates(ranges=(QuietRange(first=last, last=last, name="Closed"),))
        plan = Rhythm(cadence=of, quiet=quiet, policy=policy).plan(last)
        assert plan.at.year < 9999


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"weeks": 0}, "at least one week"),
        ({"weekdays": (7,)}, "from 0 to 6"),
        ({"pattern": Pattern.WEEKDAYS}, "weekdays of a month"),
        ({"pattern": Pattern.WEEKDAYS, "ordinals": (5,)}, "weekdays of a month"),
        ({"pattern": Pattern.DAYS, "days": (29,)}, "days of a month"),
    ],
)
def test_no_cadence(wrong: dict[str, Any], words: str) -> None:
    """What makes no dates, or not in every month, is refused."""
    with pytest.raises(ValueError, match=words):
        Cadence(starts_on=BEGIN, time=dt.time(9), zone=ZoneInfo("UTC"), **wrong)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"weekdays": (3,)}, "every week on Thursday"),
        ({"weeks": 2, "weekdays": (3, 0)}, "every 2 weeks on Monday and Thursday"),
        ({"weekdays": (4, 0, 2)}, "every week on Monday, Wednesday and Friday"),
        (
            {"pattern": Pattern.WEEKDAYS, "weekdays": (3,), "ordinals": (LAST, 1)},
            "every month on the first and last Thursday",
        ),
        ({"pattern": Pattern.DAYS, "days": (15, 1)}, "every month on day 1 and day 15"),
        ({"pattern": Pattern.DAYS, "days": (LAST,)}, "every month on the last day"),
    ],
)
def test_words(fields: dict[str, Any], words: str) -> None:
    """A cadence reads as a sentence, with its time and zone."""
    of = Cadence(starts_on=BEGIN, time=dt.time(9, 7), zone=ZoneInfo("Asia/Tokyo"), **fields)

    assert phrase_days(of) == words
    assert translate(phrase_cadence(of)) == f"{words} at 09:07 Asia/Tokyo"
