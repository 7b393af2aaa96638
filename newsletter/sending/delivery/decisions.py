"""Decide what an answer means for an attempt, its batch, its people and its send.

Nothing here asks or changes anything: each function takes what is known and returns a `Decision`,
which `results.apply_decision` writes down in one transaction.
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
from newsletter.sending.ledger.splitting import split_into_chunks
from newsletter.sending.models import Attempt, Batch
from newsletter.transports.base import SubmitResult

#: A failure that passes is tried again after 2, 4, 8 … seconds, and at least every minute.
MAX_WAIT_SECONDS = 60.0
#: Seconds that a batch waits while it is looked whether the database was set back.
LOOK_SECONDS = 1.0
#: People whose servers put them off this often are refused; after two hours, as a rule.
MAX_DEFERRALS = 24
#: Why a send is held where that is so of all of them.
EVERYBODY = "The mail to everybody has been deferred for hours"

#: What to do where something between here and the provider answers in its place.
SOMETHING_ELSE = (
    "The provider does not answer like this. Check what is in between (a proxy, a filter, a login"
    " page), then: newsletter send resume ID"
)

#: What an attempt comes to, by where its batch stands then.
ATTEMPT_STATES: Mapping[Batch.State, Attempt.State] = {
    Batch.State.ACCEPTED: Attempt.State.ACCEPTED,
    Batch.State.UNKNOWN: Attempt.State.UNKNOWN,
    Batch.State.PLANNED: Attempt.State.NOT_SENT,
    Batch.State.REFUSED: Attempt.State.REFUSED,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class History:
    """What the ledger says of a batch that an answer is judged by."""

    #: How often the batch was tried before without anybody being accepted.
    tries: int = 0
    #: Whether others of the send are accepted, or a person knows that everybody is put off.
    others_go: bool = False
    #: Whether a person let the send go on after the same people had got the same answer.
    is_confirmed: bool = False
    #: Whether no batch of the send goes after this one.
    is_last: bool = False

    @property
    def is_hopeless(self) -> bool:
        """Whether people were put off too often, and it is about them."""
        return self.tries >= MAX_DEFERRALS and self.others_go


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """People who move to a batch of their own, which may be claimed again after `wait` seconds.

    Where they are the whole batch already, they stay in it.  Where `attempt` is set, their batch
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
    """What an answer changes; it is all written down, or nothing is."""

    attempt: Attempt.State
    batch: Batch.State
    answer: str = ""
    message_id: str = ""
    #: People whom nothing more is sent, by delivery, with why.
    refused: Mapping[int, str] = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    #: Who was accepted, where not everybody was.
    accepted: tuple[int, ...] = ()
    #: Seconds until the batch may be claimed again.
    wait: float = 0.0
    #: What the send says of it while it goes on; None leaves what it says.
    note: str | None = None
    #: Why the send is held; empty where it goes on.
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
        """Whether it is unknown of anybody what became of them."""
        unknown = Batch.State.UNKNOWN
        return unknown in (self.batch, *(part.state for part in self.parts))


# An answer


def decide_error(answer: TransportError, deliveries: Sequence[int], history: History) -> Decision:
    """Return what a no means; `deliveries` are the batch's, in the order posted."""
    match answer:
        case PartiallySubmitted():
            return divide_people(answer, deliveries, history)
        case TooLarge():
            return halve(answer, deliveries)
        case Deferred() if history.tries >= MAX_DEFERRALS:
            return give_up(answer, deliveries, history)
        case Refused(persons=persons) if persons:
            return refuse_some(str(answer), [deliveries[place] for place in sorted(persons)])
        case Refused():
            return refuse_all(str(answer))
        case NotSubmitted():
            return return_batch(str(answer), wait=wait_after(answer, history.tries))
        case AccountError():
            return return_and_hold(answer, deliveries, history)
        case OutcomeUnknown(holds=True):
            return mark_unknown(str(answer), hold=f"{answer}. {SOMETHING_ELSE}")
        case _:
            return mark_unknown(str(answer))


def accept_all(result: SubmitResult) -> Decision:
    """Return the provider's yes to everybody."""
    return Decision(
        attempt=Attempt.State.ACCEPTED,
        batch=Batch.State.ACCEPTED,
        answer=str(result.status),
        message_id=result.message_id,
    )


def mark_unknown(why: str, *, hold: str = "") -> Decision:
    """Return that the batch left and no answer came; it is never submitted again unasked."""
    unknown = Batch.State.UNKNOWN
    return Decision(attempt=ATTEMPT_STATES[unknown], batch=unknown, answer=why, hold=hold)


def return_batch(why: str, *, wait: float = 0.0) -> Decision:
    """Return that nobody was accepted; the batch may be claimed again after `wait` seconds."""
    planned = Batch.State.PLANNED
    state = ATTEMPT_STATES[planned]
    return Decision(attempt=state, batch=planned, answer=why, note=why, wait=wait)


def stop(why: str) -> Decision:
    """Return that every batch would fail: this one goes back, and its send is held."""
    return replace(return_batch(why), note=None, hold=why)


def return_uncomposed(error: Exception, *, passes: bool) -> Decision:
    """Return a batch that cannot be composed; its send is held, unless that `passes`."""
    why = f"cannot compose: {error}"
    return return_batch(why, wait=MAX_WAIT_SECONDS) if passes else stop(why)


def return_not_begun(*, looks: bool) -> Decision:
    """Return a batch whose send was stopped, or whose sender was too slow.

    It waits while somebody `looks` whether the database was set back.
    """
    why = "the send was stopped, or the sender was too slow"
    return return_batch(why, wait=LOOK_SECONDS if looks else 0.0)


def close_empty() -> Decision:
    """Return that nobody is left in the batch to be mailed."""
    return Decision(
        attempt=Attempt.State.NOT_SENT, batch=Batch.State.EMPTY, answer="nobody left in the batch"
    )


def split_batch(groups: Iterable[Sequence[int]], *, why: str = "") -> Decision:
    """Return that the first group of deliveries stays, and each other gets a batch of its own.

    Nothing was accepted; all of them are planned again.
    """
    _, *others = groups
    return replace(
        return_batch(why), parts=tuple(Part(deliveries=tuple(group)) for group in others)
    )


def halve(error: TooLarge, deliveries: Sequence[int]) -> Decision:
    """Return a batch that is too large for one request in halves."""
    if len(deliveries) == 1:
        return stop(f"Even one mail is too large: {error}")
    return split_batch(split_into_chunks(deliveries, (len(deliveries) + 1) // 2), why=str(error))


def give_up(error: Deferred, deliveries: Sequence[int], history: History) -> Decision:
    """Refuse those who were put off too often, unless that is everybody: then the send is held."""
    if history.is_hopeless:
        return refuse_all(str(error))
    return return_and_hold(AccountError(f"{EVERYBODY}: {error}"), deliveries, history)


def refuse_all(why: str) -> Decision:
    """Return the provider's no to everybody, for good."""
    refused = Batch.State.REFUSED
    return Decision(attempt=ATTEMPT_STATES[refused], batch=refused, answer=why)


def refuse_some(why: str, named: Iterable[int]) -> Decision:
    """Return a no to the named people; the request was refused whole, so the others go again."""
    return Decision(
        attempt=Attempt.State.REFUSED,
        batch=Batch.State.PLANNED,
        answer=why,
        refused=dict.fromkeys(named, why),
    )


def return_and_hold(error: AccountError, deliveries: Sequence[int], history: History) -> Decision:
    """Return that the send waits for a person; those whom it may be about go last after that.

    Where that was so before, and a person has let it go on, it is about them.
    """
    suspected = find_suspects(error, deliveries)
    if history.is_confirmed:
        return refuse_some(str(error), suspected)
    parts = set_apart(suspected, error, stay=must_stay(suspected, deliveries, history))
    return replace(stop(str(error)), hold=reason_to_hold(error), parts=parts)


# Where each person has an answer of their own


def divide_people(
    error: PartiallySubmitted, deliveries: Sequence[int], history: History
) -> Decision:
    """Return what becomes of each person of a batch.

    It keeps those who were accepted, or else those in doubt, or else those who go again; the
    others of them move to batches of their own.
    """
    refused, groups = sort_people(error, deliveries, history)
    cause = error.cause
    suspected = find_suspects(cause, deliveries)
    if history.is_confirmed:
        refused, suspected, cause = {**refused, **suspected}, {}, None
        again = [pk for pk in groups[Batch.State.PLANNED] if pk not in refused]
        groups[Batch.State.PLANNED] = again
    stay = must_stay(suspected, deliveries, history)
    again = [pk for pk in groups[Batch.State.PLANNED] if stay or pk not in suspected]
    kept = next((state for state, group in groups.items() if group), Batch.State.REFUSED)
    wait = wait_after(cause, history.tries) if isinstance(cause, NotSubmitted) else 0.0
    unknown = Part(
        deliveries=tuple(groups[Batch.State.UNKNOWN]),
        state=Batch.State.UNKNOWN,
        attempt=Attempt.State.UNKNOWN,
        answer=str(error),
    )
    later = Part(deliveries=tuple(again), wait=wait)
    return Decision(
        attempt=ATTEMPT_STATES[kept],
        batch=kept,
        answer=str(error),
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
    """Return the refused with why, and the others by where their batch is to stand."""
    refused = {deliveries[place]: why for place, why in error.refused.items()}
    told = error.accepted | error.unknown | set(error.refused)
    others = [pk for place, pk in enumerate(deliveries) if place not in told]
    if isinstance(error.cause, Deferred) and history.is_hopeless:
        refused |= dict.fromkeys(others, str(error.cause))
        others = []
    return refused, {
        Batch.State.ACCEPTED: [deliveries[place] for place in sorted(error.accepted)],
        Batch.State.UNKNOWN: [deliveries[place] for place in sorted(error.unknown)],
        Batch.State.PLANNED: others,
    }


# People whose refusal holds a send, because it may be about everybody


def find_suspects(cause: TransportError | None, deliveries: Sequence[int]) -> dict[int, str]:
    """Return the deliveries whose refusal holds a send, with the words."""
    if not isinstance(cause, AccountError):
        return {}
    return {deliveries[place]: words for place, words in cause.persons.items()}


def must_stay(suspected: Mapping[int, str], deliveries: Sequence[int], history: History) -> bool:
    """Say whether suspects stay in their batch: they are all of it, and nothing goes after it."""
    return bool(suspected) and history.is_last and len(suspected) == len(deliveries)


def set_apart(
    suspected: Mapping[int, str], cause: TransportError | None, *, stay: bool
) -> tuple[Part, ...]:
    """Return the batch, behind all others, of those whose refusal holds a send; if there are any.

    They go last when the send goes on: the others show whom it is about.  Else one person's
    server would hold the send of all others for ever.  The batch gets an attempt that was never
    posted, with their answer, by which the same is known again.
    """
    if not suspected:
        return ()
    return (
        Part(
            deliveries=tuple(suspected),
            moves=not stay,
            attempt=Attempt.State.NOT_SENT,
            answer=str(cause),
        ),
    )


def reason_to_hold(error: AccountError) -> str:
    """Return what a held send says."""
    return f"{error} {error.hint}".strip()


def wait_after(error: NotSubmitted, tries: int) -> float:
    """Return the seconds to wait: what the provider said, else twice as long each time."""
    return (
        error.seconds if isinstance(error, Throttled) else min(MAX_WAIT_SECONDS, 2.0 ** (tries + 1))
    )
