"""A send is planned as quickly when PostgreSQL takes the people for few."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from newsletter.sending.models import Delivery
from tests.unit.sending.ledger_rows import Rows

PEOPLE = 20_000
ADD_PEOPLE = """
INSERT INTO subscribers_subscriber (email, key, name, attributes, created_at)
SELECT 'r' || i || '@t.example', 'r' || i || '@t.example', '', '{}', now()
  FROM generate_series(1, %s) AS i
"""
ADD_DELIVERIES = """
INSERT INTO sending_delivery (send_id, batch_id, subscriber_id, address, reason)
SELECT %s, %s, id, email, '' FROM subscribers_subscriber
"""


def add_people_taken_for_none(cursor: CursorWrapper) -> None:
    """Add people after others were taken back and counted as none."""
    with transaction.atomic():
        cursor.execute(ADD_PEOPLE, [PEOPLE])
        transaction.set_rollback(True)
    cursor.execute("ANALYZE subscribers_subscriber")
    cursor.execute(ADD_PEOPLE, [PEOPLE])


@pytest.mark.django_db
def test_deliveries_to_people_who_are_taken_for_none(rows: Rows) -> None:
    """The parents of a chunk are not looked for by reading all of them for each.

    The limit is no measure of speed: it takes a quarter of a second, or many minutes.
    """
    batch = rows.batch(rows.send())
    with connection.cursor() as cursor:
        add_people_taken_for_none(cursor)
        cursor.execute("SET LOCAL statement_timeout = '20s'")

        cursor.execute(ADD_DELIVERIES, [batch.send_id, batch.pk])

    assert Delivery.objects.count() == PEOPLE


@pytest.mark.django_db
def test_a_plan_that_was_made_for_an_empty_table_does_no_harm(rows: Rows) -> None:
    """A session keeps the plan of its first delivery, when there was a person or none."""
    first, batch = rows.batch(rows.send("cancelled")), rows.batch(rows.send())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE subscribers_subscriber")
        cursor.execute(ADD_PEOPLE, [1])
        cursor.execute(ADD_DELIVERIES, [first.send_id, first.pk])
        cursor.execute(ADD_PEOPLE.replace("(1,", "(2,"), [PEOPLE])
        cursor.execute("SET LOCAL statement_timeout = '20s'")

        cursor.execute(ADD_DELIVERIES, [batch.send_id, batch.pk])

    assert Delivery.objects.filter(batch=batch).count() == PEOPLE
