"""The metrics of the whole installation, read from the tables when they are asked for.

Any process with a web server can tell them, so one of them is asked, not each.  Names end as
Prometheus wants them (https://prometheus.io/docs/practices/naming/): in the unit, and in `_total`
for what only grows.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from newsletter.monitoring import figures
from newsletter.runtime.availability import is_unavailable

log = logging.getLogger(__name__)

#: Seconds for which figures are given again: several servers may ask at the same time.
KEPT_SECONDS = 5.0
#: What is read, in this order.
SOURCES: tuple[Callable[[], Iterator[Metric]], ...] = (
    figures.of_program,
    figures.of_sends,
    figures.of_attempts,
    figures.of_events,
    figures.of_slots,
    figures.of_workers,
    figures.of_people,
    figures.of_alarms,
    figures.of_disk,
)


class Tables(Collector):
    """Reads the tables, at most once in some seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._at = float("-inf")
        self._kept: list[Metric] = []

    def collect(self) -> Iterator[Metric]:
        """Yield every metric."""
        with self._lock:
            if self._clock() - self._at >= KEPT_SECONDS:
                self._kept = list(read_all())
                self._at = self._clock()
            found = list(self._kept)
        yield from found

    def describe(self) -> list[Metric]:
        """Return nothing: to register must not read the database."""
        return []


def read_all() -> Iterator[Metric]:
    """Yield what each source says; one that fails is counted, and stops no other.

    An outage of the database is raised: then there is nothing to tell.
    """
    failed = 0
    for source in SOURCES:
        try:
            found = list(source())
        except Exception as error:
            if is_unavailable(error):
                raise
            log.exception("the metrics of %s could not be read", source.__name__)
            failed += 1
        else:
            yield from found
    yield figures.single("metrics_failed", "Groups of metrics that could not be read.", failed)


REGISTRY = CollectorRegistry()
REGISTRY.register(Tables())
# Memory, CPU time and open files of the process that answers.
ProcessCollector(registry=REGISTRY)


def write_metrics() -> bytes:
    """Return all metrics in Prometheus's text format."""
    return generate_latest(REGISTRY)
