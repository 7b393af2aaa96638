"""The kept counts of lists are those of a full count, whatever changes the subscriptions."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from subscribers import list_counts
from subscribers.importing.applying import import_file
from subscribers.list_counts import Counts, Difference, count_list, count_lists, find_differences
from subscribers.list_suppressions import suppress_for_list
from subscribers.models import List, ListCount, Subscriber, Subscription
from subscribers.privacy.erasure import erase_person
from subscribers.subscriptions import unsubscribe
from subscribers.suppressions import suppress
from tests.unit.subscribers.conftest import Csv, Person

pytestmark = pytest.mark.django_db


def test_every_way_to_change_a_subscription_is_counted(
    weekly: List, person: Person, csv: Csv
) -> None:
    """Single rows, many at once, conflicts, moves, raw deletes, erasures and imports."""
    monthly = List.objects.create(name="Monthly", slug="monthly")
    jane, john = (person(f"{name}@example.org", weekly="active") for name in ("jane", "john"))
    people = [person(f"p{number}@example.org") for number in range(4)]
    rows = [Subscription(subscriber=each, list=weekly, state="pending") for each in people]
    Subscription.objects.bulk_create(rows)
    again = [Subscription(subscriber=each, list=weekly) for each in people]
    Subscription.objects.bulk_create(again, ignore_conflicts=True)
    assert count_list(weekly) == Counts(active=2, pending=4)

    unsubscribe(jane.pk)
    Subscription.objects.filter(subscriber__in=people[:2]).update(state="active")
    Subscription.objects.filter(subscriber=people[0]).update(list=monthly)
    Subscription.objects.filter(subscriber=people[1]).update(source="elsewhere")
    moved = Subscription.objects.filter(subscriber=people[3])
    moved._raw_delete(moved.db)
    erase_person(john)
    rows_of_file = "email,status\n" + "".join(
        f"{one}@example.org,active\n" for one in ("new", "p2", "jane")
    )
    import_file(csv(rows_of_file + "gone@example.org,unsubscribed\n"), weekly)

    assert count_lists([weekly, monthly]) == {
        weekly.pk: Counts(active=2, pending=1, unsubscribed=2),
        monthly.pk: Counts(active=1),
    }
    assert find_differences() == []
    Subscriber.objects.filter(pk=people[0].pk).delete()
    monthly.delete()
    assert find_differences() == []


def test_what_is_rolled_back_is_not_counted(weekly: List, person: Person) -> None:
    """The counts change in the same transaction as the people."""
    with transaction.atomic():
        person("jane@example.org", weekly="active")
        transaction.set_rollback(True)

    assert count_list(weekly) == Counts()


def test_suppressed_are_counted_once(weekly: List, person: Person) -> None:
    """For all mail or for that list, and only those who are active on it."""
    for name in "abcd":
        person(f"{name}@example.org", weekly="active")
    person("e@example.org", weekly="unsubscribed")
    suppress("nobody@example.org")
    for name in "abe":
        suppress(f"{name}@example.org")
    for name in "bc":
        suppress_for_list(f"{name}@example.org", weekly)

    counts = count_list(weekly)

    assert (counts.active, counts.suppressed, counts.mailable) == (4, 3, 1)
    assert counts.everybody == 5


def test_recount_corrects_what_is_wrong(weekly: List, person: Person) -> None:
    """It says what differed; the second time, nothing does."""
    person("jane@example.org", weekly="active")
    ListCount.objects.filter(list=weekly, state="active").update(people=7)

    assert list_counts.recount() == [Difference(slug="weekly", state="active", kept=7, counted=1)]
    assert list_counts.recount() == []
    assert count_list(weekly).active == 1


def test_joined_rows_say_the_same(
    weekly: List, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One row for each list and state is left; where it is one already, nothing is done."""
    monkeypatch.setattr(list_counts, "MAX_ROWS", 3)
    for number in range(5):
        person(f"{number}@example.org", weekly="active")
    before = count_list(weekly)

    assert list_counts.join_rows() == (connection.vendor == "postgresql")
    assert not list_counts.join_rows()
    assert count_list(weekly) == before == Counts(active=5)
    assert ListCount.objects.filter(state="active").count() == 1


def test_few_rows_stay(weekly: List, person: Person) -> None:
    """Only where they became many are they joined."""
    person("jane@example.org", weekly="active")

    assert not list_counts.join_rows()
