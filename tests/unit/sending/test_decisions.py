"""What an answer means is decided from facts alone: no database is asked."""

from __future__ import annotations

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
    assert decision.hold.startswith(hold)
    assert bool(decision.hold) == bool(hold)
    assert decision.parts == ()


def moved(decision: Decision) -> list[tuple[str, tuple[int, ...]]]:
    """Return who moves, and to where."""
    return [(str(part.state), part.deliveries) for part in decision.parts]


def test_too_large_goes_in_halves() -> None:
    """One half stays, the other gets a batch of its own; one mail alone holds the send."""
    assert moved(decide_error(TooLarge("413"), PEOPLE, FRESH)) == [("planned", (13, 14))]
    assert decide_error(TooLarge("413"), (11,), FRESH).hold == "Even one mail is too large: 413"


def test_named_people_are_refused() -> None:
    """The request was refused whole: who was named is out, the others go again at once."""
    decision = decide_error(Refused("bad address", persons=frozenset({2, 0})), PEOPLE, FRESH)

    assert decision.refused == {11: "bad address", 13: "bad address"}
    assert (decision.attempt, decision.batch) == ("refused", "planned")
    assert decision.note is None


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
    assert decision.wait == 0.0
    assert decision.has_unknown


def test_whom_it_may_be_about_goes_last() -> None:
    """The people whose refusal holds a send move behind all others, even behind who goes again."""
    cause = AccountError("blocked", persons={3: "blocked"})
    error = PartiallySubmitted("half way", accepted=frozenset({0}), cause=cause)

    decision = decide_error(error, PEOPLE, FRESH)

    assert moved(decision) == [("planned", (12, 13)), ("planned", (14,))]
    assert decision.parts[-1].attempt == "not_sent"
    assert decision.hold.startswith("blocked")


def test_suspects_who_are_the_last_batch_stay_in_it() -> None:
    """A batch is not moved behind itself for ever; it only gets the mark."""
    error = AccountError("blocked", persons={0: "blocked"})

    (part,) = decide_error(error, (11,), History(is_last=True)).parts

    assert (part.moves, part.attempt) == (False, "not_sent")
    (part,) = decide_error(error, (11,), FRESH).parts
    assert part.moves


@pytest.mark.parametrize("by_person", [False, True])
def test_confirmed_suspects_are_refused(by_person: bool) -> None:
    """Where a person let the send go on, and they got the same answer again, it is about them."""
    cause = AccountError("blocked", persons={3: "blocked"})
    error = PartiallySubmitted("half way", accepted=frozenset({0}), cause=cause)

    decision = decide_error(error if by_person else cause, PEOPLE, History(is_confirmed=True))

    assert decision.refused == {14: "blocked"}
    assert decision.hold == ""


def test_nobody_left_in_doubt_by_a_split() -> None:
    """Parts that each go alone, as the variants of an edition do, say nothing at the send."""
    decision = decisions.split_batch([(11,), (12, 13)])

    assert moved(decision) == [("planned", (12, 13))]
    assert (decision.note, decision.has_unknown, decision.has_accepted) == ("", False, False)
