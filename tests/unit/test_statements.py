"""Statements that Django makes once find what their query sets do."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from newsletter.statements import ModelStatement, Statement
from subscribers.models import List, Subscriber, Subscription

pytestmark = pytest.mark.django_db


def make_people() -> list[Subscriber]:
    """Return two people of one list."""
    readers = List.objects.create(name="Readers", slug="readers")
    people = [
        Subscriber.objects.create(email=f"{name}@example.org", attributes={"city": name})
        for name in ("ada", "bo")
    ]
    Subscription.objects.bulk_create(Subscription(subscriber=one, list=readers) for one in people)
    return people


def test_objects() -> None:
    """Objects are whole: JSON, times, and what is selected beside them, for each value."""
    people = make_people()
    statement = ModelStatement(
        lambda pk, state: Subscription.objects.select_related("subscriber", "list").filter(
            subscriber=pk, state=state
        ),
        *(int, str),
    )
    for person in people:
        with CaptureQueriesContext(connection) as asked:
            found = statement.first(person.pk, "active")
            assert found is not None
            assert found.subscriber.attributes == person.attributes
            assert found.subscriber.created_at == person.created_at
            assert isinstance(found.changed_at, dt.datetime)
            assert found.list.slug == "readers"
        assert len(asked) == 1
    assert statement.first(people[0].pk, "pending") is None


def test_tuples() -> None:
    """Tuples have what a query set of values has, in its order."""
    people = make_people()
    statement = Statement(
        lambda pk: Subscriber.objects.filter(pk__gte=pk).values_list("attributes", "key"), int
    )

    assert statement.rows(people[0].pk) == [(one.attributes, one.key) for one in people]
    assert statement.rows(people[1].pk) == [(people[1].attributes, people[1].key)]


def test_lost_value() -> None:
    """A query set that does not use its value is refused: it would find the same for all."""
    with pytest.raises(ValueError, match="none of the parameters"):
        Statement(lambda _pk: Subscriber.objects.values_list("pk"), int).rows(1)
