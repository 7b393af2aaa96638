"""Run the checks: all at once, each with a time limit; none stops another."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import urllib3

from newsletter.doctor.results import Result, Topic
from newsletter.doctor.surroundings import Surroundings
from newsletter.errors import AccountError, ConfigError, NewsletterError
from newsletter.phrases import phrase
from newsletter.transports.error_text import describe_network

log = logging.getLogger(__name__)

#: Seconds that a check may take, unless it says otherwise.
LIMIT_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Check:
    """Something to ask, and what it is about."""

    topic: Topic
    ask: Callable[[Surroundings], Iterable[Result]]
    seconds: float = LIMIT_SECONDS


@dataclass(slots=True)
class _Run:
    """A check that runs in a thread of its own; what is late is not waited for."""

    check: Check
    results: list[Result] = field(default_factory=list)
    thread: threading.Thread | None = None

    def start(self, around: Surroundings) -> None:
        self.thread = threading.Thread(
            target=self._work, args=(around,), name=f"check-{self.check.topic.name}", daemon=True
        )
        self.thread.start()

    def _work(self, around: Surroundings) -> None:
        try:
            self.results = list(self.check.ask(around))
        except Exception as error:  # noqa: BLE001  whatever it is, the other checks go on
            self.results = [describe_failure(self.check.topic, error)]
        finally:
            close_database()

    def wait(self, until: float) -> list[Result]:
        if self.thread is not None:
            self.thread.join(max(0.0, until - time.monotonic()))
            if self.thread.is_alive():
                return [describe_delay(self.check)]
        return self.results


def run_checks(checks: Sequence[Check], around: Surroundings) -> list[Result]:
    """Return the results of all checks, in their order."""
    runs = [_Run(check) for check in checks]
    began = time.monotonic()
    for run in runs:
        run.start(around)
    return [result for run in runs for result in run.wait(began + run.check.seconds)]


def describe_failure(topic: Topic, error: Exception) -> Result:
    """Return the result of a check that could not be made."""
    if isinstance(error, NewsletterError):
        fix = phrase("Check again; if it stays, look at the network and at what is asked.")
        if isinstance(error, ConfigError | AccountError):
            return topic.wrong(error.message, error.hint or fix)
        return topic.unanswered(error.message, fix)
    if not isinstance(error, OSError | urllib3.exceptions.HTTPError):
        log.warning("the check of %s failed", topic.name, exc_info=error)
    return topic.unanswered(
        phrase("it could not be checked: {why}", why=describe_network(error)),
        phrase("Check again; if it stays, look at the log."),
    )


def describe_delay(check: Check) -> Result:
    """Return the result of a check that took too long."""
    return check.topic.unanswered(
        phrase("no answer within {seconds} seconds", seconds=f"{check.seconds:g}"),
        phrase("Check again; if it stays, look at the network and at what is asked."),
    )


def close_database() -> None:
    """Let go of what a check's thread had of the database."""
    from django.db import connections

    connections.close_all()
