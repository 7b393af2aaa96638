"""Senders on any number of machines: workers of Procrastinate that take one job for each batch.

A job only names a batch: its sender reads the ledger first, and does not touch a batch that
must not be claimed.  So a lost job costs a few seconds until the queue is repaired, and
a repeated one costs nothing.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import threading
import time

from django.db import close_old_connections
from procrastinate import App, PsycopgConnector
from procrastinate.contrib.django import connector_params

from newsletter.runtime.availability import database
from newsletter.runtime.tracing import span
from newsletter.sending.delivery import dispatch
from newsletter.sending.ledger import job_queue
from newsletter.sending.models import Batch
from newsletter.sending.workers.base import RECORD_SECONDS
from newsletter.sending.workers.pool import SenderPool
from newsletter.transports.base import Transport, finish

log = logging.getLogger(__name__)

#: Seconds between two repairs of the queue, where a clock ticks.
REQUEUE_SECONDS = 5.0
#: Seconds between two checks for jobs whose time has come; new ones are announced at once.
POLL_SECONDS = 1.0
#: Seconds between two heartbeats.
HEARTBEAT_SECONDS = 5.0
#: Seconds until the next try when the database does not answer.
RETRY_SECONDS = 2.0


class ProcrastinateEngine:
    """One worker with some sender threads; with none it only repairs the queue for others."""

    def __init__(self, transport: Transport, *, senders: int, lease: dt.timedelta) -> None:
        self._transport, self._senders, self._lease = transport, senders, lease
        self._ready, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)
        self._next_round = time.monotonic()

    def start(self) -> None:
        """Begin to take jobs."""
        if self._senders:
            self._thread.start()
            self._ready.wait()

    def enqueue(self) -> None:
        """Every few seconds, enqueue jobs for the batches without one."""
        if time.monotonic() < self._next_round:
            return
        self._next_round = time.monotonic() + REQUEUE_SECONDS
        try:
            job_queue.requeue_missing()
        except Exception as error:
            if not database.lost(error):
                log.exception("the jobs could not be looked after; another round follows")

    def stop(self, timeout: float) -> bool:
        """Take no more jobs and finish what is in progress; False if the time ran out."""
        if not self._senders:
            return True
        if not self._stopping.is_set():
            self._stopping.set()
            self._loop.call_soon_threadsafe(self._main.cancel)
            finish(self._transport, timeout - RECORD_SECONDS)
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        self._pool = SenderPool(self._senders)
        with asyncio.Runner() as runner:
            self._loop = runner.get_loop()
            self._main = self._loop.create_task(self._work())
            self._ready.set()
            self._loop.run_until_complete(asyncio.wait([self._main]))
        self._pool.close()

    async def _work(self) -> None:
        """Run a worker, and run it again after any error: the database may come back."""
        while not self._stopping.is_set():
            try:
                await self._be_worker()
            except Exception as error:
                if not database.lost(error):
                    log.exception("the worker met an error; it begins again")
            await asyncio.sleep(RETRY_SECONDS)

    async def _be_worker(self) -> None:
        """Take jobs until cancelled; then wait for those in progress."""
        connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=4)
        app = App(connector=connector)
        app.task(name=job_queue.TASK, queue=job_queue.QUEUE)(self._on_job)
        try:
            await app.open_async()
            await app.run_worker_async(
                queues=[job_queue.QUEUE],
                concurrency=self._senders,
                install_signal_handlers=False,
                delete_jobs="successful",
                fetch_job_polling_interval=POLL_SECONDS,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=job_queue.STALLED_AFTER_SECONDS,
            )
        finally:
            # Also if it was cancelled while it opened: the tasks of the pool react to nothing else.
            await app.close_async()

    async def _on_job(self, batch_id: int) -> None:
        await self._loop.run_in_executor(self._pool, self._send, batch_id)

    def _send(self, batch_id: int) -> None:
        """Send the batch if it may be claimed now; else make sure that it is checked again."""
        close_old_connections()
        try:
            self._send_if_ready(batch_id)
        except Exception as error:
            # The job ends as failed and the clock enqueues a new one; a traceback would be useless.
            if not database.lost(error):
                raise
        else:
            database.answered()

    def _send_if_ready(self, batch_id: int) -> None:
        if not self._stopping.is_set() and Batch.objects.claimable().filter(pk=batch_id).exists():
            with span("batch", batch=batch_id):
                dispatch.send_batch(batch_id, self._transport, lease=self._lease)
        else:
            job_queue.enqueue([batch_id])
