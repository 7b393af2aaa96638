"""The time to act by, in any thread: a clock that was just set wrong decides nothing.

Whoever looks after the clock (`newsletter.scheduling.wall_clock`) says what it found: between which
two times it is.  In between two looks the clock that only runs forward counts on, so that a jump
is not believed before it was looked at.

- *Is it due?*  `now()`: the earlier of the two.  What waits, waits a little longer.
- *Is there still time?*  `latest()`: the later of the two.  What may be too late is not begun.

Where nobody looks after the clock (commands, tests) both are the machine's own.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from dataclasses import dataclass

from django.utils import timezone

#: A reading that is older, in seconds, says nothing: whoever read the clock has stopped.
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
    """Say what time it is."""
    with LOCK:
        CURRENT.reading = Reading(earliest, latest, steady)


def forget_reading() -> None:
    """Say that nobody looks after the clock any more."""
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
    """Say whether two times are the same but for what a time server corrects."""
    return abs((one - other).total_seconds()) < TOLERANCE_SECONDS
