"""A delivery always points to a send, a batch and a person that are there, on both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from newsletter.sending.models import Attempt, Batch, Delivery, Send
from subscribers.models import Subscriber
from tests.unit.sending.conftest import AddPeople
from tests.unit.sending.ledger_rows import Rows

pytestmark = pytest.mark.database

COLUMNS = ("send_id", "subscriber_id", "batch_id")
#: An id that no row has.
NOWHERE = 987_654_321


@pytest.fixture
def delivery(rows: Rows, add_people: AddPeople) -> Delivery:
    """The one delivery that there is; its person is on no list any more."""
    [person] = add_people(1)
    person.subscriptions.all().delete()
    batch = rows.batch(rows.send(), people=[person])
    return batch.deliveries.get()


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("place", ["first", "last"])
def test_delivery_without_a_parent_is_refused(
    delivery: Delivery, add_people: AddPeople, column: str, place: str
) -> None:
    """One row that points nowhere has its whole statement refused, wherever it stands in it."""
    both = [
        Delivery(
            send_id=delivery.send_id,
            subscriber_id=person.pk,
            batch_id=delivery.batch_id,
            address=person.email,
        )
        for person in add_people(2, start=100)
    ]
    setattr(both[0 if place == "first" else 1], column, NOWHERE)

    with pytest.raises(IntegrityError):
        commit(lambda: Delivery.objects.bulk_create(both))

    assert list(Delivery.objects.values_list("pk", flat=True)) == [delivery.pk]


@pytest.mark.parametrize("column", COLUMNS)
def test_delivery_does_not_move_to_no_parent(delivery: Delivery, column: str) -> None:
    """A delivery that is changed to point nowhere stays as it was."""
    before = getattr(delivery, column)

    with pytest.raises(IntegrityError):
        commit(lambda: Delivery.objects.filter(pk=delivery.pk).update(**{column: NOWHERE}))

    delivery.refresh_from_db()
    assert getattr(delivery, column) == before


def test_delivery_moves_to_another_batch(delivery: Delivery, rows: Rows) -> None:
    """A delivery may be moved to a batch that is there; then the old one may go."""
    old, new = delivery.batch, rows.batch(delivery.send)

    Delivery.objects.filter(pk=delivery.pk).update(batch=new)
    commit(lambda: delete_row("sending_batch", old.pk))

    assert list(new.deliveries.all()) == [delivery]


@pytest.mark.parametrize("column", COLUMNS)
def test_parent_of_a_delivery_is_not_deleted(delivery: Delivery, column: str) -> None:
    """No statement deletes a send, a person or a batch that has deliveries, nor renumbers it."""
    table, pk = parent_of(delivery, column)

    clear_others(column)

    with pytest.raises(IntegrityError):
        commit(lambda: delete_row(table, pk))
    with pytest.raises(IntegrityError):
        commit(lambda: run(f"UPDATE {table} SET id = {NOWHERE} WHERE id = %s", pk))

    delivery.refresh_from_db()
    assert getattr(delivery, column) == pk


def test_parent_may_go_before_its_deliveries(delivery: Delivery) -> None:
    """Within a transaction a person may go first, if the delivery has gone at its end."""

    def person_first() -> None:
        delete_row("subscribers_subscriber", delivery.subscriber_id)
        delete_row("sending_delivery", delivery.pk)

    commit(person_first)

    assert not Delivery.objects.exists()
    assert not Subscriber.objects.exists()


def test_deletions_through_the_models(delivery: Delivery) -> None:
    """A person with mail is not deleted; a send goes with its batches and its deliveries."""
    with pytest.raises(ProtectedError):
        delivery.subscriber.delete()

    commit(delivery.send.delete)

    assert not Send.objects.exists()
    assert not Batch.objects.exists()
    assert not Delivery.objects.exists()
    commit(delivery.subscriber.delete)
    assert not Subscriber.objects.exists()


def commit(act: Callable[[], object]) -> None:
    """Do something in a transaction, and look at all keys as at its end."""
    with transaction.atomic():
        act()
        connection.check_constraints()


def parent_of(delivery: Delivery, column: str) -> tuple[str, int]:
    """Return the table that a column points to, and the id of the row there."""
    field = next(each for each in Delivery._meta.concrete_fields if each.column == column)
    related = field.related_model
    assert isinstance(related, type)
    return related._meta.db_table, getattr(delivery, column)


def clear_others(column: str) -> None:
    """Delete what else would keep a parent: the key of the delivery is to do it alone."""
    Attempt.objects.all().delete()
    if column == "send_id":
        Send.lists.through.objects.all().delete()
        # The batch of the delivery moves to another send, so that only the delivery is left.
        [send] = Send.objects.all()
        other = Send.objects.create(
            issue=send.issue, edition=send.edition, at=send.at, state="cancelled"
        )
        Batch.objects.update(send=other)


def delete_row(table: str, pk: int) -> None:
    """Delete a row by its id, past the models."""
    run(f"DELETE FROM {table} WHERE id = %s", pk)


def run(statement: str, pk: int) -> None:
    """Run a statement about a row."""
    with connection.cursor() as cursor:
        cursor.execute(statement, [pk])
