"""Days on which nothing should go out, and where a slot on such a day goes instead.

Quiet are the public holidays of the chosen regions, and dates of one's own.  All of this is
arithmetic on dates; it knows no database and no clock.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from newsletter.scheduling.holiday_calendar import OURS, name_holiday
from newsletter.scheduling.quiet_policy import Policy

#: A line of one's own dates: `2026-12-24 Closed`, `2026-12-24 to 2027-01-01 Closed`.
LINE = re.compile(
    r"(?P<first>\d{4}-\d\d-\d\d)(?:\s*(?:to|–|—|-|~|〜|から|/|\.\.)\s*(?P<last>\d{4}-\d\d-\d\d))?"
    r"(?:\s+(?P<name>\S.*))?"
)
#: How many days one line may name at most.
MAX_DAYS = 366


class UnreadableLine(ValueError):
    """A line of one's own dates that cannot be read; `line` counts from 1."""

    def __init__(self, line: int, text: str) -> None:
        super().__init__(f"line {line}: {text}")
        self.line, self.text = line, text


@dataclass(frozen=True, kw_only=True, slots=True)
class QuietRange:
    """Dates of one's own, from the first to the last, with what is then."""

    first: dt.date
    last: dt.date
    name: str = ""

    def __contains__(self, day: dt.date) -> bool:
        return self.first <= day <= self.last


def parse_quiet_dates(text: str) -> tuple[QuietRange, ...]:
    """Return the dates that lines of text name, or raise `UnreadableLine`."""
    lines = enumerate(text.splitlines(), start=1)
    return tuple(parse_line(number, line.strip()) for number, line in lines if line.strip())


def parse_line(number: int, line: str) -> QuietRange:
    """Return the dates of one line, or raise `UnreadableLine`."""
    found = LINE.fullmatch(line)
    try:
        if found is None:
            raise UnreadableLine(number, line)
        first = dt.date.fromisoformat(found["first"])
        last = dt.date.fromisoformat(found["last"] or found["first"])
    except ValueError:
        raise UnreadableLine(number, line) from None
    if not 0 <= (last - first).days < MAX_DAYS:
        raise UnreadableLine(number, line)
    return QuietRange(first=first, last=last, name=found["name"] or "")


@dataclass(frozen=True, kw_only=True, slots=True)
class QuietDates:
    """The quiet days of a publication."""

    regions: tuple[str, ...] = ()
    ranges: tuple[QuietRange, ...] = ()

    def holds(self, day: dt.date) -> bool:
        """Say whether a day is quiet."""
        return any(day in each for each in self.ranges) or bool(
            name_holiday(self.regions, day, "en")
        )

    def name(self, day: dt.date, language: str, *, unnamed: str) -> str:
        """Return what a day is, in a language; empty if it is not quiet.

        `unnamed` stands for a date of one's own without a name.
        """
        own = [each.name or unnamed for each in self.ranges if day in each]
        names = [*own, name_holiday(self.regions, day, language)]
        return OURS.join(dict.fromkeys(filter(None, names)))


def place(
    date: dt.date,
    policy: Policy,
    is_quiet: Callable[[dt.date], bool],
    reach_from: Callable[[dt.date], int],
) -> dt.date | None:
    """Return the day on which the slot of a date goes out; None if it does not.

    `reach_from` says how many days it may be put off or brought forward.  If none of these days
    is free, the slot is left out.
    """
    if policy == Policy.MARK or not is_quiet(date):
        return date
    if policy == Policy.SKIP:
        return None
    days = days_beside(date, policy, reach_from(date))
    return next((day for day in days if not is_quiet(day)), None)


def days_beside(date: dt.date, policy: Policy, reach: int) -> Iterator[dt.date]:
    """Yield the days before or after a date, the nearest first."""
    step = dt.timedelta(days=-1 if policy == Policy.BEFORE else 1)
    return (date + number * step for number in range(1, reach + 1))
