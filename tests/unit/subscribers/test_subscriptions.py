"""The rules of subscriptions: who may change what, and what can never be undone by others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from subscribers.models import List, Subscriber, Subscription
from subscribers.subscriptions import choose_lists, open_lists, resubscribe, subscribe, unsubscribe
from subscribers.suppressions import suppress
from tests.unit.subscribers.conftest import Person, State


@pytest.fixture
def monthly(db: None) -> List:
    """Another public list."""
    return List.objects.create(name="Monthly", slug="monthly")


@pytest.fixture
def board(db: None) -> List:
    """A list that is not offered to everybody."""
    return List.objects.create(name="Board", slug="board", public=False)


def states(person: Subscriber) -> dict[str, str]:
    """Return a person's lists with the state on each."""
    return dict(person.subscriptions.values_list("list__slug", "state"))


def test_whose_subscriptions_are_read(weekly: List, board: List, person: Person) -> None:
    """The lists of a person are found by their own subscriptions, never by those of everybody."""
    jane = person("jane@example.org", board="unsubscribed")
    lists = open_lists(jane)

    assert set(lists) == {weekly, board}
    assert " JOIN " not in str(lists.query)
    assert f'"subscriber_id" = {jane.pk}' in str(lists.query)


def test_a_new_person_is_subscribed(weekly: List, person: Person) -> None:
    """Where nothing speaks against it, the word of others is enough; the source is noted."""
    jane = person("jane@example.org")

    assert subscribe(jane, weekly, source="desk")
    assert jane.subscriptions.get().source == "desk"
    assert subscribe(jane, weekly, source="again")
    assert jane.subscriptions.get().source == "desk"


@pytest.mark.parametrize("state", ["unsubscribed", "pending"])
def test_others_do_not_bring_back_or_confirm(weekly: List, person: Person, state: str) -> None:
    """Who left stays away, and who has to confirm still has to."""
    jane = person("jane@example.org", weekly=state)

    assert not subscribe(jane, weekly, source="desk")
    assert states(jane) == {"weekly": state}


def test_others_do_not_subscribe_who_left_everything(
    weekly: List, monthly: List, person: Person
) -> None:
    """A person who left all their lists is not put on one more."""
    jane = person("jane@example.org", monthly="unsubscribed")

    assert not subscribe(jane, weekly, source="desk")
    assert states(jane) == {"monthly": "unsubscribed"}


def test_others_do_not_subscribe_the_suppressed(weekly: List, person: Person) -> None:
    """Suppression wins, whatever the spelling it was made with."""
    jane = person("jane@example.org")
    suppress("Jane@Example.org")

    assert not subscribe(jane, weekly, source="desk")
    assert states(jane) == {}


def test_unsubscribing_names_lists_or_means_all(
    weekly: List, monthly: List, person: Person
) -> None:
    """Only those left are counted, so that the second time is seen to do nothing."""
    jane = person("jane@example.org", weekly="active", monthly="pending")

    assert unsubscribe(jane.pk, [weekly.pk]) == 1
    assert states(jane) == {"weekly": "unsubscribed", "monthly": "pending"}
    assert unsubscribe(jane.pk) == 1
    assert states(jane) == {"weekly": "unsubscribed", "monthly": "unsubscribed"}
    assert unsubscribe(jane.pk) == 0


def test_unsubscribing_keeps_the_time_of_the_first_time(weekly: List, person: Person) -> None:
    """A second click does not move the date somebody may have to prove."""
    jane = person("jane@example.org", weekly="active")
    unsubscribe(jane.pk)
    when = jane.subscriptions.get().changed_at

    unsubscribe(jane.pk)

    assert jane.subscriptions.get().changed_at == when


def test_coming_back_is_for_the_lists_named(weekly: List, monthly: List, person: Person) -> None:
    """Nothing is revived by the way, and nothing is made that was not there."""
    jane = person("jane@example.org", weekly="unsubscribed")

    assert resubscribe(jane.pk, []) == 0
    assert resubscribe(jane.pk, [weekly.pk, monthly.pk]) == 1
    assert states(jane) == {"weekly": "active"}


def test_a_choice_is_kept_exactly(weekly: List, monthly: List, person: Person) -> None:
    """Ticked lists are active, the other open ones are left, whatever they were."""
    jane = person("jane@example.org", weekly="active")

    choose_lists(jane, [monthly.pk])
    assert states(jane) == {"weekly": "unsubscribed", "monthly": "active"}
    choose_lists(jane, [weekly.pk, monthly.pk])
    assert states(jane) == {"weekly": "active", "monthly": "active"}
    choose_lists(jane, [])
    assert states(jane) == {"weekly": "unsubscribed", "monthly": "unsubscribed"}


def test_a_closed_list_cannot_be_chosen(weekly: List, board: List, person: Person) -> None:
    """A list that is not public is open only to those who are, or were, on it."""
    jane, member = person("jane@example.org"), person("member@example.org", board="unsubscribed")

    choose_lists(jane, [board.pk])
    choose_lists(member, [board.pk])

    assert list(open_lists(jane)) == [weekly]
    assert set(open_lists(member)) == {weekly, board}
    assert states(jane) == {}
    assert states(member) == {"board": "active"}


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_leave_once(weekly: List, person: Person) -> None:
    """Of several at the same time one does the work, and the others find it done."""
    jane = person("jane@example.org", weekly="active")

    def click(_: int) -> int:
        try:
            return unsubscribe(jane.pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(click, range(4)))

    assert sorted(counts) == [0, 0, 0, 1]
    assert Subscription.objects.get().state == State.UNSUBSCRIBED
