"""Months as pages show them: weeks of days, each with its slots and its holidays."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils import dateformat
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.formats import get_format
from django.utils.translation import gettext

from newsletter.dates import format_long_day
from newsletter.desk.calendar.entries import Entry, name_of_day
from newsletter.publishing.models import Publication

#: How many months the calendar shows: the one it is, and a year ahead.
MONTHS = 13


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """One day in the grid of a month."""

    date: dt.date
    spoken: str
    is_today: bool
    is_outside: bool
    is_past: bool
    holidays: tuple[str, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Month:
    """A month, with how many slots are in it."""

    first: dt.date
    name: str
    count: int
    is_shown: bool

    @property
    def value(self) -> str:
        """Return it as addresses have it."""
        return f"{self.first:%Y-%m}"


def read_month(text: str, today: dt.date) -> dt.date:
    """Return the first day of the month in an address; of this one where there is none."""
    try:
        return dt.date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)


def add_months(first: dt.date, number: int) -> dt.date:
    """Return the first day of a month that is some months away."""
    months = first.year * 12 + first.month - 1 + number
    return dt.date(months // 12, months % 12 + 1, 1)


def month_name(first: dt.date) -> str:
    """Return a month for people: `November 2026`."""
    return dateformat.format(first, gettext("F Y"))


def make_calendar() -> calendar.Calendar:
    """Return a calendar whose weeks begin as the reader is used to."""
    return calendar.Calendar((int(get_format("FIRST_DAY_OF_WEEK")) - 1) % 7)


def weekday_names() -> list[tuple[str, str]]:
    """Return the days of the week in their order, short and whole."""
    return [(str(WEEKDAYS_ABBR[day]), str(WEEKDAYS[day])) for day in make_calendar().iterweekdays()]


def list_weeks(
    first: dt.date, entries: Iterable[Entry], publications: Sequence[Publication], today: dt.date
) -> list[list[Day]]:
    """Return the weeks of a month."""
    by_day: dict[dt.date, list[Entry]] = {}
    for each in entries:
        by_day.setdefault(each.day, []).append(each)

    def day(date: dt.date) -> Day:
        names = (name_of_day(each, date) for each in publications)
        return Day(
            date=date,
            spoken=format_long_day(date),
            is_today=date == today,
            is_outside=date.month != first.month,
            is_past=date < today,
            holidays=tuple(dict.fromkeys(filter(None, names))),
            entries=tuple(by_day.get(date, ())),
        )

    return [
        [day(date) for date in week]
        for week in make_calendar().monthdatescalendar(first.year, first.month)
    ]


def find_bounds(first: dt.date) -> tuple[dt.date, dt.date]:
    """Return the first day in the grid of a month, and the one after the last."""
    days = list(make_calendar().itermonthdates(first.year, first.month))
    return days[0], days[-1] + dt.timedelta(days=1)


def year_of_months(entries: Iterable[Entry], today: dt.date, shown: dt.date) -> list[Month]:
    """Return the months of a year from this one on, with how many slots each has."""
    counted: dict[dt.date, int] = {}
    for each in entries:
        first = each.day.replace(day=1)
        counted[first] = counted.get(first, 0) + 1
    firsts = [add_months(today.replace(day=1), number) for number in range(MONTHS)]
    return [
        Month(
            first=first,
            name=month_name(first),
            count=counted.get(first, 0),
            is_shown=first == shown,
        )
        for first in firsts
    ]


def by_month(entries: Iterable[Entry]) -> list[tuple[str, list[Entry]]]:
    """Return entries below the names of their months."""
    in_order = sorted(entries, key=lambda each: each.local)
    months = groupby(in_order, key=lambda each: each.day.replace(day=1))
    return [(month_name(first), list(rows)) for first, rows in months]
