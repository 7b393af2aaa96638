"""Keep a SQLite file healthy while programs write into it, a little at a time.

- The write-ahead log is written into the file where nobody needs it any more.  PASSIVE waits for
  nobody and holds up nobody (https://sqlite.org/pragma.html#pragma_wal_checkpoint).
- Pages that deleting has freed are given back to the disk, some hundred at a time: each such step
  holds the write lock for some milliseconds.  It needs a file that was made for it
  (`PRAGMA auto_vacuum`), as new ones are.
- What the planner knows of the tables is renewed where they have changed much.  With a limit on
  rows that takes milliseconds (https://sqlite.org/lang_analyze.html).
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

#: Of `PRAGMA auto_vacuum`: pages are given back when somebody asks.
INCREMENTAL = 2
#: Free pages that stay: the next rows need them.
SPARE_PAGES = 1_000
#: Pages that are given back in one step.
STEP_PAGES = 200
#: Rows of an index that are looked at for the planner.
ANALYSED_ROWS = 400
#: All tables (0x10000), and analyse where it helps (0x02); older releases ignore the former.
OPTIMIZE = 0x10002


def look_after(connection: BaseDatabaseWrapper) -> bool:
    """Do a little of all this; return whether pages are left to give back.

    Nothing happens with another database.
    """
    if connection.vendor != "sqlite":
        return False
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
        cursor.execute(f"PRAGMA analysis_limit = {ANALYSED_ROWS}")
        cursor.execute(f"PRAGMA optimize = {OPTIMIZE}")
    return give_pages_back(connection)


def give_pages_back(connection: BaseDatabaseWrapper) -> bool:
    """Give some free pages back to the disk; return whether there are more."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA auto_vacuum")
        [mode] = cursor.fetchone()
        cursor.execute("PRAGMA freelist_count")
        [free] = cursor.fetchone()
        spare = free - SPARE_PAGES
        if mode != INCREMENTAL or spare <= 0:
            return False
    try:
        # A script is run to its end: `execute` would stop after the first page.
        connection.connection.executescript(f"PRAGMA incremental_vacuum({min(spare, STEP_PAGES)});")
    except sqlite3.OperationalError as error:
        # Others write: this can wait for them.
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return True
    return bool(spare > STEP_PAGES)
