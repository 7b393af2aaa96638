"""People who leave at the same time are unsubscribed together, each from the lists of the link."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from subscribers.departures import leave_together
from subscribers.history.models import SubscriptionChange
from subscribers.models import List, Subscriber, Subscription
from subscribers.preferences.models import AddressChange
from subscribers.privacy.erasure import erase_person

pytestmark = pytest.mark.django_db


def make_people(count: int) -> tuple[list[Subscriber], list[List]]:
    """Return people who are on two lists."""
    lists = [List.objects.create(name=name, slug=name) for name in ("daily", "weekly")]
    people = [Subscriber.objects.create(email=f"p{pk}@example.org") for pk in range(count)]
    for one in lists:
        Subscription.objects.bulk_create(Subscription(subscriber=each, list=one) for each in people)
    return people, lists


def get(people: list[Subscriber]) -> list[list[str]]:
    """Return the lists that each of the people still gets."""
    rows = Subscription.objects.filter(state="active").order_by("list__slug")
    return [
        list(rows.filter(subscriber=one).values_list("list__slug", flat=True)) for one in people
    ]


def test_together() -> None:
    """Each leaves what the link names, all where it names none; unknown and erased do no harm."""
    people, [daily, _weekly] = make_people(5)
    erase_person(people[3])

    leave_together(
        [
            (people[0].pk, (daily.pk,)),
            (people[1].pk, ()),
            (people[2].pk, (daily.pk,)),
            (people[2].pk, (daily.pk,)),
            (people[3].pk, ()),
            (999_999_999, ()),
        ]
    )

    assert get(people) == [["weekly"], [], ["weekly"], [], ["daily", "weekly"]]
    left = SubscriptionChange.objects.filter(kind=SubscriptionChange.Kind.LEFT, by="=person")
    by_person = [left.filter(subscriber=each).count() for each in people[:3]]
    assert by_person == [1, 2, 1]


def test_one_transaction() -> None:
    """A hundred ask the database no more than two."""
    people, [daily, weekly] = make_people(102)
    with CaptureQueriesContext(connection) as two:
        leave_together([(one.pk, (daily.pk,)) for one in people[:2]])

    with CaptureQueriesContext(connection) as hundred:
        leave_together([(one.pk, (weekly.pk,)) for one in people[2:]])

    assert len(hundred) == len(two) <= 12
    assert get(people) == [["weekly"]] * 2 + [["daily"]] * 100


def test_who_became_another() -> None:
    """Among others, one who moved to a known address leaves under that one as well."""
    people, [daily, _weekly] = make_people(3)
    AddressChange.objects.create(
        subscriber=people[0], email=people[1].email, key=people[1].key, merged_into=people[1]
    )

    leave_together([(people[0].pk, (daily.pk,)), (people[2].pk, ())])

    assert get(people) == [["weekly"], ["weekly"], []]
