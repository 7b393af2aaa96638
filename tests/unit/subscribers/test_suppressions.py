"""Suppressions: kept by address, for whatever reason weighs most, until their owner lifts them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection

from newsletter.errors import BadInput, InvalidTransition, NotFound
from subscribers.models import Suppression, SuppressionRemoval
from subscribers.suppressions import (
    Reason,
    find_suppression,
    is_suppressed,
    lift_suppression,
    remove,
    search,
    suppress,
    suppress_all,
)

pytestmark = pytest.mark.django_db


def test_a_suppression_holds_for_every_spelling() -> None:
    """Case, width and the form of the domain make no difference."""
    suppress("Jane@例え.jp", Reason.BOUNCED, "550 no such user")

    for spelling in ("jane@xn--r8jz45g.jp", "JANE@例え.JP", "ｊａｎｅ@例え.jp"):
        assert is_suppressed(spelling)
    assert not is_suppressed("john@例え.jp")


def test_the_first_reason_stays() -> None:
    """Whoever comes later finds it suppressed already."""
    suppress("jane@example.org", Reason.BOUNCED, "first")

    entry = suppress("JANE@example.org", Reason.MANUAL, "second")

    assert (entry.reason, entry.note) == ("bounced", "first")
    assert Suppression.objects.count() == 1


def test_a_complaint_outweighs_everything() -> None:
    """It replaces another reason, and no other reason replaces it."""
    suppress("jane@example.org", Reason.BOUNCED, "bounce")

    assert suppress("jane@example.org", Reason.COMPLAINED, "spam").note == "spam"
    assert suppress("jane@example.org", Reason.BOUNCED, "bounce").reason == "complained"


def test_lifting_ends_it() -> None:
    """It is told whether there was anything to lift."""
    suppress("jane@example.org", Reason.COMPLAINED)

    assert lift_suppression("JANE@example.org")
    assert find_suppression("jane@example.org") is None
    assert not lift_suppression("jane@example.org")


def test_an_address_that_cannot_exist_stays_suppressed() -> None:
    """No wish makes it deliverable."""
    suppress("jane@example", Reason.INVALID)

    assert not lift_suppression("jane@example")
    assert is_suppressed("jane@example")


@pytest.mark.parametrize("text", ["", "  ", "j" * 255, "㍿" * 64])
def test_what_is_no_address_at_all_is_refused(text: str) -> None:
    """Blank and endless texts, also those that only their key makes endless."""
    with pytest.raises(BadInput, match="an address has 1 to 254"):
        suppress(text)


def test_long_notes_are_cut() -> None:
    """What a mail server says may be longer than anybody reads."""
    assert suppress("jane@example.org", note="x" * 999).note == "x" * 300


def test_many_are_suppressed_at_once() -> None:
    """Each for its reason, whatever is no address passed over; the order does not matter."""
    suppress("hand@example.org", Reason.MANUAL, "by hand")
    rows = {
        "a@example.org": Reason.BOUNCED,
        "b@example.org": Reason.INVALID,
        "hand@example.org": Reason.BOUNCED,
        "": Reason.BOUNCED,
        "x" * 300: Reason.BOUNCED,
    }
    worse = {"a@example.org": Reason.INVALID, "b@example.org": Reason.COMPLAINED}

    for told in (rows, worse, rows):
        suppress_all(told, "told")

    found = dict(Suppression.objects.values_list("key", "reason"))
    assert found == {
        "a@example.org": "invalid",
        "b@example.org": "complained",
        "hand@example.org": "manual",
    }


def test_the_heavier_reason_stays_of_two_spellings() -> None:
    """In one batch, whichever comes last; nothing of the others is left."""
    address, other = "Jane@example.org", "jane@EXAMPLE.org"
    suppress_all({address: Reason.COMPLAINED, other: Reason.BOUNCED}, {address: "1", other: "2"})

    entry = Suppression.objects.get()
    assert (entry.email, entry.reason, entry.note) == (address, "complained", "1")


@pytest.mark.parametrize(
    ("quicker", "told"),
    [(Reason.BOUNCED, Reason.COMPLAINED), (Reason.COMPLAINED, Reason.BOUNCED)],
)
def test_the_heavier_reason_stays_of_two_at_the_same_time(quicker: Reason, told: Reason) -> None:
    """Somebody else writes the other one between the look and the insert."""
    theirs = [Suppression(email="jane@example.org", key="jane@example.org", reason=quicker)]

    def barge_in(execute: Callable[..., object], sql: str, *rest: object) -> object:
        if sql.startswith("INSERT") and theirs:
            Suppression.objects.bulk_create([theirs.pop()])
        return execute(sql, *rest)

    with connection.execute_wrapper(barge_in):
        suppress_all({"jane@example.org": told}, "told")

    assert not theirs
    assert Suppression.objects.get().reason == Reason.COMPLAINED


def test_a_mistake_by_hand_is_taken_back_and_recorded() -> None:
    """With a reason; who did it, why, and what it was stay on record."""
    suppress("jane@example.org", Reason.MANUAL, "on the phone")
    with pytest.raises(BadInput, match="--why"):
        remove("jane@example.org", why=" ")

    remove("JANE@example.org", why="it was John", by="mia")

    kept = SuppressionRemoval.objects.get()
    assert (kept.email, kept.reason, kept.note) == ("jane@example.org", "manual", "on the phone")
    assert (kept.why, kept.by) == ("it was John", "mia")
    assert not is_suppressed("jane@example.org")
    with pytest.raises(NotFound, match="not suppressed"):
        remove("jane@example.org", why="again")


def test_what_a_provider_said_takes_a_confirmation() -> None:
    """A bounce is not undone by the way."""
    suppress_all({"jane@example.org": Reason.BOUNCED}, "told")
    with pytest.raises(InvalidTransition, match="by the mail provider: told") as refused:
        remove("jane@example.org", why="she asked")

    assert "--confirm" in refused.value.hint
    assert remove("jane@example.org", why="she asked", confirmed=True).source == "provider"


def test_a_complaint_is_only_undone_by_its_owner() -> None:
    """Whoever confirms what."""
    suppress("jane@example.org", Reason.COMPLAINED)
    with pytest.raises(InvalidTransition, match="only its owner"):
        remove("jane@example.org", why="please", confirmed=True)

    assert is_suppressed("jane@example.org")


def test_suppressions_are_found_by_address_note_and_reason() -> None:
    """In any spelling."""
    suppress("jane@example.org", Reason.BOUNCED, "550 no such user")
    suppress("john@example.org", Reason.MANUAL)

    assert [entry.email for entry in search("JANE")] == ["jane@example.org"]
    assert [entry.email for entry in search("no such")] == ["jane@example.org"]
    assert [entry.email for entry in search(reason="manual")] == ["john@example.org"]
    assert search().count() == 2
