"""Reads the clock in a process that sends and has no clock of its own: a worker."""

from __future__ import annotations

import logging
import threading

from django.db import close_old_connections, connection

from newsletter.runtime.availability import database
from newsletter.scheduling.wall_clock import WallClock
from newsletter.sending import trusted_time

log = logging.getLogger(__name__)

#: Seconds between two looks.
LOOK_SECONDS = 1.0


class ClockReader:
    """Works from `start` to `stop`; every thread goes by what it finds."""

    def __init__(self) -> None:
        # What waits by the old time is put right by the process that ticks.
        self._wall_clock = WallClock(after_jump=lambda: None)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="clock-reader", daemon=True)

    def start(self) -> None:
        """Read the clock, and go on reading it."""
        self._read()
        self._thread.start()

    def stop(self) -> None:
        """Read it no more."""
        self._stopping.set()
        self._thread.join()
        trusted_time.forget()

    def _run(self) -> None:
        try:
            while not self._stopping.wait(LOOK_SECONDS):
                self._read()
        finally:
            connection.close()

    def _read(self) -> None:
        close_old_connections()
        try:
            self._wall_clock.read()
        except Exception as error:
            if not database.lost(error):
                log.exception("the clock cannot be read; it is tried again")
