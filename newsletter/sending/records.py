"""Write down what became of an attempt: one transaction for the attempt and its batch."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from django.db import transaction
from django.db.models.functions import Now

from newsletter.errors import NotHandedOver, OnHold, Refused, Throttled, TransportError
from newsletter.sending.models import Attempt, Batch, Delivery, Send
from newsletter.sending.states import step
from newsletter.transports.base import Receipt

#: A failure that passes is tried again after 2, 4, 8 … seconds, and at least every minute.
LONGEST_WAIT = 60.0


def accepted(attempt: Attempt, receipt: Receipt) -> None:
    """Record the provider's yes."""
    settle(
        attempt,
        Attempt.State.ACCEPTED,
        Batch.State.ACCEPTED,
        message_id=receipt.message_id,
        answer=str(receipt.status),
    )


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
    """Take attempt and batch to their ends together; False when somebody else did before."""
    start, posted = Attempt.State.POSTING, Batch.State.CLAIMED
    if not step(Attempt, attempt.pk, start=start, end=end, answered_at=Now(), **changes):
        # The lease ran out and the batch was marked unknown; a late answer still settles it.
        start, posted = Attempt.State.UNKNOWN, Batch.State.UNKNOWN
        if end == start or not step(
            Attempt, attempt.pk, start=start, end=end, answered_at=Now(), **changes
        ):
            return False
    return step(Batch, attempt.batch_id, start=posted, end=batch)


@transaction.atomic
def refuse_persons(attempt: Attempt, error: Refused, named: Sequence[int]) -> None:
    """Take the named people out; the request was refused whole, so the others go again."""
    if settle_returned(attempt, Attempt.State.REFUSED, str(error)):
        Delivery.objects.filter(pk__in=named, outcome=None).update(
            outcome=Delivery.Outcome.REFUSED, reason=str(error)[:200]
        )


@transaction.atomic
def give_back(attempt: Attempt, why: str, *, wait: float) -> None:
    """Return a batch of which nothing was accepted; it may be claimed again after `wait` s."""
    if settle_returned(attempt, Attempt.State.RETURNED, why):
        not_before = Now() + dt.timedelta(seconds=wait) if wait else None
        Batch.objects.filter(pk=attempt.batch_id).update(not_before=not_before)
        Send.objects.filter(pk=attempt.batch.send_id).update(note=why[:500])


def settle_returned(attempt: Attempt, end: str, why: str) -> bool:
    """End the attempt, from wherever it stands, and make its batch planned again."""
    for start in (Attempt.State.POSTING, Attempt.State.ARMED):
        if end == Attempt.State.REFUSED and start == Attempt.State.ARMED:
            continue
        if step(Attempt, attempt.pk, start=start, end=end, answered_at=Now(), answer=why[:500]):
            return step(Batch, attempt.batch_id, start=Batch.State.CLAIMED, end=Batch.State.PLANNED)
    return False


def leave_out(unfit: Mapping[int, str]) -> None:
    """Exclude people for whom the mail cannot be filled in; the others get theirs."""
    for delivery, why in unfit.items():
        Delivery.objects.filter(pk=delivery, outcome=None).update(
            outcome=Delivery.Outcome.EXCLUDED, reason=why[:200]
        )


@transaction.atomic
def empty(attempt: Attempt) -> None:
    """Close a batch in which nobody is left to be mailed."""
    start, end = Attempt.State.ARMED, Attempt.State.RETURNED
    if step(Attempt, attempt.pk, start=start, end=end, answer="nobody left in the batch"):
        step(Batch, attempt.batch_id, start=Batch.State.CLAIMED, end=Batch.State.EMPTY)


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
