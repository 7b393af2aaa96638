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
from subscribers.importing.kept_lines import DEPARTURES, LINES
from subscribers.privacy import erased_addresses

#: Rows dealt with at a time; SQLite takes 32,766 values in one statement.
CHUNK = 2000

#: Memory for the tables of an import on SQLite, in kB; a million people take five times as much.
CACHE_KB = 65_536

#: A file's date may lack its hour, and its hour a zone.
UNCERTAIN = timedelta(days=1)

#: `line, key, email, name, attributes as JSON` of a line that holds a good address.
Line = tuple[int, str, str, str, str]


class Departure(NamedTuple):
    """What a file says of somebody who left, or has yet to confirm.

    `status` and `suppression` are the scales of `exports.meanings.Meaning`; `at` is when.
    """

    key: str
    email: str
    status: int
    suppression: int
    at: datetime | None
    note: str

    @property
    def left(self) -> bool:
        """Whether the person must not be mailed."""
        return self.status >= UNSUBSCRIBED.status or self.suppression > 0


DROP = (
    "DROP TABLE IF EXISTS import_lines",
    "DROP TABLE IF EXISTS import_fates",
    "DROP TABLE IF EXISTS import_departures",
    "DROP TABLE IF EXISTS import_said",
    "DROP TABLE IF EXISTS import_erased",
)

CREATE_LINES = """
CREATE TEMPORARY TABLE import_lines (
    line integer NOT NULL, key text NOT NULL, email text NOT NULL, name text NOT NULL,
    attributes jsonb NOT NULL
)
"""

CREATE_DEPARTURES = """
CREATE TEMPORARY TABLE import_departures (
    key text NOT NULL, email text NOT NULL, status integer NOT NULL,
    suppression integer NOT NULL, at timestamp with time zone, note text NOT NULL,
    certain_at timestamp with time zone
)
"""

INSERT_DEPARTURES = "INSERT INTO import_departures VALUES "

COPY_DEPARTURES = "COPY import_departures FROM STDIN"

# Of several lines about one address the most restrictive counts, in whatever order they stand.
# `certain_at` is when it is certain that the person had left; NULL where a line gives no date.
SAID = """
CREATE TEMPORARY TABLE import_said AS
SELECT key, MAX(email) AS email, MAX(status) AS status, MAX(suppression) AS suppression,
       MAX(at) AS at, MAX(note) AS note,
       CASE WHEN COUNT(CASE WHEN status = 2 AND certain_at IS NULL THEN 1 END) = 0
            THEN MAX(certain_at) END AS certain_at
  FROM import_departures
 GROUP BY key
"""

INDEX_SAID = "CREATE UNIQUE INDEX import_said_key ON import_said (key)"

ANALYSE_SAID = "ANALYZE import_said"

INSERT_LINES = "INSERT INTO import_lines VALUES "

COPY_LINES = "COPY import_lines FROM STDIN"

# Of several lines with one address the first counts.  Suppressed people, people who have left
# this list, and people who have left every list they were on, are kept out.  Who came back here
# by their own act (nothing else changes a subscription to active) after they had left there, stays.
JUDGE = """
CREATE TEMPORARY TABLE import_fates AS
SELECT file.*, person.id AS subscriber_id,
       CASE WHEN file.line <> file.first THEN 'folded'
            WHEN EXISTS (SELECT 1 FROM subscribers_suppression AS s WHERE s.key = file.key)
              OR file.key IN (SELECT key FROM import_erased)
              OR EXISTS (SELECT 1 FROM subscribers_listsuppression AS l
                          WHERE l.key = file.key AND l.list_id = %s)
            THEN 'suppressed'
            WHEN said.suppression > 0 THEN 'newly_suppressed'
            WHEN here.state = 'unsubscribed'
              OR here.state IS NULL
             AND EXISTS (SELECT 1 FROM subscribers_subscription AS w
                          WHERE w.subscriber_id = person.id)
             AND NOT EXISTS (SELECT 1 FROM subscribers_subscription AS w
                              WHERE w.subscriber_id = person.id AND w.state <> 'unsubscribed')
            THEN 'unsubscribed'
            WHEN said.status = 2 AND here.state = 'active' AND here.changed_at > said.certain_at
             AND (here.changed_at > here.created_at OR here.source = 'preferences page')
            THEN 'returned'
            WHEN said.status = 2 THEN 'newly_unsubscribed'
            WHEN here.state IS NULL AND said.status = 1 THEN 'pending'
            WHEN here.state IS NULL THEN 'added'
            ELSE 'present'
       END AS fate
  FROM (SELECT line, key, email, name, attributes, MIN(line) OVER (PARTITION BY key) AS first
          FROM import_lines) AS file
  LEFT JOIN subscribers_subscriber AS person ON person.key = file.key
  LEFT JOIN subscribers_subscription AS here
    ON here.subscriber_id = person.id AND here.list_id = %s
  LEFT JOIN import_said AS said ON said.key = file.key
"""

#: The advisory lock by which imports and undos take turns.
TURN_KEY = 0x666F7269

# First people, then subscriptions, each by number, as erasing does it: no two block each other.
# The weaker lock of people lets others refer to them, as the history does.
HOLD_PEOPLE = """
SELECT COUNT(*) FROM (
    SELECT person.id FROM subscribers_subscriber AS person
     WHERE person.key IN (SELECT key FROM import_lines)
     ORDER BY person.id
       FOR NO KEY UPDATE) AS held
"""

# Who is on the list already is not added, so that their lists do not matter.
HOLD_SUBSCRIPTIONS = """
SELECT COUNT(*) FROM (
    SELECT w.id FROM subscribers_subscription AS w
     WHERE w.subscriber_id IN (
           SELECT person.id FROM subscribers_subscriber AS person
            WHERE person.key IN (SELECT key FROM import_lines)
              AND NOT EXISTS (SELECT 1 FROM subscribers_subscription AS here
                               WHERE here.subscriber_id = person.id AND here.list_id = %s))
     ORDER BY w.id
       FOR UPDATE) AS held
"""

CREATE_ERASED = "CREATE TEMPORARY TABLE import_erased (key text NOT NULL)"

INSERT_ERASED = "INSERT INTO import_erased VALUES "

KEYS_AFTER = "SELECT DISTINCT key FROM import_lines WHERE key > %s ORDER BY key LIMIT %s"

SAID_AFTER = "SELECT key FROM import_said WHERE key > %s ORDER BY key LIMIT %s"

INDEX_KNOWN = """
CREATE UNIQUE INDEX import_known ON import_fates (line) WHERE subscriber_id IS NOT NULL
"""

# Without it PostgreSQL takes a new table for a small one, and joins it the slow way.
ANALYSE = "ANALYZE import_fates"

COUNT_FATES = "SELECT fate, COUNT(*) FROM import_fates GROUP BY fate"

FOLDED = "SELECT line, first FROM import_fates WHERE fate = 'folded' ORDER BY line"

# Who is on file exactly as in the file is passed over at once; and nobody writes over an erasure.
KNOWN_PEOPLE = """
SELECT file.line, file.fate, person.id, person.name, person.attributes, file.name, file.attributes
  FROM import_fates AS file
  JOIN subscribers_subscriber AS person ON person.id = file.subscriber_id
 WHERE file.subscriber_id IS NOT NULL AND file.fate IN ('added', 'pending', 'present')
   AND file.line > %s AND person.key NOT LIKE '%%@erased.invalid'
   AND (file.name NOT IN ('', person.name)
        OR CAST(file.attributes AS text) <> CAST(person.attributes AS text))
 ORDER BY file.line
 LIMIT %s
"""

UPDATE_PERSON = """
UPDATE subscribers_subscriber SET name = %s, attributes = %s
 WHERE id = %s AND key NOT LIKE '%%@erased.invalid'
"""

# In the order of keys, in which the index grows at its end.  Another import may have been
# quicker with the same person: then theirs stands.
INSERT_PEOPLE = """
INSERT INTO subscribers_subscriber (email, key, name, attributes, created_at)
SELECT email, key, name, attributes, %s
  FROM import_fates
 WHERE fate IN ('added', 'pending') AND subscriber_id IS NULL
 ORDER BY key
    ON CONFLICT (key) DO NOTHING
"""

# Who has left all they were on since they were judged is not added.
INSERT_SUBSCRIPTIONS = """
INSERT INTO subscribers_subscription
       (subscriber_id, list_id, state, source, created_at, changed_at)
SELECT person.id, %s, CASE file.fate WHEN 'added' THEN 'active' ELSE 'pending' END, %s, %s, %s
  FROM import_fates AS file
  JOIN subscribers_subscriber AS person ON person.key = file.key
 WHERE file.fate IN ('added', 'pending')
   AND (NOT EXISTS (SELECT 1 FROM subscribers_subscription AS w
                     WHERE w.subscriber_id = person.id AND w.state = 'unsubscribed')
        OR EXISTS (SELECT 1 FROM subscribers_subscription AS w
                    WHERE w.subscriber_id = person.id AND w.state <> 'unsubscribed'))
 ORDER BY person.id
    ON CONFLICT (subscriber_id, list_id) DO NOTHING
"""

# Nothing is kept of who left but the address: without it the next file would bring them in.
INSERT_LEFT = """
INSERT INTO subscribers_subscriber (email, key, name, attributes, created_at)
SELECT email, key, '', '{}', %s
  FROM import_said
 WHERE status = 2 AND key NOT IN (SELECT key FROM import_erased)
 ORDER BY key
    ON CONFLICT (key) DO NOTHING
"""

# Who was a reader here leaves now, whatever the date in the file: sends that have begun look for
# those who left since.
UNSUBSCRIBE = """
INSERT INTO subscribers_subscription
       (subscriber_id, list_id, state, source, created_at, changed_at)
SELECT person.id, %s, 'unsubscribed', %s, %s, COALESCE(said.at, %s)
  FROM import_said AS said
  JOIN subscribers_subscriber AS person ON person.key = said.key
 WHERE said.status = 2
   AND said.key NOT IN (SELECT key FROM import_fates WHERE fate = 'returned')
 ORDER BY person.id
    ON CONFLICT (subscriber_id, list_id) DO UPDATE
   SET state = 'unsubscribed', changed_at = %s
 WHERE subscribers_subscription.state <> 'unsubscribed'
"""

# A reason that weighs more replaces one that weighs less: see `suppressions.suppress_all`.
SUPPRESS = """
INSERT INTO subscribers_suppression (email, key, reason, source, note, by, created_at)
SELECT email, key,
       CASE suppression WHEN 4 THEN 'complained' WHEN 3 THEN 'invalid' WHEN 2 THEN 'bounced'
                        ELSE 'manual' END,
       'file', SUBSTR(CASE note WHEN '' THEN %s ELSE %s || ': ' || note END, 1, 300),
       '=file',
       CASE WHEN at IS NULL
              OR EXISTS (SELECT 1 FROM subscribers_subscriber AS person
                           JOIN subscribers_subscription AS here ON here.subscriber_id = person.id
                          WHERE person.key = said.key AND here.state = 'active')
            THEN %s ELSE at END
  FROM import_said AS said
 WHERE suppression > 0 AND key NOT IN (SELECT key FROM import_erased)
 ORDER BY key
    ON CONFLICT (key) DO UPDATE
   SET reason = excluded.reason, note = excluded.note
 WHERE (excluded.reason = 'complained' AND subscribers_suppression.reason <> 'complained')
    OR (excluded.reason = 'invalid' AND subscribers_suppression.reason = 'bounced')
"""

# What the person's own page says of it.  Whoever was suppressed already stays as they are.
RECORD_SUPPRESSED = """
INSERT INTO subscribers_subscriptionchange
       (subscriber_id, list_id, kind, from_state, to_state, at, by, reason, detail)
SELECT person.id, NULL, 'suppressed', '', '', %s, '=file', %s, '{}'
  FROM import_said AS said
  JOIN subscribers_subscriber AS person ON person.key = said.key
 WHERE said.suppression > 0 AND said.key NOT IN (SELECT key FROM import_erased)
   AND NOT EXISTS (SELECT 1 FROM subscribers_suppression AS s WHERE s.key = said.key)
 ORDER BY person.id
"""

# Only for those who were on the list: of the others, their subscription says where it is from.
RECORD_LEFT = """
INSERT INTO subscribers_subscriptionchange
       (subscriber_id, list_id, kind, from_state, to_state, at, by, reason, detail)
SELECT person.id, here.list_id, 'left', here.state, 'unsubscribed', %s, '=file', %s, '{}'
  FROM import_said AS said
  JOIN subscribers_subscriber AS person ON person.key = said.key
  JOIN subscribers_subscription AS here
    ON here.subscriber_id = person.id AND here.list_id = %s AND here.state <> 'unsubscribed'
 WHERE said.status = 2
   AND said.key NOT IN (SELECT key FROM import_fates WHERE fate = 'returned')
 ORDER BY person.id
"""


#: How rows are put into a table, by their kind: with INSERT, and with COPY.
STATEMENTS = {
    LINES: (INSERT_LINES, COPY_LINES),
    DEPARTURES: (INSERT_DEPARTURES, COPY_DEPARTURES),
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
    name_in_file: str
    attributes_in_file: str


@contextlib.contextmanager
def staging_tables() -> Iterator[None]:
    """Hold the temporary tables, empty at first and gone afterwards.

    After an error of the database they stay, of no harm, until the next import.
    """
    drop()
    keep_in_file()
    execute(CREATE_LINES)
    execute(CREATE_DEPARTURES)
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
    for statement in DROP:
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
    put(rows, *STATEMENTS[kind])
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
                row.at and adapt(row.at + UNCERTAIN),
            )
            for row in departures[:CHUNK]
        ]
        load_rows(DEPARTURES, chunk, keep)
        del departures[:CHUNK]


def put(rows: Sequence[Sequence[Any]], insert: str, copy_in: str) -> None:
    """Put rows into a temporary table, in the quickest way that the database has."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(copy_in) as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            values = list(itertools.chain.from_iterable(rows))
            cursor.execute(insert_many(insert, len(rows), len(rows[0])), values)


@lru_cache(maxsize=16)
def insert_many(insert: str, rows: int, columns: int) -> str:
    """Return the statement that puts some rows into a table; most chunks are of one size."""
    return insert + ", ".join([f"({', '.join(['%s'] * columns)})"] * rows)


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
        execute(HOLD_PEOPLE)
        execute(HOLD_SUBSCRIPTIONS, [list_id])


def decide_actions(list_id: int) -> dict[str, int]:
    """Decide what becomes of each person; return how many have each fate.

    The fates: `added` to the list, also as `pending`; `present` on it; `returned` to it after they
    had left there; `suppressed` or `unsubscribed` here already; `newly_suppressed` or
    `newly_unsubscribed` by the file.
    """
    execute(SAID)
    execute(INDEX_SAID)
    execute(ANALYSE_SAID)
    note_erased()
    execute(JUDGE, [list_id, list_id])
    execute(INDEX_KNOWN)
    execute(ANALYSE)
    return dict(execute(COUNT_FATES))


def note_erased() -> None:
    """Note who was erased at their own wish: known by a hash, which no database can compare."""
    execute(CREATE_ERASED)
    known = (key for keys in (all_keys(KEYS_AFTER), all_keys(SAID_AFTER)) for key in keys)
    for keys in erased_addresses.find_all(known):
        execute(INSERT_ERASED + ", ".join(["(%s)"] * len(keys)), keys)


def all_keys(statement: str) -> Iterator[str]:
    """Yield the key of each address in the file, some thousands at a time."""
    key = ""
    while rows := execute(statement, [key, CHUNK]):
        yield from (row[0] for row in rows)
        key = rows[-1][0]


def duplicate_lines() -> list[tuple[int, int]]:
    """Return each line whose address an earlier line has, with the number of that line."""
    return [(line, first) for line, first in execute(FOLDED)]


def known_people() -> Iterator[list[KnownPerson]]:
    """Yield those who stay or come, whom we know, perhaps otherwise; some thousands at a time."""
    line = 0
    while rows := execute(KNOWN_PEOPLE, [line, CHUNK]):
        people = [KnownPerson(*row) for row in rows]
        yield people
        line = people[-1].line


def update_people(changes: Sequence[tuple[str, str, int]]) -> None:
    """Write `name, attributes as JSON, subscriber` of people who changed."""
    with connection.cursor() as cursor:
        cursor.executemany(UPDATE_PERSON, changes)


def stamp(at: datetime) -> str:
    """Return a time as the database takes it."""
    return str(connection.ops.adapt_datetimefield_value(at))


def insert_people(list_id: int, source: str, now: str) -> None:
    """Write the people who are new, then the subscriptions of all who are added to the list."""
    execute(INSERT_PEOPLE, [now])
    execute(INSERT_SUBSCRIPTIONS, [list_id, source, now, now])


def insert_departures(list_id: int, source: str, now: str) -> None:
    """Keep who left by the file: unsubscribed from the list, suppressed, or both."""
    # First those to suppress, while it can be seen who is a reader.
    execute(RECORD_SUPPRESSED, [now, source])
    execute(SUPPRESS, [source, source, now])
    if list_id:
        execute(RECORD_LEFT, [now, source, list_id])
        execute(INSERT_LEFT, [now])
        execute(UNSUBSCRIBE, [list_id, source, now, now, now])


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
