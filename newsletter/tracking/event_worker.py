"""A thread that follows what the provider tells: reads posts, looks things up, forgets the old.

Any number of processes may run one: each post is read by one of them.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import close_old_connections, connection

from newsletter.conf.config import Config
from newsletter.errors import Throttled, TransportError
from newsletter.runtime.availability import database
from newsletter.sending import trusted_time
from newsletter.tracking import email_log_queries, webhook_intake
from newsletter.transports.email_log import EmailLog
from newsletter.transports.factory import open_email_log

log = logging.getLogger(__name__)

#: Seconds between two looks when no post waits.
IDLE = 0.5
#: Seconds between two looks into the provider's log, and after one that it did not answer.
LOOK_UPS = 30.0
LOG_IS_AWAY = 300.0
PRUNINGS = 3600.0
#: Seconds until the next try where the database does not answer.
DATABASE_IS_AWAY = 2.0


@dataclass(slots=True)
class Duty:
    """Something to do now and then; it returns the seconds until the next time."""

    act: Callable[[], float]
    due: float = 0.0


class Follower:
    """Works from `start` to `stop`, and stops between two steps."""

    def __init__(self, config: Config) -> None:
        self._keep = dt.timedelta(days=config.events.retention_days)
        self._after = dt.timedelta(minutes=config.events.lookup_after_minutes)
        self._log: EmailLog | None = open_email_log(config)
        self._duties = (Duty(self._read), Duty(self._look_up), Duty(self._prune))
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def stop(self, timeout: float) -> bool:
        """Finish the step under way, and no more; False when time ran out."""
        self._stopping.set()
        self._thread.join(timeout)
        return not self._thread.is_alive()

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
            if self._log:
                self._log.close()

    def _guarded(self, act: Callable[[], float]) -> float:
        """Do a duty; whatever befalls it, the others and the next time come."""
        close_old_connections()
        try:
            return act()
        except Exception as error:
            if database.lost(error):
                return DATABASE_IS_AWAY
            log.exception("the follower met an error; it goes on")
            return LOOK_UPS

    def _read(self) -> float:
        return 0.0 if webhook_intake.step() else IDLE

    def _look_up(self) -> float:
        if self._log is None:
            return PRUNINGS
        try:
            email_log_queries.look_up(
                email_log_queries.due(trusted_time.now(), after=self._after), self._log
            )
        except Throttled as error:
            return max(error.seconds, LOOK_UPS)
        except TransportError as error:
            log.warning("the provider's log cannot be asked: %s", error)
            return LOG_IS_AWAY
        return LOOK_UPS

    def _prune(self) -> float:
        webhook_intake.prune(trusted_time.now(), keep=self._keep)
        return PRUNINGS
