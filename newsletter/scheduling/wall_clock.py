"""What time it is, for whatever is due: a clock that was set wrong starts nothing before its time.

The clock of a machine may jump: set by hand, by a time server after a start with an empty battery,
or because the machine slept.  A clock that went back only makes things late.  One that is ahead
would mail everybody too early, and hold slots that are still to come.  So whatever is due is due
by all of these:

- the clock of this machine,
- the clock of the database, where that is a server,
- the last time on record, and what has passed since by the clock that only runs forward
  (`time.monotonic`), until the clock of the machine has been steady for a minute.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Max
from django.utils import timezone
from wagtail.models import Revision

from newsletter.scheduling.models import ClockReading
from newsletter.sending import trusted_time
from newsletter.sending.models import Edition, Send

log = logging.getLogger(__name__)

#: Seconds that a clock is off all at once, from look to look; time servers correct less at a time.
JUMP = 3.0
#: A clock that is ahead of what was last recorded by no more than this is believed at once.
BELIEVED = dt.timedelta(minutes=10)
#: Else it is believed after this many seconds without a jump.
STEADY = 60.0
#: Seconds between two notes of the time in the database.
NOTES = 60.0
#: The clocks of the machine and of the database server may differ by so much.
APART = dt.timedelta(minutes=1)


@dataclass(slots=True)
class Offset:
    """By how many seconds a clock is ahead of the steady one; None before the first look."""

    seconds: float | None = None

    def jump(self, at: dt.datetime, steady: float) -> float:
        """Return by how many seconds the clock jumped since the last look; 0 where it did not."""
        before, self.seconds = self.seconds, at.timestamp() - steady
        jump = self.seconds - before if before is not None else 0.0
        return jump if abs(jump) >= JUMP else 0.0


@dataclass(frozen=True, slots=True)
class Limit:
    """It is no later than `at`, and the seconds that passed since the steady clock said `since`."""

    at: dt.datetime
    since: float

    def now(self, steady: float) -> dt.datetime:
        """Return the latest that it can be."""
        return self.at + dt.timedelta(seconds=steady - self.since)


class WallClock:
    """Tells the time to act by; `after_jump` is called once the clock was found to have jumped."""

    def __init__(
        self,
        *,
        after_jump: Callable[[], None],
        wall: Callable[[], dt.datetime] = timezone.now,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._after_jump, self._wall, self._steady = after_jump, wall, steady
        #: By the last look, it is no later than this; a clock that was set back is behind it.
        self.latest = wall()
        #: What the steady clock said at the last look.
        self._looked_at = steady()
        self._limit: Limit | None = None
        self._floor: Limit | None = None
        self._here, self._there = Offset(), Offset()
        self._noted: float | None = None
        self._apart = False

    def now(self) -> dt.datetime:
        """Return the time by which something is due; it asks and writes the database."""
        wall, steady = self._wall(), self._steady()
        self._looked_at = steady
        if self._here.seconds is None:
            self._begin(wall, steady)
        if jump := self._here.jump(wall, steady):
            self._jumped(jump, wall, steady)
        there = self._by_database(wall, steady)
        trusted = min(wall, there, self._by_record(wall, steady))
        self.latest = max(wall, there, self._by_floor(wall, steady))
        if trusted == wall:
            self._note(wall, steady)
        return trusted

    @property
    def is_sure(self) -> bool:
        """Whether the clock is believed: it was not set lately."""
        return self._limit is None and self._floor is None and not self._apart

    def read(self) -> dt.datetime:
        """Return `now()`, and have every thread of this process go by what was found."""
        now = self.now()
        # The time of the look, not of now: the questions to the database took a while.
        trusted_time.set_reading(now, self.latest, self._looked_at)
        return now

    def stop(self) -> None:
        """Note the time once more, if it is believed: the next start compares with it."""
        if self._limit is None and self._noted is not None:
            self._noted = None
            self._note(self._wall(), self._steady())

    def _begin(self, wall: dt.datetime, steady: float) -> None:
        """Compare the first time with the last on record."""
        recorded = last_recorded()
        if recorded is None:
            return
        gap = wall - recorded
        if gap > BELIEVED:
            self._limit = Limit(recorded, steady)
            log.warning(
                "the clock says %s, %s after the last time on record (%s); it is believed once it"
                " has been steady for %.0f s",
                *(format_utc(wall), format_span(gap), format_utc(recorded), STEADY),
            )
        elif gap < -BELIEVED:
            log.warning(
                "the clock says %s, %s before the last time on record (%s): it was set back",
                *(format_utc(wall), format_span(-gap), format_utc(recorded)),
            )
            self._floor = Limit(recorded, steady)
            self._after_jump()

    def _jumped(self, jump: float, wall: dt.datetime, steady: float) -> None:
        """Say that the clock jumped; what waits by the old time is put right."""
        length_of_it = format_span(dt.timedelta(seconds=abs(jump)))
        if jump < 0:
            log.warning("the clock was set back by %s, to %s", length_of_it, format_utc(wall))
            self._limit = None
            before = wall - dt.timedelta(seconds=jump)
            self._floor = Limit(max(before, self._by_floor(wall, steady)), steady)
        else:
            self._floor = None
            log.warning(
                "the clock went ahead by %s, to %s: it was set, or the machine slept",
                *(length_of_it, format_utc(wall)),
            )
            if jump > STEADY:
                before = wall - dt.timedelta(seconds=jump)
                earlier = self._limit.now(steady) if self._limit else before
                self._limit = Limit(min(earlier, before), steady)
        self._after_jump()

    def _by_record(self, wall: dt.datetime, steady: float) -> dt.datetime:
        """Return what the last time on record allows; the clock itself once it is believed."""
        if self._limit is None:
            return wall
        if steady - self._limit.since >= STEADY:
            log.info("the clock has been steady; it is %s", format_utc(wall))
            self._limit = None
            return wall
        return self._limit.now(steady)

    def _by_floor(self, wall: dt.datetime, steady: float) -> dt.datetime:
        """Return the latest that it may be, for a while after the clock was set back."""
        if self._floor is None or steady - self._floor.since >= STEADY:
            self._floor = None
            return wall
        return self._floor.now(steady)

    def _by_database(self, wall: dt.datetime, steady: float) -> dt.datetime:
        """Return what the database says, where it has a clock of its own."""
        there = time_of_server()
        if there is None:
            return wall
        if jump := self._there.jump(there, steady):
            log.warning("the clock of the database server jumped by %+.0f s", jump)
            self._after_jump()
        apart = abs(there - wall) > APART
        if apart and not self._apart:
            log.error(
                "the clock says %s, the one of the database server %s: set both by a time server;"
                " until then the earlier one counts",
                *(format_utc(wall), format_utc(there)),
            )
        self._apart = apart
        return there if apart else wall

    def _note(self, wall: dt.datetime, steady: float) -> None:
        """Write the time down, now and then."""
        if self._noted is None or steady - self._noted >= NOTES:
            self._noted = steady
            ClockReading.objects.update_or_create(pk=ClockReading.ONLY, defaults={"at": wall})


def last_recorded() -> dt.datetime | None:
    """Return the latest time that the database knows to have been."""
    known = [
        ClockReading.objects.aggregate(last=Max("at"))["last"],
        Send.objects.aggregate(last=Max("created_at"))["last"],
        Edition.objects.aggregate(last=Max("created_at"))["last"],
        Revision.objects.aggregate(last=Max("created_at"))["last"],
        MigrationRecorder.Migration.objects.aggregate(last=Max("applied"))["last"],
    ]
    return max((at for at in known if at is not None), default=None)


def time_of_server() -> dt.datetime | None:
    """Return the time of the database server; None where the database is a file."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: dt.datetime = cursor.fetchone()[0]
    return found


def format_utc(at: dt.datetime) -> str:
    """Return a time for the log: `2026-11-26 09:07:00 UTC`."""
    return f"{at.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S} UTC"


def format_span(span: dt.timedelta) -> str:
    """Return a length of time in its two largest units.

    >>> length(dt.timedelta(hours=1, seconds=2))
    '1 h 0 min'
    >>> length(dt.timedelta(weeks=3, minutes=7))
    '21 days 0 h'
    """
    seconds = round(span.total_seconds())
    days, hours, minutes = seconds // 86_400, seconds // 3600 % 24, seconds // 60 % 60
    if days:
        return f"{days} days {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds % 60} s"
