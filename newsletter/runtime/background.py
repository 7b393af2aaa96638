"""A thread that has something to do now and then, and goes on whatever happens to it."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import close_old_connections, connection

from newsletter.runtime.availability import database
from newsletter.runtime.changes import Question, watch
from newsletter.sqlite.base import keep_connection

log = logging.getLogger(__name__)

#: Seconds until the next try where the database does not answer.
DATABASE_UNAVAILABLE_SECONDS = 2.0
#: Seconds until a duty that waits for a change looks all the same, while nothing waits for it.
REST_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class AfterChange:
    """There is nothing to do until the database changes, or until this time is over."""

    seconds: float


#: Seconds until the next time, or a change to wait for.
Pause = float | AfterChange


@dataclass(slots=True)
class Duty:
    """Something to do now and then; it returns how long to wait for the next time."""

    act: Callable[[], Pause]
    due: float = 0.0
    #: Whether it is due as soon as the database changes.
    waits: bool = False

    def is_due(self, changed: bool) -> bool:
        """Say whether it is to be done now."""
        return time.monotonic() >= self.due or (changed and self.waits)

    def wait(self, pause: Pause) -> None:
        """Set when it is due next."""
        self.waits = isinstance(pause, AfterChange)
        seconds = pause.seconds if isinstance(pause, AfterChange) else pause
        self.due = time.monotonic() + seconds


class BackgroundThread:
    """Does its duties from `start` to `stop`, and stops between two of them.

    What goes wrong with one is logged; the others, and its own next time after `retry_seconds`,
    come all the same.  `has_work` is a question to the database: whether anything waits for the
    duties that wait for a change, be it for another try or for its time.  While nothing does,
    changes do not wake them, and they look once in `REST_SECONDS`.
    """

    def __init__(
        self,
        name: str,
        *acts: Callable[[], Pause],
        retry_seconds: float,
        has_work: Question | None = None,
    ) -> None:
        self._name, self._retry_seconds, self._has_work = name, retry_seconds, has_work
        self._duties = [Duty(act) for act in acts]
        self._stopping, self._woken, self._changed = (threading.Event() for _ in range(3))
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self, timeout: float) -> bool:
        """Finish the duty in progress, and no more; False when time ran out."""
        self._stopping.set()
        self._woken.set()
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def close(self) -> None:
        """Let go, at the end, of what the duties hold."""

    def _wake(self) -> None:
        self._changed.set()
        # Who waits for no change sleeps on.
        if any(duty.waits for duty in self._duties):
            self._woken.set()

    def _run(self) -> None:
        keep_connection()
        watch.listen(self._wake, self._has_work)
        try:
            while not self._stopping.is_set():
                self._do_duties()
                next_one = min(duty.due for duty in self._duties)
                self._woken.wait(max(0.0, next_one - time.monotonic()))
                self._woken.clear()
        finally:
            watch.forget(self._wake)
            connection.close()
            self.close()

    def _do_duties(self) -> None:
        """Do what is due; what changes meanwhile makes it due again."""
        # Cleared only where it was seen: it may be set in between, and is seen the next time.
        if changed := self._changed.is_set():
            self._changed.clear()
        for duty in self._duties:
            if duty.is_due(changed) and not self._stopping.is_set():
                duty.wait(self._guarded(duty.act))
        if self._changed.is_set() and any(duty.waits for duty in self._duties):
            self._woken.set()

    def _guarded(self, act: Callable[[], Pause]) -> Pause:
        """Do a duty; whatever happens to it, return how long to wait."""
        close_old_connections()
        try:
            pause = act()
            if isinstance(pause, AfterChange) and self._has_work and not self._has_work():
                return AfterChange(REST_SECONDS)
        except Exception as error:
            if database.lost(error):
                return DATABASE_UNAVAILABLE_SECONDS
            log.exception("%s met an error; it goes on", self._name)
            return self._retry_seconds
        return pause
