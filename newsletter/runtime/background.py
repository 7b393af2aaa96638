"""A thread that has something to do now and then, and goes on whatever happens to it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import close_old_connections, connection

from newsletter.runtime.availability import database

log = logging.getLogger(__name__)

#: Seconds until the next try where the database does not answer.
DATABASE_UNAVAILABLE_SECONDS = 2.0


@dataclass(slots=True)
class Duty:
    """Something to do now and then; it returns the seconds until the next time."""

    act: Callable[[], float]
    due: float = 0.0


class BackgroundThread:
    """Does its duties from `start` to `stop`, and stops between two of them.

    What goes wrong with one is logged; the others, and its own next time after `retry_seconds`,
    come all the same.
    """

    def __init__(self, name: str, *acts: Callable[[], float], retry_seconds: float) -> None:
        self._name, self._retry_seconds = name, retry_seconds
        self._duties = [Duty(act) for act in acts]
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self, timeout: float) -> bool:
        """Finish the duty in progress, and no more; False when time ran out."""
        self._stopping.set()
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def close(self) -> None:
        """Let go, at the end, of what the duties hold."""

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                for duty in self._duties:
                    if time.monotonic() >= duty.due and not self._stopping.is_set():
                        duty.due = time.monotonic() + self._guarded(duty.act)
                next_one = min(duty.due for duty in self._duties)
                self._stopping.wait(max(0.0, next_one - time.monotonic()))
        finally:
            connection.close()
            self.close()

    def _guarded(self, act: Callable[[], float]) -> float:
        """Do a duty; whatever happens to it, return the seconds until the next time."""
        close_old_connections()
        try:
            return act()
        except Exception as error:
            if database.lost(error):
                return DATABASE_UNAVAILABLE_SECONDS
            log.exception("%s met an error; it goes on", self._name)
            return self._retry_seconds
