"""The clock: APScheduler wakes, the tables decide.

APScheduler keeps nothing: its job store is memory, its only job is to tick.  Slots, misses and
approvals are rows, and every step is a compare-and-set, so any number of clocks may tick.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from functools import partial

from apscheduler.schedulers.background import BackgroundScheduler
from django.db import OperationalError, close_old_connections
from django.utils import timezone

from newsletter.publishing.models import Publication
from newsletter.scheduling import slots
from newsletter.sending import brakes, canaries, dispatch, recalling, recovery
from newsletter.transports.recall import Recall

log = logging.getLogger(__name__)

#: Seconds between two ticks.
TICK = 1.0
#: Seconds between two looks at what came back of the sends: a look at a million takes a moment.
LOOK = 5.0


def tick(now: dt.datetime, *, late: dt.timedelta) -> None:
    """Do what the moment asks for: start sends, hold empty slots, find the dead, close."""
    for duty in (*duties(now, late), *looks()):
        duty()


def looks() -> tuple[Callable[[], None], ...]:
    """Return what is done by what came back: sends are held, or the rest follows the canary."""
    return brakes.watch, canaries.watch


def duties(now: dt.datetime, late: dt.timedelta) -> tuple[Callable[[], None], ...]:
    """Return what a tick does; each part is of use even where another fails."""
    return (
        lambda: dispatch.start_due(now, late=late),
        lambda: keep_slots(now),
        recovery.recover,
        recovery.finish,
    )


def keep_slots(now: dt.datetime) -> None:
    """Look after the slots of every publication."""
    for publication in Publication.objects.all():
        slots.keep(publication, now)


class Clock:
    """Ticks until stopped; `ring` is called after each tick, for there may be work.

    With a `recall` it looks after what was handed over ahead.
    """

    def __init__(
        self, *, late: dt.timedelta, ring: Callable[[], None], recall: Recall | None = None
    ) -> None:
        self._late, self._ring, self._recall = late, ring, recall
        # No grace and no missed runs: a tick looks at all that is due, however late it comes.
        self._scheduler = BackgroundScheduler(
            timezone=dt.UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._scheduler.add_job(self._tick, "interval", seconds=TICK)
        self._scheduler.add_job(self._look, "interval", seconds=LOOK)
        if recall:
            # A job of its own: the provider's answers must not keep the others waiting.
            self._scheduler.add_job(self._tend, "interval", seconds=TICK)

    def start(self) -> None:
        """Begin to tick, now."""
        self._tick()
        self._scheduler.start()

    def stop(self) -> None:
        """Tick no more; a tick under way is finished first."""
        self._scheduler.shutdown(wait=True)

    def _tick(self) -> None:
        for duty in duties(timezone.now(), self._late):
            attempt(duty)
        self._ring()

    def _look(self) -> None:
        for look in looks():
            attempt(look)
        self._ring()

    def _tend(self) -> None:
        if self._recall:
            attempt(partial(recalling.tend, self._recall, timezone.now()))


def attempt(duty: Callable[[], None]) -> None:
    """Do a duty; a clock that died of a surprise would skip every slot to come."""
    close_old_connections()
    try:
        duty()
    except OperationalError as error:
        log.warning("the clock waits, the database does not do it: %s", error)
    except Exception:
        log.exception("the clock met an error; it ticks on")
