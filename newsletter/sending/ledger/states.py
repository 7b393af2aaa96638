"""Which step may follow which, and how a step is taken: in the database, from a known state."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from django.db import models, transaction

from newsletter.errors import WrongStep
from newsletter.sending.ledger import job_queue
from newsletter.sending.models import Attempt, Batch, Fence, Send

Steps = Mapping[str, frozenset[str]]

SEND: Steps = {
    Send.State.QUEUED: frozenset({Send.State.PLANNING, Send.State.HELD, Send.State.CANCELLED}),
    Send.State.PLANNING: frozenset({Send.State.SENDING, Send.State.HELD, Send.State.CANCELLED}),
    Send.State.SENDING: frozenset(
        {
            Send.State.PAUSED,
            Send.State.HELD,
            Send.State.UNSETTLED,
            Send.State.SENT,
            Send.State.CANCELLED,
        }
    ),
    Send.State.PAUSED: frozenset({Send.State.SENDING, Send.State.CANCELLED}),
    Send.State.HELD: frozenset({Send.State.QUEUED, Send.State.SENDING, Send.State.CANCELLED}),
    Send.State.UNSETTLED: frozenset({Send.State.SENDING, Send.State.SENT}),
    Send.State.SENT: frozenset(),
    Send.State.CANCELLED: frozenset(),
}
BATCH: Steps = {
    # Unknown: the database may be older than what was submitted (`restores`).
    Batch.State.WAITING: frozenset({Batch.State.PLANNED, Batch.State.UNKNOWN}),
    # Accepted: proof came for an attempt that had been given back by then.
    Batch.State.PLANNED: frozenset(
        {Batch.State.CLAIMED, Batch.State.ACCEPTED, Batch.State.UNKNOWN}
    ),
    Batch.State.CLAIMED: frozenset(
        {
            Batch.State.PLANNED,
            Batch.State.ACCEPTED,
            Batch.State.REFUSED,
            Batch.State.UNKNOWN,
            Batch.State.EMPTY,
        }
    ),
    # Settled by evidence, or by an answer that came late.
    Batch.State.UNKNOWN: frozenset(
        {
            Batch.State.ACCEPTED,
            Batch.State.REFUSED,
            Batch.State.PLANNED,
            # The canary is not back yet, and it turned out that this batch was not submitted.
            Batch.State.WAITING,
        }
    ),
    # Only a fence takes an acceptance back: it was called back, or nobody knows whether it was.
    Batch.State.ACCEPTED: frozenset({Batch.State.PLANNED, Batch.State.UNKNOWN}),
    Batch.State.REFUSED: frozenset(),
    Batch.State.EMPTY: frozenset(),
}
ATTEMPT: Steps = {
    # Accepted: there is proof, so our own notes are behind (a database that was put back).
    Attempt.State.ARMED: frozenset(
        {Attempt.State.POSTING, Attempt.State.RETURNED, Attempt.State.ACCEPTED}
    ),
    Attempt.State.POSTING: frozenset(
        {
            Attempt.State.ACCEPTED,
            Attempt.State.REFUSED,
            Attempt.State.RETURNED,
            Attempt.State.UNKNOWN,
        }
    ),
    # An answer that comes late is still an answer.
    Attempt.State.UNKNOWN: frozenset(
        {
            Attempt.State.ACCEPTED,
            Attempt.State.REFUSED,
            Attempt.State.RETURNED,
            Attempt.State.VOIDED,
        }
    ),
    # As for its batch: only a fence takes it back.
    Attempt.State.ACCEPTED: frozenset({Attempt.State.VOIDED, Attempt.State.UNKNOWN}),
    Attempt.State.REFUSED: frozenset(),
    # Proof outweighs whatever made it count as not accepted.
    Attempt.State.RETURNED: frozenset({Attempt.State.ACCEPTED}),
    Attempt.State.VOIDED: frozenset(),
}
FENCE: Steps = {
    Fence.State.NEW: frozenset({Fence.State.OPEN, Fence.State.PASSED}),
    Fence.State.OPEN: frozenset({Fence.State.CLOSING, Fence.State.RELEASING, Fence.State.PASSED}),
    # Closing: somebody left, or the provider has discarded it, before it was let go.
    Fence.State.RELEASING: frozenset({Fence.State.CLOSING, Fence.State.PASSED}),
    # Passed: it is certain that the calling back never took effect, or unknown whether it did.
    Fence.State.CLOSING: frozenset({Fence.State.VOIDED, Fence.State.PASSED}),
    Fence.State.VOIDED: frozenset(),
    Fence.State.PASSED: frozenset(),
}
TABLES: Mapping[type[models.Model], Steps] = {
    Send: SEND,
    Batch: BATCH,
    Attempt: ATTEMPT,
    Fence: FENCE,
}

#: To come to stand here makes work for the senders.
MAKES_WORK: Collection[tuple[type[models.Model], str]] = frozenset(
    {(Batch, Batch.State.PLANNED), (Send, Send.State.SENDING)}
)

Stateful = TypeVar("Stateful", Send, Batch, Attempt, Fence)


def step(kind: type[Stateful], pk: int, *, start: str, end: str, **changes: Any) -> bool:
    """Take one step if the row still stands at `start`; return whether this call took it.

    One UPDATE with the old state in its WHERE: of any number of processes that try, one wins.
    Raises `WrongStep` when the table of steps does not know the step, which is a bug.
    """
    return bool(step_all(kind, [pk], start=start, end=end, **changes))


def step_all(
    kind: type[Stateful], pks: Collection[int], *, start: str, end: str, **changes: Any
) -> int:
    """Take the same step with many rows at once; return how many stood at `start`."""
    if end not in TABLES[kind][start]:
        raise WrongStep(f"{kind.__name__.lower()} {names(pks)}: {start} cannot become {end}")
    rows: Any = kind._default_manager.filter(pk__in=pks, state=start)
    if (kind, end) not in MAKES_WORK:
        return int(rows.update(state=end, **changes))
    # Both or neither: senders on other machines look where they are rung for, and nowhere else.
    with transaction.atomic(savepoint=False):
        taken = int(rows.update(state=end, **changes))
        if taken:
            ring(kind, pks)
    return taken


def ring(kind: type[Stateful], pks: Collection[int]) -> None:
    """Say to the senders that the batches, or those of the sends, may be claimed."""
    if kind is Batch:
        job_queue.ring(pks)
    else:
        for pk in pks:
            job_queue.ring_send(pk)


def names(pks: Collection[int]) -> str:
    """Return some ids for a message."""
    return ", ".join(str(pk) for pk in list(pks)[:5])


def must_step(kind: type[Stateful], pk: int, *, start: str, end: str, **changes: Any) -> None:
    """Take one step, or raise `WrongStep` saying where the row stands instead."""
    if step(kind, pk, start=start, end=end, **changes):
        return
    rows: Any = kind._default_manager
    now = rows.filter(pk=pk).values_list("state", flat=True).first()
    raise WrongStep(f"{kind.__name__.lower()} {pk} is {now or 'not there'}, not {start}")
