"""A thread for events: it reads posts, queries the provider's log, and prunes old rows.

Any number of processes may run one: each post is read by one of them.
"""

from __future__ import annotations

import datetime as dt
import logging

from newsletter.conf.config import Config
from newsletter.errors import Throttled, TransportError
from newsletter.runtime.background import AfterChange, BackgroundThread, Pause
from newsletter.sending import trusted_time
from newsletter.tracking import email_log_queries, reader_retention, webhook_intake
from newsletter.tracking.models import Post
from newsletter.transports.email_log import EmailLog
from newsletter.transports.factory import open_email_log

log = logging.getLogger(__name__)

#: Seconds between two checks while the database does not change: posts wait for another try.
REST_SECONDS = 5.0
#: Seconds between two queries of the provider's log, and after a query without an answer.
LOG_QUERY_SECONDS = 30.0
LOG_UNAVAILABLE_SECONDS = 300.0
PRUNE_SECONDS = 3600.0


class EventWorker(BackgroundThread):
    """Works from `start` to `stop`; it stops between two steps."""

    def __init__(self, config: Config) -> None:
        acts = (self._read, self._query_log, self._prune)
        super().__init__(
            "event-worker",
            *acts,
            retry_seconds=LOG_QUERY_SECONDS,
            has_work=Post.objects.exists,
        )
        self._keep = dt.timedelta(days=config.events.retention_days)
        self._after = dt.timedelta(minutes=config.events.lookup_after_minutes)
        self._log: EmailLog | None = open_email_log(config)

    def close(self) -> None:
        """Close the connection to the provider's log."""
        if self._log:
            self._log.close()

    def _read(self) -> Pause:
        return 0.0 if webhook_intake.read_next() else AfterChange(REST_SECONDS)

    def _query_log(self) -> float:
        if self._log is None:
            return PRUNE_SECONDS
        try:
            email_log_queries.query_log(
                email_log_queries.due_attempts(trusted_time.now(), after=self._after), self._log
            )
        except Throttled as error:
            return max(error.seconds, LOG_QUERY_SECONDS)
        except TransportError as error:
            log.warning("the provider's log cannot be asked: %s", error)
            return LOG_UNAVAILABLE_SECONDS
        return LOG_QUERY_SECONDS

    def _prune(self) -> float:
        webhook_intake.prune(trusted_time.now(), keep=self._keep)
        reader_retention.forget_reports(trusted_time.now())
        return PRUNE_SECONDS
