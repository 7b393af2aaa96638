"""A clock that falls behind on a busy machine says so once a minute, in words."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time
from collections.abc import Iterator

import pytest
from apscheduler.events import EVENT_JOB_MAX_INSTANCES
from apscheduler.schedulers.background import BackgroundScheduler

from newsletter.scheduling import busy
from newsletter.scheduling.clock import FromNow

WAIT_SECONDS = 60.0


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Collect what APScheduler's logger lets through a new filter of the settings' kind."""
    found: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: found.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("apscheduler.scheduler")
    assert [type(each) for each in logger.filters] == [busy.BusyClockFilter]
    monkeypatch.setattr(logger, "filters", [busy.BusyClockFilter()])
    logger.addHandler(handler)
    yield found
    logger.removeHandler(handler)


def test_ticks_left_out_are_one_line(lines: list[str]) -> None:
    """A tick that lasts makes APScheduler leave many out; the log holds one line of ours."""
    release, left_out = threading.Event(), threading.Semaphore(0)
    scheduler = BackgroundScheduler(
        timezone=dt.UTC, job_defaults={"misfire_grace_time": None, "max_instances": 1}
    )
    scheduler.add_listener(lambda _event: left_out.release(), EVENT_JOB_MAX_INSTANCES)
    scheduler.add_job(release.wait, FromNow(0.01))
    scheduler.start()
    try:
        for _ in range(5):
            assert left_out.acquire(timeout=WAIT_SECONDS)
    finally:
        release.set()
        scheduler.shutdown()
    assert lines == [busy.MESSAGE]


def test_after_a_minute_it_is_said_again(lines: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reads the log of a machine that stays busy sees it every minute."""
    logger, now = logging.getLogger("apscheduler.scheduler"), time.monotonic()
    for seconds in (0.0, 59.0, 61.0, 100.0, 122.0):
        monkeypatch.setattr(time, "monotonic", lambda at=now + seconds: at)
        logger.warning('Execution of job "%s" skipped: maximum number of running instances', "x")
    assert lines == [busy.MESSAGE] * 3


def test_other_warnings_stay(lines: list[str]) -> None:
    """What else APScheduler warns of is kept, word for word."""
    for _ in range(2):
        logging.getLogger("apscheduler.scheduler").warning("Error submitting job %s", "tick")
    assert lines == ["Error submitting job tick"] * 2
