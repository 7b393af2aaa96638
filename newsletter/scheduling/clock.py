"""The clock: APScheduler wakes, the tables decide.

APScheduler stores nothing: its job store is memory, its only job is to tick.  Slots, misses and
approvals are rows, and every step is a compare-and-set, so any number of clocks may tick.

With nothing to do its jobs sleep until something is due, or the database changes (`rest`).

APScheduler counts by the system clock.  If that is set back, its jobs would wait until the
old time comes again.  If it is set ahead, APScheduler would list every second in between.  So
the jobs are due some seconds from now (`FromNow`), and a thread that waits by the monotonic
clock starts a job whose time is too far ahead.
"""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable
from functools import partial

from apscheduler.executors.pool import BasePoolExecutor
from apscheduler.job import Job
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from django.conf import settings
from django.db import close_old_connections

from newsletter.errors import ConfigError
from newsletter.publishing.models import Publication
from newsletter.runtime.availability import database
from newsletter.runtime.changes import Question, watch
from newsletter.scheduling import drafts, holds, lost_zones, publication_errors, slots
from newsletter.scheduling.reminders import notices, sources
from newsletter.scheduling.rest import MAX_REST_SECONDS, Rest, is_in_progress, seconds_of_rest
from newsletter.scheduling.wall_clock import WallClock
from newsletter.sending import trusted_time
from newsletter.sending.delivery import dispatch, recovery
from newsletter.sending.models import Send
from newsletter.sending.prescheduled import cancellation, provider_time, work_left
from newsletter.sending.safeguards import auto_pause, canary, lost_answers
from newsletter.sending.workers.pool import SenderPool
from newsletter.transports.cancellation import Cancellation

log = logging.getLogger(__name__)

#: Seconds between two ticks, unless the clock rests.
TICK = 1.0
#: Seconds between two checks of the results of sends: a check of a million takes a while.
LOOK = 5.0
#: Seconds between two of them while no send is in progress.
REST_OF_LOOKS = 60.0
#: Seconds between two looks at whether a job waits for a time of an old clock.
WATCH = 5.0
#: Seconds between two looks for drafts to open, and for people to remind.
PREPARE = 60.0


def tick(now: dt.datetime, *, late: dt.timedelta) -> None:
    """Do what is due: start sends, hold empty slots, recover from dead senders, close sends."""
    for duty in (*list_duties(now, late), *list_looks()):
        duty()


def list_looks() -> tuple[Callable[[], None], ...]:
    """Return the duties that depend on results: hold sends, release the rest after a canary."""
    return auto_pause.check_sends, lost_answers.check_sends, canary.check_canaries


def list_duties(now: dt.datetime, late: dt.timedelta) -> tuple[Callable[[], None], ...]:
    """Return the duties of a tick; each one works even if another fails."""
    return (
        lambda: start_due(now, late),
        lambda: keep_slots(now),
        recovery.recover,
        recovery.close_finished_sends,
    )


def start_due(now: dt.datetime, late: dt.timedelta) -> None:
    """Start the sends that are due; of several slots of a publication only the latest."""
    holds.hold_all_but_latest(now)
    dispatch.start_due(now, late=late)


def keep_slots(now: dt.datetime) -> None:
    """Update the slots of every publication; an error of one stops only those of its own."""
    for publication in Publication.objects.all():
        with publication_errors.set_aside(publication, "slots"):
            keep_slots_of(publication, now)


def keep_slots_of(publication: Publication, now: dt.datetime) -> None:
    """Update the slots of one publication, unless its time zone is lost."""
    try:
        slots.hold_empty_slots(publication, now)
    except ConfigError as error:
        lost_zones.log_lost_zone(publication, error)
    else:
        lost_zones.forget_zone(publication)
    finally:
        holds.keep_holds(publication, now)


class FromNow(BaseTrigger):  # type: ignore[misc]
    """Due some seconds from now, whatever time was planned before; a rest may be `longest`."""

    def __init__(self, seconds: float, longest: float = 0.0) -> None:
        self.seconds = dt.timedelta(seconds=seconds)
        self.longest = dt.timedelta(seconds=max(seconds, longest))

    def get_next_fire_time(self, _previous: dt.datetime | None, now: dt.datetime) -> dt.datetime:
        """Return when the job is due next; APScheduler calls it."""
        return now + self.seconds


class ClockThreads(BasePoolExecutor):  # type: ignore[misc]
    """The threads in which the jobs run; they close their connections when they end."""

    def __init__(self, jobs: int) -> None:
        super().__init__(SenderPool(jobs, name="clock"))

    def shutdown(self, wait: bool = True) -> None:
        """Return when running jobs are finished; APScheduler calls it."""
        del wait
        self._pool.close()


class Clock:
    """Ticks until stopped; `enqueue` is called after each tick, because there may be work.

    With a `canceller` it also handles pre-scheduled mail.
    """

    def __init__(
        self,
        *,
        late: dt.timedelta,
        enqueue: Callable[[], None],
        canceller: Cancellation | None = None,
    ) -> None:
        self._late, self._enqueue, self._canceller = late, enqueue, canceller
        # No grace time and no missed runs: a late tick handles everything that is due.
        self._scheduler = BackgroundScheduler(
            timezone=dt.UTC,
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        add, first = self._scheduler.add_job, dt.datetime.now(dt.UTC)
        tick = add(self._tick, FromNow(TICK, MAX_REST_SECONDS), next_run_time=first)
        self._rest = Rest(tick)
        self._rest_of_looks = Rest(add(self._look, FromNow(LOOK, REST_OF_LOOKS)), wake_seconds=0.4)
        #: Each rest, and which changes end it: all, or those after which something is in progress.
        self._rests: dict[Rest, Question | None] = {
            self._rest: None,
            self._rest_of_looks: is_in_progress,
        }
        # A job of its own: a slow mail server must not keep the others waiting.
        add(self._prepare, FromNow(PREPARE))
        if canceller:
            # A job of its own: the provider's answers must not keep the others waiting.
            # At once: after a start there may be only seconds left to cancel something.
            tending = add(self._tend, FromNow(TICK, MAX_REST_SECONDS), next_run_time=first)
            self._rest_of_tending = Rest(tending, wake_seconds=0.2)
            self._rests[self._rest_of_tending] = is_in_progress
        self._wall_clock = WallClock(after_jump=after_jump)
        self._provider_time = provider_time.ProviderTime()
        self._stopping = threading.Event()
        self._watch = threading.Thread(target=self._watch_jobs, name="clock-watch", daemon=True)

    def read_time_at_start(self) -> None:
        """Read the clock before anything is sent; wait later if the database is unavailable."""
        close_old_connections()
        attempt(self._wall_clock.read)

    def start(self) -> None:
        """Begin to tick, now."""
        self._threads = ClockThreads(len(self._scheduler.get_jobs()))
        self._scheduler.add_executor(self._threads)
        for rest, question in self._rests.items():
            watch.listen(rest.wake, question)
        self._scheduler.start()
        self._watch.start()

    def stop(self) -> None:
        """Stop ticking; a tick in progress finishes first, but sends no more requests."""
        self._stopping.set()
        for rest in self._rests:
            watch.forget(rest.wake)
        self._watch.join()
        self._scheduler.pause()
        # Before the scheduler does it, which holds its lock meanwhile: a job that ends with a rest
        # needs that lock, and each would wait for the other for ever.
        self._threads.shutdown()
        self._scheduler.shutdown(wait=True)
        close_old_connections()
        attempt(self._wall_clock.stop)
        trusted_time.forget_reading()

    def take_out_leavers(self, seconds: float) -> None:
        """Call it after the stop, when no sender works: see `cancellation.take_out_leavers`."""
        if self._canceller:
            close_old_connections()
            attempt(partial(self._take_out_leavers, self._canceller, seconds))

    def _take_out_leavers(self, canceller: Cancellation, seconds: float) -> None:
        now = self._provider_time.now(canceller, trusted_time.now())
        cancellation.take_out_leavers(canceller, seconds, now)

    def _tick(self) -> None:
        self._rest.end()
        close_old_connections()
        attempt(self._do_duties)
        attempt(self._enqueue)

    def _do_duties(self) -> None:
        now = self._wall_clock.read()
        done = [attempt(duty) for duty in list_duties(now, self._late)]
        # What failed is tried again in a second; nor is there a rest while a clock that was set is
        # not believed yet.
        if all(done) and self._wall_clock.is_sure:
            self._rest.begin(seconds_of_rest(trusted_time.now()))

    def _watch_jobs(self) -> None:
        while not self._stopping.wait(WATCH):
            for job in self._scheduler.get_jobs():
                call_for(job)

    def _look(self) -> None:
        self._rest_of_looks.end()
        close_old_connections()
        done = [attempt(look) for look in list_looks()]
        if not (all(done) and attempt(self._rest_from_looks)):
            self._enqueue()

    def _rest_from_looks(self) -> None:
        if is_in_progress():
            self._enqueue()
        else:
            self._rest_of_looks.begin(REST_OF_LOOKS)

    def _prepare(self) -> None:
        close_old_connections()
        now = trusted_time.now()
        attempt(partial(drafts.open_due_drafts, now))
        for source in sources.SOURCES:
            attempt(partial(notices.remind, now, source))

    def _tend(self) -> None:
        self._rest_of_tending.end()
        close_old_connections()
        if self._canceller and attempt(partial(self._tend_by, self._canceller)):
            attempt(self._rest_from_tending)

    def _rest_from_tending(self) -> None:
        if not is_in_progress():
            self._rest_of_tending.begin(MAX_REST_SECONDS)

    def _tend_by(self, canceller: Cancellation) -> None:
        """Handle mail that waits at the provider, by its clock if ours is wrong."""
        ours = trusted_time.now()
        if not work_left.is_left(ours):
            return
        if self._provider_time.is_outdated:
            # The provider may answer slowly, with only seconds left.  By a wrong clock of ours
            # too much or too little is cancelled and submitted again, until it has answered.
            # Mail on hold waits: how long its cancellation is kept depends on the time.
            cancellation.choose_what_to_cancel(ours, [Send.DeliveryMode.PRESCHEDULED])
        now = self._provider_time.now(canceller, ours)
        cancellation.advance_provider_batches(canceller, now, self._goes_on)

    def _goes_on(self) -> bool:
        return not self._stopping.is_set()


def call_for(job: Job) -> None:
    """Start a job now if it waits for a later time than it ever plans."""
    now, due = dt.datetime.now(dt.UTC), job.next_run_time
    if due is not None and due - now > job.trigger.longest + dt.timedelta(seconds=TICK):
        try:
            job.modify(next_run_time=now)
        except JobLookupError:
            return  # the clock is being stopped


def after_jump() -> None:
    """Correct everything that waits for a time of the old clock."""
    recovery.forget_waits(dt.timedelta(seconds=settings.CONFIG.sending.lease_seconds))


def attempt(duty: Callable[[], object]) -> bool:
    """Do a duty and catch all errors: a clock that dies would skip every later slot.

    Returns whether it was done.
    """
    try:
        duty()
    except Exception as error:
        if not database.lost(error):
            log.exception("the clock met an error; it ticks on")
        close_old_connections()
        return False
    database.answered()
    return True
