"""Erased addresses: known again by a keyed hash, in no table to be read, and never mailed."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from subscribers.importing.applying import import_file
from subscribers.list_counts import count_list
from subscribers.models import List, Subscriber, Suppression
from subscribers.privacy import erased_addresses
from subscribers.privacy.erasure import erase_person
from subscribers.privacy.models import ErasedAddress
from subscribers.sign_up.joining import join
from subscribers.sign_up.models import Consent, SignUp
from subscribers.subscriptions import subscribe
from subscribers.suppressions import (
    Reason,
    bars_sign_up,
    is_suppressed,
    lift_suppression,
    remove,
    suppress,
    suppress_all,
)
from tests.unit.subscribers.conftest import Csv, Person


@pytest.fixture
def _erased(weekly: List, person: Person) -> None:
    """Somebody who complained, and was erased."""
    jane = person("Jane@lowen.org", name="Jane", weekly="active")
    suppress(jane.email, Reason.COMPLAINED)
    erase_person(jane)


def everything() -> str:
    """Return every row of every table as text."""
    rows = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            rows += [str(row) for row in cursor.fetchall()]
    return "\n".join(rows).lower()


@pytest.mark.usefixtures("_erased")
def test_address_is_in_no_table() -> None:
    """What stays is a hash with the reason; nobody can read it."""
    assert "lowen" not in everything()
    assert ErasedAddress.objects.get().reason == "complained"
    assert is_suppressed("JANE@lowen.org")


@pytest.mark.usefixtures("_erased")
def test_import_does_not_bring_it_back(weekly: List, csv: Csv) -> None:
    """It counts as suppressed, by a dry run too, and is not written down again."""
    file = csv("email,name\nann@lowen.com,Ann\njane@lowen.org,Jane\n")

    for dry_run in (True, False):
        result = import_file(file, weekly, dry_run=dry_run)
        assert (result.added, result.suppressed) == (1, 1)

    assert "jane" not in everything()


@pytest.mark.usefixtures("_erased")
@pytest.mark.parametrize("status", ["unsubscribed", "complained"])
def test_departure_in_a_file_is_not_written_down(weekly: List, csv: Csv, status: str) -> None:
    """A file that says that the person left says nothing new."""
    import_file(csv(f"email,status\njane@lowen.org,{status}\nann@lowen.com,active\n"), weekly)

    assert "jane" not in everything()


@pytest.mark.usefixtures("_erased")
def test_adding_by_hand_is_no_way_around(weekly: List) -> None:
    """Whoever enters the address sees it suppressed, for the reason that it had."""
    jane = Subscriber.objects.create(email="jane@lowen.org")

    assert not subscribe(jane, weekly, source="desk")
    assert Suppression.objects.get().reason == "complained"
    assert not ErasedAddress.objects.exists()


@pytest.mark.usefixtures("_erased")
def test_late_news_of_the_provider_names_nobody(weekly: List) -> None:
    """A bounce that comes after the erasure writes no address."""
    suppress_all({"jane@lowen.org": Reason.BOUNCED, "ann@lowen.com": Reason.BOUNCED}, "told")

    assert "jane" not in everything()
    assert Suppression.objects.get().email == "ann@lowen.com"


def test_complaint_after_the_erasure_counts(weekly: List, person: Person) -> None:
    """It makes the reason a complaint, which only the owner can undo."""
    erase_person(person("jane@lowen.org", weekly="active"))

    suppress_all({"jane@lowen.org": Reason.COMPLAINED}, "told")

    assert ErasedAddress.objects.get().reason == "complained"


@pytest.mark.usefixtures("_erased")
def test_owner_may_come_back() -> None:
    """The owner's own act, such as a confirmed sign-up, ends it."""
    assert lift_suppression("jane@lowen.org")
    assert not is_suppressed("jane@lowen.org")
    assert not lift_suppression("jane@lowen.org")


def test_signing_up_again(weekly: List, person: Person) -> None:
    """Whoever was only erased may be asked to confirm, and comes back by that; no one else may."""
    erase_person(person("jane@lowen.org", weekly="active"))
    complained = person("joe@lowen.org", weekly="active")
    suppress(complained.email, Reason.COMPLAINED)
    erase_person(complained)

    assert not bars_sign_up("jane@lowen.org")
    assert bars_sign_up("joe@lowen.org")
    for address in ("jane@lowen.org", "joe@lowen.org"):
        sign_up = SignUp.objects.create(list=weekly, email=address, key=address)
        join(sign_up, Consent.Kind.DOUBLE, timezone.now())

    assert not is_suppressed("jane@lowen.org")
    assert is_suppressed("joe@lowen.org")


def test_admin_may_undo_it_with_a_reason(weekly: List, person: Person) -> None:
    """As any suppression by hand."""
    erase_person(person("jane@lowen.org", weekly="active"))

    remove("jane@lowen.org", why="asked by letter", by="ines")

    assert not is_suppressed("jane@lowen.org")


@pytest.mark.usefixtures("_erased")
def test_keys_rotate(settings: Settings) -> None:
    """Old hashes are found by old keys; if a key is lost, it is known how many went with it."""
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another key of forty characters or more, for tests"
    assert not is_suppressed("jane@lowen.org")
    assert erased_addresses.count_unreadable() == 1

    settings.SECRET_KEY_FALLBACKS = [old]

    assert is_suppressed("jane@lowen.org")
    assert erased_addresses.count_unreadable() == 0


def test_erased_twice_is_one_row(weekly: List, person: Person) -> None:
    """Who came back and is erased again leaves one hash, under the newest key."""
    for _ in range(2):
        lift_suppression("jane@lowen.org")
        erase_person(person("jane@lowen.org", weekly="active"))

    assert ErasedAddress.objects.count() == 1
    assert count_list(weekly).active == 0
