"""How the database would run statements: whether one reads a whole table of what grows."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from subscribers.models import List, Subscriber, Subscription

#: What EXPLAIN takes.
STATEMENT = re.compile(r"(--.*\n|\s)*(SELECT|WITH|INSERT|UPDATE|CREATE TEMPORARY TABLE \w+ AS)\b")
#: What has a row for each person or mail.
GROWING = {
    *("subscribers_subscriber", "subscribers_subscription", "subscribers_subscriptionchange"),
    *("sending_delivery", "sending_alreadymailed", "tracking_event"),
}
#: How each database says that it reads a table, and PostgreSQL how it finds the rows to read.
READ = {
    "sqlite": re.compile(r"^SCAN (\w+)"),
    "postgresql": re.compile(r"(?:Seq Scan|Index(?: Only)? Scan using \w+) on (\w+) "),
}
CONDITION = "Index Cond:"
#: People beside those of the send.
OTHERS = 3000


class Plans:
    """Has each statement explained before it runs, where it is one of a chunk or a batch."""

    def __init__(self) -> None:
        self.lines: dict[str, list[str]] = {}
        #: How many statements were executed, those that explain left out.
        self.count = 0
        self._busy = False

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        """Execute a statement (see Django, "Database instrumentation")."""
        self.count += not self._busy
        if STATEMENT.match(sql) and not many and not self._busy:
            self._busy = True
            self.lines[sql] = explain(sql, params)
            self._busy = False
        return execute(sql, params, many, context)

    def read_whole(self) -> set[tuple[str, str]]:
        """Return the growing tables that are read from end to end, with the statement."""
        return {
            (table, sql)
            for sql, lines in self.lines.items()
            for line, following in pairwise([*lines, ""])
            if (found := READ[connection.vendor].search(line))
            and (table := table_of(found[1], sql)) in GROWING
            and CONDITION not in following
        }


def table_of(name: str, sql: str) -> str:
    """Return the table that a statement calls by a name; SQLite names it as the statement does."""
    given = rf"""(?:FROM|JOIN|,)\s+"?(\w+)"?\s+(?:AS\s+)?"?{name}"?(?!\w)"""
    found = re.search(given, sql, re.IGNORECASE)
    return found[1] if found else name


def explain(sql: str, params: Any) -> list[str]:
    """Return how the database would run a statement, a step a line."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
            return [str(row[3]) for row in cursor.fetchall()]
        # Tables of a test fit on a page, which PostgreSQL would rather read than look up.
        for way in ("seqscan", "bitmapscan", "hashjoin", "mergejoin"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        cursor.execute(f"EXPLAIN {sql}", params)
        return [str(line) for (line,) in cursor.fetchall()]


def add_others(after: int) -> None:
    """Add people of another list, far behind the ids of a chunk, and have them counted.

    With a few rows in all, PostgreSQL may as well read them all.
    """
    elsewhere = List.objects.create(name="Elsewhere", slug="elsewhere")
    ids = range(after + 100_000, after + 100_000 + OTHERS)
    Subscriber.objects.bulk_create(
        Subscriber(id=pk, email=f"o{pk}@tideline.example", key=f"o{pk}@tideline.example")
        for pk in ids
    )
    Subscription.objects.bulk_create(
        Subscription(subscriber_id=pk, list=elsewhere, state="active") for pk in ids
    )
    with connection.cursor() as cursor:
        for table in (Subscriber, Subscription):
            cursor.execute(f"ANALYZE {table._meta.db_table}")
        if connection.vendor == "postgresql":
            forget_sizes(
                cursor, sorted(GROWING - {"subscribers_subscriber", "subscribers_subscription"})
            )


def forget_sizes(cursor: CursorWrapper, tables: list[str]) -> None:
    """Have PostgreSQL know nothing of some tables until the transaction ends.

    Autovacuum may have been there or not.  It would count the few rows of a test, and those are
    soon read from end to end.
    """
    cursor.execute(
        "UPDATE pg_class SET relpages = 0, reltuples = -1 WHERE relname = ANY(%s)", [tables]
    )
    cursor.execute("DELETE FROM pg_statistic WHERE starelid = ANY(%s::regclass[])", [tables])
