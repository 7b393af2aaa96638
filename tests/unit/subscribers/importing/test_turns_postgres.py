"""Of two imports at once one waits for the other, where both may write; SQLite has one writer."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from subscribers.importing import staging
from subscribers.importing.applying import import_file
from subscribers.importing.results import ImportResult
from subscribers.importing.runs import Reason, import_now, undo_run
from subscribers.models import List, Subscriber, Subscription
from subscribers.subscriptions import unsubscribe
from tests.unit.subscribers.conftest import Csv
from tests.unit.subscribers.importing.test_leaving_meanwhile import AfterJudging


@pytest.mark.django_db(transaction=True)
def test_imports_take_turns(csv: Csv) -> None:
    """Of two with the same people one adds them, and the other counts them as present."""
    weekly = List.objects.create(name="Weekly", slug="weekly")
    file = csv("email\nann@example.org\nbob@example.org\n")
    results: list[ImportResult] = []
    judged = threading.Event()

    def bring_in() -> None:
        try:
            with connection.execute_wrapper(AfterJudging(judged.set)):
                results.append(import_file(file, weekly))
        finally:
            connection.close()

    other = threading.Thread(target=bring_in)

    def begin_other() -> None:
        other.start()
        assert not judged.wait(timeout=0.5)  # seconds; without turns it takes some milliseconds

    with connection.execute_wrapper(AfterJudging(begin_other)):
        results.append(import_file(file, weekly))
    other.join()

    assert sorted((each.added, each.unchanged) for each in results) == [(0, 2), (2, 0)]


@pytest.mark.django_db(transaction=True)
def test_an_undo_keeps_who_was_made_by_another_meanwhile(csv: Csv) -> None:
    """Whom another made after the decision is taken off the list again, and not deleted."""
    weekly = List.objects.create(name="Weekly", slug="weekly")

    def arrive() -> None:
        Subscriber.objects.create(email="ann@example.org")

    with connection.execute_wrapper(AfterJudging(lambda: beside(arrive).join())):
        file = csv("email\nann@example.org\nbob@example.org\n")
        run, result = import_now(file, weekly, {}, reason=Reason(basis="consent"))
    assert result.added == 2
    undo_run(run)

    assert [person.email for person in Subscriber.objects.all()] == ["ann@example.org"]
    assert not Subscription.objects.exists()


def beside(act: Callable[[], object]) -> threading.Thread:
    """Do something on a connection of its own, begun now."""

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
def test_who_waits_for_an_import_leaves_what_it_added(csv: Csv) -> None:
    """Leaving everything ends the subscription, too, that the import adds meanwhile."""
    weekly = List.objects.create(name="Weekly", slug="weekly")
    other = List.objects.create(name="Other", slug="other")
    ann = Subscriber.objects.create(email="ann@example.org")
    Subscription.objects.create(subscriber=ann, list=other)
    leaving: list[threading.Thread] = []

    with connection.execute_wrapper(
        AfterJudging(lambda: leaving.append(beside(lambda: unsubscribe(ann.pk))))
    ):
        import_file(csv("email\nann@example.org\n"), weekly)
    leaving[0].join()

    assert set(ann.subscriptions.values_list("state", flat=True)) == {"unsubscribed"}


@pytest.mark.django_db(transaction=True)
def test_who_is_new_and_leaves_within_the_import_is_not_added(
    csv: Csv, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Made by another after the decision, and leaving before the adding, they leave both lists."""
    weekly = List.objects.create(name="Weekly", slug="weekly")
    other = List.objects.create(name="Other", slug="other")

    def arrive() -> None:
        ann = Subscriber.objects.create(email="ann@example.org")
        Subscription.objects.create(subscriber=ann, list=other)

    hold, leaving = staging.hold_quicker, []

    def hold_then_leave(made: int, now: str) -> bool:
        quicker = hold(made, now)
        ann = Subscriber.objects.get(email="ann@example.org")
        leaving.append(beside(lambda: unsubscribe(ann.pk)))
        leaving[0].join(timeout=0.5)  # seconds; it waits for the import
        assert leaving[0].is_alive()
        return quicker

    monkeypatch.setattr(staging, "hold_quicker", hold_then_leave)
    with connection.execute_wrapper(AfterJudging(lambda: beside(arrive).join())):
        import_file(csv("email\nann@example.org\nbob@example.org\n"), weekly)
    leaving[0].join()

    assert dict(weekly.subscriptions.values_list("subscriber__email", "state")) == {
        "ann@example.org": "unsubscribed",
        "bob@example.org": "active",
    }
    assert Subscription.objects.get(list=other).state == "unsubscribed"
