"""Which database this is, and where it was last used for sending, so that a copy is recognised.

A SQLite file is recognised by its inode, and a database of PostgreSQL by the identifier of its
cluster and its own number there (pg_control_system(), pg_database.oid).  Neither travels with a
copy, a backup or a dump.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import orjson
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from newsletter.sending.models import Attempt, DatabaseIdentity
from newsletter.sending.restores.submission_log import SubmissionLog, machine_id

#: The one row.
ROW = 1
#: The state folder, in the workspace's folder for data.
FOLDER = "submissions"


class Whereabouts(enum.Enum):
    """The place of a database, compared with where it was last used for sending."""

    NEW = "never used for sending"
    SAME = "where it was"
    REPLACED = "where it was, but in another file"
    ELSEWHERE = "somewhere else: it was moved or copied"


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """The place of a database; no copy has the same `unit`."""

    unit: str
    machine: str
    path: str


def get_identity() -> DatabaseIdentity:
    """Return the row; the migration has made it."""
    return DatabaseIdentity.objects.get(pk=ROW)


@cache
def cached_key(_database: str) -> str:
    """Return the key of a database, read once by its name."""
    return get_identity().key


def database_key() -> str:
    """Return the key of the database."""
    return cached_key(str(connection.settings_dict["NAME"]))


def state_folder() -> Path:
    """Return the state folder of this workspace on this machine."""
    return Path(settings.CONFIG.data) / FOLDER


@cache
def cached_log(place: Path, database: str) -> SubmissionLog:
    """Return the log of a database in a folder: one object, which remembers its end."""
    return SubmissionLog(place, database)


def submission_log() -> SubmissionLog:
    """Return the submission log of this database on this machine."""
    return cached_log(state_folder(), database_key())


def knows_attempt(attempt: str) -> bool:
    """Return whether the ledger has an attempt, in any state."""
    return Attempt.objects.filter(key=attempt).exists()


def current_place() -> Place:
    """Return the current place of the database."""
    if connection.vendor == "sqlite":
        path = Path(str(connection.settings_dict["NAME"])).resolve()
        unit = str(path.stat().st_ino) if path.exists() else "memory"
        return Place(unit=unit, machine=machine_id(), path=str(path))
    return Place(unit=unit_on_server(), machine="", path="")


def unit_on_server() -> str:
    """Return the identifier of the cluster, if it may be read, and the number of the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        (number,) = cursor.fetchone()
        try:
            with transaction.atomic():
                cursor.execute("SELECT system_identifier FROM pg_control_system()")
                (cluster,) = cursor.fetchone()
        except DatabaseError:
            cluster = ""
    return f"{cluster}/{number}"


def compare_places(known: str, now: Place) -> Whereabouts:
    """Compare the place that the database remembers with its current place."""
    if not known:
        return Whereabouts.NEW
    then = Place(**orjson.loads(known))
    if then.unit == now.unit:
        return Whereabouts.SAME
    if now.path and (then.path, then.machine) == (now.path, now.machine):
        return Whereabouts.REPLACED
    return Whereabouts.ELSEWHERE


def remember(place: Place) -> None:
    """Record that the database is used for sending in its current place."""
    document = orjson.dumps(
        {"unit": place.unit, "machine": place.machine, "path": place.path}
    ).decode()
    DatabaseIdentity.objects.filter(pk=ROW).exclude(place=document).update(place=document)
