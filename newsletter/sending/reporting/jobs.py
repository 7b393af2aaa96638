"""The jobs of the fleet: how many wait, who works on what, what comes next.

Only for display.  The state of a batch is in the ledger, and only there.

By SQL, not by Procrastinate's own Django models: its app is installed with its engine alone, on
PostgreSQL, so the models cannot even be imported elsewhere.  They also know no batch: a job names
it in its JSON, which one statement joins, and which the models would look up row by row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from newsletter.sending.ledger.job_queue import JOBS, QUEUE, STALLED_AFTER_SECONDS

#: At most this many of each kind of row are returned.
MAX_ROWS = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """The number of jobs by state."""

    waiting: int  #: any free sender takes them now
    later: int  #: their scheduled time is in the future: a temporary failure, a limit
    in_progress: int
    stalled: int  #: of a worker without a heartbeat
    failed: int  #: ended by an error, or with their worker; kept for a week


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """One batch that somebody is working on, or that waits for its scheduled time."""

    batch: int  #: its number in the send
    send: int
    title: str
    at: dt.datetime | None  #: since when, or when it comes
    worker: int | None = None
    sender: str = ""  #: machine, process and thread, once the batch is claimed


@dataclass(frozen=True, kw_only=True, slots=True)
class Worker:
    """One process with senders."""

    number: int
    heartbeat: dt.datetime
    alive: bool
    jobs: int
    machine: str = ""  #: where and in which process, as far as its jobs tell


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """The state of the fleet at one time."""

    counts: Counts
    workers: Sequence[Worker]
    in_progress: Sequence[Job]
    coming: Sequence[Job]


def read_overview() -> Overview:
    """Return the state of the fleet; PostgreSQL only."""
    [counts] = query_rows("counts")
    in_progress = [
        Job(worker=worker, batch=batch, send=send, title=title, sender=owner or "", at=at)
        for worker, batch, send, title, owner, at in query_rows("in_progress")
    ]
    machines = {job.worker: machine_of(job.sender) for job in in_progress if job.sender}
    return Overview(
        counts=Counts(**dict(zip(Counts.__slots__, counts, strict=True))),
        workers=[
            Worker(
                number=number,
                heartbeat=heartbeat,
                alive=alive,
                jobs=jobs,
                machine=machines.get(number, ""),
            )
            for number, heartbeat, alive, jobs in query_rows("workers")
        ],
        in_progress=in_progress,
        coming=[
            Job(batch=batch, send=send, title=title, at=at)
            for batch, send, title, at in query_rows("coming")
        ],
    )


def query_rows(name: str) -> list[tuple[Any, ...]]:
    """Return what a statement of `job_queue.sql` finds."""
    with connection.cursor() as cursor:
        cursor.execute(
            JOBS[name], {"queue": QUEUE, "silence": STALLED_AFTER_SECONDS, "most": MAX_ROWS}
        )
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def machine_of(owner: str) -> str:
    """Return machine and process of a sender's name, without its thread."""
    return owner.rpartition(":")[0]


def table_exists() -> bool:
    """Return whether there is a table for jobs in this database."""
    with connection.cursor() as cursor:
        cursor.execute(JOBS["table"])
        [name] = cursor.fetchone()
    return name is not None
