"""Two imports at once on SQLite, which has one writer: the second waits, and loses nothing."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import OperationalError, connection

from newsletter.runtime.availability import is_unavailable
from newsletter.sqlite import base
from subscribers.importing.applying import import_file
from subscribers.importing.results import ImportResult
from subscribers.models import List, Subscriber
from tests.unit.subscribers.conftest import Csv
from tests.unit.subscribers.importing.test_leaving_meanwhile import AfterJudging


@pytest.mark.django_db(transaction=True)
def test_the_second_import_waits_for_the_first(csv: Csv, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two with the same people one adds them, and the other counts them as present."""
    weekly = List.objects.create(name="Weekly", slug="weekly")
    file = csv("email\nann@example.org\nbob@example.org\n")
    results: dict[str, ImportResult] = {}
    waits, judged = threading.Event(), threading.Event()
    sleep = time.sleep

    def note_wait(seconds: float) -> None:
        waits.set()
        sleep(seconds)

    def bring_in() -> None:
        try:
            with connection.execute_wrapper(AfterJudging(judged.set)):
                results["second"] = import_file(file, weekly)
        finally:
            connection.close()

    second = threading.Thread(target=bring_in)

    def begin_second() -> None:
        second.start()
        assert waits.wait(timeout=20)
        assert not judged.is_set()

    monkeypatch.setattr(base.time, "sleep", note_wait)
    with connection.execute_wrapper(AfterJudging(begin_second)):
        results["first"] = import_file(file, weekly)
    second.join()

    assert (results["first"].added, results["first"].unchanged) == (2, 0)
    assert (results["second"].added, results["second"].unchanged) == (0, 2)
    assert weekly.subscriptions.filter(state="active").count() == 2


@pytest.mark.django_db(transaction=True)
def test_an_import_that_waits_too_long_writes_nothing(csv: Csv) -> None:
    """It ends as where the database is away, with nothing half done, and can be tried again."""
    weekly = List.objects.create(name="Weekly", slug="weekly")
    file = csv("email\nann@example.org\n")
    errors: list[OperationalError] = []

    def bring_in() -> None:
        try:
            connection.ensure_connection()
            connection.lock_timeout_seconds = 0.02  # of this thread's own connection
            import_file(file, weekly)
        except OperationalError as error:
            errors.append(error)
        finally:
            connection.close()

    def begin_second() -> None:
        second = threading.Thread(target=bring_in)
        second.start()
        second.join()
        assert not Subscriber.objects.exists()

    with connection.execute_wrapper(AfterJudging(begin_second)):
        assert import_file(file, weekly).added == 1

    assert [is_unavailable(error) for error in errors] == [True]
    assert import_file(file, weekly).unchanged == 1
