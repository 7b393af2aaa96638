"""The triggers in the place of the foreign keys of deliveries, where two transactions write."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from newsletter.sending.models import Batch, Delivery
from subscribers.models import Subscriber
from tests.unit.sending.conftest import AddPeople
from tests.unit.sending.ledger_rows import Rows

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def batch(rows: Rows) -> Batch:
    """A batch of a send, without anybody in it."""
    return rows.batch(rows.send())


@pytest.fixture
def person(add_people: AddPeople) -> Subscriber:
    """Somebody on no list."""
    [person] = add_people(1)
    person.subscriptions.all().delete()
    return person


def elsewhere(act: Callable[[], object]) -> list[Exception]:
    """Do something by another connection, which does not wait long; return what went wrong."""
    faults: list[Exception] = []

    def run() -> None:
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL lock_timeout = '200ms'")
                act()
        except (IntegrityError, OperationalError) as error:
            faults.append(error)
        finally:
            connection.close()

    other = threading.Thread(target=run)
    other.start()
    other.join()
    return faults


def plan(batch: Batch, person: Subscriber) -> None:
    """Write a delivery, past the checks of the models."""
    Delivery.objects.create(send=batch.send, subscriber=person, batch=batch, address=person.email)


def delete(person: Subscriber) -> None:
    """Delete a person, past the models."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM subscribers_subscriber WHERE id = %s", [person.pk])


def test_deletion_waits_for_who_is_being_planned(batch: Batch, person: Subscriber) -> None:
    """While a delivery is not committed, nobody deletes its person; afterwards it is refused."""
    with transaction.atomic():
        plan(batch, person)
        [waited] = elsewhere(lambda: delete(person))
    [refused] = elsewhere(lambda: delete(person))

    assert isinstance(waited, OperationalError)
    assert isinstance(refused, IntegrityError)
    assert Delivery.objects.get().subscriber == person


def test_planning_waits_for_who_is_being_deleted(batch: Batch, person: Subscriber) -> None:
    """While a person is being deleted, nobody plans a mail to them; afterwards it is refused."""
    with transaction.atomic():
        delete(person)
        [waited] = elsewhere(lambda: plan(batch, person))
    [refused] = elsewhere(lambda: plan(batch, person))

    assert isinstance(waited, OperationalError)
    assert isinstance(refused, IntegrityError)
    assert not Delivery.objects.exists()


def test_no_key_is_looked_up_row_by_row() -> None:
    """Deliveries have no foreign key, which would look up each row, and three triggers instead."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT contype FROM pg_constraint WHERE conrelid = 'sending_delivery'::regclass"
        )
        assert "f" not in {kind for (kind,) in cursor.fetchall()}
        # Of the statement (bit 1 of `tgtype` is of a row), after an INSERT (bit 4).
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'sending_delivery'::regclass"
            " AND NOT tgisinternal AND tgtype & 1 = 0 AND tgtype & 4 = 4 ORDER BY tgname"
        )
        assert [name for (name,) in cursor.fetchall()] == [
            "sending_delivery_batch_id_added",
            "sending_delivery_send_id_added",
            "sending_delivery_subscriber_id_added",
        ]
