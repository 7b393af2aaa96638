"""How lists grew, day by day, and where their people came from."""

from __future__ import annotations

import datetime as dt

import pytest

from subscribers.growth import Change, count_sources, read_growth
from subscribers.models import List, ListSuppression, Subscriber, Subscription, Suppression

pytestmark = pytest.mark.django_db


def day(number: int) -> dt.datetime:
    """Return noon of a day in October."""
    return dt.datetime(2026, 10, number, 12, tzinfo=dt.UTC)


@pytest.fixture
def readers() -> List:
    """A list of nobody."""
    return List.objects.create(name="Readers", slug="readers")


def join(to: List, email: str, on: int, *, left: int = 0, source: str = "file") -> Subscriber:
    """Return somebody who joined a list on a day, and left it on another if one is given."""
    person, _ = Subscriber.objects.get_or_create(email=email)
    Subscription.objects.create(
        subscriber=person,
        list=to,
        source=source,
        created_at=day(on),
        changed_at=day(left or on),
        state="unsubscribed" if left else "active",
    )
    return person


def suppress(person: Subscriber, reason: str, on: int) -> None:
    """Have somebody's address suppressed since a day."""
    Suppression.objects.create(email=person.email, reason=reason, created_at=day(on))


def stop(of: List, email: str, on: int) -> None:
    """Have an address suppressed for one list since a day."""
    ListSuppression.objects.create(email=email, list=of, reason="manual", created_at=day(on))


def test_joined_left_and_bounced(readers: List) -> None:
    """Each day has who joined, left and bounced away; the sum is who gets mail now."""
    join(readers, "a@example.org", 1)
    join(readers, "b@example.org", 1, left=3)
    suppress(join(readers, "c@example.org", 2), "bounced", 4)
    suppress(join(readers, "d@example.org", 2), "complained", 4)

    growth = read_growth([readers.pk])

    assert growth.days == [
        Change(day=dt.date(2026, 10, 1), joined=2),
        Change(day=dt.date(2026, 10, 2), joined=2),
        Change(day=dt.date(2026, 10, 3), left=1),
        Change(day=dt.date(2026, 10, 4), bounced=1, suppressed=1),
    ]
    assert growth.people == 1
    assert growth.since == dt.date(2026, 10, 1)


def test_suppressions_for_single_lists_count(readers: List) -> None:
    """Somebody is gone once no list is left of which they get mail; each of them once."""
    more = List.objects.create(name="More", slug="more")
    for name in ("a", "b", "c"):
        join(readers, f"{name}@example.org", 1)
    both = join(more, "a@example.org", 1)
    stop(readers, "a@example.org", 3)
    stop(readers, "b@example.org", 4)
    suppress(Subscriber.objects.get(key="b@example.org"), "bounced", 6)

    assert read_growth([readers.pk]).days[1:] == [
        Change(day=dt.date(2026, 10, 3), suppressed=1),
        Change(day=dt.date(2026, 10, 4), suppressed=1),
    ]
    assert count_sources([readers.pk]) == {"file": 1}
    assert read_growth([readers.pk, more.pk]).people == 2
    stop(more, both.email, 5)
    assert read_growth([readers.pk, more.pk]).days[2] == Change(
        day=dt.date(2026, 10, 5), suppressed=1
    )


def test_each_person_once(readers: List) -> None:
    """On two lists somebody counts once: since the first day, until they left both."""
    more = List.objects.create(name="More", slug="more")
    join(readers, "a@example.org", 1, left=5)
    join(more, "a@example.org", 2)
    join(readers, "b@example.org", 1, left=5)
    join(more, "b@example.org", 2, left=7)

    growth = read_growth([readers.pk, more.pk])

    assert growth.days == [
        Change(day=dt.date(2026, 10, 1), joined=2),
        Change(day=dt.date(2026, 10, 7), left=1),
    ]


def test_who_is_not_there(readers: List) -> None:
    """Who has not confirmed has not joined; who left before a suppression left once."""
    waiting = join(readers, "a@example.org", 1)
    Subscription.objects.filter(subscriber=waiting).update(state="pending")
    suppress(join(readers, "b@example.org", 2, left=3), "bounced", 4)

    assert read_growth([readers.pk]).people == 0
    assert [each.net for each in read_growth([readers.pk]).days] == [1, -1]


def test_suppressed_before_they_joined(readers: List) -> None:
    """Who was suppressed before joining never counts for more than nothing."""
    suppress(join(readers, "a@example.org", 5), "bounced", 1)

    assert read_growth([readers.pk]).days == [Change(day=dt.date(2026, 10, 5), joined=1, bounced=1)]


def test_no_lists() -> None:
    """Without lists nobody is there, and nothing is known."""
    assert read_growth([]).people == 0
    assert read_growth([]).since is None


def test_sources(readers: List) -> None:
    """The sources of those who get mail are counted, the most frequent first."""
    for number in range(3):
        join(readers, f"a{number}@example.org", 1, source="fair")
    join(readers, "b@example.org", 1, source="page")
    join(readers, "c@example.org", 1, left=2, source="page")
    suppress(join(readers, "d@example.org", 1, source="page"), "bounced", 2)

    assert list(count_sources([readers.pk]).items()) == [("fair", 3), ("page", 1)]
