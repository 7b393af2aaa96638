"""The tables of one import: the lines of the file, and what becomes of each person in them.

They are temporary tables of this connection, so that a file of any size is read, checked and
compared without holding the database's write lock, and in little memory.  All statements run
on SQLite and PostgreSQL alike; only loading has a way of its own there, which is six times as
fast as INSERT.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from newsletter.errors import NewsletterError

#: Rows dealt with at a time; SQLite takes 32,766 values in one statement.
CHUNK = 2000

#: `line, key, email, name, attributes as JSON` of a line that holds a good address.
Line = tuple[int, str, str, str, str]

DROP = ("DROP TABLE IF EXISTS import_lines", "DROP TABLE IF EXISTS import_fates")

CREATE_LINES = """
CREATE TEMPORARY TABLE import_lines (
    line integer NOT NULL, key text NOT NULL, email text NOT NULL, name text NOT NULL,
    attributes jsonb NOT NULL
)
"""

INSERT_LINES = "INSERT INTO import_lines VALUES "

COPY_LINES = "COPY import_lines FROM STDIN"

# Of several lines with one address the first counts.  Suppressed people, people who have left
# this list, and people who have left every list they were on, are kept out.
JUDGE = """
CREATE TEMPORARY TABLE import_fates AS
SELECT file.*, person.id AS subscriber_id,
       CASE WHEN file.line <> file.first THEN 'folded'
            WHEN EXISTS (SELECT 1 FROM subscribers_suppression AS s WHERE s.key = file.key)
            THEN 'suppressed'
            WHEN here.state = 'unsubscribed'
              OR here.state IS NULL
             AND EXISTS (SELECT 1 FROM subscribers_subscription AS w
                          WHERE w.subscriber_id = person.id)
             AND NOT EXISTS (SELECT 1 FROM subscribers_subscription AS w
                              WHERE w.subscriber_id = person.id AND w.state <> 'unsubscribed')
            THEN 'unsubscribed'
            WHEN here.state IS NULL THEN 'added'
            ELSE 'present'
       END AS fate
  FROM (SELECT line, key, email, name, attributes, MIN(line) OVER (PARTITION BY key) AS first
          FROM import_lines) AS file
  LEFT JOIN subscribers_subscriber AS person ON person.key = file.key
  LEFT JOIN subscribers_subscription AS here
    ON here.subscriber_id = person.id AND here.list_id = %s
"""

INDEX_KNOWN = """
CREATE UNIQUE INDEX import_known ON import_fates (line) WHERE subscriber_id IS NOT NULL
"""

# Without it PostgreSQL takes a new table for a small one, and joins it the slow way.
ANALYSE = "ANALYZE import_fates"

COUNT_FATES = "SELECT fate, COUNT(*) FROM import_fates GROUP BY fate"

FOLDED = "SELECT line, first FROM import_fates WHERE fate = 'folded' ORDER BY line"

# Who is on file exactly as in the file is passed over at once.
KNOWN_PEOPLE = """
SELECT file.line, file.fate, person.id, person.name, person.attributes, file.name, file.attributes
  FROM import_fates AS file
  JOIN subscribers_subscriber AS person ON person.id = file.subscriber_id
 WHERE file.subscriber_id IS NOT NULL AND file.fate IN ('added', 'present') AND file.line > %s
   AND (file.name NOT IN ('', person.name)
        OR CAST(file.attributes AS text) <> CAST(person.attributes AS text))
 ORDER BY file.line
 LIMIT %s
"""

UPDATE_PERSON = "UPDATE subscribers_subscriber SET name = %s, attributes = %s WHERE id = %s"

# In the order of keys, in which the index grows at its end.  Another import may have been
# quicker with the same person: then theirs stands.
INSERT_PEOPLE = """
INSERT INTO subscribers_subscriber (email, key, name, attributes, created_at)
SELECT email, key, name, attributes, %s
  FROM import_fates
 WHERE fate = 'added' AND subscriber_id IS NULL
 ORDER BY key
    ON CONFLICT (key) DO NOTHING
"""

INSERT_SUBSCRIPTIONS = """
INSERT INTO subscribers_subscription
       (subscriber_id, list_id, state, source, created_at, changed_at)
SELECT person.id, %s, 'active', %s, %s, %s
  FROM import_fates AS file
  JOIN subscribers_subscriber AS person ON person.key = file.key
 WHERE file.fate = 'added'
 ORDER BY person.id
    ON CONFLICT (subscriber_id, list_id) DO NOTHING
"""


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
def opened() -> Iterator[None]:
    """Hold the temporary tables, empty at first and gone afterwards.

    After an error of the database they stay, of no harm, until the next import.
    """
    drop()
    execute(CREATE_LINES)
    try:
        yield
    except NewsletterError:
        drop()
        raise
    drop()


def drop() -> None:
    """Drop the tables of this connection."""
    for statement in DROP:
        execute(statement)


def load(lines: Iterable[Line]) -> None:
    """Put lines into their table as they come, in little memory."""
    for chunk in chunks(lines):
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(COPY_LINES) as copy:
                    for line in chunk:
                        copy.write_row(line)
            else:
                row = ", ".join(["(%s, %s, %s, %s, %s)"] * len(chunk))
                cursor.execute(INSERT_LINES + row, list(itertools.chain.from_iterable(chunk)))


def judge(list_id: int) -> dict[str, int]:
    """Decide what becomes of each person; return how many have each fate.

    The fates: `added` to the list, `present` on it, `suppressed`, `unsubscribed`.
    """
    execute(JUDGE, [list_id])
    execute(INDEX_KNOWN)
    execute(ANALYSE)
    return dict(execute(COUNT_FATES))


def folded() -> list[tuple[int, int]]:
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


def insert_people(list_id: int, source: str) -> None:
    """Write the people who are new, then the subscriptions of all who are added to the list."""
    now = str(connection.ops.adapt_datetimefield_value(timezone.now()))
    execute(INSERT_PEOPLE, [now])
    execute(INSERT_SUBSCRIPTIONS, [list_id, source, now, now])


def execute(statement: str, values: Sequence[str | int] = ()) -> list[tuple[Any, ...]]:
    """Run a statement and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def chunks(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """Yield lists of at most `CHUNK` lines."""
    lines = iter(lines)
    while chunk := list(itertools.islice(lines, CHUNK)):
        yield chunk
