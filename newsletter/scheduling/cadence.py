"""The cadence of a publication, as pure arithmetic on calendar dates.

A slot is first a date and then a time: dates are counted in whole weeks from the first one,
so neither daylight saving time nor years of 53 weeks can shift them.  Only then the local
time of the zone is converted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from zoneinfo import ZoneInfo

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, kw_only=True, slots=True)
class Cadence:
    """Every `weeks` weeks at a local time, beginning on a date, whose weekday is kept."""

    starts_on: dt.date
    weeks: int
    time: dt.time
    zone: ZoneInfo

    def __post_init__(self) -> None:
        if self.weeks < 1:
            raise ValueError(f"a cadence must have at least one week, not {self.weeks}")

    def __str__(self) -> str:
        rhythm = "every week" if self.weeks == 1 else f"every {self.weeks} weeks"
        day = WEEKDAYS[self.starts_on.weekday()]
        return f"{rhythm} on {day} at {self.time:%H:%M} {self.zone.key}"

    def time_on(self, date: dt.date) -> dt.datetime:
        """Return the instant, in UTC, at which the local clock shows the time on a date.

        A wall time that a change to summer time leaves out moves forward by the gap (02:30
        becomes 03:30); one that occurs twice means the first (PEP 495, fold=0).
        """
        return dt.datetime.combine(date, self.time, tzinfo=self.zone).astimezone(dt.UTC)

    def dates(self, after: dt.datetime) -> Iterator[dt.date]:
        """Yield the dates of the slots that are due later than `after`, without end."""
        step = dt.timedelta(weeks=self.weeks)
        local = after.astimezone(self.zone).date()
        # One step early: the local date of `after` may have a slot that is still to come.
        first = max((local - self.starts_on) // step - 1, 0)
        for number in count(first):
            date = self.starts_on + number * step
            if self.time_on(date) > after:
                yield date

    def holds(self, date: dt.date) -> bool:
        """Return whether a date belongs to the cadence."""
        days = (date - self.starts_on).days
        return days >= 0 and days % (7 * self.weeks) == 0
