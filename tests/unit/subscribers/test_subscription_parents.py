"""A subscription always points to a person and a list that are there, on both databases."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from subscribers.importing.models import ImportChange, ImportRun
from subscribers.models import List, Subscriber, Subscription
from tests.unit.subscribers.conftest import Person

pytestmark = pytest.mark.database

COLUMNS = ("subscriber_id", "list_id")
#: An id that no row has.
NOWHERE = 987_654_321


def commit(act: Callable[[], object]) -> None:
    """Do something in a transaction, and look at all keys as at its end."""
    with transaction.atomic():
        act()
        connection.check_constraints()


def run(statement: str, *values: int) -> None:
    """Run a statement past the models."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("place", [0, 1])
def test_subscription_without_a_parent_is_refused(
    weekly: List, person: Person, column: str, place: int
) -> None:
    """One row that points nowhere has its whole statement refused, wherever it stands in it."""
    people = [person("ann@example.org"), person("bob@example.org")]
    both = [Subscription(subscriber=each, list=weekly) for each in people]
    setattr(both[place], column, NOWHERE)

    with pytest.raises(IntegrityError):
        commit(lambda: Subscription.objects.bulk_create(both))

    assert not Subscription.objects.exists()


def test_parents_of_the_same_transaction_and_of_others(weekly: List, person: Person) -> None:
    """People made just now and people known before join in one statement."""
    known = person("ann@example.org")

    def join() -> None:
        new = Subscriber.objects.create(email="bob@example.org")
        both = [Subscription(subscriber=each, list=weekly) for each in (known, new)]
        Subscription.objects.bulk_create(both)

    commit(join)

    assert weekly.subscriptions.count() == 2


@pytest.mark.parametrize("column", COLUMNS)
def test_subscription_does_not_move_to_no_parent(weekly: List, person: Person, column: str) -> None:
    """A subscription that is changed to point nowhere stays as it was."""
    person("ann@example.org", weekly="active")
    before = Subscription.objects.values(*COLUMNS).get()

    with pytest.raises(IntegrityError):
        commit(lambda: Subscription.objects.update(**{column: NOWHERE}))

    assert Subscription.objects.values(*COLUMNS).get() == before


@pytest.mark.parametrize("table", ["subscribers_subscriber", "subscribers_list"])
def test_parent_of_a_subscription_is_not_deleted(weekly: List, person: Person, table: str) -> None:
    """No statement deletes a person or a list with subscriptions, nor renumbers it."""
    person("ann@example.org", weekly="active")
    run("DELETE FROM subscribers_listcount")

    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET id = {NOWHERE}"):
        with pytest.raises(IntegrityError):
            commit(lambda statement=statement: run(statement))  # type: ignore[misc]

    assert weekly.subscriptions.count() == 1


def test_parent_may_go_before_its_subscription(weekly: List, person: Person) -> None:
    """Within a transaction a person may go first, if the subscription has gone at its end."""
    ann = person("ann@example.org", weekly="active")

    def person_first() -> None:
        run("DELETE FROM subscribers_subscriber WHERE id = %s", ann.pk)
        run("DELETE FROM subscribers_subscription WHERE subscriber_id = %s", ann.pk)

    commit(person_first)

    assert not Subscriber.objects.exists()


def test_what_an_import_changed_belongs_to_a_run(weekly: List, person: Person) -> None:
    """A record of a change needs its run, and a run with records is not deleted past the models."""
    ann = person("ann@example.org")
    with pytest.raises(IntegrityError):
        commit(lambda: ImportChange.objects.create(run_id=NOWHERE, subscriber=ann))
    made = ImportRun.objects.create(list=weekly, file_name="a.csv", created_at=timezone.now())
    ImportChange.objects.create(run=made, subscriber=ann)

    with pytest.raises(IntegrityError):
        commit(lambda: run("DELETE FROM subscribers_importrun"))
    commit(made.delete)

    assert not ImportChange.objects.exists()
