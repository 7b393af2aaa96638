"""A slot on a holiday goes where the policy says, and slots keep their order and their distance."""

from __future__ import annotations

import datetime as dt
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.scheduling.cadence import Cadence
from newsletter.scheduling.holiday_calendar import (
    holidays_in,
    is_region,
    list_regions,
    name_holiday,
    name_region,
)
from newsletter.scheduling.quiet_dates import (
    QuietDates,
    QuietRange,
    UnreadableLine,
    parse_quiet_dates,
    place,
)
from newsletter.scheduling.quiet_policy import Policy
from newsletter.scheduling.rhythm import PlannedSlot, Rhythm

#: Zones with the regions whose holidays are observed there.
PLACES = (
    ("America/New_York", ("US", "US-NY")),
    ("Asia/Tokyo", ("JP",)),
    ("Europe/Berlin", ("DE", "DE-BY")),
    ("Europe/London", ("GB-ENG",)),
    ("Australia/Lord_Howe", ("AU-NSW",)),
    ("America/Sao_Paulo", ("BR",)),
    ("Pacific/Apia", ("WS",)),
    ("Asia/Kathmandu", ("IN", "NZ")),
)
TEN_YEARS = dt.datetime(2026, 1, 1, tzinfo=dt.UTC), dt.datetime(2036, 1, 1, tzinfo=dt.UTC)
OPEN_POLICIES = (Policy.BEFORE, Policy.AFTER)


def rhythm(zone: str, regions: tuple[str, ...], policy: Policy, weeks: int = 2) -> Rhythm:
    """Return a rhythm of Mondays, on which the most holidays are."""
    cadence = Cadence(
        starts_on=dt.date(2026, 1, 5), weeks=weeks, time=dt.time(9, 7), zone=ZoneInfo(zone)
    )
    closed = QuietRange(first=dt.date(2027, 12, 24), last=dt.date(2028, 1, 2), name="Closed")
    return Rhythm(
        cadence=cadence, quiet=QuietDates(regions=regions, ranges=(closed,)), policy=policy
    )


def ten_years(of: Rhythm) -> list[PlannedSlot]:
    """Return the slots of ten years."""
    begin, end = TEN_YEARS
    found = []
    for plan in of.plans(begin):
        if plan.at >= end:
            return found
        found.append(plan)
    raise AssertionError


@pytest.mark.parametrize(("zone", "regions"), PLACES)
@pytest.mark.parametrize("weeks", [1, 2])
@pytest.mark.parametrize("policy", list(Policy))
def test_ten_years(zone: str, regions: tuple[str, ...], weeks: int, policy: Policy) -> None:
    """No slot is lost or doubled, the order stays, the local hour too, and no quiet day has one."""
    of = rhythm(zone, regions, policy, weeks)
    plans = ten_years(of)

    dates = [plan.date for plan in plans]
    assert {(b - a).days for a, b in pairwise(dates)} == {7 * weeks}
    local = [plan.at.astimezone(ZoneInfo(zone)) for plan in plans]
    assert [each.date() for each in local] == [plan.day for plan in plans]
    assert {(each.hour, each.minute) for each in local} == {(9, 7)}
    assert all(a.at < b.at for a, b in pairwise(plans))
    quiet = [plan for plan in plans if of.quiet.holds(plan.date)]
    assert len(quiet) > 5
    going = [plan for plan in plans if not plan.skipped]
    if policy == Policy.MARK:
        assert going == plans
    else:
        assert not any(of.quiet.holds(plan.day) for plan in going)
    assert {plan.date for plan in plans if plan.skipped or plan.shifted} <= {
        plan.date for plan in quiet
    }


@pytest.mark.parametrize(("zone", "regions"), PLACES)
@pytest.mark.parametrize("policy", OPEN_POLICIES)
def test_the_nearest_free_day(zone: str, regions: tuple[str, ...], policy: Policy) -> None:
    """Every day between a slot's date and its day is quiet, and it is on the side that is meant."""
    of = rhythm(zone, regions, policy)
    for plan in ten_years(of):
        away = (plan.day - plan.date).days
        assert (away <= 0) if policy == Policy.BEFORE else (away >= 0)
        step = 1 if away > 0 else -1
        between = [plan.date + dt.timedelta(days=number) for number in range(0, away, step)]
        assert all(of.quiet.holds(day) for day in between)
        assert abs(away) <= of.reach


@given(
    date=st.dates(dt.date(2026, 1, 1), dt.date(2030, 1, 1)),
    quiet=st.sets(st.integers(-10, 10)),
    reach=st.integers(1, 6),
    policy=st.sampled_from(list(Policy)),
)
def test_place_agrees_with_counting(
    date: dt.date, quiet: set[int], reach: int, policy: Policy
) -> None:
    """The day of a slot is the one that counting off the days by hand gives."""
    days = {date + dt.timedelta(days=number) for number in quiet}
    found = place(date, policy, days.__contains__, lambda _: reach)

    if policy == Policy.MARK or 0 not in quiet:
        assert found == date
    elif policy == Policy.SKIP:
        assert found is None
    else:
        sign = -1 if policy == Policy.BEFORE else 1
        free = [number for number in range(1, reach + 1) if sign * number not in quiet]
        assert found == (date + dt.timedelta(days=sign * free[0]) if free else None)


def test_no_day_near_is_free() -> None:
    """In ten closed days a weekly slot is left out, not pushed over the next one."""
    of = rhythm("Europe/Berlin", (), Policy.AFTER, weeks=1)
    plan = of.plan(dt.date(2027, 12, 27))

    assert (plan.skipped, plan.day) == (True, dt.date(2027, 12, 27))


def test_slots_to_come_after_a_shift() -> None:
    """A slot that was put off is still to come on its old day, and one brought forward is over."""
    new_year = dt.date(2029, 1, 1)
    later = rhythm("Asia/Tokyo", ("JP",), Policy.AFTER)
    noon = dt.datetime(2029, 1, 1, 12, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert later.cadence.holds(new_year)
    assert next(later.plans(noon)).day == dt.date(2029, 1, 2)
    earlier = rhythm("Asia/Tokyo", ("JP",), Policy.BEFORE)
    eve = dt.datetime(2028, 12, 31, 12, tzinfo=ZoneInfo("Asia/Tokyo"))

    assert earlier.plan(new_year).day == dt.date(2028, 12, 31)
    assert next(earlier.plans(eve)).date == dt.date(2029, 1, 15)


def test_plans_from_a_date() -> None:
    """The first is the one of that date, or the next of the cadence; none is before the start."""
    of = rhythm("Asia/Tokyo", (), Policy.MARK)

    assert next(of.plans_from(dt.date(2026, 1, 19))).date == dt.date(2026, 1, 19)
    assert next(of.plans_from(dt.date(2026, 1, 20))).date == dt.date(2026, 2, 2)
    assert next(of.plans_from(dt.date(2020, 1, 1))).date == dt.date(2026, 1, 5)
    assert [plan.date.day for plan in islice(of.plans_from(dt.date(2026, 1, 6)), 2)] == [19, 2]


@pytest.mark.parametrize(
    ("line", "first", "last", "name"),
    [
        ("2026-12-24", "2026-12-24", "2026-12-24", ""),
        ("2026-12-24 Closed", "2026-12-24", "2026-12-24", "Closed"),
        ("2026-12-24 to 2027-01-01 Closed", "2026-12-24", "2027-01-01", "Closed"),
        ("2026-12-24–2027-01-01  年末年始", "2026-12-24", "2027-01-01", "年末年始"),
        ("2026-12-24..2027-01-01", "2026-12-24", "2027-01-01", ""),
    ],
)
def test_lines_of_dates(line: str, first: str, last: str, name: str) -> None:
    """A line names one day or some days in a row, with or without words."""
    (found,) = parse_quiet_dates(f"\n{line}\n\n")

    assert (str(found.first), str(found.last), found.name) == (first, last, name)


@pytest.mark.parametrize(
    "line",
    ["24.12.2026", "2026-02-30", "2026-12-24 to 2026-12-01", "2026-01-01 to 2027-06-01", "Closed"],
)
def test_lines_that_are_no_dates(line: str) -> None:
    """The error has the number of the line and its words."""
    with pytest.raises(UnreadableLine) as caught:
        parse_quiet_dates(f"2026-12-24\n{line}")

    assert (caught.value.line, caught.value.text) == (2, line)


def test_names_in_the_language_of_the_reader() -> None:
    """A holiday has its name in the reader's language where the library knows one."""
    new_year = dt.date(2027, 1, 1)
    quiet = QuietDates(regions=("JP", "US"), ranges=(QuietRange(first=new_year, last=new_year),))

    assert name_holiday(("JP",), new_year, "ja") == "元日"
    assert quiet.name(new_year, "en", unnamed="closed") == "closed / New Year's Day"
    assert quiet.name(dt.date(2027, 1, 4), "en", unnamed="closed") == ""
    assert name_region("US-CA", "ja") == "アメリカ合衆国 – California"
    assert name_region("GB", "en") == "United Kingdom"


def test_regions() -> None:
    """The list has each region once, with countries before their parts, in both languages."""
    for language in ("en", "ja"):
        codes = [region.code for region in list_regions(language)]
        assert len(codes) == len(set(codes)) > 500
        assert codes.index("US") < codes.index("US-CA") < codes.index("US") + 80
        assert all(map(is_region, codes))
    assert not any(map(is_region, ("", "XX", "US-XX", "us", "US-")))


def test_parts_of_a_country() -> None:
    """A part of a country has its own holidays besides."""
    assert set(holidays_in("DE", 2026, "en")) < set(holidays_in("DE-BY", 2026, "en"))
