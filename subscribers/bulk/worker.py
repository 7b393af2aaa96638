"""A thread that does what bulk runs ask for.  The state of a run is the queue, on both databases.

A run that nobody works on for some minutes, because its process was killed, goes on where it stood.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable

from django.db import DatabaseError, OperationalError
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from newsletter.errors import BadInput, NewsletterError
from newsletter.runtime.background import AfterChange, BackgroundThread, Pause
from subscribers.bulk import previews, runs
from subscribers.bulk.forgetting import forget_old
from subscribers.bulk.models import BUSY, BulkChange, BulkRun
from subscribers.importing import unfinished
from subscribers.importing.models import UNDO_DAYS

State = BulkRun.State
#: Seconds until the next try after an error, and between two times of deleting what is old.
RETRY_SECONDS, PRUNE_SECONDS = 0.5, 3600.0
#: Seconds between two looks while the database does not change: a lease may be over.
REST_SECONDS = 10.0
#: After this time without a sign of work a run goes on with another process.
LEASE = dt.timedelta(minutes=5)
#: The time until the next try, after an error of the database.
RETRY = dt.timedelta(seconds=10)
#: Days for which a preview is kept.
PREVIEW_DAYS = 7
#: A run that ended its process this often is given up.
MAX_ATTEMPTS = 5


class BulkWorker(BackgroundThread):
    """Works from `start` to `stop`; `clock` says what is old."""

    def __init__(self, clock: Callable[[], dt.datetime]) -> None:
        self._clock = clock
        super().__init__(
            "bulk",
            *(self._work, self._prune),
            retry_seconds=RETRY_SECONDS,
            has_work=BulkRun.objects.filter(state__in=BUSY).exists,
        )

    def _work(self) -> Pause:
        return 0.0 if work_once() else AfterChange(REST_SECONDS)

    def _prune(self) -> float:
        prune(self._clock())
        return PRUNE_SECONDS


def work_once() -> bool:
    """Do the next step that a run asks for; return whether there was one.

    None while an import is half-written: it may be taken back.
    """
    run = None if unfinished.is_any() else claim_run()
    if run is None:
        return False
    with override(run.language or None):
        try:
            work_on(run)
        except NewsletterError as error:
            runs.fail(run, error)
        except OperationalError:
            # Such as a deadlock: nothing of the chunk is written, and the next try does it.
            give_back(run)
            raise
        except Exception:
            runs.fail(run, BadInput(_("an error stopped it; the log of the server has more")))
            raise
    return True


def give_back(run: BulkRun) -> None:
    """Leave a run for the next try, some seconds from now; where there is no database, later."""
    soon = timezone.now() - LEASE + RETRY
    ours = BulkRun.objects.filter(pk=run.pk, state=run.state)
    with contextlib.suppress(DatabaseError):
        ours.update(worked_at=soon, attempts=F("attempts") - 1)


def work_on(run: BulkRun) -> None:
    """Apply or undo a run, or raise `BadInput` for one that ends its process again and again."""
    if run.attempts > MAX_ATTEMPTS:
        raise BadInput(_("it ended the process that worked on it, several times"))
    if run.state == State.COUNTING:
        previews.count_run(run)
    elif run.state == State.APPLYING:
        runs.apply_run(run)
    else:
        runs.undo_run(run)


def claim_run() -> BulkRun | None:
    """Return the oldest run that asks for work and that nobody works on; it is ours then."""
    now = timezone.now()
    free = Q(worked_at=None) | Q(worked_at__lt=now - LEASE)
    waiting = BulkRun.objects.filter(free, state__in=BUSY)
    for run in waiting.order_by("pk")[:20]:
        mine = BulkRun.objects.filter(free, pk=run.pk, state=run.state)
        if mine.update(worked_at=now, attempts=F("attempts") + 1):
            run.refresh_from_db()
            return run
    return None


def prune(now: dt.datetime) -> None:
    """Forget what was noted for undoing, and of whom, once that is not possible any more."""
    old = now - dt.timedelta(days=UNDO_DAYS)
    BulkChange.objects.filter(run__applied_at__lt=old).delete()
    forget_old(old)
    previews.discard_before(now - dt.timedelta(days=PREVIEW_DAYS))
