"""Who leaves while an import decides and writes is not added, on either database."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection

from subscribers.importing.applying import import_file
from subscribers.models import List
from subscribers.privacy.erasure import anonymise_row
from subscribers.subscriptions import unsubscribe
from tests.unit.subscribers.conftest import Csv, Person


class AfterJudging:
    """Does something once, when an import has decided what becomes of each person."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act: Callable[[], object] | None = act

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
    ) -> Any:
        """Execute a statement (see Django, "Database instrumentation")."""
        result = execute(sql, params, many, context)
        if self._act and "TABLE import_fates" in sql and "CREATE" in sql:
            act, self._act = self._act, None
            act()
        return result


def states(of: List) -> dict[str, str]:
    """Return who is on a list, with the state."""
    return dict(of.subscriptions.values_list("subscriber__email", "state"))


def test_who_left_since_the_decision_is_not_added(weekly: List, person: Person, csv: Csv) -> None:
    """The rule of leaving all is asked again by the statement that adds."""
    List.objects.create(name="Other", slug="other")
    ann = person("ann@example.org", other="active")
    file = csv("email\nann@example.org\nbob@example.org\n")

    with connection.execute_wrapper(AfterJudging(lambda: unsubscribe(ann.pk))):
        import_file(file, weekly)

    assert states(weekly) == {"bob@example.org": "active"}


def test_nothing_is_written_over_an_erasure(weekly: List, person: Person, csv: Csv) -> None:
    """Who is erased since the decision stays empty, whatever the file says of them."""
    ann = person("ann@example.org", weekly="active")
    file = csv("email,name\nann@example.org,Ann\n")

    with connection.execute_wrapper(AfterJudging(lambda: anonymise_row(ann))):
        result = import_file(file, weekly)

    ann.refresh_from_db()
    assert (ann.erased, ann.name, result.updated) == (True, "", 0)


@pytest.mark.django_db(transaction=True)
def test_who_leaves_meanwhile_waits_for_the_import(person: Person, csv: Csv) -> None:
    """A connection beside the import takes nobody off a list while it writes; then it does."""
    weekly = List.objects.create(name="Weekly", slug="weekly")
    List.objects.create(name="Other", slug="other")
    ann = person("ann@example.org", other="active")
    left: list[int] = []

    def leave() -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '200ms'")
            left.append(unsubscribe(ann.pk))
        except OperationalError:
            pass  # it has to wait until the import is through
        finally:
            connection.close()

    def leave_beside() -> None:
        other = threading.Thread(target=leave)
        other.start()
        other.join()

    with connection.execute_wrapper(AfterJudging(leave_beside)):
        import_file(csv("email\nann@example.org\n"), weekly)

    assert left == []
    assert states(weekly) == {"ann@example.org": "active"}
    assert unsubscribe(ann.pk) == 2
