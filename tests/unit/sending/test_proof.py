"""Proof that the provider has a mail counts, whatever was decided before; nothing else is proof."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from django.utils import timezone

from newsletter.sending.models import Attempt, Delivery, Evidence, Send
from newsletter.sending.prescheduled import contradictions
from newsletter.sending.resolution import proof
from tests.unit.sending.conftest import AddPeople
from tests.unit.sending.ledger_rows import MINUTE, SECOND, Rows

EVENT = Evidence.Kind.EVENT

#: Attempt and batch; whether proof makes both accepted.
STATES = [
    ("reserved", "claimed", True),
    ("in_flight", "claimed", True),
    ("unknown", "unknown", True),
    ("not_sent", "planned", True),
    ("not_sent", "claimed", False),
    ("refused", "refused", False),
    ("cancelled", "planned", False),
    ("accepted", "accepted", False),
]


def stands(attempt: Attempt) -> tuple[str, str]:
    """Return the states of an attempt and its batch."""
    attempt.refresh_from_db()
    return attempt.state, attempt.batch.state


@pytest.mark.parametrize(("state", "batch", "proven"), STATES)
def test_proof_makes_accepted_what_may_have_been(
    rows: Rows, state: str, batch: str, proven: bool
) -> None:
    """What was in progress, unknown, or would be submitted again is accepted; others are not."""
    send = rows.send()
    attempt = rows.attempt(rows.batch(send, batch), state)
    others = [
        rows.attempt(rows.batch(send, "unknown"), "unknown"),
        rows.attempt(rows.batch(send, "planned"), "not_sent"),
    ]

    count = proof.prove({attempt.key: "m" * 300}, EVENT)

    assert stands(attempt) == (("accepted", "accepted") if proven else (state, batch))
    assert count == attempt.evidence.filter(kind=EVENT).count() == proven
    assert attempt.message_id == ("m" * 200 if proven else "")
    assert (attempt.answered_at is not None) == (proven and state != "not_sent")
    assert [stands(other) for other in others] == [("unknown", "unknown"), ("not_sent", "planned")]
    assert {other.message_id for other in others} == {""}
    assert not Evidence.objects.filter(attempt__in=others).exists()


def test_known_number_is_kept(rows: Rows) -> None:
    """What the provider's answer said is not replaced by what an event says."""
    attempt = rows.attempt(rows.batch(rows.send(), "unknown"), "unknown", message_id="first")

    proof.prove({attempt.key: "second"}, EVENT)

    attempt.refresh_from_db()
    assert attempt.message_id == "first"


@pytest.mark.parametrize(
    ("in_doubt", "went_out", "proven"),
    [
        (True, False, False),
        (True, True, True),
        (False, False, True),
    ],
)
def test_acceptance_proves_nothing_of_what_was_perhaps_cancelled(
    rows: Rows, in_doubt: bool, went_out: bool, proven: bool
) -> None:
    """There only mail that left proves something."""
    send = rows.send()
    mine = send.provider_batches.create(group=1, state="released", at=send.at, in_doubt=in_doubt)
    attempt = rows.attempt(rows.batch(send, "unknown"), "unknown", provider_batch=mine)

    proof.overrule_decisions({attempt.key: ""}, EVENT, went_out=[attempt.key] if went_out else [])

    assert (stands(attempt)[0] == "accepted") == proven


@pytest.mark.parametrize(
    ("state", "batch", "went_out", "named"),
    [
        ("refused", "refused", False, True),
        ("not_sent", "claimed", False, True),
        ("not_sent", "planned", False, False),
        ("cancelled", "planned", False, False),
        ("cancelled", "planned", True, True),
        ("unknown", "unknown", True, False),
        ("accepted", "accepted", True, False),
    ],
)
def test_what_was_given_up_and_went_out_is_named_once(
    rows: Rows, state: str, batch: str, went_out: bool, named: bool
) -> None:
    """Its people may have the mail twice; the same proof again says nothing new."""
    send = rows.send("paused")
    before = rows.attempt(rows.batch(send, "refused"), "refused")
    proof.overrule_decisions({before.key: ""}, EVENT)
    attempt = rows.attempt(rows.batch(send, batch), state)
    proof.add_evidence([attempt.pk], Evidence.Kind.SUBMITTED_AGAIN, by="Aiko")
    left = [attempt.key] if went_out else []

    first = proof.overrule_decisions({attempt.key: ""}, EVENT, went_out=left)
    again = proof.overrule_decisions({attempt.key: ""}, EVENT, went_out=left)

    assert (first, again) == ([attempt.key] if named else [], [])
    found = attempt.evidence.filter(kind=Evidence.Kind.CONTRADICTION)
    assert found.count() == named


# When the outcome of everybody is known


@pytest.mark.parametrize(
    ("outcomes", "end"),
    [
        (["dropped", "dropped"], ("cancelled", "planned")),
        (["dropped", "excluded", "refused"], ("cancelled", "planned")),
        (["dropped", "delivered"], ("accepted", "accepted")),
        (["delivered", "bounced"], ("accepted", "accepted")),
        (["delivered", None], ("unknown", "unknown")),
        (["dropped", None], ("unknown", "unknown")),
    ],
)
def test_outcomes_of_everybody_decide(
    rows: Rows, add_people: AddPeople, outcomes: Sequence[str | None], end: tuple[str, str]
) -> None:
    """All discarded: it goes again, to the same people; anything left of it: it was accepted."""
    batch = rows.batch(
        rows.send(), "unknown", add_people(len(outcomes)), not_before=timezone.now() + MINUTE
    )
    attempt = rows.attempt(batch, "unknown")
    other = rows.attempt(rows.batch(batch.send, "unknown"), "unknown")
    for delivery, outcome in zip(batch.deliveries.order_by("pk"), outcomes, strict=True):
        Delivery.objects.filter(pk=delivery.pk).update(outcome=outcome)

    resolved = proof.resolve_by_proof([attempt.key], EVENT)

    assert (stands(attempt), stands(other)) == (end, ("unknown", "unknown"))
    assert resolved == attempt.evidence.count() == (end[0] != "unknown")
    dropped = batch.deliveries.filter(outcome="dropped").count()
    assert dropped == (0 if end[1] == "planned" else outcomes.count("dropped"))
    if end[1] == "planned":
        assert attempt.batch.not_before is None


def test_outcomes_prove_that_nothing_was_cancelled(rows: Rows, add_people: AddPeople) -> None:
    """Mail that was delivered left, whatever is known of its provider batch."""
    send = rows.send()
    mine = send.provider_batches.create(group=1, state="released", at=send.at, in_doubt=True)
    batch = rows.batch(send, "unknown", add_people(2))
    batch.deliveries.update(outcome="delivered")
    attempt = rows.attempt(batch, "unknown", provider_batch=mine)

    assert proof.resolve_by_proof([attempt.key], EVENT) == 1
    assert stands(attempt) == ("accepted", "accepted")


def test_evidence_says_who_when_and_why(rows: Rows) -> None:
    """Each attempt gets its own, with what fits of the words."""
    attempt = rows.attempt(rows.batch(rows.send(), "unknown"), "unknown")
    at = timezone.now() - MINUTE

    proof.add_evidence([attempt.pk], EVENT, at=at, text="w" * 400, by="b" * 200)

    found = attempt.evidence.get()
    assert (found.at, found.note, found.by) == (at, "w" * 300, "b" * 150)


def test_only_what_is_unknown_is_resolved_by_outcomes(rows: Rows, add_people: AddPeople) -> None:
    """Mail that was accepted and discarded for one person by one stays accepted."""
    batch = rows.batch(rows.send(), "accepted", add_people(1))
    batch.deliveries.update(outcome="dropped")
    attempt = rows.attempt(batch, "accepted")

    assert proof.resolve_by_proof([attempt.key], EVENT) == 0
    assert stands(attempt) == ("accepted", "accepted")


# Cancelled mail that went out


def test_cancelled_mail_that_went_out_holds_everything(rows: Rows) -> None:
    """Each send in progress says whose mail it was; for a week nothing relies on a cancellation."""
    mine = rows.send()
    other = rows.send(issue=rows.other_issue())
    attempt = rows.attempt(rows.batch(mine, "planned"), "cancelled")

    proof.overrule_decisions({attempt.key: ""}, EVENT, went_out=[attempt.key])

    notes = dict(Send.objects.values_list("pk", "note"))
    assert set(Send.objects.values_list("state", flat=True)) == {"held"}
    assert f"newsletter send who {mine.pk} --state twice" in notes[mine.pk]
    assert f"newsletter send resume {other.pk}" in notes[other.pk]
    caught = attempt.evidence.get(kind=Evidence.Kind.CONTRADICTION).at
    assert contradictions.is_suspended(caught + contradictions.SUSPENSION - SECOND)
    assert not contradictions.is_suspended(caught + contradictions.SUSPENSION)


@pytest.mark.parametrize("state", ["not_sent", "refused"])
def test_what_a_person_or_an_answer_gave_up_holds_nothing(rows: Rows, state: str) -> None:
    """The provider had not confirmed anything there, so its word is as good as before."""
    send = rows.send()
    attempt = rows.attempt(rows.batch(send, "claimed"), state)

    proof.overrule_decisions({attempt.key: ""}, EVENT)

    send.refresh_from_db()
    assert send.state == "sending"
    assert not contradictions.is_suspended(timezone.now())


@pytest.mark.parametrize("note", ["", "no credits"])
def test_ended_send_says_it_too(rows: Rows, note: str) -> None:
    """Where it cannot be held any more it gets the note, unless there is one."""
    send = rows.send("sent", note=note)
    attempt = rows.attempt(rows.batch(send, "accepted"), "cancelled")

    proof.overrule_decisions({attempt.key: ""}, EVENT, went_out=[attempt.key])

    send.refresh_from_db()
    assert send.state == "sent"
    assert send.note == note or (not note and f"send who {send.pk}" in send.note)


@pytest.mark.parametrize(
    ("again", "twice"), [("accepted", 1), ("in_flight", 1), ("unknown", 1), ("reserved", 0)]
)
def test_who_may_have_it_twice(rows: Rows, add_people: AddPeople, again: str, twice: int) -> None:
    """People of what was given up and went out, once their batch was submitted again."""
    batch = rows.batch(rows.send(), "claimed", add_people(1))
    first = rows.attempt(batch, "not_sent")
    rows.attempt(batch, again)
    other = rows.batch(batch.send, "accepted")
    rows.attempt(other, "accepted")

    assert not contradictions.reached_twice(batch.send).exists()
    proof.overrule_decisions({first.key: ""}, EVENT)

    assert contradictions.reached_twice(batch.send).count() == twice
