"""The heartbeat of the processes that send: a number in the database and in a file beside it.

Every heartbeat increments the number, in the row of the database and in a small file in the state
folder of the machine.  If the number in the database is lower than the one in the file, it was set
back: no process may submit from it before a check (`newsletter.tracking.restore_watch`).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import logging
import os
import threading
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import orjson
from django.db.models import F
from django.db.models.functions import Now

from newsletter.sending.models import DatabaseIdentity, Submitter
from newsletter.sending.restores import identity
from newsletter.sending.restores.identity import ROW

log = logging.getLogger(__name__)

#: Mail is submitted only if the last heartbeat is no older than this.
MAX_GAP = dt.timedelta(minutes=10)


@dataclass(slots=True)
class Process:
    """What this process itself knows, whatever the database says: its last heartbeat.

    `wanted` is set when a sender found that the database may have been set back.
    """

    last: int = 0
    wanted: threading.Event = field(default_factory=threading.Event)


@cache
def process_of(_place: Path, _database: str) -> Process:
    """Return what this process knows of one database."""
    return Process()


def get_process() -> Process:
    """Return what this process knows of its database."""
    return process_of(identity.state_folder(), identity.database_key())


def record_heartbeat(seen: int) -> int:
    """Write a heartbeat into the database and the file beside it; return the number.

    `seen` is the number that was checked.  If the database was set back since then, nothing is
    written, because that would hide it, and the watch checks at once.  While sending is suspended,
    the file does not change: it may contain what the database has lost.
    """
    rows = DatabaseIdentity.objects.filter(pk=ROW)
    looked_at = rows.filter(heartbeats__gte=seen)
    written = looked_at.update(heartbeat_at=Now(), heartbeats=F("heartbeats") + 1)
    number, suspended_at = rows.values_list("heartbeats", "suspended_at").get()
    if not written:
        get_process().wanted.set()
        return number
    get_process().last = number
    if suspended_at is None:
        copy_to_file()
    return number


def copy_to_file() -> None:
    """Write the state of the database into the file beside it."""
    number = DatabaseIdentity.objects.values_list("heartbeats", flat=True).get(pk=ROW)
    write_file(Kept(number=number, logs=list(Submitter.objects.values_list("log", flat=True))))


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """What the state folder knows about the database: its last heartbeat, and its logs."""

    number: int = 0
    logs: Collection[str] = ()


def file_path() -> Path:
    """Return where it is kept."""
    return identity.state_folder() / f"{identity.database_key()}.heartbeat"


def write_file(kept: Kept) -> None:
    """Write the file; if that is impossible, there is one piece of evidence less."""
    draft = file_path().with_suffix(f".{os.getpid()}")
    document = orjson.dumps({"number": kept.number, "logs": sorted(kept.logs)})
    try:
        draft.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(document)
        draft.replace(file_path())
    except OSError as error:
        log.warning("%s cannot be written: %s", file_path(), error.strerror)
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


def read_file() -> Kept:
    """Return the content of the file; None if it is missing or cannot be read."""
    try:
        found = orjson.loads(file_path().read_bytes())
        return Kept(number=int(found["number"]), logs=tuple(map(str, found["logs"])))
    except (OSError, ValueError, TypeError, KeyError):
        return Kept()


def forgotten_logs() -> set[str]:
    """Return the submission logs that the database knew at the last heartbeat but not now."""
    named = set(read_file().logs)
    return named.difference(Submitter.objects.filter(log__in=named).values_list("log", flat=True))


def suspect_restore() -> bool:
    """Let the watch check at once if the database may have been set back; return whether it may.

    Call it when a batch was not submitted although it could be claimed.
    """
    row = DatabaseIdentity.objects.annotate(now=Now()).get(pk=ROW)
    stale = row.heartbeat_at is not None and row.now - row.heartbeat_at > MAX_GAP
    previous = identity.submission_log().previous
    lost = bool(previous) and not identity.knows_attempt(previous)
    if row.heartbeats < get_process().last or stale or lost:
        get_process().wanted.set()
        return True
    return False
