"""The triggers in the place of the foreign keys of deliveries, where two transactions write."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator

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


def elsewhere(act: Callable[[], object], wait: str = "200ms") -> list[Exception]:
    """Do something by another connection, which waits no longer; return what went wrong."""
    faults: list[Exception] = []

    def run() -> None:
        try:
            with transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT set_config('lock_timeout', %s, true)", [wait])
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


@contextlib.contextmanager
def waiting_for(act: Callable[[], object]) -> Iterator[list[Exception]]:
    """Have somebody else do something, and wait until they are held up; at the end they have."""
    faults: list[Exception] = []
    other = threading.Thread(target=lambda: faults.extend(elsewhere(act, wait="60s")))
    with transaction.atomic():
        yield faults
        other.start()
        with connection.cursor() as cursor:
            while True:
                cursor.execute(
                    "SELECT count(*) FROM pg_locks AS held_up WHERE NOT granted"
                    " AND pg_backend_pid() = ANY(pg_blocking_pids(held_up.pid))"
                )
                if cursor.fetchone() != (0,):
                    break
                assert other.is_alive(), "it did not wait"
    other.join()


def test_who_waited_for_a_deletion_plans_nothing(batch: Batch, person: Subscriber) -> None:
    """Held up by a deletion that is then committed, planning is refused: nobody mails nobody."""
    with waiting_for(lambda: plan(batch, person)) as faults:
        delete(person)

    assert [type(fault) for fault in faults] == [IntegrityError]
    assert not Delivery.objects.exists()


def test_who_waited_for_planning_deletes_nobody(batch: Batch, person: Subscriber) -> None:
    """Held up by planning that is then committed, a deletion is refused."""
    with waiting_for(lambda: delete(person)) as faults:
        plan(batch, person)

    assert [type(fault) for fault in faults] == [IntegrityError]
    assert Delivery.objects.get().subscriber == person


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
