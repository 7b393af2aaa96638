"""What the log says of a clock that falls behind: one line a minute, in words.

A busy machine lets a tick last longer than the second until the next one.  APScheduler then leaves
the next one out, as it should, for a tick looks at all that is due, however late it comes.  It also
warns each time, with the address of an object in memory.
"""

from __future__ import annotations

import logging
import threading
import time

#: Seconds between two lines.
LOG_INTERVAL_SECONDS = 60.0
#: What APScheduler's warning of a job that still runs contains.
STILL_RUNNING = "maximum number of running instances"
#: What stands in the log in its place.
MESSAGE = (
    "the clock is behind: a tick lasts longer than usual; nothing is skipped, it goes on after it"
)


class BusyClockFilter(logging.Filter):
    """Lets one warning of a job that still runs through per minute, in our words."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._logged_at: float | None = None

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep all records of other matters, and the first of these within a minute."""
        if STILL_RUNNING not in str(record.msg):
            return True
        if not self._is_due():
            return False
        record.msg, record.args = MESSAGE, ()
        return True

    def _is_due(self) -> bool:
        with self._lock:
            now = time.monotonic()
            if self._logged_at is not None and now - self._logged_at < LOG_INTERVAL_SECONDS:
                return False
            self._logged_at = now
            return True
