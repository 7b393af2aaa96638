"""Write down what became of an attempt: one transaction for the attempt and its batch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models.functions import Now

from newsletter.errors import NotHandedOver, OnHold, Refused, Throttled, TransportError
from newsletter.sending import settling
from newsletter.sending.models import Attempt, Batch, Delivery, Evidence, Send
from newsletter.sending.states import ATTEMPT, step
from newsletter.transports.base import Receipt

#: A failure that passes is tried again after 2, 4, 8 … seconds, and at least every minute.
LONGEST_WAIT = 60.0


def accepted(attempt: Attempt, receipt: Receipt) -> None:
    """Record the provider's yes; it counts even if a person has decided otherwise meanwhile."""
    if not settle(
        attempt,
        Attempt.State.ACCEPTED,
        Batch.State.ACCEPTED,
        message_id=receipt.message_id,
        answer=str(receipt.status),
    ):
        settling.overrule({attempt.key: receipt.message_id}, Evidence.Kind.ANSWER)


def unknown(attempt: Attempt, why: str) -> None:
    """Record that the batch left and no answer came; it is never handed over again unasked."""
    settle(attempt, Attempt.State.UNKNOWN, Batch.State.UNKNOWN, answer=why[:500])


def failed(attempt: Attempt, error: TransportError, deliveries: Sequence[int]) -> None:
    """Record an answer that is not yes; `deliveries` are the batch's, in the order posted."""
    match error:
        case Refused(persons=persons) if persons:
            refuse_persons(attempt, error, [deliveries[place] for place in sorted(persons)])
        case Refused():
            settle(attempt, Attempt.State.REFUSED, Batch.State.REFUSED, answer=str(error)[:500])
        case NotHandedOver():
            give_back(attempt, str(error), wait=wait_after(attempt, error))
        case OnHold():
            give_back(attempt, str(error), wait=0)
            hold(attempt.batch.send_id, f"{error} {error.hint}".strip())
        case _:
            unknown(attempt, str(error))


@transaction.atomic
def settle(attempt: Attempt, end: str, batch: str, **changes: str) -> bool:
    """Take attempt and batch to their ends together; False when somebody else did before.

    A lease that ran out has made both unknown meanwhile; an answer that comes late still counts.
    """
    for start in (Attempt.State.POSTING, Attempt.State.UNKNOWN, Attempt.State.ARMED):
        if end in ATTEMPT[start] and step(
            Attempt, attempt.pk, start=start, end=end, answered_at=Now(), **changes
        ):
            in_doubt = start == Attempt.State.UNKNOWN
            held = Batch.State.UNKNOWN if in_doubt else Batch.State.CLAIMED
            return step(Batch, attempt.batch_id, start=held, end=batch)
    return False


@transaction.atomic
def refuse_persons(attempt: Attempt, error: Refused, named: Sequence[int]) -> None:
    """Take the named people out; the request was refused whole, so the others go again."""
    if settle(attempt, Attempt.State.REFUSED, Batch.State.PLANNED, answer=str(error)[:500]):
        Delivery.objects.filter(pk__in=named, outcome=None).update(
            outcome=Delivery.Outcome.REFUSED, reason=str(error)[:200]
        )


@transaction.atomic
def give_back(attempt: Attempt, why: str, *, wait: float) -> None:
    """Return a batch of which nothing was accepted; it may be claimed again after `wait` s."""
    if settle(attempt, Attempt.State.RETURNED, Batch.State.PLANNED, answer=why[:500]):
        not_before = Now() + dt.timedelta(seconds=wait) if wait else None
        Batch.objects.filter(pk=attempt.batch_id).update(not_before=not_before)
        Send.objects.filter(pk=attempt.batch.send_id).update(note=why[:500])


def leave_out(unfit: Mapping[int, str]) -> None:
    """Exclude people for whom the mail cannot be filled in; the others get theirs."""
    for delivery, why in unfit.items():
        Delivery.objects.filter(pk=delivery, outcome=None).update(
            outcome=Delivery.Outcome.EXCLUDED, reason=why[:200]
        )


def empty(attempt: Attempt) -> None:
    """Close a batch in which nobody is left to be mailed."""
    settle(attempt, Attempt.State.RETURNED, Batch.State.EMPTY, answer="nobody left in the batch")


def stop(attempt: Attempt, why: str) -> None:
    """Return a batch that cannot be composed, and hold its send: every batch would fail."""
    give_back(attempt, why, wait=0)
    hold(attempt.batch.send_id, why)


def hold(send_id: int, why: str) -> None:
    """Stop a send until a person has acted, and say why."""
    step(Send, send_id, start=Send.State.SENDING, end=Send.State.HELD, note=why[:500])


def wait_after(attempt: Attempt, error: NotHandedOver) -> float:
    """Return the seconds to wait: what the provider said, else twice as long each time."""
    if isinstance(error, Throttled):
        return error.seconds
    earlier = attempt.batch.attempts.filter(state=Attempt.State.RETURNED).count()
    return min(LONGEST_WAIT, 2.0 ** (earlier + 1))
