"""The triggers in the place of the foreign keys of subscriptions, where two transactions write."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from subscribers.models import List, Subscriber, Subscription
from tests.unit.sending.test_delivery_parents_postgres import delete, elsewhere, waiting_for

pytestmark = pytest.mark.django_db(transaction=True)

Join = Callable[[], object]


@pytest.fixture
def ann() -> Subscriber:
    """Somebody on no list."""
    return Subscriber.objects.create(email="ann@example.org")


@pytest.fixture
def join(ann: Subscriber) -> Join:
    """What puts her on a list."""
    weekly = List.objects.create(name="Weekly", slug="weekly")
    return partial(Subscription.objects.create, subscriber=ann, list=weekly)


def test_deletion_waits_for_who_joins(ann: Subscriber, join: Join) -> None:
    """While a subscription is not committed, nobody deletes its person; then it is refused."""
    with transaction.atomic():
        join()
        [waited] = elsewhere(lambda: delete(ann))
    [refused] = elsewhere(lambda: delete(ann))

    assert isinstance(waited, OperationalError)
    assert isinstance(refused, IntegrityError)
    assert Subscription.objects.get().subscriber == ann


def test_who_waited_for_a_deletion_does_not_join(ann: Subscriber, join: Join) -> None:
    """Held up by a deletion that is then committed, joining is refused."""
    with waiting_for(join) as faults:
        delete(ann)

    assert [type(fault) for fault in faults] == [IntegrityError]
    assert not Subscription.objects.exists()


def test_no_key_of_an_import_is_looked_up_row_by_row() -> None:
    """What an import writes a million times has no foreign key that is looked up at the commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'f' AND conrelid IN"
            " ('subscribers_subscription'::regclass, 'subscribers_importchange'::regclass)"
        )
        assert cursor.fetchall() == []
        # Of the statement (bit 1 of `tgtype` is of a row), after an INSERT (bit 4).
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgtype & 1 = 0"
            " AND tgtype & 4 = 4 AND tgrelid IN"
            " ('subscribers_subscription'::regclass, 'subscribers_importchange'::regclass)"
        )
        assert {name for (name,) in cursor.fetchall()} == {
            "subscribers_count_added",
            "subscribers_importchange_run_id_added",
            "subscribers_subscription_list_id_added",
            "subscribers_subscription_subscriber_id_added",
        }
