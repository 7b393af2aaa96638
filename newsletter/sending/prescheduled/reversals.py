"""What is cancelled at the provider, and what the ledger says of it then.

If an answer is lost, the whole provider batch is cancelled.  Once that is confirmed, its mail is
planned again.  `prescheduled.cancellation` asks the provider.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.db.models import Q

from newsletter.sending.ledger.states import transition, transition_all
from newsletter.sending.models import Attempt, Batch, Delivery, ProviderBatch, Send
from newsletter.sending.prescheduled import contradictions, leavers

#: How long after it was submitted a request may still arrive: deadline plus transit time.
#: A cancellation may not stop mail that arrives later, so it waits for this time.
LATE_ARRIVAL = dt.timedelta(minutes=4)


def to_cancel(now: dt.datetime) -> list[ProviderBatch]:
    """Return the open provider batches to cancel: answers were lost, or the send was cancelled.

    While the provider is not trusted, a lost answer waits for evidence.
    """
    in_time = Q(send__delivery_mode=Send.DeliveryMode.ON_HOLD) | Q(
        at__gt=now + leavers.CANCELLABLE_UNTIL
    )
    cause = Q(send__state=Send.State.CANCELLED)
    if not contradictions.is_suspended(now):
        cause |= Q(attempts__state=Attempt.State.UNKNOWN)
    rows = (
        ProviderBatch.objects.filter(state=ProviderBatch.State.OPEN).filter(in_time).filter(cause)
    )
    return list(rows.select_related("send").distinct())


def start_cancelling(provider_batch: ProviderBatch, now: dt.datetime) -> None:
    """Submit nothing more under a provider batch, because it will be cancelled."""
    transition(
        ProviderBatch,
        provider_batch.pk,
        start=ProviderBatch.State.OPEN,
        end=ProviderBatch.State.CANCELLING,
        cancelling_since=now,
    )


def is_quiet(provider_batch: ProviderBatch, now: dt.datetime) -> bool:
    """Return whether no request under a provider batch is in progress or may still arrive.

    Mail on hold is cancelled at once: it is submitted under a status anyway, and whether it can
    be cancelled after its scheduled time is not documented either.
    """
    unclear = Q(state=Attempt.State.IN_FLIGHT)
    if provider_batch.send.delivery_mode != Send.DeliveryMode.ON_HOLD:
        unclear |= Q(state=Attempt.State.UNKNOWN, posted_at__gt=now - LATE_ARRIVAL)
    return not provider_batch.attempts.filter(unclear).exists()


@transaction.atomic
def record_cancelled(provider_batch: ProviderBatch) -> None:
    """Record that everything under a provider batch was cancelled: its batches are planned again.

    Events may have reported before that the mail was dropped: that was the cancellation.
    """
    if transition(
        ProviderBatch,
        provider_batch.pk,
        start=ProviderBatch.State.CANCELLING,
        end=ProviderBatch.State.CANCELLED,
    ):
        forget_drops(revert(provider_batch, Attempt.State.CANCELLED, Batch.State.PLANNED))


def forget_drops(batches: Collection[int]) -> None:
    """Remove the outcome `dropped` from these batches: they are submitted again."""
    dropped = Delivery.objects.filter(batch__in=batches, outcome=Delivery.Outcome.DROPPED)
    dropped.update(outcome=None, reason="")


@transaction.atomic
def record_not_cancelled(provider_batch: ProviderBatch, *, in_doubt: bool) -> None:
    """Record that a provider batch was not cancelled in time.

    With `in_doubt`, a cancellation was requested, and nobody knows whether it worked: then
    what was accepted under it is unknown, until there are events.
    """
    start, end = ProviderBatch.State.CANCELLING, ProviderBatch.State.RELEASED
    if (
        transition(ProviderBatch, provider_batch.pk, start=start, end=end, in_doubt=in_doubt)
        and in_doubt
    ):
        revert(provider_batch, Attempt.State.UNKNOWN, Batch.State.UNKNOWN)


def revert(provider_batch: ProviderBatch, attempt: Attempt.State, batch: Batch.State) -> list[int]:
    """Set its accepted and unknown attempts and batches to other states; return the batches.

    Call it in a transaction.  All are locked first: a late answer may turn unknown into accepted.
    """
    starts = {Attempt.State.ACCEPTED, Attempt.State.UNKNOWN} - {attempt}
    rows = provider_batch.attempts.select_for_update().filter(state__in=starts)
    found = list(rows.order_by("pk").values_list("pk", "batch_id", "state"))
    for start in starts:
        attempts = [pk for pk, _, state in found if state == start]
        batches = [pk for _, pk, state in found if state == start]
        transition_all(Attempt, attempts, start=start, end=attempt)
        transition_all(Batch, batches, start=start, end=batch, not_before=None)
    return [pk for _, pk, _ in found]


def is_uncertain(attempt: Attempt) -> bool:
    """Return whether the mail of an attempt waits, or waited, and may have been cancelled."""
    if attempt.provider_batch_id is None:
        return False
    return ProviderBatch.objects.filter(pk=attempt.provider_batch_id, in_doubt=True).exists()
