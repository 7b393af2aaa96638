"""What an answer means is decided from facts alone: no database is asked."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from newsletter.errors import (
    AccountError,
    Deferred,
    NotSubmitted,
    OutcomeUnknown,
    PartiallySubmitted,
    Refused,
    Throttled,
    TooLarge,
    TransportError,
)
from newsletter.sending.delivery import decisions
from newsletter.sending.delivery.decisions import MAX_DEFERRALS, Decision, History, decide_error
from newsletter.transports.base import SubmitResult

PEOPLE = (11, 12, 13, 14)
FRESH = History()
TRIED = History(tries=MAX_DEFERRALS)
HOPELESS = History(tries=MAX_DEFERRALS, others_go=True)

WHOLE = [
    pytest.param(Refused("no"), FRESH, "refused", 0.0, "", id="refused"),
    pytest.param(NotSubmitted("later"), FRESH, "planned", 2.0, "", id="first-failure"),
    pytest.param(NotSubmitted("later"), History(tries=3), "planned", 16.0, "", id="fourth-failure"),
    pytest.param(
        NotSubmitted("later"), History(tries=9), "planned", 60.0, "", id="a-minute-at-most"
    ),
    pytest.param(Throttled("slow", seconds=7), FRESH, "planned", 7.0, "", id="as-asked-for"),
    pytest.param(Deferred("busy", seconds=300), FRESH, "planned", 300.0, "", id="deferred"),
    pytest.param(Deferred("busy"), HOPELESS, "refused", 0.0, "", id="deferred-for-hours"),
    pytest.param(
        Deferred("busy"), TRIED, "planned", 0.0, "The mail to everybody", id="everybody-deferred"
    ),
    pytest.param(AccountError("bad key"), FRESH, "planned", 0.0, "bad key", id="account"),
    pytest.param(OutcomeUnknown("lost"), FRESH, "unknown", 0.0, "", id="lost"),
    pytest.param(
        OutcomeUnknown("a login page", holds=True), FRESH, "unknown", 0.0, "a login", id="a-proxy"
    ),
    pytest.param(TransportError("odd"), FRESH, "unknown", 0.0, "", id="nobody-knows"),
]


@pytest.mark.parametrize(("answer", "history", "batch", "wait", "hold"), WHOLE)
def test_whole_batch(
    answer: TransportError, history: History, batch: str, wait: float, hold: str
) -> None:
    """Each class of answer leads to one state, one wait, and holds the send or not."""
    decision = decide_error(answer, PEOPLE, history)

    assert (decision.batch, decision.wait) == (batch, wait)
    assert decision.answer.endswith(str(answer))
    assert decision.note == (decision.answer if wait else None)
    assert decision.hold.startswith(hold)
    assert bool(decision.hold) == bool(hold)
    assert decision.parts == ()


def moved(decision: Decision) -> list[tuple[str, tuple[int, ...]]]:
    """Return who moves, and to where."""
    return [(str(part.state), part.deliveries) for part in decision.parts]


def test_too_large_goes_in_halves() -> None:
    """One half stays, the other gets a batch of its own; one mail alone holds the send."""
    assert moved(decide_error(TooLarge("413"), PEOPLE, FRESH)) == [("planned", (13, 14))]
    three = decide_error(TooLarge("413"), (11, 12, 13), FRESH)
    assert (moved(three), three.answer) == ([("planned", (13,))], "413")
    assert decide_error(TooLarge("413"), (11,), FRESH).hold == "Even one mail is too large: 413"


def test_named_people_are_refused() -> None:
    """The request was refused whole: who was named is out, the others go again at once."""
    decision = decide_error(Refused("bad address", persons=frozenset({2, 0})), PEOPLE, FRESH)

    assert decision.refused == {11: "bad address", 13: "bad address"}
    assert (decision.attempt, decision.batch) == ("refused", "planned")
    assert (decision.note, decision.answer) == (None, "bad address")


@pytest.mark.parametrize(
    ("decide", "expected"),
    [
        pytest.param(
            lambda: decisions.accept_all(SubmitResult(message_id="M", status=202)),
            ("accepted", "accepted", "202", "M", 0.0, None, ""),
            id="yes",
        ),
        pytest.param(
            lambda: decisions.close_empty(),
            ("not_sent", "empty", "nobody left in the batch", "", 0.0, None, ""),
            id="nobody-left",
        ),
        pytest.param(
            lambda: decisions.return_uncomposed(ValueError("odd"), passes=True),
            ("not_sent", "planned", "cannot compose: odd", "", 60.0, "cannot compose: odd", ""),
            id="an-outage",
        ),
        pytest.param(
            lambda: decisions.return_uncomposed(ValueError("odd"), passes=False),
            ("not_sent", "planned", "cannot compose: odd", "", 0.0, None, "cannot compose: odd"),
            id="a-bad-template",
        ),
    ],
)
def test_without_an_error_of_the_provider(
    decide: Callable[[], Decision], expected: tuple[str, str, str, str, float, str | None, str]
) -> None:
    """A yes, nobody left, nothing to submit: attempt and batch get their states, and the reason."""
    decision = decide()

    assert expected == (
        decision.attempt,
        decision.batch,
        decision.answer,
        decision.message_id,
        decision.wait,
        decision.note,
        decision.hold,
    )
    assert decision.accepts_all == (decision.batch == "accepted")


@pytest.mark.parametrize(("looks", "wait"), [(True, 1.0), (False, 0.0)])
def test_what_was_not_begun_waits_while_the_watch_looks(looks: bool, wait: float) -> None:
    """Nothing left, so the batch goes back: at once, or when it is known how old the ledger is."""
    decision = decisions.return_not_begun(looks=looks)

    assert (decision.attempt, decision.batch, decision.wait) == ("not_sent", "planned", wait)


def test_hint_of_an_account_is_told_with_the_reason() -> None:
    """Whoever is to fix it reads what the provider said, and what to do."""
    decision = decide_error(AccountError("bad key", hint="Renew it."), PEOPLE, FRESH)

    assert (decision.hold, decision.answer) == ("bad key Renew it.", "bad key")


def test_each_has_an_answer_of_their_own() -> None:
    """Who was accepted stays; who is in doubt and who goes again get a batch each."""
    error = PartiallySubmitted(
        "half way",
        accepted=frozenset({0}),
        unknown=frozenset({1}),
        refused={2: "no such user"},
        cause=Throttled("slow", seconds=30),
        message_id="M",
    )

    decision = decide_error(error, PEOPLE, FRESH)

    assert (decision.attempt, decision.batch, decision.message_id) == ("accepted", "accepted", "M")
    assert (decision.accepted, decision.refused) == ((11,), {13: "no such user"})
    assert moved(decision) == [("unknown", (12,)), ("planned", (14,))]
    assert [part.wait for part in decision.parts] == [0.0, 30.0]
    assert [part.attempt for part in decision.parts] == ["unknown", None]
    assert [part.answer for part in decision.parts] == ["half way", ""]
    assert all(part.moves for part in decision.parts)
    assert (decision.wait, decision.answer) == (0.0, "half way")
    assert decision.has_unknown
    assert decision.has_accepted
    assert not decision.accepts_all


def test_who_goes_again_stays_where_nobody_was_accepted() -> None:
    """The batch keeps those who go again, and waits for them; nobody has to move."""
    cause = Throttled("slow", seconds=30)
    error = PartiallySubmitted("half way", refused={0: "no such user"}, cause=cause)

    decision = decide_error(error, PEOPLE, HOPELESS)

    assert (decision.attempt, decision.batch, decision.wait) == ("not_sent", "planned", 30.0)
    assert (decision.parts, decision.refused) == ((), {11: "no such user"})


def test_doubt_stays_where_nobody_was_accepted() -> None:
    """The batch keeps those in doubt, which is told of; who goes again moves, and need not wait."""
    cause = AccountError("no credits")
    error = PartiallySubmitted("half way", unknown=frozenset({0}), cause=cause)

    decision = decide_error(error, PEOPLE, FRESH)

    assert (decision.attempt, decision.batch) == ("unknown", "unknown")
    assert moved(decision) == [("planned", (12, 13, 14))]
    assert (decision.wait, decision.parts[0].wait) == (0.0, 0.0)
    assert decision.has_unknown
    assert decision.hold


@pytest.mark.parametrize(
    ("history", "refused"),
    [
        pytest.param(HOPELESS, (12, 13, 14), id="for-hours"),
        pytest.param(History(tries=23, others_go=True), (), id="not-long-enough"),
        pytest.param(TRIED, (), id="everybody"),
    ],
)
def test_deferred_people_are_refused_at_last(history: History, refused: tuple[int, ...]) -> None:
    """Deferred for hours while others were accepted, people are refused; else they go again."""
    cause = Deferred("busy", seconds=300)
    error = PartiallySubmitted("half way", accepted=frozenset({0}), cause=cause)

    decision = decide_error(error, PEOPLE, history)

    assert tuple(decision.refused) == refused
    assert moved(decision) == ([] if refused else [("planned", (12, 13, 14))])


def test_whom_it_may_be_about_goes_last() -> None:
    """The people whose refusal holds a send move behind all others, even behind who goes again."""
    cause = AccountError("blocked", persons={3: "blocked"})
    error = PartiallySubmitted("half way", accepted=frozenset({0}), cause=cause)

    decision = decide_error(error, PEOPLE, FRESH)

    assert moved(decision) == [("planned", (12, 13)), ("planned", (14,))]
    assert (decision.parts[-1].attempt, decision.parts[-1].answer) == ("not_sent", "blocked")
    assert decision.hold.startswith("blocked")


@pytest.mark.parametrize(("suspects", "holds"), [({3: "blocked"}, True), ({}, False)])
def test_answer_about_nobody_who_is_left_holds_nothing(
    suspects: dict[int, str], holds: bool
) -> None:
    """Where all others were accepted, the send is held for whom it may be about, or not at all."""
    accepted = frozenset({0, 1, 2} if suspects else range(4))
    cause = AccountError("blocked", persons=suspects)

    decision = decide_error(PartiallySubmitted(accepted=accepted, cause=cause), PEOPLE, FRESH)

    assert bool(decision.hold) == holds
    assert moved(decision) == ([("planned", (14,))] if holds else [])


def test_suspects_who_are_the_last_batch_stay_in_it() -> None:
    """A batch is not moved behind itself for ever; it only gets the mark."""
    error = AccountError("blocked", persons={0: "blocked"})

    (part,) = decide_error(error, (11,), History(is_last=True)).parts

    assert (part.moves, part.attempt) == (False, "not_sent")
    (part,) = decide_error(error, (11,), FRESH).parts
    assert part.moves
    (part,) = decide_error(error, PEOPLE, History(is_last=True)).parts
    assert part.moves, "the others are not kept waiting behind one of them"


@pytest.mark.parametrize("by_person", [False, True])
def test_confirmed_suspects_are_refused(by_person: bool) -> None:
    """Where a person let the send go on, and they got the same answer again, it is about them."""
    cause = AccountError("blocked", persons={3: "blocked"})
    error = PartiallySubmitted("half way", accepted=frozenset({0}), cause=cause)

    decision = decide_error(error if by_person else cause, PEOPLE, History(is_confirmed=True))

    assert decision.refused == {14: "blocked"}
    assert (decision.hold, decision.answer) == ("", str(error if by_person else cause))
    assert moved(decision) == ([("planned", (12, 13))] if by_person else [])


def test_nobody_left_in_doubt_by_a_split() -> None:
    """Parts that each go alone, as the variants of an edition do, say nothing at the send."""
    decision = decisions.split_batch([(11,), (12, 13)])

    assert moved(decision) == [("planned", (12, 13))]
    assert (decision.note, decision.has_unknown, decision.has_accepted) == ("", False, False)
