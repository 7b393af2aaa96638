"""Sender threads inside one process: they read the ledger and take batches that wait."""

from __future__ import annotations

import datetime as dt
import logging
import threading
import time

from django.db import close_old_connections, connection

from newsletter.runtime.availability import database
from newsletter.runtime.changes import watch
from newsletter.runtime.tracing import span
from newsletter.sending.delivery import claims, dispatch
from newsletter.sending.workers.base import RECORD_SECONDS
from newsletter.sqlite.base import keep_connection
from newsletter.transports.base import Transport, finish

log = logging.getLogger(__name__)

#: Seconds between two checks without a wake-up: while a send is in progress, as its batches may
#: wait for their time, and while none is.
IDLE_SECONDS = 0.5
REST_SECONDS = 60.0
#: Seconds until the next check if the database is unavailable.
RETRY_SECONDS = 2.0


class WakeUps:
    """Wake-ups for several threads: none is lost for a thread that was at work meanwhile.

    One sleeper is woken at a time.  If it finds work, it wakes the next.
    """

    def __init__(self) -> None:
        self._condition, self._count = threading.Condition(), 0

    @property
    def count(self) -> int:
        """How many there have been."""
        return self._count

    def wake(self, threads: int = 1) -> None:
        """Wake some of those who wait; who is at work looks once more after it."""
        with self._condition:
            self._count += 1
            self._condition.notify(threads)

    def wait(self, known: int, seconds: float) -> None:
        """Return once there were more than `known`, or after some seconds."""
        with self._condition:
            self._condition.wait_for(lambda: self._count != known, seconds)


class EmbeddedEngine:
    """A number of threads; `enqueue` wakes them, `stop` lets them finish their batch."""

    def __init__(self, transport: Transport, *, senders: int, lease: dt.timedelta) -> None:
        self._transport, self._lease = transport, lease
        self._wake_ups, self._stopping = WakeUps(), threading.Event()
        self._threads = [
            threading.Thread(target=self._run, name=f"sender-{number}", daemon=True)
            for number in range(1, senders + 1)
        ]

    def start(self) -> None:
        """Begin to send."""
        watch.listen(self.enqueue, claims.is_in_progress)
        for thread in self._threads:
            thread.start()

    def enqueue(self) -> None:
        """Say that there may be work."""
        self._wake_ups.wake()

    def stop(self, timeout: float) -> bool:
        """Claim nothing more and finish what is in progress; False if the time ran out."""
        watch.forget(self.enqueue)
        self._stopping.set()
        finish(self._transport, timeout - RECORD_SECONDS)
        self._wake_ups.wake(len(self._threads))
        deadline = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        return not any(thread.is_alive() for thread in self._threads)

    def _run(self) -> None:
        keep_connection()
        try:
            while True:
                # Read before the look: what is asked for during it means another one.
                known = self._wake_ups.count
                if self._stopping.is_set():
                    return
                if (idle := self._work()) is not None:
                    self._wake_ups.wait(known, idle)
        finally:
            connection.close()

    def _work(self) -> float | None:
        """Send one batch; return for how many seconds there is nothing to do, None if there was."""
        close_old_connections()
        try:
            batch_id = claims.next_batch()
            if batch_id is None:
                database.answered()
                return IDLE_SECONDS if claims.is_in_progress() else REST_SECONDS
            # There may be more of them.
            self._wake_ups.wake()
            with span("batch", batch=batch_id):
                dispatch.send_batch(batch_id, self._transport, lease=self._lease)
        except Exception as error:
            if database.lost(error):
                self._stopping.wait(RETRY_SECONDS)
            else:
                log.exception("a sender met an error; the ledger says where the batch stands")
            return IDLE_SECONDS
        return None
