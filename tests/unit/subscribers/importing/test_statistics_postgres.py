"""An import is as quick when PostgreSQL takes the people for few."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection, transaction

from subscribers.importing.applying import import_file
from subscribers.models import List, Subscriber, Subscription

PEOPLE = 20_000


@pytest.mark.django_db
def test_after_one_that_was_undone(tmp_path: Path) -> None:
    """Rows that were taken back and counted as none do not make the next import quadratic.

    The limit is no measure of speed: it takes half a second, or many minutes.
    """
    readers = List.objects.create(name="Readers", slug="readers")
    table = tmp_path / "people.csv"
    table.write_text("\n".join(["email", *(f"r{number}@t.example" for number in range(PEOPLE))]))
    with transaction.atomic():
        import_file(table, readers)
        transaction.set_rollback(True)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE subscribers_subscriber")
        cursor.execute("SET LOCAL statement_timeout = '30s'")

    assert import_file(table, readers).added == PEOPLE


@pytest.mark.django_db
def test_no_plan_reads_all_people() -> None:
    """A table that was empty at the last vacuum would be read whole, and that plan is kept.

    A later import in the same session then read all people for each of them.
    """
    readers = List.objects.create(name="Readers", slug="readers")
    with connection.cursor() as cursor:
        # Until the test ends: rows of other tests that were taken back are no pages of it.
        cursor.execute("TRUNCATE subscribers_subscriber CASCADE")
        cursor.execute("DISCARD PLANS")
        cursor.execute(
            "UPDATE pg_class SET relpages = 0, reltuples = 0 WHERE relname = %s",
            [Subscriber._meta.db_table],
        )
    person = Subscriber.objects.create(email="first@t.example", key="first@t.example")

    before = whole_reads()
    Subscription.objects.create(subscriber=person, list=readers)

    assert whole_reads() == before


def whole_reads() -> int:
    """Return how often this transaction has read the table of people from end to end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq_scan FROM pg_stat_xact_user_tables WHERE relname = %s",
            [Subscriber._meta.db_table],
        )
        return int(cursor.fetchone()[0])
