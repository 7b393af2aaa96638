"""A thread for events: it reads posts, queries the provider's log, and prunes old rows.

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
IDLE_SECONDS = 0.5
#: Seconds between two looks into the provider's log, and after one that it did not answer.
LOG_QUERY_SECONDS = 30.0
LOG_UNAVAILABLE_SECONDS = 300.0
PRUNE_SECONDS = 3600.0
#: Seconds until the next try where the database does not answer.
DATABASE_UNAVAILABLE_SECONDS = 2.0


@dataclass(slots=True)
class Duty:
    """Something to do now and then; it returns the seconds until the next time."""

    act: Callable[[], float]
    due: float = 0.0


class EventWorker:
    """Works from `start` to `stop`, and stops between two steps."""

    def __init__(self, config: Config) -> None:
        self._keep = dt.timedelta(days=config.events.retention_days)
        self._after = dt.timedelta(minutes=config.events.lookup_after_minutes)
        self._log: EmailLog | None = open_email_log(config)
        self._duties = (Duty(self._read), Duty(self._query_log), Duty(self._prune))
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="event-worker", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self, timeout: float) -> bool:
        """Finish the step in progress, and no more; False when time ran out."""
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
        """Do a duty; whatever happens to it, the others and the next time come."""
        close_old_connections()
        try:
            return act()
        except Exception as error:
            if database.lost(error):
                return DATABASE_UNAVAILABLE_SECONDS
            log.exception("the event worker met an error; it goes on")
            return LOG_QUERY_SECONDS

    def _read(self) -> float:
        return 0.0 if webhook_intake.read_next() else IDLE_SECONDS

    def _query_log(self) -> float:
        if self._log is None:
            return PRUNE_SECONDS
        try:
            email_log_queries.query_log(
                email_log_queries.due(trusted_time.now(), after=self._after), self._log
            )
        except Throttled as error:
            return max(error.seconds, LOG_QUERY_SECONDS)
        except TransportError as error:
            log.warning("the provider's log cannot be asked: %s", error)
            return LOG_UNAVAILABLE_SECONDS
        return LOG_QUERY_SECONDS

    def _prune(self) -> float:
        webhook_intake.prune(trusted_time.now(), keep=self._keep)
        return PRUNE_SECONDS
