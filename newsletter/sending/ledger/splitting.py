"""Move deliveries of a batch into batches of their own."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from typing import TypeVar

from django.db.models import Expression, Max
from django.db.models.functions import Now

from newsletter.sending.models import Attempt, Batch, Delivery, Send

Each = TypeVar("Each")


def split_into_chunks(things: Sequence[Each], size: int) -> Iterator[Sequence[Each]]:
    """Yield things in groups of at most `size`, in their order."""
    for start in range(0, len(things), size):
        yield things[start : start + size]


def move_deliveries(
    attempt: Attempt, deliveries: Sequence[int], state: str, *, not_before: Expression | None = None
) -> Batch:
    """Move these deliveries of an attempt's batch to a batch of their own in that state.

    Call it in a transaction in which the caller has locked the attempt.
    """
    # The row is locked so that two processes cannot take the same number.
    send = Send.objects.select_for_update().get(pk=attempt.batch.send_id)
    last = send.batches.aggregate(last=Max("number"))["last"]
    old = attempt.batch
    batch = Batch.objects.create(
        send=send,
        number=last + 1,
        state=state,
        canary=old.canary,
        domain=old.domain,
        not_before=not_before,
    )
    Delivery.objects.filter(pk__in=deliveries, batch=attempt.batch_id).update(batch=batch)
    return batch


def add_attempt(attempt: Attempt, batch: Batch, state: Attempt.State, size: int, why: str) -> None:
    """Record with a new attempt what is known about people of another attempt.

    Its key was never sent to anybody: proof that names the old one is about the others.  Only what
    is unknown counts as submitted.
    """
    posted = (attempt.posted_at or Now()) if state == Attempt.State.UNKNOWN else None
    Attempt.objects.create(
        key=secrets.token_hex(16),
        batch=batch,
        state=state,
        owner=attempt.owner,
        lease_until=attempt.lease_until,
        size=size,
        posted_at=posted,
        answered_at=Now(),
        answer=why,
    )
