"""The history of a person: every change is in it once, with who made it."""

from __future__ import annotations

from django.test import Client

from subscribers.history.models import Actor, SubscriptionChange
from subscribers.links import preferences_url, unsubscribe_url
from subscribers.models import List, Subscriber
from subscribers.privacy.erasure import Erasure, erase_person
from subscribers.privacy.held import export_person
from subscribers.subscriptions import resubscribe, subscribe, unsubscribe
from tests.unit.subscribers.conftest import Person


def lines(person: Subscriber) -> list[tuple[str, str, str, str]]:
    """Return the history of a person: kind, states, and who."""
    return list(person.changes.values_list("kind", "from_state", "to_state", "by"))


def test_each_change_is_recorded_once(weekly: List, person: Person) -> None:
    """Joining, leaving and coming back; what changes nothing is no change."""
    jane = person("jane@example.org")

    subscribe(jane, weekly, source="desk", by="aiko")
    subscribe(jane, weekly, source="desk", by="aiko")
    unsubscribe(jane.pk, by=Actor.COMMAND, reason="  asked\nby phone ")
    unsubscribe(jane.pk)
    resubscribe(jane.pk, [weekly.pk])

    assert lines(jane) == [
        ("added", "", "active", "aiko"),
        ("left", "active", "unsubscribed", "=command"),
        ("returned", "unsubscribed", "active", "=person"),
    ]
    left = SubscriptionChange.objects.get(kind="left")
    assert (left.reason, left.list) == ("asked by phone", weekly)


def test_pages_record_the_person(client: Client, weekly: List, person: Person) -> None:
    """One click, the button and the preference page are acts of the person."""
    List.objects.create(name="Monthly", slug="monthly")
    jane = person("jane@example.org", weekly="active")
    leave = unsubscribe_url("", jane.pk, [weekly.pk])

    client.post(leave, {"List-Unsubscribe": "One-Click"})
    client.post(leave, {"undo": "1", "lists": [weekly.pk]})
    both = [str(one.pk) for one in List.objects.all()]
    client.post(preferences_url("", jane.pk), {"act": "save", "name": "", "lists": both})

    assert [(kind, by) for kind, _, _, by in lines(jane)] == [
        ("left", "=person"),
        ("returned", "=person"),
        ("added", "=person"),
    ]


def test_unknown_kinds_and_accounts_stand_as_they_are() -> None:
    """A kind of a later version, and the name of an account, are no codes of ours."""
    change = SubscriptionChange(kind="teleported", by="aiko")

    assert (change.get_kind_display(), change.get_by_display()) == ("teleported", "aiko")


def test_history_goes_with_the_person(weekly: List, person: Person) -> None:
    """An export holds it, and an erasure removes it, so that the row goes as well."""
    jane = person("jane@example.org", weekly="active")
    unsubscribe(jane.pk, by=Actor.PERSON, reason="too many mails")

    (told,) = export_person(jane)["subscribers.subscriptionchange"]
    assert told["reason"] == "too many mails"
    assert erase_person(jane) == Erasure.DELETED
    assert not SubscriptionChange.objects.exists()
