"""Decide what an answer means for an attempt, its batch, its people and its send.

Nothing here queries or changes anything. Each function takes what is known and returns a
`Decision`, which `results.apply_decision` writes down in one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

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
from newsletter.phrases import phrase
from newsletter.sending.ledger.splitting import split_into_chunks
from newsletter.sending.models import Attempt, Batch
from newsletter.transports.base import SubmitResult

#: A temporary failure is tried again after 2, 4, 8 … seconds, and at least every minute.
MAX_WAIT_SECONDS = 60.0
#: Seconds that a batch waits while we check whether the database was set back.
LOOK_SECONDS = 1.0
#: People who were deferred this often are refused; usually after two hours.
MAX_DEFERRALS = 24
#: Why a send is held if everybody was deferred that often.
EVERYBODY = phrase("The mail to everybody has been deferred for hours")

#: What to do if something between us and the provider answers in its place.
SOMETHING_ELSE = phrase(
    "The provider does not answer like this. Check what is in between (a proxy, a filter, a login"
    " page), then: newsletter send resume ID"
)

#: The state of an attempt by the state of its batch.
ATTEMPT_STATES: Mapping[Batch.State, Attempt.State] = {
    Batch.State.ACCEPTED: Attempt.State.ACCEPTED,
    Batch.State.UNKNOWN: Attempt.State.UNKNOWN,
    Batch.State.PLANNED: Attempt.State.NOT_SENT,
    Batch.State.REFUSED: Attempt.State.REFUSED,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """What the ledger knows about a batch, as far as a decision depends on it."""

    #: How often the batch was tried before without anybody being accepted.
    tries: int = 0
    #: Whether others of the send were accepted, or a person knows that everybody is deferred.
    others_go: bool = False
    #: Whether a person resumed the send after the same people had got the same answer.
    is_confirmed: bool = False
    #: Whether no batch of the send goes after this one.
    is_last: bool = False

    @property
    def is_hopeless(self) -> bool:
        """Whether people were deferred too often, and the reason is about them."""
        return self.tries >= MAX_DEFERRALS and self.others_go


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """People who move to a batch of their own, which may be claimed again after `wait` seconds.

    If they are the whole batch already, they stay in it.  If `attempt` is set, their batch
    gets one in that state, with `answer`.
    """

    deliveries: tuple[int, ...]
    moves: bool = True
    state: Batch.State = Batch.State.PLANNED
    attempt: Attempt.State | None = None
    answer: str = ""
    wait: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """The changes that follow from an answer. All of them are written, or none."""

    attempt: Attempt.State
    batch: Batch.State
    answer: str = ""
    message_id: str = ""
    #: People who get nothing more, by delivery, with the reason.
    refused: Mapping[int, str] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    #: The accepted people, if not everybody was accepted.
    accepted: tuple[int, ...] = ()
    #: Seconds until the batch may be claimed again.
    wait: float = 0.0
    #: The note at the send while it goes on; None leaves the note as it is.
    note: str | None = None
    #: Why the send is held; empty if it goes on.
    hold: str = ""

    @property
    def has_accepted(self) -> bool:
        """Whether anybody was accepted."""
        return self.attempt == Attempt.State.ACCEPTED

    @property
    def accepts_all(self) -> bool:
        """Whether everybody was accepted."""
        return self.has_accepted and not self.accepted

    @property
    def has_unknown(self) -> bool:
        """Whether the outcome of anybody is unknown."""
        unknown = Batch.State.UNKNOWN
        return unknown in (self.batch, *(part.state for part in self.parts))


# An answer


def decide_error(answer: TransportError, deliveries: Sequence[int], history: History) -> Decision:
    """Return the decision after an error; `deliveries` are the batch's, in the order submitted."""
    match answer:
        case PartiallySubmitted():
            return divide_people(answer, deliveries, history)
        case TooLarge():
            return halve(answer, deliveries)
        case Deferred() if history.tries >= MAX_DEFERRALS:
            return give_up(answer, deliveries, history)
        case Refused(persons=persons) if persons:
            return refuse_some(answer.message, [deliveries[place] for place in sorted(persons)])
        case Refused():
            return refuse_all(answer.message)
        case NotSubmitted():
            return return_batch(answer.message, wait=wait_after(answer, history.tries))
        case AccountError():
            return return_and_hold(answer, deliveries, history)
        case OutcomeUnknown(holds=True):
            hold = phrase("{what}. {hint}", what=answer.message, hint=SOMETHING_ELSE)
            return mark_unknown(answer.message, hold=hold)
        case _:
            return mark_unknown(answer.message)


def accept_all(result: SubmitResult) -> Decision:
    """Return the decision that everybody was accepted."""
    return Decision(
        attempt=Attempt.State.ACCEPTED,
        batch=Batch.State.ACCEPTED,
        answer=str(result.status),
        message_id=result.message_id,
    )


def mark_unknown(why: str, *, hold: str = "") -> Decision:
    """Return the decision for a lost answer. The batch is never submitted again automatically."""
    unknown = Batch.State.UNKNOWN
    return Decision(attempt=ATTEMPT_STATES[unknown], batch=unknown, answer=why, hold=hold)


def return_batch(why: str, *, wait: float = 0.0) -> Decision:
    """Return the decision that nobody was accepted; claim it again after `wait` seconds."""
    planned = Batch.State.PLANNED
    state = ATTEMPT_STATES[planned]
    return Decision(attempt=state, batch=planned, answer=why, note=why, wait=wait)


def stop(why: str) -> Decision:
    """Return the decision that every batch would fail: this one waits, and its send is held."""
    return replace(return_batch(why), note=None, hold=why)


def return_uncomposed(error: Exception, *, passes: bool) -> Decision:
    """Return the decision for a batch that cannot be composed; hold its send unless it `passes`."""
    why = phrase("cannot compose: {error}", error=getattr(error, "message", str(error)))
    return return_batch(why, wait=MAX_WAIT_SECONDS) if passes else stop(why)


def return_not_begun(*, looks: bool) -> Decision:
    """Return the decision for a batch whose send was stopped, or whose sender was too slow.

    It waits while the watch `looks` whether the database was set back.
    """
    why = phrase("the send was stopped, or the sender was too slow")
    return return_batch(why, wait=LOOK_SECONDS if looks else 0.0)


def close_empty() -> Decision:
    """Return the decision that nobody in the batch is left to be mailed."""
    return Decision(
        attempt=Attempt.State.NOT_SENT,
        batch=Batch.State.EMPTY,
        answer=phrase("nobody left in the batch"),
    )


def split_batch(groups: Iterable[Sequence[int]], *, why: str = "") -> Decision:
    """Return the decision that the first group stays, and each other group gets its own batch.

    Nothing was accepted; all of them are planned again.
    """
    _, *others = groups
    return replace(
        return_batch(why), parts=tuple(Part(deliveries=tuple(group)) for group in others)
    )


def halve(error: TooLarge, deliveries: Sequence[int]) -> Decision:
    """Return the decision to split a batch in two that is too large for one request."""
    if len(deliveries) == 1:
        return stop(phrase("Even one mail is too large: {error}", error=error.message))
    return split_batch(split_into_chunks(deliveries, (len(deliveries) + 1) // 2), why=error.message)


def give_up(error: Deferred, deliveries: Sequence[int], history: History) -> Decision:
    """Refuse people who were deferred too often. If that is everybody, hold the send instead."""
    if history.is_hopeless:
        return refuse_all(error.message)
    return return_and_hold(
        AccountError(phrase("{what}: {error}", what=EVERYBODY, error=error.message)),
        deliveries,
        history,
    )


def refuse_all(why: str) -> Decision:
    """Return the decision that everybody was refused, for good."""
    refused = Batch.State.REFUSED
    return Decision(attempt=ATTEMPT_STATES[refused], batch=refused, answer=why)


def refuse_some(why: str, named: Iterable[int]) -> Decision:
    """Return the decision that some people were refused; the others are submitted again."""
    return Decision(
        attempt=Attempt.State.REFUSED,
        batch=Batch.State.PLANNED,
        answer=why,
        refused=dict.fromkeys(named, why),
    )


def return_and_hold(error: AccountError, deliveries: Sequence[int], history: History) -> Decision:
    """Return the decision to hold the send; the people whom it may be about go last after that.

    If that happened before, and a person resumed the send, it is about them.
    """
    suspected = find_suspects(error, deliveries)
    if history.is_confirmed:
        return refuse_some(error.message, suspected)
    parts = set_apart(suspected, error, stay=must_stay(suspected, deliveries, history))
    return replace(stop(error.message), hold=reason_to_hold(error), parts=parts)


# Separate answers for each person


def divide_people(
    error: PartiallySubmitted, deliveries: Sequence[int], history: History
) -> Decision:
    """Return the decision for each person of a batch.

    The batch keeps the accepted people, or else the unknown ones, or else those to submit again.
    The others move to batches of their own.
    """
    refused, groups = sort_people(error, deliveries, history)
    cause = error.cause
    suspected = find_suspects(cause, deliveries)
    if history.is_confirmed:
        refused, suspected, cause = {**refused, **suspected}, {}, None
        again = [pk for pk in groups[Batch.State.PLANNED] if pk not in refused]
        groups[Batch.State.PLANNED] = again
    stay = must_stay(suspected, deliveries, history)
    again = [pk for pk in groups[Batch.State.PLANNED] if pk not in suspected]
    kept = next((state for state, group in groups.items() if group), Batch.State.REFUSED)
    wait = wait_after(cause, history.tries) if isinstance(cause, NotSubmitted) else 0.0
    unknown = Part(
        deliveries=tuple(groups[Batch.State.UNKNOWN]),
        state=Batch.State.UNKNOWN,
        attempt=Attempt.State.UNKNOWN,
        answer=error.message,
    )
    later = Part(deliveries=tuple(again), wait=wait)
    return Decision(
        attempt=ATTEMPT_STATES[kept],
        batch=kept,
        answer=error.message,
        message_id=error.message_id,
        refused=refused,
        accepted=tuple(groups[Batch.State.ACCEPTED]),
        parts=(
            *(part for part in (unknown, later) if part.deliveries and part.state != kept),
            *set_apart(suspected, cause, stay=stay),
        ),
        wait=wait if kept == Batch.State.PLANNED else 0.0,
        hold=reason_to_hold(cause)
        if isinstance(cause, AccountError) and (again or suspected)
        else "",
    )


def sort_people(
    error: PartiallySubmitted, deliveries: Sequence[int], history: History
) -> tuple[dict[int, str], dict[Batch.State, list[int]]]:
    """Return the refused with the reason, and the others by the new state of their batch."""
    refused = {deliveries[place]: why for place, why in error.refused.items()}
    told = error.accepted | error.unknown | set(error.refused)
    others = [pk for place, pk in enumerate(deliveries) if place not in told]
    if isinstance(error.cause, Deferred) and history.is_hopeless:
        refused |= dict.fromkeys(others, error.cause.message)
        others = []
    return refused, {
        Batch.State.ACCEPTED: [deliveries[place] for place in sorted(error.accepted)],
        Batch.State.UNKNOWN: [deliveries[place] for place in sorted(error.unknown)],
        Batch.State.PLANNED: others,
    }


# People whose refusal holds a send, because it may be about everybody


def find_suspects(cause: TransportError | None, deliveries: Sequence[int]) -> dict[int, str]:
    """Return the deliveries whose refusal holds a send, with the text of the answer."""
    if not isinstance(cause, AccountError):
        return {}
    return {deliveries[place]: words for place, words in cause.persons.items()}


def must_stay(suspected: Mapping[int, str], deliveries: Sequence[int], history: History) -> bool:
    """Return whether suspects stay in their batch: it has nobody else, and it is the last one."""
    return bool(suspected) and history.is_last and len(suspected) == len(deliveries)


def set_apart(
    suspected: Mapping[int, str], cause: TransportError | None, *, stay: bool
) -> tuple[Part, ...]:
    """Return the batch, after all others, of the people whose refusal holds a send, if any.

    They go last when the send goes on: the others show whom it is about.  Otherwise one person's
    server would stop the mail of all others for ever.  The batch gets an attempt that was never
    submitted, with their answer, so that the same answer is recognised later.
    """
    if not suspected:
        return ()
    return (
        Part(
            deliveries=tuple(suspected),
            moves=not stay,
            attempt=Attempt.State.NOT_SENT,
            answer=cause.message if cause else "",
        ),
    )


def reason_to_hold(error: AccountError) -> str:
    """Return the text that says why a send is held."""
    if not error.hint:
        return error.message
    return phrase("{what} {hint}", what=error.message, hint=error.hint)


def wait_after(error: NotSubmitted, tries: int) -> float:
    """Return the seconds to wait: as the provider says, else twice as long each time."""
    return (
        error.seconds if isinstance(error, Throttled) else min(MAX_WAIT_SECONDS, 2.0 ** (tries + 1))
    )
