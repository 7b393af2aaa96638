"""The tables of one import: the lines of the file, and what becomes of each person in them.

Those of whom the file says that they left, or have yet to confirm, stand in a table of their own,
so that a file of plain readers costs nothing more.

They are temporary tables of this connection, so that a file of any size is read, checked and
compared without holding the database's write lock, and in little memory.  All statements run
on SQLite and PostgreSQL alike; only loading has a way of its own there, which is six times as
fast as INSERT.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection

from newsletter.errors import NewsletterError
from subscribers.exports.meanings import UNSUBSCRIBED
from subscribers.importing import beside_statements, leaving_statements, statements
from subscribers.importing.kept_lines import DEPARTURES, LINES
from subscribers.privacy import erased_addresses

#: Rows dealt with at a time; SQLite takes 32,766 values in one statement.
CHUNK = 2000

#: Memory for the tables of an import on SQLite, in kB; a million people take twenty times as much.
CACHE_KB = 16_384

#: A file's date may lack its hour, and its hour a zone.
UNCERTAIN = timedelta(days=1)
#: An export of ours has whole seconds.
EXACT = timedelta(seconds=1)
#: `Departure.here` of a suppression for this list that stands beside one for all mail.
BESIDE = 2

#: `line, key, email, name, attributes as JSON, language` of a line that holds a good address.
Line = tuple[int, str, str, str, str, str]


class Departure(NamedTuple):
    """What a file says of somebody who left, has yet to confirm, or was known at a time.

    `status` and `suppression` are the scales of `exports.meanings.Meaning`; `at` is when.
    `here` is 1 for a suppression for this list only, `BESIDE` for one beside another for all mail,
    in a departure of its own; `suppressed_at` is since when, if it is said.
    """

    key: str
    email: str
    status: int = 0
    suppression: int = 0
    at: datetime | None = None
    note: str = ""
    here: int = 0
    suppressed_at: datetime | None = None
    joined: datetime | None = None
    #: By how much `at` may be too early.
    within: timedelta = UNCERTAIN

    @property
    def left(self) -> bool:
        """Whether the person must not be mailed."""
        return self.status >= UNSUBSCRIBED.status or self.suppression > 0


#: The advisory lock by which imports and undos take turns.
TURN_KEY = 0x666F7269


#: How rows are put into a table, by their kind: with INSERT, and with COPY.
STATEMENTS = {
    LINES: (statements.INSERT_LINES, statements.COPY_LINES),
    DEPARTURES: (statements.INSERT_DEPARTURES, statements.COPY_DEPARTURES),
}
#: Is given rows of one kind as they are put into their table.
Keep = Callable[[str, Sequence[Any]], None]


class KnownPerson(NamedTuple):
    """Somebody we have already, beside what the file says; attributes are JSON."""

    line: int
    fate: str
    subscriber_id: int
    name: str
    attributes: str
    language: str
    name_in_file: str
    attributes_in_file: str
    language_in_file: str


@contextlib.contextmanager
def staging_tables() -> Iterator[None]:
    """Hold the temporary tables, empty at first and gone afterwards.

    After an error of the database they stay, of no harm, until the next import.
    """
    drop()
    keep_in_file()
    execute(statements.CREATE_LINES)
    execute(statements.CREATE_DEPARTURES)
    try:
        yield
    except NewsletterError:
        drop()
        raise
    drop()


def keep_in_file() -> None:
    """Have SQLite keep the tables in a file that it deletes, beyond what fits in some memory.

    The setting is of this connection, and cannot be changed in a transaction.
    """
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        execute("PRAGMA temp_store = FILE")
        execute(f"PRAGMA temp.cache_size = -{CACHE_KB}")


def drop() -> None:
    """Drop the tables of this connection."""
    for statement in statements.DROP:
        execute(statement)


def load_lines(
    lines: Iterable[Line], departures: list[Departure], keep: Keep | None = None
) -> None:
    """Put lines into their table as they come, in little memory; `keep` is given them, too.

    `departures` is filled by whoever yields the lines, and emptied here.
    """
    for chunk in split_chunks(lines):
        load_rows(LINES, chunk, keep)
        if len(departures) >= CHUNK:
            flush(departures, keep)
    flush(departures, keep)


def load_rows(kind: str, rows: Sequence[Sequence[Any]], keep: Keep | None = None) -> None:
    """Put rows of one kind into their table."""
    insert_rows(rows, *STATEMENTS[kind])
    if keep:
        keep(kind, rows)


def flush(departures: list[Departure], keep: Keep | None = None) -> None:
    """Put those who left into their table, and forget them."""
    adapt = connection.ops.adapt_datetimefield_value
    while departures:
        chunk = [
            (
                row.key,
                row.email,
                row.status,
                row.suppression,
                row.at and adapt(row.at),
                row.note,
                row.at and adapt(row.at + row.within),
                row.here,
                row.suppressed_at and adapt(row.suppressed_at),
                row.joined and adapt(row.joined),
            )
            for row in departures[:CHUNK]
        ]
        load_rows(DEPARTURES, chunk, keep)
        del departures[:CHUNK]


def insert_rows(rows: Sequence[Sequence[Any]], insert: str, copy_in: str) -> None:
    """Put rows into a temporary table, in the quickest way that the database has."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor, cursor.copy(copy_in) as copy:
            for row in rows:
                copy.write_row(row)
        return
    values = list(itertools.chain.from_iterable(rows))
    connection.ensure_connection()
    # Not by Django, which would look for placeholders in all of the statement each time.
    connection.connection.execute(insert_many(insert, len(rows), len(rows[0])), values)


@lru_cache(maxsize=16)
def insert_many(insert: str, rows: int, columns: int) -> str:
    """Return SQLite's statement that puts some rows into a table; most chunks are of one size."""
    return insert + ", ".join([f"({', '.join('?' * columns)})"] * rows)


def take_turn() -> None:
    """Let one import or undo write at a time, until the transaction ends.

    Two at once would block each other, and count people that the other brings in.  SQLite has one
    writer anyway.
    """
    if connection.vendor == "postgresql":
        execute("SELECT pg_advisory_xact_lock(%s)", [TURN_KEY])


def hold_people(list_id: int) -> None:
    """Let nobody change the people of the file, or leave a list, until the transaction ends.

    Otherwise somebody could leave between the decision to add them and the adding.
    """
    if connection.vendor == "postgresql":
        execute(statements.HOLD_PEOPLE)
        execute(statements.HOLD_SUBSCRIPTIONS, [list_id])


def decide_actions(list_id: int, only_for: int = 0) -> dict[str, int]:
    """Decide what becomes of each person; return how many have each fate.

    `only_for` is the list for which a file of suppressions, which belongs to none, holds.

    The fates: `added` to the list, also as `pending`; `present` on it; `returned` to it after they
    had left there; `suppressed` or `unsubscribed` here already; `newly_suppressed` or
    `newly_unsubscribed` by the file.
    """
    execute(statements.SAID)
    execute(statements.INDEX_SAID)
    execute(statements.ANALYSE_SAID)
    if not list_id:
        execute(leaving_statements.FOR_ONE if only_for else leaving_statements.FOR_ALL_MAIL)
    execute(statements.FORGET_ENDED, [list_id or only_for])
    execute(beside_statements.CREATE, [list_id])
    execute(beside_statements.TAKE_UP)
    note_erased()
    execute(statements.JUDGE, [list_id or only_for, list_id])
    counts = execute(statements.COUNT_FATES)
    if any(known for _fate, _people, known in counts):
        execute(statements.INDEX_KNOWN)
    execute(statements.ANALYSE)
    return {fate: people for fate, people, _known in counts}


def note_erased() -> None:
    """Note who was erased at their own wish: known by a hash, which no database can compare."""
    execute(statements.CREATE_ERASED)
    known = (
        key
        for keys in (all_keys(statements.KEYS_AFTER), all_keys(statements.SAID_AFTER))
        for key in keys
    )
    for keys in erased_addresses.find_all(known):
        execute(statements.INSERT_ERASED + ", ".join(["(%s)"] * len(keys)), keys)


def all_keys(statement: str) -> Iterator[str]:
    """Yield the key of each address in the file, some thousands at a time."""
    key = ""
    while rows := execute(statement, [key, CHUNK]):
        yield from (row[0] for row in rows)
        key = rows[-1][0]


def duplicate_lines() -> list[tuple[int, int]]:
    """Return each line whose address an earlier line has, with the number of that line."""
    return [(line, first) for line, first in execute(statements.FOLDED)]


def known_people() -> Iterator[list[KnownPerson]]:
    """Yield those who stay or come, whom we know, perhaps otherwise; some thousands at a time."""
    line = 0
    while rows := execute(statements.KNOWN_PEOPLE, [line, CHUNK]):
        people = [KnownPerson(*row) for row in rows]
        yield people
        line = people[-1].line


def update_people(changes: Sequence[tuple[str, str, str, int]]) -> None:
    """Write `name, attributes as JSON, language, subscriber` of people who changed."""
    with connection.cursor() as cursor:
        cursor.executemany(statements.UPDATE_PERSON, changes)


def stamp(at: datetime) -> str:
    """Return a time as the database takes it."""
    return str(connection.ops.adapt_datetimefield_value(at))


def insert_people(list_id: int, source: str, now: str) -> bool:
    """Write the people who are new, then the subscriptions of all who are added to the list.

    Return whether others made some of these people since the decision.
    """
    with connection.cursor() as cursor:
        cursor.execute(statements.INSERT_PEOPLE, [now])
        made = cursor.rowcount
    quicker = hold_quicker(made, now)
    values: list[str | int] = [list_id, source, now, now]
    if not quicker:
        execute(statements.INSERT_NEW_SUBSCRIPTIONS, values)
    if quicker or execute(statements.ANY_KNOWN):
        execute(statements.INSERT_SUBSCRIPTIONS, [*values, int(quicker)])
    return quicker


def backdate(list_id: int, source: str, now: str, run_id: int) -> None:
    """Date those who are new as the file does, where it says since when they are known."""
    if not execute(statements.ANY_JOINED):
        return
    execute(statements.BACKDATE_SUBSCRIPTIONS, [list_id, source, now])
    execute(statements.BACKDATE_PEOPLE, [now])
    if run_id:
        execute(statements.NOTE_BACKDATED, [run_id])


def hold_quicker(made: int, now: str) -> bool:
    """Hold, as `hold_people` does, those whom others made since the decision; return if there are.

    Else one of them could leave within the statement that adds them.
    """
    quicker = connection.vendor == "postgresql" and made < execute(statements.COUNT_NEW)[0][0]
    if quicker:
        execute(statements.HOLD_QUICKER_PEOPLE, [now])
        execute(statements.HOLD_QUICKER_SUBSCRIPTIONS, [now])
    return quicker


def insert_departures(list_id: int, source: str, now: str, only_for: int = 0) -> None:
    """Keep who left by the file: unsubscribed from the list, suppressed, or both."""
    if not execute(statements.ANY_SAID):
        return  # of a file of plain readers, no table is looked through for it
    scope = list_id or only_for
    # First those to suppress, while it can be seen who is a reader.
    execute(leaving_statements.RECORD_SUPPRESSED, [scope, now, source, scope])
    if list_id:
        execute(beside_statements.RECORD, [list_id, now, source, list_id])
        execute(beside_statements.SUPPRESS, [list_id, source, now, now])
    execute(leaving_statements.SUPPRESS, [source, source, now, now])
    if scope:
        execute(leaving_statements.SUPPRESS_HERE, [scope, source, source, now, now])
    if list_id:
        execute(leaving_statements.RECORD_LEFT, [now, source, list_id])
        execute(leaving_statements.INSERT_LEFT, [now])
        execute(leaving_statements.UNSUBSCRIBE, [list_id, source, now, now, now])


def execute(statement: str, values: Sequence[str | int] = ()) -> list[tuple[Any, ...]]:
    """Run a statement and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def split_chunks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Yield lists of at most `CHUNK` lines."""
    lines = iter(lines)
    while chunk := list(itertools.islice(lines, CHUNK)):
        yield chunk
