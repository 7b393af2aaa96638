"""The time for decisions, in any thread: a clock that was just set wrong decides nothing.

The watcher of the clock (`newsletter.scheduling.wall_clock`) reports its readings: between which
two times it is.  Between two readings the monotonic clock counts on, so that a jump
does not count before it was checked.

- *Is it due?*  `now()`: the earlier of the two.  What waits, waits a little longer.
- *Is there still time?*  `latest()`: the later of the two.  What may be too late is not begun.

If nothing watches the clock (commands, tests), both are the time of the machine.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from dataclasses import dataclass

from django.utils import timezone

#: An older reading (in seconds) is ignored: the watcher has stopped.
MAX_AGE_SECONDS = 120.0
#: Seconds by which clock and reading may differ without a jump.
TOLERANCE_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Reading:
    """It was between `earliest` and `latest` when the steady clock said `steady`."""

    earliest: dt.datetime
    latest: dt.datetime
    steady: float


@dataclass(slots=True)
class Current:
    """The last reading of this process."""

    reading: Reading | None = None


CURRENT = Current()
LOCK = threading.Lock()


def set_reading(earliest: dt.datetime, latest: dt.datetime, steady: float) -> None:
    """Store a reading of the clock."""
    with LOCK:
        CURRENT.reading = Reading(earliest, latest, steady)


def forget_reading() -> None:
    """Forget the reading: nothing watches the clock any more."""
    with LOCK:
        CURRENT.reading = None


def now() -> dt.datetime:
    """Return the time by which something is due."""
    wall, limits = timezone.now(), since_reading()
    if limits is None:
        return wall
    earliest, _ = limits
    return wall if are_near(wall, earliest) else min(wall, earliest)


def latest() -> dt.datetime:
    """Return the time by which it is too late for something."""
    wall, limits = timezone.now(), since_reading()
    if limits is None:
        return wall
    _, last = limits
    return wall if are_near(wall, last) else max(wall, last)


def since_reading() -> tuple[dt.datetime, dt.datetime] | None:
    """Return between which times it is, by the last reading and what has passed since."""
    with LOCK:
        reading = CURRENT.reading
    if reading is None or not 0 <= time.monotonic() - reading.steady <= MAX_AGE_SECONDS:
        return None
    passed = dt.timedelta(seconds=time.monotonic() - reading.steady)
    return reading.earliest + passed, reading.latest + passed


def are_near(one: dt.datetime, other: dt.datetime) -> bool:
    """Return whether two times are the same, except for small corrections by a time server."""
    return abs((one - other).total_seconds()) < TOLERANCE_SECONDS
