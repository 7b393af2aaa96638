"""The database: can it be written, is it whole and up to date, is there room, is its time right?"""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from typing import Any

from newsletter.conf.config import Config
from newsletter.conf.data_files import sqlite_file
from newsletter.doctor.clocks import judge_clock
from newsletter.doctor.results import Result, Topic
from newsletter.doctor.surroundings import Surroundings
from newsletter.phrases import counted_phrase, phrase
from newsletter.runtime.database_state import explain_failure, list_unapplied
from newsletter.sqlite.upkeep import INCREMENTAL

WRITABLE = Topic("database", phrase("Database"))
WHOLE = Topic("database-integrity", phrase("Database file"))
TABLES = Topic("database-tables", phrase("Tables"))
DISK = Topic("disk", phrase("Free disk space"))
CLOCK = Topic("database-clock", phrase("Clock of the database"))

GIGABYTE = 1_000_000_000
#: With less, writing may fail in the middle of a send; with less than the second, soon.
FULL_BYTES, LOW_BYTES = GIGABYTE // 5, 2 * GIGABYTE
#: So much of a SQLite file, and such a part of it, is worth the time to rewrite it.
WASTED_BYTES, WASTED_SHARE = 50_000_000, 0.25


def check_writable(around: Surroundings) -> Iterator[Result]:
    """Check that the database can be written; nothing is."""
    from django.db import DatabaseError, connection, transaction

    try:
        # A transaction of SQLite takes the lock for writing when it begins.
        with transaction.atomic(), connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SHOW transaction_read_only")
                if cursor.fetchone() == ("on",):
                    yield WRITABLE.wrong(
                        phrase("it can be read only: it is a standby, or set so"),
                        phrase("Name the primary in [database] url."),
                    )
                    return
    except DatabaseError as error:
        known = explain_failure(error)
        if known is None:
            raise
        yield WRITABLE.wrong(known.message, known.hint)
        return
    yield WRITABLE.right(phrase("{name} can be written", name=name_database(around.config)))


def name_database(config: Config) -> str:
    """Return which database it is, without a password."""
    from django.db import connection

    path = sqlite_file(config)
    return str(path) if path else f"PostgreSQL {connection.settings_dict['NAME']}"


def check_integrity(around: Surroundings) -> Iterator[Result]:
    """Have SQLite read its file through; PostgreSQL checks its pages when it reads them."""
    from django.db import connection

    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(1)")
        [found] = cursor.fetchone()
        pages = [read_number(cursor, name) for name in ("auto_vacuum", "freelist_count")]
        page = read_number(cursor, "page_size")
    if found == "ok":
        path = sqlite_file(around.config)
        size = path.stat().st_size if path and path.exists() else 0
        yield judge_free_pages(pages[0], pages[1] * page, size)
    else:
        yield WHOLE.wrong(
            phrase("it is damaged: {found}", found=str(found)[:200]),
            phrase("Stop all programs, and put a backup in its place: docs/how-to/restore.md"),
        )


def read_number(cursor: Any, name: str) -> int:
    """Return a number that SQLite knows of its file."""
    cursor.execute(f"PRAGMA {name}")
    [found] = cursor.fetchone()
    return int(found)


def judge_free_pages(auto_vacuum: int, free: int, size: int) -> Result:
    """Judge the bytes that are free in a file of a size; new files give them back by themselves."""
    if auto_vacuum == INCREMENTAL or free < WASTED_BYTES or free < size * WASTED_SHARE:
        return WHOLE.right(phrase("it is whole"))
    return WHOLE.look(
        phrase(
            "it is whole, but {free} of its {size} MB are free, and not given back to the disk",
            free=f"{free / 1e6:,.0f}",
            size=f"{size / 1e6:,.0f}",
        ),
        phrase("When it suits, stop all programs, and rewrite it: newsletter compact"),
    )


def check_tables(_around: Surroundings) -> Iterator[Result]:
    """Check that all migrations are applied."""
    missing = list_unapplied()
    if not missing:
        yield TABLES.right(phrase("they are those of this release"))
        return
    yield TABLES.wrong(
        counted_phrase(
            "{number} migration is not applied: {first}",
            "{number} migrations are not applied, the first is {first}",
            len(missing),
            first=".".join(min(missing)),
        ),
        phrase("Make a backup, then start newsletter serve: it applies them."),
    )


def check_disk(around: Surroundings) -> Iterator[Result]:
    """Check how much room there is for the database, pictures and logs."""
    folder = around.config.data_disk
    yield judge_disk(shutil.disk_usage(folder).free, str(folder))


def judge_disk(free: int, folder: str) -> Result:
    """Judge the bytes that are free."""
    found = phrase("{free} GB at {folder}", free=f"{free / GIGABYTE:,.1f}", folder=folder)
    fix = phrase("Make room, or move the data to a larger disk.")
    if free < FULL_BYTES:
        return DISK.wrong(found, fix)
    return DISK.look(found, fix) if free < LOW_BYTES else DISK.right(found)


def check_clock(_around: Surroundings) -> Iterator[Result]:
    """Compare our clock with that of a database on another machine."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        [theirs] = cursor.fetchone()
    yield judge_clock(CLOCK, dt.datetime.now(dt.UTC) - theirs)
