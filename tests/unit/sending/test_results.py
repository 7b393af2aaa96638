"""A decision is written down whole, once, and only over what it may replace."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from newsletter.sending.delivery import decisions, results
from newsletter.sending.delivery.decisions import Decision, Part
from newsletter.sending.models import Attempt, Batch, Delivery, Evidence, Send
from newsletter.transports.base import SubmitResult
from tests.unit.sending.conftest import AddPeople
from tests.unit.sending.ledger_rows import MINUTE, Rows

YES = decisions.accept_all(SubmitResult(message_id="M", status=202))
NO = decisions.refuse_all("no such domain")
GIVEN_BACK = decisions.return_batch("nobody listens")
LOST = decisions.mark_unknown("no answer")
NAMES = {"yes": YES, "no": NO, "again": GIVEN_BACK, "lost": LOST}


# Which attempts an answer decides

FIRST = {
    "yes": ("accepted", "accepted"),
    "no": ("refused", "refused"),
    "again": ("not_sent", "planned"),
    "lost": ("unknown", "unknown"),
}
#: Attempt and batch before an answer, and after it; what is not named stays as it is.
CASES: dict[tuple[str, str], dict[str, tuple[str, str]]] = {
    ("in_flight", "claimed"): FIRST,
    ("unknown", "unknown"): {name: FIRST[name] for name in ("yes", "no", "again")},
    ("reserved", "claimed"): {name: FIRST[name] for name in ("yes", "again")},
    ("accepted", "accepted"): {},
    ("refused", "refused"): {},
    ("cancelled", "planned"): {},
    ("not_sent", "claimed"): {},
}


@pytest.mark.parametrize("before", CASES)
def test_answer_decides_once(rows: Rows, before: tuple[str, str]) -> None:
    """Attempt and batch change together, from what may become that, and say who answered what."""
    send = rows.send()
    for name, decision in NAMES.items():
        attempt = rows.attempt(rows.batch(send, before[1]), before[0])

        decided = results.apply_decision(attempt, decision)

        attempt.refresh_from_db()
        assert (attempt.state, attempt.batch.state) == CASES[before].get(name, before)
        assert decided == (name in CASES[before])
        assert (attempt.answered_at is not None) == decided
        assert attempt.answer == (decision.answer if decided else "")
        assert attempt.message_id == ("M" if decided and name == "yes" else "")
        twice = name == "yes" and before[0] in ("refused", "not_sent")
        assert attempt.evidence.exists() == twice


def test_yes_to_what_would_be_submitted_again(rows: Rows) -> None:
    """What was given back, and nobody has begun again, is accepted: it is not mailed twice."""
    attempt = rows.attempt(rows.batch(rows.send(), "planned"), "not_sent")

    assert not results.apply_decision(attempt, YES)

    attempt.refresh_from_db()
    assert (attempt.state, attempt.batch.state) == ("accepted", "accepted")
    assert attempt.evidence.get().kind == Evidence.Kind.ANSWER


def test_nothing_of_a_late_answer_is_written_where_another_decided(
    rows: Rows, add_people: AddPeople
) -> None:
    """Nobody is refused or moved, and no note is made; but what every batch would meet holds."""
    people = add_people(2)
    send = rows.send()
    attempt = rows.attempt(rows.batch(send, "accepted", people), "accepted")
    one, other = send.deliveries.values_list("pk", flat=True)
    late = replace(
        GIVEN_BACK, refused={one: "no"}, parts=(Part(deliveries=(other,)),), hold="no credits"
    )

    assert not results.apply_decision(attempt, late)

    send.refresh_from_db()
    assert not send.deliveries.exclude(outcome=None).exists()
    assert send.batches.count() == 1
    assert (send.state, send.note) == ("held", "no credits")


def test_answer_keeps_what_it_does_not_tell(rows: Rows) -> None:
    """A number of the provider that is known stays; long answers are cut to what fits."""
    attempt = rows.attempt(rows.batch(rows.send(), "claimed"), "in_flight", message_id="before")

    results.apply_decision(attempt, decisions.return_batch("x" * 600))

    attempt.refresh_from_db()
    assert (attempt.message_id, attempt.answer) == ("before", "x" * 500)
    assert Send.objects.get().note == "x" * 500


@pytest.mark.parametrize(("wait", "waits"), [(60.0, True), (0.0, False)])
def test_batch_waits_as_decided(rows: Rows, wait: float, waits: bool) -> None:
    """The time counts from now by the database's clock; an older one is forgotten."""
    batch = rows.batch(rows.send(), "claimed", not_before=timezone.now() + 60 * MINUTE)

    results.apply_decision(rows.attempt(batch, "in_flight"), replace(GIVEN_BACK, wait=wait))

    kept = Batch.objects.annotate(now=Now()).get()
    assert (kept.not_before is not None) == waits
    assert kept.not_before is None or dt.timedelta(0) < kept.not_before - kept.now <= MINUTE


@pytest.mark.parametrize(
    ("in_doubt", "name", "end"),
    [
        (True, "yes", "unknown"),
        (True, "no", "refused"),
        (False, "yes", "accepted"),
    ],
)
def test_yes_says_nothing_of_mail_that_was_perhaps_cancelled(
    rows: Rows, in_doubt: bool, name: str, end: str
) -> None:
    """The answer is kept, but only mail that left proves that it was not cancelled."""
    send = rows.send()
    mine = send.provider_batches.create(group=1, state="released", at=send.at, in_doubt=in_doubt)
    attempt = rows.attempt(rows.batch(send, "unknown"), "unknown", provider_batch=mine)
    other = rows.attempt(rows.batch(send, "unknown"), "unknown", provider_batch=mine)

    assert results.apply_decision(attempt, NAMES[name])

    attempt.refresh_from_db()
    assert (attempt.state, attempt.batch.state) == (end, end)
    assert attempt.answer == NAMES[name].answer
    other.refresh_from_db()
    assert (other.state, other.answer) == ("unknown", "")


# People


def test_who_has_an_outcome_is_not_refused(rows: Rows, add_people: AddPeople) -> None:
    """Somebody who left stays excluded, and a long reason is cut."""
    people = add_people(3)
    batch = rows.batch(rows.send(), "claimed", people)
    left, stays, _ = batch.deliveries.order_by("pk")
    Delivery.objects.filter(pk=left.pk).update(outcome="excluded", reason="unsubscribed")

    attempt = rows.attempt(batch, "in_flight")
    results.apply_decision(attempt, decisions.refuse_some("n" * 300, [left.pk, stays.pk]))

    outcomes = batch.deliveries.order_by("pk").values_list("outcome", "reason")
    assert list(outcomes) == [("excluded", "unsubscribed"), ("refused", "n" * 200), (None, "")]


def test_who_cannot_be_filled_in_is_excluded(rows: Rows, add_people: AddPeople) -> None:
    """The others of the batch get their mail."""
    batch = rows.batch(rows.send(), "claimed", add_people(2))
    first = batch.deliveries.order_by("pk")[0]

    results.exclude_people({first.pk: "the name is too long"})

    outcomes = batch.deliveries.order_by("pk").values_list("outcome", "reason")
    assert list(outcomes) == [("excluded", "the name is too long"), (None, "")]


def test_people_move_to_a_batch_like_theirs(rows: Rows, add_people: AddPeople) -> None:
    """It is the last of the send, with the same domain, and waits as its part says."""
    *people, gone = add_people(4)
    rows.send("sent", issue=rows.other_issue())
    send = rows.send()
    batch = rows.batch(send, "claimed", people, domain="a.example", canary=True)
    rows.batch(send, "waiting", number=7)
    first, *others = send.deliveries.order_by("pk").values_list("pk", flat=True)
    rows.batch(send, "accepted", [gone], number=5)
    elsewhere = send.deliveries.get(subscriber=gone)
    part = Part(deliveries=(*others, elsewhere.pk), wait=60.0)

    results.apply_decision(rows.attempt(batch, "in_flight"), replace(YES, parts=(part,)))

    new = send.batches.annotate(now=Now()).get(number=8)
    assert (new.state, new.domain, new.canary) == ("planned", "a.example", True)
    assert new.not_before
    assert dt.timedelta(0) < new.not_before - new.now <= MINUTE
    assert list(new.deliveries.order_by("pk").values_list("pk", flat=True)) == others
    assert [each.pk for each in batch.deliveries.all()] == [first]
    assert not new.attempts.exists()


@pytest.mark.parametrize(
    ("state", "attempt_state", "posted"),
    [("unknown", Attempt.State.UNKNOWN, True), ("planned", Attempt.State.NOT_SENT, False)],
)
def test_part_has_an_attempt_of_its_own(
    rows: Rows,
    add_people: AddPeople,
    state: Batch.State,
    attempt_state: Attempt.State,
    posted: bool,
) -> None:
    """What is in doubt counts as posted when the request was; what was refused never was."""
    people = add_people(2)
    batch = rows.batch(rows.send(), "claimed", people)
    began = timezone.now() - MINUTE
    attempt = rows.attempt(batch, "in_flight", posted_at=began)
    last = batch.deliveries.order_by("pk").values_list("pk", flat=True)[1]
    part = Part(deliveries=(last,), state=state, attempt=attempt_state, answer="a" * 600)

    results.apply_decision(attempt, replace(YES, accepted=(1,), parts=(part,)))

    new = Attempt.objects.exclude(pk=attempt.pk).get()
    assert (new.state, new.batch.state, new.size) == (attempt_state, state, 1)
    assert (new.posted_at, new.owner) == (began if posted else None, attempt.owner)
    assert (new.answer, len(new.key), new.key == attempt.key) == ("a" * 500, 32, False)
    assert new.answered_at


def test_part_in_doubt_was_posted_by_now(rows: Rows, add_people: AddPeople) -> None:
    """A sender does not read again when its request began: then it counts as posted just now."""
    batch = rows.batch(rows.send(), "claimed", add_people(1))
    attempt = rows.attempt(batch, "in_flight")
    unknown = Batch.State.UNKNOWN
    part = Part(
        deliveries=(batch.deliveries.get().pk,), state=unknown, attempt=Attempt.State.UNKNOWN
    )

    results.apply_decision(attempt, replace(YES, accepted=(1,), parts=(part,)))

    assert Attempt.objects.exclude(pk=attempt.pk).get().posted_at


def test_part_that_stays_is_only_marked(rows: Rows, add_people: AddPeople) -> None:
    """Its batch is the last already, so it gets the mark and no other place."""
    batch = rows.batch(rows.send(), "claimed", add_people(1))
    attempt = rows.attempt(batch, "in_flight")
    only = batch.deliveries.get()
    part = Part(deliveries=(only.pk,), moves=False, attempt=Attempt.State.NOT_SENT, answer="no")

    results.apply_decision(attempt, replace(GIVEN_BACK, parts=(part,)))

    assert Batch.objects.get() == batch
    assert sorted(batch.attempts.values_list("answer", flat=True)) == ["no", "nobody listens"]


PARTLY = replace(YES, accepted=(1,))


@pytest.mark.parametrize("batch_state", ["planned", "claimed"])
def test_partial_yes_to_what_was_given_back(
    rows: Rows, add_people: AddPeople, batch_state: str
) -> None:
    """Who was accepted is kept from a second mail; if that has begun, they may have two."""
    people = add_people(2)
    batch = rows.batch(rows.send(), batch_state, people)
    rows.batch(batch.send, "planned")
    attempt = rows.attempt(batch, "not_sent")
    first = batch.deliveries.order_by("pk")[0]

    results.apply_decision(attempt, replace(PARTLY, accepted=(first.pk,)))

    first.refresh_from_db()
    assert first.batch.state == ("accepted" if batch_state == "planned" else "claimed")
    batch.refresh_from_db()
    assert (batch.state, batch.deliveries.count()) == (batch_state, 1 + (first.batch == batch))
    assert attempt.evidence.get().kind == Evidence.Kind.CONTRADICTION


# The note at a send


@pytest.mark.parametrize("state", ["sending", "paused", "held"])
def test_note_is_of_sends_in_progress(rows: Rows, state: str) -> None:
    """Why a send was held or paused is never replaced by why a batch went back."""
    send = rows.send(state, note="a person paused it")
    other = rows.send(issue=rows.other_issue())

    results.apply_decision(rows.attempt(rows.batch(send, "claimed"), "in_flight"), GIVEN_BACK)

    send.refresh_from_db()
    other.refresh_from_db()
    assert other.note == ""
    assert send.note == ("nobody listens" if state == "sending" else "a person paused it")


@pytest.mark.parametrize("decision", [NO, LOST], ids=["no", "lost"])
def test_answers_without_a_note_leave_it(rows: Rows, decision: Decision) -> None:
    """Only an acceptance says that a failure is over."""
    send = rows.send(note="nobody listens")
    rows.attempt(rows.batch(send, "planned"), "not_sent", answer="nobody listens")

    results.apply_decision(rows.attempt(rows.batch(send, "claimed"), "in_flight"), decision)

    send.refresh_from_db()
    assert send.note == "nobody listens"


@pytest.mark.parametrize(
    ("note", "answer", "state", "here", "cleared"),
    [
        ("nobody listens", "nobody listens", "not_sent", True, True),
        ("no room", "nobody listens", "not_sent", True, False),
        ("nobody listens", "nobody listens", "refused", True, False),
        ("nobody listens", "nobody listens", "not_sent", False, False),
    ],
    ids=["over", "another-note", "another-state", "another-send"],
)
def test_acceptance_ends_a_note_about_a_failure(
    rows: Rows, note: str, answer: str, state: str, here: bool, cleared: bool
) -> None:
    """The note goes if a batch of the send went back with it; what else it says stays."""
    send = rows.send(note=note)
    whose = send if here else rows.send("sent", issue=rows.other_issue())
    rows.attempt(rows.batch(whose, "planned"), state, answer=answer)

    results.apply_decision(rows.attempt(rows.batch(send, "claimed"), "in_flight"), YES)

    send.refresh_from_db()
    assert send.note == ("" if cleared else note)


def test_newer_note_stays(rows: Rows) -> None:
    """What another sender has noted since is not taken for the failure that is over."""
    send = rows.send(note="nobody listens")
    rows.attempt(rows.batch(send, "planned"), "not_sent", answer="nobody listens")
    attempt = rows.attempt(rows.batch(send, "claimed"), "in_flight")
    assert attempt.batch.send.note == "nobody listens"
    Send.objects.update(note="no room")

    results.apply_decision(attempt, YES)

    send.refresh_from_db()
    assert send.note == "no room"


@pytest.mark.parametrize("state", ["sending", "paused", "cancelled"])
def test_only_a_send_in_progress_is_held(rows: Rows, state: str) -> None:
    """Paused or cancelled by a person, it stays so."""
    send = rows.send(state)
    decision = decisions.mark_unknown("a login page", hold="h" * 600)

    results.apply_decision(rows.attempt(rows.batch(send, "claimed"), "in_flight"), decision)

    send.refresh_from_db()
    assert send.state == ("held" if state == "sending" else state)
    assert send.note == ("h" * 500 if state == "sending" else "")


# A row of lost answers


@pytest.mark.parametrize(
    ("before", "name", "held"),
    [("in_flight", "lost", True), ("in_flight", "yes", False), ("accepted", "lost", False)],
)
def test_only_a_lost_answer_holds_after_others(
    rows: Rows, before: str, name: str, held: bool
) -> None:
    """The row is counted when an answer was lost, and not after any other."""
    send = rows.send()
    first = rows.attempt(rows.batch(send, "claimed"), before)
    for _ in range(3):
        rows.attempt(rows.batch(send, "unknown"), "unknown")

    results.apply_decision(first, NAMES[name])

    send.refresh_from_db()
    assert (send.held_by == Send.AutoPause.LOST) == held
