"""Export and erasure: everything that points at a person is told, and forgotten."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.utils import timezone

from newsletter.sending.models import Batch, Delivery, Exclusion, Send
from newsletter.tracking.models import Event
from subscribers.models import List, Subscriber, Suppression
from subscribers.preferences.address_changes import ask_for_change, confirm_change, make_secret
from subscribers.privacy.erased_addresses import find_erased
from subscribers.privacy.erasure import Erasure, erase_person
from subscribers.privacy.held import export_person
from subscribers.subscriptions import resubscribe
from subscribers.suppressions import is_suppressed, suppress
from tests.unit.subscribers.conftest import Person

Mail = Callable[[Subscriber], Delivery]


@pytest.fixture
def mail(send: Send) -> Mail:
    """Record that the issue went to a person."""
    batch = Batch.objects.create(send=send, number=1)

    def record(person: Subscriber) -> Delivery:
        return Delivery.objects.create(
            send=send, batch=batch, subscriber=person, address=person.email
        )

    return record


def test_an_export_holds_everything(weekly: List, person: Person, mail: Mail) -> None:
    """The person, the lists, the suppression and the deliveries, as plain JSON."""
    jane = person("Jane@example.org", name="Jane", weekly="active")
    suppress("jane@example.org", note="asked by letter")
    mail(jane)

    held = json.loads(json.dumps(export_person(jane), default=str))

    assert held["subscriber"]["email"] == "Jane@example.org"
    assert held["suppression"]["note"] == "asked by letter"
    assert held["subscribers.subscription"][0]["state"] == "active"
    assert held["sending.delivery"][0]["address"] == "Jane@example.org"
    assert held["sending.exclusion"] == []


def test_an_export_tells_of_nobody_else(weekly: List, person: Person, mail: Mail) -> None:
    """Neighbours in every table stay out of it."""
    mail(person("john@example.org", name="John", weekly="active"))
    jane = person("jane@example.org")

    assert "john" not in json.dumps(export_person(jane), default=str).lower()


def test_a_person_whom_nothing_counts_is_deleted(weekly: List, person: Person) -> None:
    """The row and the subscriptions go; the address stays suppressed, known by a hash alone."""
    jane = person("jane@example.org", weekly="active")
    suppress("jane@example.org")

    assert erase_person(jane) == Erasure.DELETED

    assert not Subscriber.objects.exists()
    assert not weekly.subscriptions.exists()
    assert not Suppression.objects.exists()
    assert is_suppressed("Jane@example.org")
    assert find_erased("jane@example.org") is not None


def test_a_person_whom_the_ledger_counts_is_anonymised(
    weekly: List, person: Person, mail: Mail
) -> None:
    """The delivery stays counted, without address; name and attributes are gone."""
    jane = person("Jane@Example.org", name="Jane", weekly="active")
    Subscriber.objects.filter(pk=jane.pk).update(attributes={"city": "Boston"})
    delivery = mail(jane)

    assert erase_person(jane) == Erasure.ANONYMISED

    row = Subscriber.objects.get(pk=jane.pk)
    delivery.refresh_from_db()
    assert row.email == row.key == delivery.address == f"erased-{jane.pk}@erased.invalid"
    assert (row.name, row.attributes, row.erased) == ("", {}, True)
    assert row.subscriptions.get().state == "unsubscribed"


def test_whoever_was_left_out_stays_counted(person: Person, send: Send) -> None:
    """An exclusion is part of the sums of a send, so it is not deleted along."""
    jane = person("jane@example.org")
    Exclusion.objects.create(send=send, subscriber=jane, reason="pending")

    assert erase_person(jane) == Erasure.ANONYMISED
    assert send.exclusions.count() == 1


def test_erasing_touches_nobody_else(person: Person, mail: Mail) -> None:
    """Neither other people nor their deliveries."""
    jane, john = person("jane@example.org"), person("john@example.org", name="John")
    mail(jane)
    other = mail(john)

    erase_person(jane)

    john.refresh_from_db()
    other.refresh_from_db()
    assert (john.name, other.address) == ("John", "john@example.org")


def test_the_same_person_may_come_again(weekly: List, person: Person, mail: Mail) -> None:
    """The address is free: a new sign-up makes a new row."""
    jane = person("jane@example.org", weekly="active")
    mail(jane)
    erase_person(jane)

    assert person("jane@example.org", weekly="active").pk != jane.pk


def test_what_was_told_of_the_mail_is_exported_and_erased(person: Person, mail: Mail) -> None:
    """Events point at a delivery, which points at the person: they are found, and they go."""
    jane, john = person("jane@example.org"), person("john@example.org")
    for number, each in enumerate((jane, john)):
        Event.objects.create(
            key=str(number), delivery=mail(each), kind="delivered", at=timezone.now()
        )

    (told,) = export_person(jane)["tracking.event"]
    erase_person(jane)

    assert told["kind"] == "delivered"
    assert Event.objects.get().delivery.subscriber == john


def test_earlier_addresses_are_forgotten_too(person: Person, mail: Mail) -> None:
    """A delivery to an address that the person had before says it no more."""
    jane = person("jane@example.org")
    delivery = mail(jane)
    Subscriber.objects.filter(pk=jane.pk).update(email="new@example.org", key="new@example.org")

    erase_person(jane)

    delivery.refresh_from_db()
    assert delivery.address == f"erased-{jane.pk}@erased.invalid"


def test_who_became_the_person_is_erased_along(weekly: List, person: Person, mail: Mail) -> None:
    """In a circle, too; but not who came back at the old address by themselves."""
    first, kept, last = (
        person(f"{name}@example.org", weekly="active") for name in ("first", "kept", "last")
    )
    mail(last)
    for one, into in ((last, first), (first, last), (kept, last)):
        change = ask_for_change(one, into.email)
        confirm_change(make_secret(change))
    resubscribe(kept.pk, [weekly.pk])

    assert erase_person(last) == Erasure.ANONYMISED

    assert set(Subscriber.objects.all()) == {kept, last}
    assert kept.subscriptions.get().state == "active"
    assert is_suppressed("first@example.org")
    assert not is_suppressed("kept@example.org")
