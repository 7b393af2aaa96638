"""Of two imports at once one waits for the other, where both may write; SQLite has one writer."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from subscribers.importing.applying import import_file
from subscribers.importing.results import ImportResult
from subscribers.models import List
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
