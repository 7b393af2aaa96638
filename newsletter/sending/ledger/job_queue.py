"""Enqueue jobs for senders of other processes: one for each batch that can be claimed.

The ledger is authoritative and a job only says where to look, so a job may be late, lost or
repeated.  It is written on Django's own connection, in the transaction that makes the batch
claimable: no job is left after a rollback, and no batch is without one.  Procrastinate's
own `defer` would not do that: inside its workers it writes on a connection of its own, and for a
thousand batches, of which one has a job already, it refuses them all.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from django.conf import settings
from django.db import connection

from newsletter.sending.ledger.queries import read_queries

JOBS = read_queries(Path(__file__).with_suffix(".sql"))

#: The one queue, and the one task in it.
QUEUE = "mail"
TASK = "send_batch"

#: Seconds without a heartbeat after which a worker counts as dead.
STALLED_AFTER_SECONDS = 30.0


def is_used() -> bool:
    """Return whether senders need jobs; the embedded ones look for work by themselves."""
    return bool(settings.CONFIG.sending.engine == "procrastinate")


def enqueue(batches: Collection[int]) -> None:
    """Enqueue jobs for these batches, each for the time when it may be claimed."""
    if batches and is_used():
        write_jobs(batches=list(batches))


def enqueue_send(send_id: int) -> None:
    """Enqueue jobs for all waiting batches of a send; ten thousand are one statement."""
    if is_used():
        write_jobs(send=send_id)


def write_jobs(*, send: int | None = None, batches: list[int] | None = None) -> None:
    """Write the jobs; if a job for a batch waits already, only correct its time."""
    values = {"queue": QUEUE, "task": TASK, "send": send, "batches": batches}
    with connection.cursor() as cursor:
        cursor.execute(JOBS["enqueue"], values)


def requeue_missing() -> int:
    """End the jobs of dead workers, and enqueue a job for every batch without one.

    Return for how many batches; with the embedded engine there is nothing to do.
    """
    if not is_used():
        return 0
    with connection.cursor() as cursor:
        cursor.execute(JOBS["fail_stalled"], {"queue": QUEUE, "silence": STALLED_AFTER_SECONDS})
        cursor.execute(JOBS["prune"], {"queue": QUEUE})
        cursor.execute(JOBS["prune_workers"])
        cursor.execute(JOBS["missing"])
        missing = [batch for (batch,) in cursor.fetchall()]
    enqueue(missing)
    return len(missing)
