"""Which step may follow which, and how a step is taken: in the database, from a known state."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

from django.db import models

from newsletter.errors import WrongStep
from newsletter.sending.models import Attempt, Batch, Send

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
    # Accepted: proof came for an attempt that had been given back by then.
    Batch.State.PLANNED: frozenset({Batch.State.CLAIMED, Batch.State.ACCEPTED}),
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
        {Batch.State.ACCEPTED, Batch.State.REFUSED, Batch.State.PLANNED}
    ),
    Batch.State.ACCEPTED: frozenset(),
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
        {Attempt.State.ACCEPTED, Attempt.State.REFUSED, Attempt.State.RETURNED}
    ),
    Attempt.State.ACCEPTED: frozenset(),
    Attempt.State.REFUSED: frozenset(),
    # Proof outweighs whatever made it count as not accepted.
    Attempt.State.RETURNED: frozenset({Attempt.State.ACCEPTED}),
}
TABLES: Mapping[type[models.Model], Steps] = {Send: SEND, Batch: BATCH, Attempt: ATTEMPT}

Stateful = TypeVar("Stateful", Send, Batch, Attempt)


def step(kind: type[Stateful], pk: int, *, start: str, end: str, **changes: Any) -> bool:
    """Take one step if the row still stands at `start`; return whether this call took it.

    One UPDATE with the old state in its WHERE: of any number of processes that try, one wins.
    Raises `WrongStep` when the table of steps does not know the step, which is a bug.
    """
    if end not in TABLES[kind][start]:
        raise WrongStep(f"{kind.__name__.lower()} {pk}: {start} cannot become {end}")
    rows: Any = kind._default_manager.filter(pk=pk, state=start)
    return bool(rows.update(state=end, **changes))


def step_all(
    kind: type[Stateful], pks: Collection[int], *, start: str, end: str, **changes: Any
) -> int:
    """Take the same step with many rows at once; return how many stood at `start`."""
    if end not in TABLES[kind][start]:
        raise WrongStep(f"{kind.__name__.lower()}: {start} cannot become {end}")
    rows: Any = kind._default_manager.filter(pk__in=pks, state=start)
    return int(rows.update(state=end, **changes))


def must_step(kind: type[Stateful], pk: int, *, start: str, end: str, **changes: Any) -> None:
    """Take one step, or raise `WrongStep` saying where the row stands instead."""
    if step(kind, pk, start=start, end=end, **changes):
        return
    rows: Any = kind._default_manager
    now = rows.filter(pk=pk).values_list("state", flat=True).first()
    raise WrongStep(f"{kind.__name__.lower()} {pk} is {now or 'not there'}, not {start}")
