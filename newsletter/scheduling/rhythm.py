"""When a publication comes out: its cadence, and what becomes of slots on quiet days.

The cadence makes the dates, and a date names its slot for good.  A quiet day can put the slot on
another day, or leave it out.  This too is arithmetic on dates.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from newsletter.scheduling.cadence import Cadence
from newsletter.scheduling.quiet_dates import QuietDates, place
from newsletter.scheduling.quiet_policy import Policy


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedSlot:
    """What the rhythm makes of one date of the cadence.

    `at` is when it is due, or would be if it were not `skipped`.
    """

    date: dt.date
    day: dt.date
    at: dt.datetime
    skipped: bool = False

    @property
    def shifted(self) -> bool:
        """Say whether a quiet day put it on another day."""
        return self.day != self.date


@dataclass(frozen=True, kw_only=True, slots=True)
class Rhythm:
    """A cadence with the quiet days of a publication, and its policy for slots on them."""

    cadence: Cadence
    quiet: QuietDates = field(default_factory=QuietDates)
    policy: Policy = Policy.MARK

    @property
    def reach(self) -> int:
        """Return how many days a quiet day may move a slot at most."""
        return (self.cadence.longest_gap - 1) // 2

    def reach_from(self, date: dt.date) -> int:
        """Return how many days a quiet day may move the slot of a date.

        It is less than half the way to the next date on that side, so that slots stay in their
        order, and no two can ever be on one day.
        """
        if self.policy == Policy.BEFORE:
            before = self.cadence.date_before(date)
            return self.reach if before is None else ((date - before).days - 1) // 2
        return ((self.cadence.date_after(date) - date).days - 1) // 2

    def plan(self, date: dt.date) -> PlannedSlot:
        """Return what becomes of a date of the cadence."""
        day = place(date, self.policy, self.quiet.holds, self.reach_from)
        at = self.cadence.time_on(day or date)
        return PlannedSlot(date=date, day=day or date, at=at, skipped=day is None)

    def plans(self, after: dt.datetime) -> Iterator[PlannedSlot]:
        """Yield the slots that are due later than a time, without end, in their order."""
        early = after - dt.timedelta(days=self.reach + 1)
        planned = map(self.plan, self.cadence.dates(early))
        return (each for each in planned if each.at > after)

    def plans_from(self, date: dt.date) -> Iterator[PlannedSlot]:
        """Yield the slots of the dates from one on, without end."""
        return map(self.plan, self.cadence.dates_from(date))
