"""Log a clock that falls behind with one clear line a minute.

On a busy machine a tick may last longer than the second until the next one.  APScheduler then skips
the next one, as it should, because a tick handles everything that is due.  It also
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
#: The text in the log in its place.
MESSAGE = (
    "the clock is behind: a tick lasts longer than usual; nothing is skipped, it goes on after it"
)


class BusyClockFilter(logging.Filter):
    """Passes one warning per minute about a job that still runs, in our own words."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._logged_at: float | None = None

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep all other records, and the first of these within a minute."""
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
