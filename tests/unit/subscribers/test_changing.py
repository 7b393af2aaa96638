"""What is known of a person is changed by somebody here, and the history says by whom."""

from __future__ import annotations

import pytest

from newsletter.errors import BadInput, InvalidTransition
from subscribers.changing import allow_mail, change_person, leave_lists, stop_mail
from subscribers.models import List, Subscriber, Suppression
from subscribers.suppressions import is_suppressed
from tests.unit.subscribers.conftest import Person


def kinds(person: Subscriber) -> list[tuple[str, str]]:
    """Return what was changed, and by whom."""
    return list(person.changes.order_by("pk").values_list("kind", "by"))


def test_name_language_and_attributes(person: Person) -> None:
    """A part of the old name, which would still greet, goes with the name."""
    jane = person("jane@example.org", name="Jane Doe")
    jane.attributes = {"first_name": "Jane", "city": "Lowen", "plan": "free"}
    jane.save()
    wanted = {"first_name": "Jane", "city": "Tor ", "plan": "", "team": "Reeds"}

    assert change_person(jane, name="Ada Roe", language="ja", attributes=wanted, by="ann")

    assert (jane.name, jane.language) == ("Ada Roe", "ja")
    assert jane.attributes == {"city": "Tor", "team": "Reeds"}
    assert kinds(jane) == [("renamed", "ann"), ("language", "ann"), ("attributes", "ann")]
    assert not change_person(jane, name="Ada Roe", attributes=jane.attributes, by="ann")


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ({"name": "x" * 201}, "a name has at most 200"),
        ({"language": "?"}, "no language tag"),
        ({"attributes": {"a": "x" * 1001}}, "the attribute a has at most 1000"),
        ({"attributes": {f"a{number}": "x" for number in range(301)}}, "at most 300 attributes"),
    ],
)
def test_what_cannot_be_kept(person: Person, wanted: dict[str, str], words: str) -> None:
    """It is said, and nothing is changed: not a part of it, either."""
    jane = person("jane@example.org", name="Jane")
    with pytest.raises(BadInput, match=words):
        change_person(jane, **{"name": "Ada", **wanted}, by="ann")  # type: ignore[arg-type]
    jane.refresh_from_db()
    assert (jane.name, kinds(jane)) == ("Jane", [])


def test_unsubscribing_and_suppressing(weekly: List, person: Person) -> None:
    """Each with a reason and by whom; without a reason nobody is suppressed."""
    jane = person("jane@example.org", weekly="active")

    assert leave_lists(jane, [weekly], reason="asked by phone", by="ann") == 1
    with pytest.raises(BadInput, match="say why"):
        stop_mail(jane, reason=" ", by="ann")
    stop_mail(jane, reason="asked in a letter", by="ann")
    assert is_suppressed("jane@example.org")
    allow_mail(jane, reason="typed by mistake", by="bob")

    assert not is_suppressed("jane@example.org")
    assert kinds(jane) == [("left", "ann"), ("suppressed", "ann"), ("lifted", "bob")]


def test_a_complaint_stays(person: Person) -> None:
    """Whatever reason somebody gives: only the person takes it back."""
    jane = person("jane@example.org")
    Suppression.objects.create(email="jane@example.org", reason="complained")

    with pytest.raises(InvalidTransition, match="only its owner"):
        allow_mail(jane, reason="please", by="ann", confirmed=True)


def test_who_was_erased_is_not_changed(person: Person) -> None:
    """The row that is left says nothing about anybody."""
    gone = person("erased-7@erased.invalid")

    with pytest.raises(InvalidTransition, match="was erased"):
        change_person(gone, name="Jane", by="ann")
    with pytest.raises(InvalidTransition, match="was erased"):
        stop_mail(gone, reason="x", by="ann")
