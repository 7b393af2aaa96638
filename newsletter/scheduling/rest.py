"""How long the clock may rest: nothing changed, nothing is in progress, nothing is due yet.

A job of the clock runs each second while something is in progress.  Else it sleeps until something
is due that was known to come, or the database changes (`newsletter.runtime.changes`), and at most
`MAX_REST_SECONDS`.
"""

from __future__ import annotations

import datetime as dt
import threading
from contextlib import suppress

from apscheduler.job import Job
from apscheduler.jobstores.base import JobLookupError
from django.db.models import Min

from newsletter.scheduling.models import Slot
from newsletter.sending.models import ProviderBatch, Send
from newsletter.sending.planning.starting import lead_time

#: Seconds after which the tables are asked in any case.
MAX_REST_SECONDS = 30.0
#: No job is told to sleep for less than this: it runs each second anyway.
MIN_REST_SECONDS = 1.0
#: Seconds until the first job that is woken runs: one that has just fallen asleep has ended by
#: then.  Each job has its own, so that they work one after another.
WAKE_SECONDS = 0.05
#: States in which a send needs the clock each second.
IN_PROGRESS = (Send.State.PLANNING, Send.State.SENDING)
#: States in which mail that waits at the provider needs it.
TENDED = (
    ProviderBatch.State.NEW,
    ProviderBatch.State.OPEN,
    ProviderBatch.State.CANCELLING,
    ProviderBatch.State.RELEASING,
)


class Rest:
    """Lets a job sleep for longer than its second, and wakes it; no change is missed.

    A change that comes while the job runs forbids it to sleep afterwards, so it runs again within
    its second.  All is done under one lock: a change is noted before the job falls asleep, or it
    finds the job asleep.
    """

    def __init__(self, job: Job, *, wake_seconds: float = WAKE_SECONDS) -> None:
        self._job, self._wake_seconds = job, wake_seconds
        self._lock = threading.Lock()
        self._changed, self._asleep = True, False

    def wake(self) -> None:
        """Have the job run soon if it sleeps, and not sleep after its run if it runs."""
        with self._lock:
            self._changed = True
            if self._asleep:
                self._asleep = False
                self._run_in(self._wake_seconds)

    def end(self) -> None:
        """Note that the job runs: what changes from now on is noticed again."""
        with self._lock:
            self._changed = self._asleep = False

    def begin(self, seconds: float) -> None:
        """Let the job sleep, unless something has changed since it began to run."""
        if seconds <= MIN_REST_SECONDS:
            return
        with self._lock:
            if not self._changed:
                self._asleep = True
                self._run_in(seconds)

    def _run_in(self, seconds: float) -> None:
        at = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=seconds)
        # A clock that is being stopped has no jobs any more.
        with suppress(JobLookupError):
            self._job.modify(next_run_time=at)


def seconds_of_rest(now: dt.datetime) -> float:
    """Return for how long nothing is due; 0 while something is in progress or overdue."""
    if is_in_progress():
        return 0.0
    due = next_due(now)
    left = (due - now).total_seconds() if due else MAX_REST_SECONDS
    return max(0.0, min(left, MAX_REST_SECONDS))


def is_in_progress() -> bool:
    """Say whether a send, or mail that waits at the provider, needs the clock each second."""
    return (
        Send.objects.filter(state__in=IN_PROGRESS).exists()
        or ProviderBatch.objects.filter(state__in=TENDED).exists()
    )


def next_due(now: dt.datetime) -> dt.datetime | None:
    """Return when the next queued send or slot is due; None where nothing is known to come.

    Mail that is submitted before its time is due that much earlier.
    """
    queued = Send.objects.filter(state=Send.State.QUEUED).select_related("issue__publication")
    slot = Slot.objects.filter(at__gt=now).aggregate(first=Min("at"))["first"]
    times = [time_of_start(send, now) for send in queued]
    return min([*times, *([slot] if slot else [])], default=None)


def time_of_start(send: Send, now: dt.datetime) -> dt.datetime:
    """Return when a queued send is started, or its scheduled time where it missed that.

    One that waits for approval is submitted by itself at its time, not before.
    """
    start = send.at - lead_time(send, now)
    return start if start > now else send.at
