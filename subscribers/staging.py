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

CHUNK = 5000

#: `line, key, email, name, attributes as JSON` of a line that holds a good address.
Line = tuple[int, str, str, str, str]

DROP = ("DROP TABLE IF EXISTS import_lines", "DROP TABLE IF EXISTS import_fates")

CREATE_LINES = """
CREATE TEMPORARY TABLE import_lines (
    line integer PRIMARY KEY, key text NOT NULL, email text NOT NULL, name text NOT NULL,
    attributes jsonb NOT NULL
)
"""

INSERT_LINE = "INSERT INTO import_lines VALUES (%s, %s, %s, %s, %s)"

COPY_LINES = "COPY import_lines FROM STDIN"

# Of several lines with one address the first counts.  Suppressed people, people who have left
# this list, and people who have left every list they were on, are kept out.
JUDGE = """
CREATE TEMPORARY TABLE import_fates AS
SELECT first.line, first.key, person.id AS subscriber_id,
       CASE WHEN EXISTS (SELECT 1 FROM subscribers_suppression AS s WHERE s.key = first.key)
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
  FROM (SELECT MIN(line) AS line, key FROM import_lines GROUP BY key) AS first
  LEFT JOIN subscribers_subscriber AS person ON person.key = first.key
  LEFT JOIN subscribers_subscription AS here
    ON here.subscriber_id = person.id AND here.list_id = %s
"""

INDEX_FATES = "CREATE UNIQUE INDEX import_fates_by_line ON import_fates (line)"

COUNT_FATES = "SELECT fate, COUNT(*) FROM import_fates GROUP BY fate"

FOLDED = """
SELECT line.line, first.line
  FROM import_lines AS line
  JOIN (SELECT MIN(line) AS line, key FROM import_lines GROUP BY key HAVING COUNT(*) > 1) AS first
    ON first.key = line.key
 WHERE line.line <> first.line
 ORDER BY line.line
"""

KNOWN_PEOPLE = """
SELECT fate.line, fate.fate, person.id, person.name, person.attributes, line.name, line.attributes
  FROM import_fates AS fate
  JOIN import_lines AS line ON line.line = fate.line
  JOIN subscribers_subscriber AS person ON person.id = fate.subscriber_id
 WHERE fate.fate IN ('added', 'present') AND fate.line > %s
 ORDER BY fate.line
 LIMIT %s
"""

UPDATE_PERSON = "UPDATE subscribers_subscriber SET name = %s, attributes = %s WHERE id = %s"

# Another import may have been quicker with the same person: then theirs stands.
INSERT_PEOPLE = """
INSERT INTO subscribers_subscriber (email, key, name, attributes, created_at)
SELECT line.email, line.key, line.name, line.attributes, %s
  FROM import_fates AS fate
  JOIN import_lines AS line ON line.line = fate.line
 WHERE fate.fate = 'added' AND fate.subscriber_id IS NULL
 ORDER BY line.line
    ON CONFLICT (key) DO NOTHING
"""

INSERT_SUBSCRIPTIONS = """
INSERT INTO subscribers_subscription
       (subscriber_id, list_id, state, source, created_at, changed_at)
SELECT person.id, %s, 'active', %s, %s, %s
  FROM import_fates AS fate
  JOIN subscribers_subscriber AS person ON person.key = fate.key
 WHERE fate.fate = 'added'
 ORDER BY fate.line
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
    """Put lines into their table as they come, some thousands at a time."""
    for chunk in chunks(lines):
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(COPY_LINES) as copy:
                    for line in chunk:
                        copy.write_row(line)
            else:
                cursor.executemany(INSERT_LINE, chunk)


def judge(list_id: int) -> dict[str, int]:
    """Decide what becomes of each person; return how many have each fate.

    The fates: `added` to the list, `present` on it, `suppressed`, `unsubscribed`.
    """
    execute(JUDGE, [list_id])
    execute(INDEX_FATES)
    return dict(execute(COUNT_FATES))


def folded() -> list[tuple[int, int]]:
    """Return each line whose address an earlier line has, with the number of that line."""
    return [(line, first) for line, first in execute(FOLDED)]


def known_people() -> Iterator[list[KnownPerson]]:
    """Yield those who stay or come and whom we know already, some thousands at a time."""
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
