"""When the clock may rest: nothing changed, nothing is in progress, nothing is due yet.

Each tick reads the time.  The tables are asked only if the database has changed since, if a send is
in progress, if something is due that was known to come, and every few seconds anyway.
"""

from __future__ import annotations

import datetime as dt
import threading
import time

from django.db.models import Min

from newsletter.runtime.changes import watch
from newsletter.scheduling.models import Slot
from newsletter.sending.models import ProviderBatch, Send

#: Seconds after which the tables are asked in any case.
MAX_REST_SECONDS = 5.0
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
    """What is known of the tables since they were asked last."""

    def __init__(self) -> None:
        self._changed = threading.Event()
        self._changed.set()
        self._until = 0.0
        self._due: dt.datetime | None = None

    def start(self) -> None:
        """Begin to notice changes."""
        watch.listen(self._changed.set)

    def stop(self) -> None:
        """Notice none any more."""
        watch.forget(self._changed.set)

    def is_over(self, now: dt.datetime) -> bool:
        """Say whether the tables are to be asked; what changes from now on is noticed again."""
        due = self._due is not None and now >= self._due
        over = self._changed.is_set() or due or time.monotonic() >= self._until
        if over:
            self._changed.clear()
        return over

    def begin(self, now: dt.datetime) -> None:
        """Rest, unless something is in progress; note what is due next."""
        self._until = 0.0
        if is_in_progress():
            return
        self._due = next_due(now)
        self._until = time.monotonic() + MAX_REST_SECONDS


def is_in_progress() -> bool:
    """Say whether a send, or mail that waits at the provider, needs the clock each second."""
    return (
        Send.objects.filter(state__in=IN_PROGRESS).exists()
        or ProviderBatch.objects.filter(state__in=TENDED).exists()
    )


def next_due(now: dt.datetime) -> dt.datetime | None:
    """Return when the next queued send or slot is due; None where nothing is known to come."""
    queued = Send.objects.filter(state=Send.State.QUEUED).aggregate(first=Min("at"))["first"]
    slot = Slot.objects.filter(at__gt=now).aggregate(first=Min("at"))["first"]
    times = [at for at in (queued, slot) if at is not None]
    return min(times, default=None)
