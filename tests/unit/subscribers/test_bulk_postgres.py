"""Bulk actions while people act themselves, where both may write; SQLite has one writer."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection, transaction

from subscribers.adding import NewPerson, NotedConsent, add_person, add_to_lists
from subscribers.bulk import runs
from subscribers.bulk.runs import Order
from subscribers.departures import leave
from subscribers.finding.filters import PeopleFilter
from subscribers.models import List, Subscriber, Subscription
from subscribers.people import lock_person
from subscribers.subscriptions import unsubscribe
from tests.unit.subscribers.importing.test_turns_postgres import beside

pytestmark = pytest.mark.django_db(transaction=True)
BY_PHONE = NotedConsent(text="Yes, send it to me", source="by phone")


class At:
    """Does something once, in another thread, before a statement that begins with some words.

    It is waited for some time: as long as it is not held up, it is done before the statement.
    """

    def __init__(self, start: str, *, act: Any) -> None:
        self.start, self.act = start, act
        self.thread: Any = None

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Execute a statement, after what is to be done before it."""
        if self.thread is None and sql.startswith(self.start):
            self.thread = beside(self.act)
            self.thread.join(timeout=0.3)  # seconds
        return execute(sql, params, many, context)

    def end(self) -> None:
        """Wait until it is done; it was begun."""
        self.thread.join()


@pytest.fixture
def ann() -> Subscriber:
    """Somebody on one list, who may be added to another."""
    person = Subscriber.objects.create(email="ann@example.org")
    Subscription.objects.create(subscriber=person, list=List.objects.create(name="W", slug="w"))
    List.objects.create(name="Events", slug="events")
    return person


def order(action: str, **more: Any) -> Order:
    """Ask for something for everybody."""
    known = {"of": PeopleFilter(), "basis": "consent", "reason": "asked"}
    return Order(action=action, **{**known, **more})


def until_somebody_waits() -> None:
    """Return when another connection waits for a lock; fail after some seconds."""
    pause = threading.Event()
    for _ in range(500):
        with connection.cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")
            if cursor.fetchone()[0]:
                return
        pause.wait(0.01)
    raise AssertionError("nobody waits for a lock")


def states() -> dict[str, str]:
    """Return the state of each subscription, by list."""
    return dict(Subscription.objects.values_list("list__slug", "state"))


def test_who_leaves_all_lists_while_they_are_added_leaves_the_new_one_too(ann: Subscriber) -> None:
    """Leaving waits for the chunk, and ends what it added."""
    leaving = At('INSERT INTO "subscribers_subscription"', act=lambda: unsubscribe(ann.pk))

    with connection.execute_wrapper(leaving):
        runs.do_now(order("add", to=List.objects.get(slug="events")))
    leaving.end()

    assert states() == {"w": "unsubscribed", "events": "unsubscribed"}


def test_who_left_while_they_were_waited_for_is_not_found_any_more(ann: Subscriber) -> None:
    """A filter for readers is asked again once the people are locked, not while it waits."""
    wanted = order("set", of=PeopleFilter(list="w", state="active"), attribute="a", value="b")
    run = runs.begin_run(wanted)
    ids = next(runs.chunks_of(run))
    locked = threading.Event()

    def leave_slowly() -> None:
        with transaction.atomic():
            lock_person(ann.pk)
            locked.set()
            until_somebody_waits()
            unsubscribe(ann.pk)

    leaving = beside(leave_slowly)
    assert locked.wait(timeout=5)
    runs.apply_chunk(run, ids)
    leaving.join()

    run.refresh_from_db()
    ann.refresh_from_db()
    assert (run.result, run.rows_done, ann.attributes) == ({}, 1, {})


def test_leaving_and_an_undo_wait_for_each_other_without_a_deadlock(ann: Subscriber) -> None:
    """The link of a mail is used while the undo is at the same person; both are done."""
    run = runs.do_now(order("unsubscribe", to=List.objects.get(slug="w")))
    leaving = At('UPDATE "subscribers_subscription"', act=lambda: leave(ann.pk, ()))

    with connection.execute_wrapper(leaving):
        undone = runs.undo_now(run)
    leaving.end()

    assert (undone.state, undone.result["undo"]) == ("undone", {"undone": 1})
    assert states() == {"w": "unsubscribed"}


def test_who_leaves_while_they_are_added_by_hand_leaves_the_new_list_too(ann: Subscriber) -> None:
    """As with a bulk action."""
    leaving = At('INSERT INTO "subscribers_subscription"', act=lambda: unsubscribe(ann.pk))

    with connection.execute_wrapper(leaving):
        add_to_lists(ann, [List.objects.get(slug="events")], BY_PHONE)
    leaving.end()

    assert states() == {"w": "unsubscribed", "events": "unsubscribed"}


def test_two_people_add_the_same_address(ann: Subscriber) -> None:
    """Who is slower finds the person whom the other made."""
    events, weekly = List.objects.get(slug="events"), List.objects.get(slug="w")
    new = NewPerson(email="bob@example.org")
    quicker = At(
        'INSERT INTO "subscribers_subscriber"', act=lambda: add_person(new, [weekly], BY_PHONE)
    )

    with connection.execute_wrapper(quicker):
        added = add_person(new, [events], BY_PHONE)
    quicker.end()

    assert (added.made, added.states) == (False, {"events": "active"})
    assert Subscription.objects.filter(subscriber__key="bob@example.org").count() == 2
