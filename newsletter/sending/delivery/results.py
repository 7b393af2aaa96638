"""Write down what became of an attempt: one transaction for the attempt and its batch."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.db.models.functions import Now

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
from newsletter.runtime.availability import is_unavailable
from newsletter.sending.delivery import suspects
from newsletter.sending.ledger import job_queue, splitting
from newsletter.sending.ledger.states import ATTEMPT, transition
from newsletter.sending.models import Attempt, AuditEntry, Batch, Delivery, Evidence, Send
from newsletter.sending.prescheduled import provider_batches
from newsletter.sending.resolution import proof
from newsletter.sending.restores import heartbeats
from newsletter.sending.safeguards import lost_answers
from newsletter.transports.base import SubmitResult

log = logging.getLogger(__name__)

#: A failure that passes is tried again after 2, 4, 8 … seconds, and at least every minute.
MAX_WAIT_SECONDS = 60.0
#: Seconds that a batch waits while it is looked whether the database was set back.
LOOK_SECONDS = 1.0
#: People whose servers put them off this often are refused; after two hours, as a rule.
MAX_DEFERRALS = 24
#: Why a send is held where that is so of all of them.
EVERYBODY = "Everybody is put off, for hours"

#: What to do where something between here and the provider answers in its place.
SOMETHING_ELSE = (
    "That is not how the provider answers: see what stands in between (a proxy, a filter, a login"
    " page), then: newsletter send resume ID"
)

#: What an attempt comes to, by where its batch stands then.
ATTEMPT_STATES: Mapping[str, str] = {
    Batch.State.ACCEPTED: Attempt.State.ACCEPTED,
    Batch.State.UNKNOWN: Attempt.State.UNKNOWN,
    Batch.State.PLANNED: Attempt.State.NOT_SENT,
    Batch.State.REFUSED: Attempt.State.REFUSED,
}


def record_acceptance(attempt: Attempt, result: SubmitResult) -> None:
    """Record the provider's yes; it counts even if a person has decided otherwise meanwhile.

    It does not where the mail may have been cancelled since.
    """
    told = {"message_id": result.message_id, "answer": str(result.status)}
    if provider_batches.is_uncertain(attempt):
        Attempt.objects.filter(pk=attempt.pk).update(**told)
    elif finish(attempt, Attempt.State.ACCEPTED, Batch.State.ACCEPTED, **told):
        clear_note(attempt)
    else:
        proof.overrule({attempt.key: result.message_id}, Evidence.Kind.ANSWER)


def record_unknown(attempt: Attempt, why: str) -> None:
    """Record that the batch left and no answer came; it is never submitted again unasked."""
    if finish(attempt, Attempt.State.UNKNOWN, Batch.State.UNKNOWN, answer=why[:500]):
        log.warning("%s: %s people are in doubt. %s", attempt.batch, attempt.size, why)
        lost_answers.check(attempt.batch.send_id)


def record_failure(attempt: Attempt, error: TransportError, deliveries: Sequence[int]) -> None:
    """Record an answer that is not yes; `deliveries` are the batch's, in the order posted."""
    match error:
        case PartiallySubmitted():
            record_partly(attempt, error, deliveries)
        case TooLarge() if len(deliveries) > 1:
            halves = splitting.chunks(deliveries, (len(deliveries) + 1) // 2)
            split(attempt, halves, why=str(error))
        case TooLarge():
            stop(attempt, f"Even one mail is too large: {error}")
        case Deferred() if count_tries(attempt) >= MAX_DEFERRALS:
            give_up(attempt, error, deliveries)
        case Refused(persons=persons) if persons:
            refuse_persons(attempt, error, [deliveries[place] for place in sorted(persons)])
        case Refused():
            finish(attempt, Attempt.State.REFUSED, Batch.State.REFUSED, answer=str(error)[:500])
        case NotSubmitted():
            return_batch(attempt, str(error), wait=wait_after(attempt, error))
        case AccountError():
            return_and_hold(attempt, error, deliveries)
        case _:
            record_unknown(attempt, str(error))
            if isinstance(error, OutcomeUnknown) and error.holds:
                hold(attempt.batch.send_id, f"{error}. {SOMETHING_ELSE}")


@transaction.atomic
def finish(attempt: Attempt, end: str, batch: str, **changes: str) -> bool:
    """Take attempt and batch to their ends together; False when somebody else did before.

    A lease that ran out has made both unknown meanwhile; an answer that comes late still counts.
    """
    for start in (Attempt.State.IN_FLIGHT, Attempt.State.UNKNOWN, Attempt.State.RESERVED):
        if end in ATTEMPT[start] and transition(
            Attempt, attempt.pk, start=start, end=end, answered_at=Now(), **changes
        ):
            in_doubt = start == Attempt.State.UNKNOWN
            held = Batch.State.UNKNOWN if in_doubt else Batch.State.CLAIMED
            return transition(Batch, attempt.batch_id, start=held, end=batch)
    return False


@transaction.atomic
def refuse_persons(attempt: Attempt, error: TransportError, named: Sequence[int]) -> None:
    """Take the named people out; the request was refused whole, so the others go again."""
    if finish(attempt, Attempt.State.REFUSED, Batch.State.PLANNED, answer=str(error)[:500]):
        refuse(named, str(error))


def give_up(attempt: Attempt, error: Deferred, deliveries: Sequence[int]) -> None:
    """Refuse those who were put off too often, unless that is everybody: then the send is held."""
    if is_hopeless(attempt):
        finish(attempt, Attempt.State.REFUSED, Batch.State.REFUSED, answer=str(error)[:500])
    else:
        return_and_hold(attempt, AccountError(f"{EVERYBODY}: {error}"), deliveries)


def is_hopeless(attempt: Attempt) -> bool:
    """Say whether people were put off too often, and others were not; or a person knows of it."""
    if count_tries(attempt) < MAX_DEFERRALS:
        return False
    send = attempt.batch.send_id
    went_on = AuditEntry.objects.filter(
        send=send, kind=AuditEntry.Kind.RESUMED, note__startswith=EVERYBODY
    )
    accepted = Attempt.objects.filter(batch__send=send, state=Attempt.State.ACCEPTED)
    return accepted.exists() or went_on.exists()


@transaction.atomic
def return_and_hold(attempt: Attempt, error: AccountError, deliveries: Sequence[int]) -> None:
    """Return a batch and hold its send; those whom it may be about go last when it goes on.

    Where that was so before, and a person has let it go on, it is about them.
    """
    if suspects.is_confirmed(attempt, error):
        refuse_persons(attempt, error, list(suspects.of(error, deliveries)))
        return
    if return_batch(attempt, str(error), wait=0):
        suspects.set_apart(attempt, error, deliveries)
    hold(attempt.batch.send_id, f"{error} {error.hint}".strip())


@transaction.atomic
def return_batch(attempt: Attempt, why: str, *, wait: float) -> bool:
    """Return a batch of which nothing was accepted; it may be claimed again after `wait` s.

    Returns False when somebody else has decided otherwise before.
    """
    if not finish(attempt, Attempt.State.NOT_SENT, Batch.State.PLANNED, answer=why[:500]):
        return False
    not_before = Now() + dt.timedelta(seconds=wait) if wait else None
    Batch.objects.filter(pk=attempt.batch_id).update(not_before=not_before)
    job_queue.enqueue([attempt.batch_id])
    note(attempt.batch.send_id, why)
    return True


def note(send_id: int, why: str) -> None:
    """Say at a send why it does not go on just now, and once in the log.

    Why it was held, or stopped, outweighs what that does to its batches.
    """
    going = Send.objects.filter(pk=send_id, state=Send.State.SENDING)
    if going.exclude(note=why[:500]).update(note=why[:500]) and why:
        log.warning("send %s: %s", send_id, why)


def clear_note(attempt: Attempt) -> None:
    """Remove what a send says about a failure that has passed: somebody was accepted since.

    It is one if a batch went back with these words; other notes stay.
    """
    said = attempt.batch.send.note
    gone_back = Attempt.objects.filter(
        batch__send=attempt.batch.send_id, state=Attempt.State.NOT_SENT, answer=said
    )
    if said and gone_back.exists():
        going = Send.objects.filter(pk=attempt.batch.send_id, state=Send.State.SENDING, note=said)
        going.update(note="")


@transaction.atomic
def split(attempt: Attempt, groups: Iterable[Sequence[int]], *, why: str = "") -> None:
    """Leave the first group of deliveries in the batch, give each other group one of its own.

    Nothing was accepted; all of them are planned again.
    """
    for group in list(groups)[1:]:
        splitting.move(attempt, group, Batch.State.PLANNED)
    return_batch(attempt, why, wait=0)


@transaction.atomic
def record_partly(attempt: Attempt, error: PartiallySubmitted, deliveries: Sequence[int]) -> None:
    """Record an answer of their own for each person of a batch.

    It keeps those who were accepted, or else those in doubt, or else those who go again; the
    others of them move to batches of their own.
    """
    cause = error.cause
    refused, groups = sort_people(attempt, error, deliveries)
    suspected = suspects.of(cause, deliveries)
    if suspected and suspects.is_confirmed(attempt, cause):
        refused, cause = {**refused, **suspected}, None
        groups[Batch.State.PLANNED] = [
            pk for pk in groups[Batch.State.PLANNED] if pk not in suspected
        ]
    kept = next((state for state, group in groups.items() if group), Batch.State.REFUSED)
    told = {"message_id": error.message_id} if error.message_id else {}
    if not finish(attempt, ATTEMPT_STATES[kept], kept, answer=str(error)[:500], **told):
        keep_back(attempt, groups[Batch.State.ACCEPTED])
        return
    for delivery, why in refused.items():
        refuse([delivery], why)
    if groups[Batch.State.ACCEPTED]:
        clear_note(attempt)
    if kept != Batch.State.UNKNOWN and groups[Batch.State.UNKNOWN]:
        splitting.move_unknown(attempt, groups[Batch.State.UNKNOWN], str(error))
    apart = suspects.set_apart(attempt, cause, deliveries)
    if again := [pk for pk in groups[Batch.State.PLANNED] if pk not in apart]:
        to_itself = kept == Batch.State.PLANNED
        batch = attempt.batch if to_itself else splitting.move(attempt, again, Batch.State.PLANNED)
        await_cause(attempt, batch, cause)
    elif apart:
        await_cause(attempt, attempt.batch, cause)
    if error.unknown:
        lost_answers.check(attempt.batch.send_id)


def keep_back(attempt: Attempt, accepted: Sequence[int]) -> None:
    """Take people out of a batch that was given back meanwhile: they were accepted after all."""
    given_back = Batch.objects.select_for_update().filter(
        pk=attempt.batch_id, state=Batch.State.PLANNED
    )
    if accepted and given_back.exists():
        splitting.move(attempt, accepted, Batch.State.ACCEPTED)
        proof.contradict([attempt.key])


def sort_people(
    attempt: Attempt, error: PartiallySubmitted, deliveries: Sequence[int]
) -> tuple[dict[int, str], dict[str, list[int]]]:
    """Return the refused with why, and the others by where their batch is to stand."""
    refused = {deliveries[place]: why for place, why in error.refused.items()}
    told = error.accepted | error.unknown | set(error.refused)
    others = [pk for place, pk in enumerate(deliveries) if place not in told]
    if isinstance(error.cause, Deferred) and is_hopeless(attempt):
        refused |= dict.fromkeys(others, str(error.cause))
        others = []
    return refused, {
        Batch.State.ACCEPTED: [deliveries[place] for place in sorted(error.accepted)],
        Batch.State.UNKNOWN: [deliveries[place] for place in sorted(error.unknown)],
        Batch.State.PLANNED: others,
    }


def await_cause(attempt: Attempt, batch: Batch, cause: TransportError | None) -> None:
    """Let a planned batch wait as long as the cause asks for, or hold its send."""
    if isinstance(cause, NotSubmitted) and (wait := wait_after(attempt, cause)):
        not_before = Now() + dt.timedelta(seconds=wait)
        Batch.objects.filter(pk=batch.pk).update(not_before=not_before)
    elif isinstance(cause, AccountError):
        hold(attempt.batch.send_id, f"{cause} {cause.hint}".strip())


def refuse(deliveries: Sequence[int], why: str) -> None:
    """Mark people as refused, whatever becomes of their batch."""
    Delivery.objects.filter(pk__in=deliveries, outcome=None).update(
        outcome=Delivery.Outcome.REFUSED, reason=why[:200]
    )


def exclude(unfit: Mapping[int, str]) -> None:
    """Exclude people for whom the mail cannot be filled in; the others get theirs."""
    for delivery, why in unfit.items():
        Delivery.objects.filter(pk=delivery, outcome=None).update(
            outcome=Delivery.Outcome.EXCLUDED, reason=why[:200]
        )


def close_empty(attempt: Attempt) -> None:
    """Close a batch in which nobody is left to be mailed."""
    finish(attempt, Attempt.State.NOT_SENT, Batch.State.EMPTY, answer="nobody left in the batch")


def record_uncomposed(attempt: Attempt, error: Exception) -> None:
    """Return a batch that cannot be composed; hold its send, unless only the database failed."""
    why = f"cannot compose: {error}"
    if is_unavailable(error):
        return_batch(attempt, why, wait=MAX_WAIT_SECONDS)
    else:
        stop(attempt, why)


def not_begun(attempt: Attempt) -> None:
    """Return a batch whose send was stopped, or whose sender was too slow.

    If the database may have been set back, the watch looks at once, and the batch waits for it.
    """
    wait = LOOK_SECONDS if heartbeats.check() else 0.0
    return_batch(attempt, "the send was stopped, or the sender was too slow", wait=wait)


def stop(attempt: Attempt, why: str) -> None:
    """Return a batch, and hold its send: every batch would fail."""
    return_batch(attempt, why, wait=0)
    hold(attempt.batch.send_id, why)


def hold(send_id: int, why: str) -> None:
    """Stop a send until a person has acted, and say why."""
    if transition(Send, send_id, start=Send.State.SENDING, end=Send.State.HELD, note=why[:500]):
        log.error("send %s is held. %s", send_id, why)


def wait_after(attempt: Attempt, error: NotSubmitted) -> float:
    """Return the seconds to wait: what the provider said, else twice as long each time."""
    if isinstance(error, Throttled):
        return error.seconds
    return min(MAX_WAIT_SECONDS, 2.0 ** (count_tries(attempt) + 1))


def count_tries(attempt: Attempt) -> int:
    """Return how often the batch was tried before without anybody being accepted."""
    return attempt.batch.attempts.filter(state=Attempt.State.NOT_SENT).count()
