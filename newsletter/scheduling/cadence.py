"""The cadence of a publication, as pure arithmetic on calendar dates.

A slot is first a date and then a time: dates are counted in whole weeks from the first one, or
found in each month, so neither daylight saving time nor years of 53 weeks can shift them.  Only
then the local time of the zone is converted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count, dropwhile, takewhile
from zoneinfo import ZoneInfo

#: Among the weeks and the days of a month: the last one.
LAST = -1
#: Which weekdays and which days of a month there can be; later ones are not in every month.
ORDINALS = (1, 2, 3, 4, LAST)
MONTH_DAYS = (*range(1, 29), LAST)
#: No cadence has a later date: from it the longest one can count on within Python's calendar.
LAST_DATE = dt.date(9989, 12, 31)


class Pattern(StrEnum):
    """How a cadence finds its dates."""

    #: Every N weeks, on one weekday or several.
    WEEKS = "weeks"
    #: In each month, on the n-th or last of one weekday or several.
    WEEKDAYS = "weekdays"
    #: In each month, on days by their number, or on the last one.
    DAYS = "days"


@dataclass(frozen=True, kw_only=True, slots=True)
class Cadence:
    """The dates that a pattern finds from a first date on, at a local time.

    `weekdays` count from Monday = 0; without any it is the weekday of the first date.  Several
    weekdays of one week belong together, and a week begins on Monday (RFC 5545, WKST=MO).
    """

    starts_on: dt.date
    time: dt.time
    zone: ZoneInfo
    pattern: Pattern = Pattern.WEEKS
    weeks: int = 1
    weekdays: tuple[int, ...] = ()
    ordinals: tuple[int, ...] = ()
    days: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.weeks < 1:
            raise ValueError(f"a cadence must have at least one week, not {self.weeks}")
        if not set(self.weekdays) <= set(range(7)):
            raise ValueError(f"a weekday is a number from 0 to 6, not {self.weekdays}")
        if self.pattern == Pattern.WEEKDAYS and not are_among(self.ordinals, ORDINALS):
            raise ValueError(f"the weekdays of a month are some of {ORDINALS}")
        if self.pattern == Pattern.DAYS and not are_among(self.days, MONTH_DAYS):
            raise ValueError(f"the days of a month are some of {MONTH_DAYS}")
        for name in ("weekdays", "ordinals", "days"):
            object.__setattr__(self, name, in_order(getattr(self, name)))
        if not self.weekdays:
            object.__setattr__(self, "weekdays", (self.starts_on.weekday(),))

    @property
    def longest_gap(self) -> int:
        """Return how many days lie between two dates at most."""
        if self.pattern == Pattern.WEEKS:
            return self.weeks * 7
        return 35 if self.pattern == Pattern.WEEKDAYS else 31

    def time_on(self, date: dt.date) -> dt.datetime:
        """Return the instant, in UTC, at which the local clock shows the time on a date.

        A wall time that a change to summer time leaves out moves forward by the gap (02:30
        becomes 03:30); one that occurs twice means the first (PEP 495, fold=0).
        """
        return dt.datetime.combine(date, self.time, tzinfo=self.zone).astimezone(dt.UTC)

    def dates(self, after: dt.datetime) -> Iterator[dt.date]:
        """Yield the dates of the slots that are due later than `after`, without end."""
        # Early: a time that the zone leaves out may be due a day after its date.
        early = after.astimezone(self.zone).date() - dt.timedelta(days=2)
        return (date for date in self.dates_from(early) if self.time_on(date) > after)

    def dates_from(self, date: dt.date) -> Iterator[dt.date]:
        """Yield the dates from one on, until `LAST_DATE`."""
        first = max(date, self.starts_on)
        found = self._by_weeks(first) if self.pattern == Pattern.WEEKS else self._by_months(first)
        with suppress(OverflowError, ValueError):
            ahead = dropwhile(lambda each: each < first, found)
            yield from takewhile(lambda each: each <= LAST_DATE, ahead)

    def _by_weeks(self, first: dt.date) -> Iterator[dt.date]:
        monday = self.starts_on - dt.timedelta(days=self.starts_on.weekday())
        step = dt.timedelta(weeks=self.weeks)
        for number in count((first - monday) // step):
            for weekday in self.weekdays:
                yield monday + number * step + dt.timedelta(days=weekday)

    def _by_months(self, first: dt.date) -> Iterator[dt.date]:
        for months in count(first.year * 12 + first.month - 1):
            begin = dt.date(months // 12, months % 12 + 1, 1)
            yield from sorted(self._in_month(begin))

    def _in_month(self, begin: dt.date) -> set[dt.date]:
        """Return the dates of the month that begins on a day."""
        last = last_of_month(begin)
        if self.pattern == Pattern.DAYS:
            return {last if day == LAST else begin.replace(day=day) for day in self.days}
        return {
            nth_weekday(begin, last, weekday, ordinal)
            for weekday in self.weekdays
            for ordinal in self.ordinals
        }

    def holds(self, date: dt.date) -> bool:
        """Return whether a date belongs to the cadence."""
        return next(self.dates_from(date), None) == date

    def date_before(self, date: dt.date) -> dt.date | None:
        """Return the date before a day; None where there is none."""
        days = min(self.longest_gap, (date - self.starts_on).days)
        near = self.dates_from(date - dt.timedelta(days=days))
        return max(takewhile(lambda each: each < date, near), default=None)

    def date_after(self, date: dt.date) -> dt.date:
        """Return the first date after a day; at the end of all dates, where it would be at most."""
        latest = date + dt.timedelta(days=self.longest_gap)
        return next(self.dates_from(date + dt.timedelta(days=1)), latest)

    def aligned(self) -> Cadence:
        """Return the cadence from the first day on that is one of its own dates.

        Raises `ValueError` where there is none before `LAST_DATE`.
        """
        if self.starts_on > LAST_DATE:
            raise ValueError(f"a cadence has no dates after {LAST_DATE}")
        day = self.starts_on
        while day.weekday() not in self.weekdays and self.pattern == Pattern.WEEKS:
            day += dt.timedelta(days=1)
        first = next(replace(self, starts_on=day).dates_from(day), None)
        if first is None:
            raise ValueError(f"a cadence has no dates after {LAST_DATE}")
        return replace(self, starts_on=first)


def are_among(chosen: tuple[int, ...], there: tuple[int, ...]) -> bool:
    """Say whether something is chosen, and each of it is there to choose."""
    return bool(chosen) and set(chosen) <= set(there)


def in_order(numbers: tuple[int, ...]) -> tuple[int, ...]:
    """Return numbers once each, in their order, the last of a month behind all others."""
    return tuple(sorted(set(numbers), key=lambda number: (number == LAST, number)))


def last_of_month(begin: dt.date) -> dt.date:
    """Return the last day of the month that begins on a day."""
    return (begin + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)


def nth_weekday(begin: dt.date, last: dt.date, weekday: int, ordinal: int) -> dt.date:
    """Return the n-th or last of a weekday between the first and the last day of a month."""
    if ordinal == LAST:
        return last - dt.timedelta(days=(last.weekday() - weekday) % 7)
    days = (weekday - begin.weekday()) % 7 + 7 * (ordinal - 1)
    return begin + dt.timedelta(days=days)
