"""An import is as quick when PostgreSQL takes the people for few."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection, transaction

from subscribers.importing.applying import import_file
from subscribers.models import List

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
