"""No statement of a chunk or a batch reads a whole table of what grows with the list."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from newsletter.publishing.models import Issue
from newsletter.sending.delivery import claims
from newsletter.sending.models import Send
from newsletter.sending.planning import audience
from newsletter.sending.planning.queue import queue
from subscribers.list_suppressions import suppress_for_list
from subscribers.models import List, Subscriber, Subscription
from subscribers.segments import saved
from subscribers.suppressions import suppress
from tests.unit.sending.conftest import LEASE, AddPeople
from tests.unit.sending.ledger_rows import Rows

pytestmark = pytest.mark.database

#: What EXPLAIN takes.
STATEMENT = re.compile(r"(--.*\n|\s)*(SELECT|WITH|INSERT|UPDATE|CREATE TEMPORARY TABLE \w+ AS)\b")
#: What has a row for each person or mail; SQLite names it as `queries.sql` does.
GROWING = {
    *("subscribers_subscriber", "p", "q", "subscribers_subscription", "w", "U0"),
    *("sending_delivery", "d", "f", "sending_alreadymailed", "m"),
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
        self._busy = False

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        """Execute a statement (see Django, "Database instrumentation")."""
        if STATEMENT.match(sql) and not many and not self._busy:
            self._busy = True
            self.lines[sql] = explain(sql, params)
            self._busy = False
        return execute(sql, params, many, context)

    def read_whole(self) -> set[tuple[str, str]]:
        """Return the growing tables that are read from end to end, with the statement."""
        return {
            (found[1], sql[:60])
            for sql, lines in self.lines.items()
            for line, following in pairwise([*lines, ""])
            if (found := READ[connection.vendor].search(line))
            and found[1] in GROWING
            and CONDITION not in following
        }


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


@pytest.fixture
def resend(issue: Issue, rows: Rows, add_people: AddPeople, readers: List) -> Send:
    """A second send of an issue, to a segment, beside suppressions of both kinds."""
    people = add_people(20)
    add_others(people[-1].pk)
    rows.batch(rows.send("cancelled"), "accepted", people[:5])
    suppress(people[6].email)
    suppress_for_list(people[7].email, readers)
    segment = saved.create_segment("Example", "domain is tideline.example")
    send = queue(issue, at=timezone.now(), batch_size=10, segment=segment)
    Send.objects.filter(pk=send.pk).update(state="planning")
    return send


def test_counting_an_audience(resend: Send) -> None:
    """A chunk reads what lies in its range of ids."""
    plans = Plans()

    with connection.execute_wrapper(plans):
        audience.plan_audience(resend.pk)

    assert plans.lines
    assert not plans.read_whole()
    resend.refresh_from_db()
    assert (resend.planned, resend.excluded) == (13, 7)


def test_claiming_a_batch(resend: Send) -> None:
    """A batch reads what belongs to its people, and never answers for all people at once."""
    audience.plan_audience(resend.pk)
    plans = Plans()

    with connection.execute_wrapper(plans):
        attempt = claims.claim_batch(resend.batches.earliest("pk").pk, lease=LEASE)

    assert attempt
    [late] = [lines for sql, lines in plans.lines.items() if "UPDATE sending_delivery" in sql]
    assert not any("hashed" in line for line in late)
    assert not plans.read_whole()
