"""Suppressions for one list: kept with reason, source and date, and undone as those for all are."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from newsletter.errors import BadInput, InvalidTransition, NotFound
from subscribers.history.models import SubscriptionChange
from subscribers.importing.applying import import_file
from subscribers.list_suppressions import (
    is_suppressed_for_list,
    lift_for_lists,
    remove_for_list,
    suppress_for_list,
)
from subscribers.models import List, ListSuppression, Subscription, SuppressionRemoval
from subscribers.privacy.erasure import erase_person
from subscribers.privacy.held import export_person
from subscribers.subscriptions import choose_lists, subscribe
from subscribers.suppressions import Reason, Source, bars_sign_up, is_suppressed, suppress_all
from tests.unit.subscribers.conftest import Csv, Person

pytestmark = pytest.mark.django_db


def told(subscriber_id: int) -> list[tuple[str, str, str]]:
    """Return the history of a person: what, by whom, why."""
    rows = SubscriptionChange.objects.filter(subscriber=subscriber_id)
    return list(rows.values_list("kind", "by", "reason"))


def test_it_is_for_that_list_only(weekly: List, person: Person) -> None:
    """Every spelling of the address; who did it, and why, stands in the history."""
    other = List.objects.create(name="Monthly", slug="monthly")
    jane = person("jane@example.org", weekly="active")

    entry = suppress_for_list(" JANE@example.org ", weekly, note="asked by phone", by="mika")
    suppress_for_list("jane@example.org", weekly, note="again")

    assert (entry.reason, entry.source, entry.by) == ("manual", "hand", "mika")
    assert abs(entry.created_at - timezone.now()) < dt.timedelta(minutes=1)
    assert is_suppressed_for_list("Jane@Example.org", weekly.pk)
    assert not is_suppressed_for_list("jane@example.org", other.pk)
    assert not is_suppressed("jane@example.org")
    assert told(jane.pk) == [("suppressed", "mika", "asked by phone")]


def test_complaint_replaces_the_reason_and_nobody_here_undoes_it(weekly: List) -> None:
    """Another reason can be taken back, with a reason that is kept."""
    suppress_for_list("jane@example.org", weekly)
    suppress_for_list("john@example.org", weekly)

    entry = suppress_for_list("jane@example.org", weekly, Reason.COMPLAINED, "by letter")

    assert (entry.reason, entry.note) == ("complained", "by letter")
    with pytest.raises(InvalidTransition, match="reported a mail as spam"):
        remove_for_list("jane@example.org", weekly, why="they asked", confirmed=True)
    with pytest.raises(BadInput, match="give a reason"):
        remove_for_list("john@example.org", weekly, why=" ")
    removal = remove_for_list("john@example.org", weekly, why="wrong John", by="mika")
    assert (removal.list, removal.why, removal.by) == (weekly, "wrong John", "mika")
    with pytest.raises(NotFound, match="not suppressed for the list weekly"):
        remove_for_list("john@example.org", weekly, why="again")


def test_from_a_provider_it_must_be_confirmed(weekly: List) -> None:
    """As for all mail: the mailbox works again, or its owner asked."""
    suppress_for_list("jane@example.org", weekly, source=Source.PROVIDER, note="told so")

    with pytest.raises(InvalidTransition, match="by the mail provider: told so"):
        remove_for_list("jane@example.org", weekly, why="works again")
    assert remove_for_list("jane@example.org", weekly, why="works again", confirmed=True).pk


def test_own_act_ends_it(weekly: List, person: Person) -> None:
    """Choosing the list does, choosing another does not; that is recorded."""
    other = List.objects.create(name="Monthly", slug="monthly")
    jane = person("jane@example.org", weekly="active", monthly="active")
    for one in (weekly, other):
        suppress_for_list(jane.email, one)

    choose_lists(jane, [weekly.pk])

    assert list(ListSuppression.objects.values_list("list", flat=True)) == [other.pk]
    assert SuppressionRemoval.objects.get().by == "=person"
    assert ("lifted", "=person", "") in told(jane.pk)
    assert lift_for_lists("JANE@example.org") == 1
    assert lift_for_lists("jane@example.org") == 0


def test_others_bring_nobody_back(weekly: List, person: Person, csv: Csv) -> None:
    """Neither an editor nor a file puts them on that list."""
    jane = person("jane@example.org")
    suppress_for_list(jane.email, weekly)
    suppress_for_list("new@example.org", weekly)

    assert not subscribe(jane, weekly, source="desk")
    result = import_file(csv("email\njane@example.org\nnew@example.org\nkai@example.org\n"), weekly)

    assert (result.added, result.suppressed) == (1, 2)
    assert Subscription.objects.get().subscriber.email == "kai@example.org"


def test_person_sees_it_and_erasure_takes_it(weekly: List, person: Person) -> None:
    """It is part of what is held; an erased address is suppressed altogether, by its hash."""
    jane = person("jane@example.org", weekly="active")
    suppress_for_list(jane.email, weekly)

    assert len(export_person(jane)["list_suppressions"]) == 1
    erase_person(jane)

    assert not ListSuppression.objects.exists()
    assert is_suppressed("jane@example.org")
    assert not bars_sign_up("jane@example.org"), "for one list only: they may sign up to another"


def test_file_says_who_left_and_who_is_suppressed(weekly: List, person: Person, csv: Csv) -> None:
    """The history of each person names the file; whoever was not on the list has no entry."""
    left = person("left@example.org", weekly="active")
    bounced = person("bounced@example.org", weekly="active")
    never = person("never@example.org")
    states = {"left": "unsubscribed", "bounced": "bounced", "never": "unsubscribed"}
    rows = "".join(f"{name}@example.org,{state}\n" for name, state in states.items())

    import_file(csv("email,status\n" + rows), weekly)

    assert told(left.pk) == [("left", "=file", "import of people.csv")]
    assert ("suppressed", "=file", "import of people.csv") in told(bounced.pk)
    assert told(never.pk) == []


def test_provider_stands_in_the_history(person: Person) -> None:
    """Once for each new reason, for people who are known."""
    jane = person("jane@example.org")
    reasons = {"jane@example.org": Reason.BLOCKED, "nobody@example.org": Reason.BOUNCED}

    assert suppress_all(reasons, "turned away") == 2
    assert suppress_all(reasons, "turned away") == 0
    assert suppress_all({"JANE@example.org": Reason.UNSUBSCRIBED}, "left") == 1
    assert suppress_all({"jane@example.org": Reason.BOUNCED}, "550") == 0

    assert told(jane.pk) == [
        ("suppressed", "=provider", "turned away"),
        ("suppressed", "=provider", "left"),
    ]
