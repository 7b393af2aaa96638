"""Write a large import in parts that commit one by one, where the database has one writer.

SQLite has one: in one transaction, a million rows would keep everybody else from writing for about
10 seconds.  A part is an import of some of the addresses, in order: it is judged and written in one
short transaction, so that whoever leaves or signs up meanwhile is treated as by a small import.
PostgreSQL lets others write, and a small file is one part: these are one transaction, as a whole.

The lines wait in tables of their own, and each part is put into those that `statements` reads.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from django.db import connection

from subscribers.importing.staging import execute
from subscribers.importing.statements import DROP_WAITING

#: Lines of the first part; the next ones are as large as a part of `PART_SECONDS` may be.
PART_LINES = 4000
MIN_LINES, MAX_LINES = 2000, 20_000
#: Seconds that a part should hold the write lock; on a busy machine it may take twice as long.
PART_SECONDS = 0.08

COUNT_LINES = "SELECT COUNT(*) FROM import_lines"
COUNT_WAITING = "SELECT COUNT(*) FROM import_waiting_lines"
# In the order of addresses: all lines of one are in one part, and indexes grow at their end.
SORT = (
    "CREATE TEMPORARY TABLE import_waiting_lines AS SELECT * FROM import_lines ORDER BY key, line",
    "DELETE FROM import_lines",
    "CREATE TEMPORARY TABLE import_waiting_departures AS SELECT * FROM import_departures",
    "CREATE INDEX import_waiting_key ON import_waiting_departures (key)",
    "DELETE FROM import_departures",
)
KEY_AT = "SELECT key FROM import_waiting_lines WHERE rowid = %s"
FIRST_OTHER = """
SELECT rowid FROM import_waiting_lines WHERE rowid > %s AND key <> %s ORDER BY rowid LIMIT 1
"""
EMPTY = (
    "DELETE FROM import_lines",
    "DELETE FROM import_departures",
    "DROP TABLE IF EXISTS import_fates",
    "DROP TABLE IF EXISTS import_said",
    "DROP TABLE IF EXISTS import_beside",
    "DROP TABLE IF EXISTS import_erased",
)
TAKE_LINES = """
INSERT INTO import_lines SELECT * FROM import_waiting_lines WHERE rowid >= %s AND rowid < %s
"""
TAKE_DEPARTURES = """
INSERT INTO import_departures
SELECT * FROM import_waiting_departures WHERE key >= %s AND key < %s
"""
TAKE_LAST_DEPARTURES = """
INSERT INTO import_departures SELECT * FROM import_waiting_departures WHERE key >= %s
"""


def are_needed() -> bool:
    """Whether the lines that are loaded are too many for one transaction on this database."""
    if connection.features.has_select_for_update:
        return False
    return bool(execute(COUNT_LINES)[0][0] > PART_LINES)


def sort_lines() -> None:
    """Put all lines in order, before `each_part`: it takes long, and no lock."""
    for statement in (*DROP_WAITING, *SORT):
        execute(statement)


def each_part() -> Iterator[int]:
    """Put each part into the tables of the import; yield how many lines it has.

    Whoever asks for the next part has written this one; the time it took decides the next size.
    """
    [lines] = execute(COUNT_WAITING)[0]
    start, key, size = 1, "", PART_LINES
    while start <= lines:
        after, next_key = end_of_part(start, min(size, lines), lines)
        take(start, after, key, next_key)
        begun = time.monotonic()
        yield after - start
        size = next_size(after - start, time.monotonic() - begun)
        start, key = after, next_key
    for statement in (*EMPTY, *DROP_WAITING):
        execute(statement)


def end_of_part(start: int, size: int, lines: int) -> tuple[int, str]:
    """Return the first line after a part, and its key; blank where it is the last part."""
    last = start + size - 1
    if last >= lines:
        return lines + 1, ""
    found = execute(FIRST_OTHER, [last, execute(KEY_AT, [last])[0][0]])
    if not found:
        return lines + 1, ""
    after: int = found[0][0]
    return after, execute(KEY_AT, [after])[0][0]


def take(start: int, after: int, key: str, next_key: str) -> None:
    """Put one part into the tables of the import, outside of any lock."""
    for statement in EMPTY:
        execute(statement)
    execute(TAKE_LINES, [start, after])
    if next_key:
        execute(TAKE_DEPARTURES, [key, next_key])
    else:
        execute(TAKE_LAST_DEPARTURES, [key])


def next_size(lines: int, seconds: float) -> int:
    """Return how many lines the next part has: as many as fit into `PART_SECONDS`."""
    fits = int(lines * PART_SECONDS / max(seconds, 0.001))
    return max(MIN_LINES, min(fits, 2 * lines, MAX_LINES))
