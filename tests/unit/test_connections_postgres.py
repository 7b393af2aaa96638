"""The connections to PostgreSQL, and what its planner of statements is told."""

from __future__ import annotations

import pytest
from django.db import connection

from newsletter.sending.ledger.statistics import WORTH_COUNTING, refresh_statistics
from subscribers.models import Subscriber, Suppression


@pytest.mark.django_db
def test_statements_are_not_compiled() -> None:
    """Each connection to PostgreSQL has its compiler of statements switched off."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)


@pytest.mark.django_db
@pytest.mark.parametrize(("rows", "counted"), [(WORTH_COUNTING, 3), (WORTH_COUNTING - 1, -1)])
def test_tables_that_have_grown_are_counted(rows: int, counted: int) -> None:
    """PostgreSQL knows at once how large a table is; for a small change, nothing is done."""
    Subscriber.objects.bulk_create(
        Subscriber(email=f"{n}@x.org", key=f"{n}@x.org") for n in range(3)
    )

    refresh_statistics(Subscriber, Suppression, rows=rows)
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'subscribers_subscriber'")
        assert cursor.fetchone() == (counted,)
