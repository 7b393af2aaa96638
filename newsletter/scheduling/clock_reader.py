"""Reads the clock in a process that sends and has no clock of its own: a worker."""

from __future__ import annotations

from newsletter.runtime.background import BackgroundThread
from newsletter.scheduling.wall_clock import WallClock
from newsletter.sending import trusted_time

#: Seconds between two readings.
LOOK_SECONDS = 1.0


class ClockReader(BackgroundThread):
    """Works from `start` to `stop`; every thread uses its readings."""

    def __init__(self) -> None:
        super().__init__("clock-reader", self._read, retry_seconds=LOOK_SECONDS)
        # The process with the clock corrects what waits for the old time.
        self._wall_clock = WallClock(after_jump=lambda: None)

    def start(self) -> None:
        """Read the clock, and go on reading it."""
        self._guarded(self._read)
        super().start()

    def stop(self, timeout: float) -> bool:
        """Stop reading the clock."""
        stopped = super().stop(timeout)
        trusted_time.forget_reading()
        return stopped

    def _read(self) -> float:
        self._wall_clock.read()
        return LOOK_SECONDS
