"""The transitions between states, and how one is made: in the database, from a known state."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any, TypeVar

from django.db import models, transaction

from newsletter.errors import InvalidTransition
from newsletter.phrases import phrase
from newsletter.sending import trusted_time
from newsletter.sending.ledger import job_queue
from newsletter.sending.models import Attempt, Batch, ProviderBatch, Send

log = logging.getLogger(__name__)

Transitions = Mapping[str, frozenset[str]]

#: What messages call tables and states, as far as no page has the word anyway.
NAMES = (
    *(phrase("send"), phrase("batch"), phrase("attempt"), phrase("providerbatch")),
    *(phrase("planning"), phrase("unresolved"), phrase("claimed"), phrase("waiting")),
)

SEND: Transitions = {
    Send.State.QUEUED: frozenset({Send.State.PLANNING, Send.State.HELD, Send.State.CANCELLED}),
    Send.State.PLANNING: frozenset({Send.State.SENDING, Send.State.HELD, Send.State.CANCELLED}),
    Send.State.SENDING: frozenset(
        {
            Send.State.PAUSED,
            Send.State.HELD,
            Send.State.UNRESOLVED,
            Send.State.SENT,
            Send.State.CANCELLED,
        }
    ),
    Send.State.PAUSED: frozenset({Send.State.SENDING, Send.State.CANCELLED}),
    Send.State.HELD: frozenset({Send.State.QUEUED, Send.State.SENDING, Send.State.CANCELLED}),
    Send.State.UNRESOLVED: frozenset({Send.State.SENDING, Send.State.SENT}),
    Send.State.SENT: frozenset(),
    Send.State.CANCELLED: frozenset(),
}
BATCH: Transitions = {
    # Unknown: the database may be older than what was submitted (`restores`).
    Batch.State.WAITING: frozenset({Batch.State.PLANNED, Batch.State.UNKNOWN}),
    # Accepted: proof came for an attempt whose batch had been planned again.
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
    # Resolved by evidence, or by an answer that came late.
    Batch.State.UNKNOWN: frozenset(
        {
            Batch.State.ACCEPTED,
            Batch.State.REFUSED,
            Batch.State.PLANNED,
            # The canary has no result yet, and this batch turned out not to be submitted.
            Batch.State.WAITING,
        }
    ),
    # Only a provider batch reverses an acceptance: it was cancelled, or perhaps cancelled.
    Batch.State.ACCEPTED: frozenset({Batch.State.PLANNED, Batch.State.UNKNOWN}),
    Batch.State.REFUSED: frozenset(),
    Batch.State.EMPTY: frozenset(),
}
ATTEMPT: Transitions = {
    # Accepted: there is proof, so our own state is older (a restored database).
    Attempt.State.RESERVED: frozenset(
        {Attempt.State.IN_FLIGHT, Attempt.State.NOT_SENT, Attempt.State.ACCEPTED}
    ),
    Attempt.State.IN_FLIGHT: frozenset(
        {
            Attempt.State.ACCEPTED,
            Attempt.State.REFUSED,
            Attempt.State.NOT_SENT,
            Attempt.State.UNKNOWN,
        }
    ),
    # A late answer still counts.
    Attempt.State.UNKNOWN: frozenset(
        {
            Attempt.State.ACCEPTED,
            Attempt.State.REFUSED,
            Attempt.State.NOT_SENT,
            Attempt.State.CANCELLED,
        }
    ),
    # As for its batch: only a provider batch reverses it.
    Attempt.State.ACCEPTED: frozenset({Attempt.State.CANCELLED, Attempt.State.UNKNOWN}),
    Attempt.State.REFUSED: frozenset(),
    # Proof counts more than whatever made it count as not accepted.
    Attempt.State.NOT_SENT: frozenset({Attempt.State.ACCEPTED}),
    Attempt.State.CANCELLED: frozenset(),
}
PROVIDER_BATCH: Transitions = {
    ProviderBatch.State.NEW: frozenset({ProviderBatch.State.OPEN, ProviderBatch.State.RELEASED}),
    ProviderBatch.State.OPEN: frozenset(
        {
            ProviderBatch.State.CANCELLING,
            ProviderBatch.State.RELEASING,
            ProviderBatch.State.RELEASED,
        }
    ),
    # Cancelling: somebody left, or the provider has discarded it, before it was released.
    ProviderBatch.State.RELEASING: frozenset(
        {ProviderBatch.State.CANCELLING, ProviderBatch.State.RELEASED}
    ),
    # Released: it is certain that the cancellation never took effect, or unknown whether it did.
    ProviderBatch.State.CANCELLING: frozenset(
        {ProviderBatch.State.CANCELLED, ProviderBatch.State.RELEASED}
    ),
    ProviderBatch.State.CANCELLED: frozenset(),
    ProviderBatch.State.RELEASED: frozenset(),
}
TABLES: Mapping[type[models.Model], Transitions] = {
    Send: SEND,
    Batch: BATCH,
    Attempt: ATTEMPT,
    ProviderBatch: PROVIDER_BATCH,
}

#: A change to one of these states makes work for the senders.
MAKES_WORK: Collection[tuple[type[models.Model], str]] = frozenset(
    {(Batch, Batch.State.PLANNED), (Send, Send.State.SENDING)}
)

Stateful = TypeVar("Stateful", Send, Batch, Attempt, ProviderBatch)


def transition(kind: type[Stateful], pk: int, *, start: str, end: str, **changes: Any) -> bool:
    """Make one transition if the row is still in `start`; return whether this call made it.

    One UPDATE with the old state in its WHERE: if several processes try, one wins.
    Raises `InvalidTransition` if the table does not know the transition, which is a bug.
    """
    return bool(transition_all(kind, [pk], start=start, end=end, **changes))


def transition_all(
    kind: type[Stateful], pks: Collection[int], *, start: str, end: str, **changes: Any
) -> int:
    """Make the same transition with many rows; return how many were in `start`."""
    if end not in TABLES[kind][start]:
        raise InvalidTransition(
            phrase(
                "{kind} {ids}: {start} cannot become {end}",
                kind=phrase(kind.__name__.lower()),
                ids=describe_ids(pks),
                start=phrase(str(start)),
                end=phrase(str(end)),
            )
        )
    rows: Any = kind._default_manager.filter(pk__in=pks, state=start)
    if (kind, end) == (Send, Send.State.HELD):
        changes.setdefault("held_at", trusted_time.now())
    if (kind, end) not in MAKES_WORK:
        taken = int(rows.update(state=end, **changes))
    else:
        # Both or neither: senders on other machines look only at batches with a job.
        with transaction.atomic(savepoint=False):
            taken = int(rows.update(state=end, **changes))
            if taken:
                enqueue(kind, pks)
    if taken and kind is Send:
        log_states(pks, start=start, end=end)
    return taken


def log_states(pks: Collection[int], *, start: str, end: str) -> None:
    """Write a line for each send, once its new state is there to stay."""
    for pk in pks:
        transaction.on_commit(partial(log.info, "send %s is %s (it was %s)", pk, end, start))


def enqueue(kind: type[Stateful], pks: Collection[int]) -> None:
    """Tell the senders that the batches, or those of the sends, may be claimed."""
    if kind is Batch:
        job_queue.enqueue(pks)
    else:
        for pk in pks:
            job_queue.enqueue_send(pk)


def describe_ids(pks: Collection[int]) -> str:
    """Return some ids as text for a message."""
    return ", ".join(str(pk) for pk in list(pks)[:5])


def require_transition(
    kind: type[Stateful], pk: int, *, start: str, end: str, **changes: Any
) -> None:
    """Make one transition, or raise `InvalidTransition` with the state of the row."""
    if transition(kind, pk, start=start, end=end, **changes):
        return
    rows: Any = kind._default_manager
    now = rows.filter(pk=pk).values_list("state", flat=True).first()
    raise InvalidTransition(
        phrase(
            "{kind} {pk} is {state}, not {start}",
            kind=phrase(kind.__name__.lower()),
            pk=pk,
            state=phrase(str(now)) if now else phrase("not there"),
            start=phrase(str(start)),
        )
    )
