"""The connections to PostgreSQL, and what its planner of statements is told."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from wagtail.models import Site

from newsletter.conf.config import load
from newsletter.runtime.startup import follow_addresses, one_at_a_time
from newsletter.sending.ledger.statistics import WORTH_COUNTING, refresh_statistics
from subscribers.models import Subscriber, Suppression
from tests.program.workspaces import wait_until
from tests.publications import create_publication


@pytest.mark.django_db
def test_statements_are_not_compiled() -> None:
    """Each connection to PostgreSQL has its compiler of statements switched off."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)


@pytest.mark.django_db
@pytest.mark.parametrize(("rows", "counted"), [(WORTH_COUNTING, True), (WORTH_COUNTING - 1, False)])
def test_tables_that_have_grown_are_counted(rows: int, counted: bool) -> None:
    """PostgreSQL knows at once how large a table is; for a small change, nothing is done."""
    before = size_believed()
    Subscriber.objects.bulk_create(
        Subscriber(email=f"{n}@x.org", key=f"{n}@x.org") for n in range(3)
    )

    refresh_statistics(Subscriber, Suppression, rows=rows)

    assert size_believed() == (3 if counted else before)


def size_believed() -> float:
    """Return how many people PostgreSQL believes there are, until it counts them again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'subscribers_subscriber'")
        (size,) = cursor.fetchone()
    return float(size)


@pytest.mark.django_db(transaction=True)
def test_one_program_moves_the_sites() -> None:
    """After a change of addresses the programs of a fleet take turns; the last finds it done."""
    create_publication("Tideline Digest")
    right = Site.objects.get().hostname
    Site.objects.update(hostname="old.example.org")
    other = threading.Thread(target=start_elsewhere)
    with one_at_a_time(load()):
        other.start()
        wait_until(lambda: waits_for_lock() or not other.is_alive())
        assert Site.objects.get().hostname == "old.example.org"
        Site.objects.update(hostname=right)
    other.join(30)

    assert not other.is_alive()
    assert Site.objects.get().hostname == right


def start_elsewhere() -> None:
    """Do what a program does at its start, by a connection of its own."""
    try:
        follow_addresses(load())
    finally:
        connection.close()


def waits_for_lock() -> bool:
    """Say whether somebody waits for an advisory lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return cursor.fetchone() is not None
