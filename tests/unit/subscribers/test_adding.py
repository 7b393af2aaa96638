"""One person is added with the consent they gave; nobody who left is brought back."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.utils import timezone

from newsletter.cli import subscriber
from newsletter.errors import AddressInDoubt, BadInput, InvalidTransition, NewsletterError
from subscribers import lists
from subscribers.adding import NewPerson, NotedConsent, add_person, add_to_lists
from subscribers.list_suppressions import suppress_for_list
from subscribers.models import List, Subscriber
from subscribers.privacy.erasure import erase_person
from subscribers.sign_up.models import Consent
from subscribers.suppressions import suppress
from tests.unit.subscribers.conftest import Person
from tests.unit.subscribers.test_commands import run

BY_PHONE = NotedConsent(text="Yes, send it to me", source="by phone")


def test_a_person_is_added_with_consent(weekly: List) -> None:
    """The person, the subscription, the consent and the history say who did what."""
    new = NewPerson(email=" Jane@Example.org ", name="Jane  Doe", language="en")
    day = dt.date(2026, 11, 2)
    given = NotedConsent(text="Yes, send it to me", source="by phone", given_on=day)

    added = add_person(new, [weekly], given, by="ann")

    person = added.person
    assert (added.made, added.states) == (True, {"weekly": "active"})
    assert (person.email, person.name, person.language) == ("Jane@example.org", "Jane Doe", "en")
    consent = Consent.objects.get(subscriber=person, list=weekly)
    assert (consent.kind, consent.text, consent.source) == (
        "noted",
        "Yes, send it to me",
        "by phone",
    )
    assert (consent.by, timezone.localdate(consent.given_at)) == ("ann", day)
    assert person.changes.get().get_by_display() == "ann"


def test_what_is_known_stays(weekly: List, person: Person) -> None:
    """A known person keeps name and attributes; one who has yet to confirm stays so."""
    jane = person("jane@example.org", name="Jane", weekly="pending")
    events = lists.create("Events")
    new = NewPerson(email="JANE@example.org", name="J. Doe", attributes={"city": "Lowen"})

    added = add_person(new, [weekly, events], BY_PHONE)

    jane.refresh_from_db()
    assert (added.made, added.person.pk) == (False, jane.pk)
    assert added.states == {"weekly": "pending", "events": "active"}
    assert (jane.name, jane.attributes) == ("Jane", {"city": "Lowen"})


@pytest.mark.parametrize("why", ["left", "left all", "suppressed", "for the list", "erased"])
def test_nobody_is_brought_back(weekly: List, person: Person, why: str) -> None:
    """Nothing is saved, and the error says why, and what the person can do."""
    events = lists.create("Events")
    on = {"events": "unsubscribed"} if why == "left all" else {"weekly": "active"}
    jane = person("jane@example.org", **({"weekly": "unsubscribed"} if why == "left" else on))
    if why == "suppressed":
        suppress("jane@example.org")
    elif why == "for the list":
        suppress_for_list("jane@example.org", weekly)
    elif why == "erased":
        erase_person(jane)

    with pytest.raises(InvalidTransition, match=r"suppressed|has left") as caught:
        add_person(NewPerson(email="jane@example.org"), [events, weekly], BY_PHONE)

    assert "Only the person can undo that" in caught.value.hint
    assert not Consent.objects.exists()
    assert not events.subscriptions.exclude(state="unsubscribed").exists()


@pytest.mark.parametrize(
    ("new", "consent", "words"),
    [
        (NewPerson(email="jane"), BY_PHONE, "there is no @-sign"),
        (NewPerson(email="a@b.org", language="Japanese!"), BY_PHONE, "no language tag"),
        (NewPerson(email="a@b.org", name="x" * 201), BY_PHONE, "at most 200 characters"),
        (NewPerson(email="a@b.org", attributes={'a"': "x"}), BY_PHONE, "no name of an attribute"),
        (NewPerson(email="a@b.org"), NotedConsent(), "say how the person consented"),
        (NewPerson(email="a@b.org"), NotedConsent(source="x" * 41), "at most 40 characters"),
        (
            NewPerson(email="a@b.org"),
            NotedConsent(text="x", given_on=dt.date(2999, 1, 1)),
            "still to come",
        ),
    ],
)
def test_what_is_wrong_is_said(
    weekly: List, new: NewPerson, consent: NotedConsent, words: str
) -> None:
    """Each with what it should be; then nobody is added."""
    with pytest.raises(BadInput, match=words):
        add_person(new, [weekly], consent)
    assert not Subscriber.objects.exists()


def test_a_list_is_needed_that_takes_people(weekly: List, person: Person) -> None:
    """Without one, and for an archived one, nobody is added."""
    with pytest.raises(BadInput, match="choose a list"):
        add_person(NewPerson(email="jane@example.org"), [], BY_PHONE)
    lists.archive(weekly)
    with pytest.raises(BadInput, match="is archived"):
        add_to_lists(person("bob@example.org"), [weekly], BY_PHONE)


def test_a_mistyped_domain_is_asked_about(weekly: List) -> None:
    """The error knows what was meant; who is sure is believed."""
    with pytest.raises(AddressInDoubt, match="looks mistyped") as caught:
        add_person(NewPerson(email="jane@gmial.com"), [weekly], BY_PHONE)

    assert caught.value.meant == "jane@gmail.com"
    assert add_person(NewPerson(email="jane@gmial.com", sure=True), [weekly], BY_PHONE).made


def test_by_command(weekly: List) -> None:
    """`subscriber add` and `change` do the same, and say what they did."""
    words = ("jane@example.org", "--list", "weekly", "--source", "by phone", "--name", "Jane")
    told = run(subscriber.app, "add", *words, "--attribute", "city=Lowen", "--date", "2026-11-02")
    change = ("change", "jane@example.org", "--attribute", "city=", "--language", "ja")
    changed = json.loads(run(subscriber.app, *change, "--json"))

    assert told == "jane@example.org is on weekly.\n"
    assert (changed["changed"], changed["attributes"], changed["language"]) == (True, {}, "ja")
    for bad in (("--attribute", "city"), ("--attribute", "city=x", "--name", "x" * 201)):
        with pytest.raises(NewsletterError, match=r"is no attribute|at most"):
            run(subscriber.app, "change", "jane@example.org", *bad)
    with pytest.raises(BadInput, match="is no date"):
        run(subscriber.app, "add", *words, "--date", "yesterday")
