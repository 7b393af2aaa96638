"""A doubt ends by proof, or by a person who has seen what speaks for and against."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from newsletter.errors import InvalidTransition, NotSubmitted, OutcomeUnknown
from newsletter.sending.delivery import claims, decisions, dispatch, recovery, results
from newsletter.sending.models import Attempt, Batch, Evidence, ProviderBatch, Send
from newsletter.sending.operations import control
from newsletter.sending.reporting.totals import count_send
from newsletter.sending.resolution import proof, unresolved
from newsletter.sending.resolution.proof import Kind
from newsletter.sending.resolution.unresolved import Resolution, UnresolvedBatch
from newsletter.transports.base import SubmitResult
from newsletter.transports.memory import MemoryTransport
from subscribers.models import Subscriber
from subscribers.subscriptions import unsubscribe
from tests.unit.sending.conftest import AddPeople
from tests.unit.sending.ledger_rows import Rows

LEASE = dt.timedelta(seconds=120)
MINUTE = dt.timedelta(minutes=1)

InDoubt = Callable[..., Send]


@pytest.fixture
def in_doubt(
    start: Callable[..., Send], add_people: Callable[..., list[Subscriber]]
) -> Callable[..., Send]:
    """A send to four people in two batches; the answer for the first was lost an hour ago."""

    def go(batch_size: int = 2) -> Send:
        add_people(4)
        send = start(batch_size=batch_size)
        send_all(MemoryTransport([OutcomeUnknown("no answer")]))
        recovery.close_finished_sends()
        Attempt.objects.filter(state="unknown").update(posted_at=timezone.now() - 60 * MINUTE)
        send.refresh_from_db()
        return send

    return go


def send_all(transport: MemoryTransport) -> None:
    """Submit batch by batch until nothing waits."""
    while (batch := claims.next_batch()) is not None:
        dispatch.send_batch(batch, transport, lease=LEASE)


def speak_against(send: Send) -> None:
    """Make all evidence there can be against acceptance."""
    (attempt,) = Attempt.objects.filter(batch__send=send, state="unknown")
    for minutes in (25, 5):
        proof.add_evidence([attempt.pk], Kind.ABSENT, at=timezone.now() - minutes * MINUTE)
    Attempt.objects.filter(batch__send=send, state="accepted").update(heard_at=timezone.now())


def only(found: list[UnresolvedBatch]) -> UnresolvedBatch:
    """Return the one doubt that there is."""
    (doubt,) = found
    return doubt


def test_a_doubt_says_what_it_is_about(in_doubt: InDoubt) -> None:
    """It names the batch, how many people, the answer, and what is missing."""
    doubt = only(unresolved.unresolved_batches(in_doubt()))

    assert (doubt.number, doubt.people, doubt.answer) == (1, 2, "no answer")
    assert not doubt.negative_evidence.holds
    assert len(doubt.negative_evidence.missing) == 2


def test_all_of_the_ladder_is_needed(in_doubt: InDoubt) -> None:
    """Time, two looks that lie apart, and events for something later; each alone is not enough."""
    send = in_doubt()
    speak_against(send)
    assert only(unresolved.unresolved_batches(send)).negative_evidence.holds

    Attempt.objects.filter(state="accepted").update(heard_at=None)
    assert only(unresolved.unresolved_batches(send)).negative_evidence.missing == [
        "an event for something that was posted later"
    ]
    speak_against(send)
    Evidence.objects.earliest("pk").delete()
    looks = Evidence.objects.filter(kind=Kind.ABSENT)
    looks.update(at=timezone.now())
    assert not only(unresolved.unresolved_batches(send)).negative_evidence.looked_twice
    Attempt.objects.filter(state="unknown").update(posted_at=timezone.now() - 20 * MINUTE)
    assert not only(unresolved.unresolved_batches(send)).negative_evidence.waited


@pytest.mark.parametrize("held", list(itertools.product([False, True], repeat=3)))
def test_evidence_against_holds_only_as_a_whole(held: tuple[bool, bool, bool]) -> None:
    """With a part of it missing nobody can be mailed again by it, and the part is named."""
    waited, looked, heard = held
    evidence = unresolved.NegativeEvidence(waited=waited, looked_twice=looked, events_arrive=heard)

    assert evidence.holds is all(held)
    named = ("have passed", "two queries", "an event for something")
    wanted = [words for words, holds in zip(named, held, strict=True) if not holds]
    assert len(evidence.missing) == len(wanted)
    assert all(words in told for words, told in zip(wanted, evidence.missing, strict=True))


def test_news_of_something_earlier_proves_nothing(in_doubt: InDoubt) -> None:
    """Events may have stopped since: only news of what was posted later speaks against it."""
    send = in_doubt()
    speak_against(send)
    accepted = Attempt.objects.filter(state="accepted")
    accepted.update(posted_at=timezone.now() - 61 * MINUTE)

    absence = only(unresolved.unresolved_batches(send)).negative_evidence

    assert absence.missing == ["an event for something that was posted later"]
    with pytest.raises(InvalidTransition, match="would get it twice"):
        unresolved.resolve(unresolved.unresolved_batches(send), Resolution.SUBMIT_AGAIN, by="aiko")


def test_looks_that_came_too_early_do_not_count(in_doubt: InDoubt) -> None:
    """A log that was asked before half an hour had passed may just have been behind."""
    send = in_doubt()
    speak_against(send)
    Evidence.objects.filter(pk=Evidence.objects.earliest("pk").pk).update(
        at=timezone.now() - 40 * MINUTE
    )

    assert not only(unresolved.unresolved_batches(send)).negative_evidence.looked_twice


SECOND = dt.timedelta(seconds=1)

#: When it is and when the log was asked, counted from when it was posted; what then holds.
LOOKS = [
    pytest.param(30 * MINUTE - SECOND, (), (False, False), id="a-second-too-early"),
    pytest.param(30 * MINUTE, (30 * MINUTE,), (True, False), id="one-look"),
    pytest.param(30 * MINUTE, (30 * MINUTE, 40 * MINUTE), (True, True), id="ten-minutes-apart"),
    pytest.param(30 * MINUTE, (30 * MINUTE, 40 * MINUTE - SECOND), (True, False), id="closer"),
    pytest.param(30 * MINUTE, (30 * MINUTE - SECOND, 40 * MINUTE), (True, False), id="first-early"),
]


@pytest.mark.parametrize(("since", "looks", "held"), LOOKS)
@pytest.mark.parametrize("ahead", [dt.timedelta(0), 20 * MINUTE])
def test_waiting_counts_to_the_second(
    in_doubt: InDoubt,
    since: dt.timedelta,
    looks: tuple[dt.timedelta, ...],
    held: tuple[bool, bool],
    ahead: dt.timedelta,
) -> None:
    """Half an hour from when mail leaves, then two looks ten minutes apart, and not a second less.

    Mail that was submitted ahead leaves at its scheduled time.
    """
    attempt = Attempt.objects.get(batch__send=in_doubt(), state="unknown")
    assert attempt.posted_at
    leaves = attempt.posted_at + ahead
    attempt.provider_batch = ProviderBatch(at=leaves) if ahead else None
    evidence = [Evidence(kind=Kind.ABSENT, at=leaves + look) for look in looks]

    found = unresolved.negative_evidence(attempt, evidence, leaves + since)

    assert (found.waited, found.looked_twice) == held


def test_provider_batch_whose_time_has_passed(in_doubt: InDoubt) -> None:
    """What was posted after its scheduled time left when it was posted."""
    attempt = Attempt.objects.get(batch__send=in_doubt(), state="unknown")
    assert attempt.posted_at
    attempt.provider_batch = ProviderBatch(at=attempt.posted_at - MINUTE)

    found = unresolved.negative_evidence(attempt, [], attempt.posted_at + 30 * MINUTE - SECOND)

    assert not found.waited


def test_nothing_speaks_against_what_was_never_posted() -> None:
    """Where it is not known when it was posted, all evidence is missing."""
    found = unresolved.negative_evidence(Attempt(posted_at=None), [], timezone.now())

    assert len(found.missing) == 3


def test_only_looks_that_found_nothing_count(rows: Rows) -> None:
    """What a person decided, or an event that came, is no second look."""
    posted = timezone.now() - 90 * MINUTE
    attempt = rows.attempt(rows.batch(rows.send(), "unknown"), "unknown", posted_at=posted)

    for kind in Kind:
        evidence = [
            Evidence(kind=Kind.ABSENT, at=posted + 40 * MINUTE),
            Evidence(kind=kind, at=posted + 60 * MINUTE),
        ]
        found = unresolved.negative_evidence(attempt, evidence, timezone.now())
        assert found.looked_twice is (kind == Kind.ABSENT), kind


def test_long_words_of_others_are_cut(in_doubt: InDoubt) -> None:
    """Message ids, notes and names that do not fit are kept as far as they do."""
    attempt = Attempt.objects.get(batch__send=in_doubt(), state="unknown")

    proof.prove({attempt.key: "m" * 201}, Kind.FOUND)
    proof.add_evidence([attempt.pk], Kind.ABSENT, text="t" * 301, by="b" * 151)

    attempt.refresh_from_db()
    note = Evidence.objects.get(kind=Kind.ABSENT)
    assert (attempt.message_id, note.note, note.by) == ("m" * 200, "t" * 300, "b" * 150)


def test_only_what_is_unknown_is_asked_about(rows: Rows, add_people: AddPeople) -> None:
    """Not another send, a batch that goes again or was proved, nor people with an outcome."""
    one, two, three, four, five = add_people(5)
    send = rows.send("unresolved")
    batch = rows.batch(send, "unknown", [one, two])
    send.deliveries.filter(subscriber=two).update(outcome="dropped")
    rows.attempt(batch, "not_sent")
    lost = rows.attempt(batch, "unknown")
    rows.attempt(rows.batch(send, "planned", [three]), "unknown")
    rows.attempt(rows.batch(send, "accepted", [four]), "accepted")
    awaited = rows.attempt(rows.batch(send, "claimed"), "in_flight")
    other = rows.resend(send)
    rows.attempt(rows.batch(other, "unknown", [five]), "unknown")
    rows.attempt(rows.batch(other, "claimed"), "in_flight")
    for attempt in Attempt.objects.exclude(state="in_flight"):
        proof.add_evidence([attempt.pk], Kind.ABSENT)
        proof.add_evidence([attempt.pk], Kind.SUBMITTED_AGAIN)
        proof.add_evidence([attempt.pk], Kind.ACCEPTED)

    doubt = only(unresolved.unresolved_batches(send))

    assert (doubt.attempt, doubt.people) == (lost.pk, 1)
    assert unresolved.count_unknown(send) == 1
    assert list(unresolved.awaited_attempts(send)) == [awaited]
    made = {entry.attempt.batch.send_id for entry in unresolved.decisions_of(send)}
    assert made == {send.pk}
    kinds = {entry.kind for entry in unresolved.decisions_of(send)}
    assert kinds == {Kind.SUBMITTED_AGAIN, Kind.ACCEPTED}


def test_waiting_mail_is_not_submitted_again(rows: Rows) -> None:
    """While it can be cancelled at the provider, nobody can insist; after that, a person can."""
    send = rows.send("unresolved")
    under = send.provider_batches.create(group=1, state="open", at=timezone.now())
    attempt = rows.attempt(rows.batch(send, "unknown"), "unknown", provider_batch=under)

    for state in ("new", "open", "cancelling", "releasing"):
        ProviderBatch.objects.update(state=state)
        found = unresolved.unresolved_batches(send)
        with pytest.raises(
            InvalidTransition, match=r"batch 1 waits .* still be cancelled"
        ) as caught:
            unresolved.resolve(found, Resolution.SUBMIT_AGAIN, by="aiko", insist=True)
        assert "scheduled time" in caught.value.hint
    for state in ("released", "cancelled"):
        ProviderBatch.objects.update(state=state)
        assert not only(unresolved.unresolved_batches(send)).waits
    found = unresolved.unresolved_batches(send)
    unresolved.resolve(found, Resolution.SUBMIT_AGAIN, by="aiko", insist=True)

    attempt.refresh_from_db()
    assert (attempt.state, attempt.batch.state) == ("not_sent", "planned")


@pytest.mark.parametrize(
    ("resolution", "ends", "note"),
    [
        (Resolution.ACCEPTED, ("accepted", "accepted"), "they said so"),
        (Resolution.SUBMIT_AGAIN, ("not_sent", "planned"), "without evidence; they said so"),
    ],
)
def test_decision_is_about_its_batch(
    rows: Rows, resolution: Resolution, ends: tuple[str, str], note: str
) -> None:
    """It is kept who decided and why; what waits otherwise goes on waiting, whatever else ended."""
    rows.send("cancelled")
    send = rows.send("unresolved")
    later = timezone.now() + 60 * MINUTE
    attempt = rows.attempt(rows.batch(send, "unknown", not_before=later), "unknown")
    other = rows.batch(send, "planned", not_before=later)
    found = unresolved.unresolved_batches(send)

    unresolved.resolve(found, resolution, by="aiko", why="they said so", insist=True)

    attempt.refresh_from_db()
    other.refresh_from_db()
    assert (attempt.state, attempt.batch.state) == ends
    again = resolution == Resolution.SUBMIT_AGAIN
    assert (attempt.batch.not_before is None, other.not_before) == (again, later)
    entry = Evidence.objects.get()
    assert (entry.attempt, entry.by, entry.note) == (attempt, "aiko", note)


def test_all_batches_are_resolved_or_none(rows: Rows) -> None:
    """Where one of them cannot be submitted again, the others stay as they were, without a note."""
    send = rows.send("unresolved")
    attempts = [rows.attempt(rows.batch(send, "unknown"), "unknown") for _ in range(2)]
    found = unresolved.unresolved_batches(send)
    proof.prove({attempts[1].key: "m"}, Kind.FOUND)

    with pytest.raises(InvalidTransition):
        unresolved.resolve(found, Resolution.SUBMIT_AGAIN, by="aiko", insist=True)

    states = Batch.objects.order_by("number").values_list("state", flat=True)
    assert list(states) == ["unknown", "accepted"]
    assert not Evidence.objects.filter(kind=Kind.SUBMITTED_AGAIN).exists()


def test_a_person_may_take_it_for_accepted(in_doubt: InDoubt) -> None:
    """Nobody is mailed again, the send is sent, and it is kept who said so and when."""
    send = in_doubt()

    people = unresolved.resolve(unresolved.unresolved_batches(send), Resolution.ACCEPTED, by="aiko")
    recovery.close_finished_sends()

    send.refresh_from_db()
    assert (people, send.state) == (2, Send.State.SENT)
    assert count_send(send).deliveries == {"accepted": 4}
    entry = Evidence.objects.get()
    assert (entry.kind, entry.by) == ("accepted", "aiko")


def test_again_needs_evidence(in_doubt: InDoubt) -> None:
    """Without it nothing goes out again, and the error says to how many people it could."""
    send = in_doubt()

    with pytest.raises(InvalidTransition, match="up to 2 people") as caught:
        unresolved.resolve(unresolved.unresolved_batches(send), Resolution.SUBMIT_AGAIN, by="aiko")

    assert "two queries of the provider's log, 10 minutes apart" in caught.value.hint
    assert count_send(send).deliveries == {"accepted": 2, "unknown": 2}
    assert not Evidence.objects.exists()


@pytest.mark.parametrize("insist", [False, True])
def test_again_submits_once(in_doubt: InDoubt, *, insist: bool) -> None:
    """With evidence, or insisted on, the batch goes out once more, without who left meanwhile."""
    send = in_doubt()
    if not insist:
        speak_against(send)
    gone = send.deliveries.filter(batch__state="unknown")[0].subscriber
    unsubscribe(gone.pk)

    unresolved.resolve(
        unresolved.unresolved_batches(send),
        Resolution.SUBMIT_AGAIN,
        by="aiko",
        why="they asked",
        insist=insist,
    )
    recovery.close_finished_sends()
    transport = MemoryTransport()
    send_all(transport)
    recovery.close_finished_sends()

    send.refresh_from_db()
    assert send.state == Send.State.SENT
    assert len(transport.addresses()) == 1
    assert count_send(send).deliveries == {"accepted": 3, "excluded": 1}
    note = Evidence.objects.get(kind=Kind.SUBMITTED_AGAIN).note
    assert note == ("without evidence; they asked" if insist else "they asked")


def test_a_decision_resolves_only_the_batches_named(in_doubt: InDoubt) -> None:
    """Others of the same send stay in doubt."""
    send = in_doubt()

    assert unresolved.unresolved_batches(send, [2]) == []
    assert only(unresolved.unresolved_batches(send, [1, 2])).number == 1


def test_a_decision_that_comes_too_late_changes_nothing(in_doubt: InDoubt) -> None:
    """Proof that came while a person thought wins, and the person is told."""
    send = in_doubt()
    speak_against(send)
    found = unresolved.unresolved_batches(send)
    key = Attempt.objects.get(state="unknown").key
    assert proof.prove({key: "Q2w"}, Kind.FOUND) == 1

    with pytest.raises(InvalidTransition):
        unresolved.resolve(found, Resolution.SUBMIT_AGAIN, by="aiko")

    assert count_send(send).deliveries == {"accepted": 4}


def test_nothing_of_a_cancelled_send_goes_out_again(in_doubt: InDoubt) -> None:
    """Its doubts can be taken for accepted only."""
    send = in_doubt()
    speak_against(send)
    Send.objects.update(state=Send.State.SENDING)
    control.cancel(send)

    with pytest.raises(InvalidTransition, match="cancelled"):
        unresolved.resolve(unresolved.unresolved_batches(send), Resolution.SUBMIT_AGAIN, by="aiko")
    unresolved.resolve(unresolved.unresolved_batches(send), Resolution.ACCEPTED, by="aiko")

    assert count_send(send).deliveries == {"accepted": 4}


def test_proof_takes_back_what_waits_to_go_again(in_doubt: InDoubt) -> None:
    """When proof comes after the decision, and before a sender, nobody gets it twice."""
    send = in_doubt()
    speak_against(send)
    key = Attempt.objects.get(state="unknown").key
    unresolved.resolve(unresolved.unresolved_batches(send), Resolution.SUBMIT_AGAIN, by="aiko")

    recovery.close_finished_sends()
    assert proof.overrule_decisions({key: "Q2w"}, Kind.EVENT) == []
    transport = MemoryTransport()
    send_all(transport)

    assert transport.addresses() == []
    assert count_send(send).deliveries == {"accepted": 4}
    assert [entry.kind for entry in Attempt.objects.get(key=key).evidence.all()][-1] == "event"


def test_proof_after_the_second_time_is_noted(in_doubt: InDoubt) -> None:
    """Where the batch went out again before proof came, the ledger says that it is twice."""
    send = in_doubt()
    speak_against(send)
    key = Attempt.objects.get(state="unknown").key
    unresolved.resolve(unresolved.unresolved_batches(send), Resolution.SUBMIT_AGAIN, by="aiko")
    recovery.close_finished_sends()
    send_all(MemoryTransport())

    assert proof.overrule_decisions({key: "Q2w"}, Kind.EVENT) == [key]
    assert proof.overrule_decisions({key: "Q2w"}, Kind.EVENT) == []

    assert Evidence.objects.filter(kind=Kind.CONTRADICTION, attempt__key=key).count() == 1
    count_send(send).check()


def test_a_late_answer_is_proof(in_doubt: InDoubt) -> None:
    """A yes that comes after a person had it planned again takes it back."""
    send = in_doubt()
    speak_against(send)
    attempt = Attempt.objects.get(state="unknown")
    unresolved.resolve(unresolved.unresolved_batches(send), Resolution.SUBMIT_AGAIN, by="aiko")

    results.apply_decision(
        attempt, decisions.accept_all(SubmitResult(message_id="Q2w", status=202))
    )

    attempt.refresh_from_db()
    assert (attempt.state, attempt.message_id) == ("accepted", "Q2w")
    assert count_send(send).deliveries == {"accepted": 4}


def test_proof_of_nothing_we_know_changes_nothing(in_doubt: InDoubt) -> None:
    """Keys of others, and keys that are resolved already, have no effect."""
    send = in_doubt()
    accepted = Attempt.objects.get(state="accepted").key

    assert proof.prove({"of somebody else": "", accepted: ""}, Kind.EVENT) == 0
    assert count_send(send).deliveries == {"accepted": 2, "unknown": 2}


def test_failure_that_may_pass_is_no_doubt(
    start: Callable[..., Send], add_people: Callable[..., list[Subscriber]]
) -> None:
    """What was not submitted waits for the next try and asks nobody."""
    add_people(1)
    send = start()
    send_all(MemoryTransport([NotSubmitted("nobody listens")]))

    assert unresolved.unresolved_batches(send) == []
    assert Batch.objects.get().state == "planned"


def test_a_late_answer_meets_a_send_that_closes(in_doubt: InDoubt) -> None:
    """A send is never called sent while people of it are planned, however close the two come."""
    send = in_doubt()
    attempt = Attempt.objects.get(state="unknown")
    at_hand = iter([decisions.return_batch("the connection was refused")])

    def answer_after(execute: Any, sql: str, *rest: Any) -> Any:
        """Have the late answer come right behind the look at which sends are finished."""
        result = execute(sql, *rest)
        if sql.startswith("SELECT") and "sending_providerbatch" in sql:
            for decision in at_hand:
                results.apply_decision(attempt, decision)
        return result

    with connection.execute_wrapper(answer_after):
        recovery.close_finished_sends()
    recovery.close_finished_sends()
    transport = MemoryTransport()
    send_all(transport)
    recovery.close_finished_sends()

    send.refresh_from_db()
    assert len(transport.addresses()) == 2
    assert send.state == Send.State.SENT
    assert count_send(send).deliveries == {"accepted": 4}
