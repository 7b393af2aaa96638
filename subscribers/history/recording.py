"""Write the history; call it in the transaction that makes the change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from subscribers.history.models import SubscriptionChange

Kind = SubscriptionChange.Kind
MAX_REASON = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """One change, to be recorded; `list_id` is None if it is about the person as a whole."""

    subscriber_id: int
    kind: Kind
    list_id: int | None = None
    from_state: str = ""
    to_state: str = ""
    by: str = ""
    reason: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


def record(change: Change) -> None:
    """Record one change, now."""
    record_all((change,))


def record_all(changes: Iterable[Change]) -> None:
    """Record changes, now, in their order."""
    SubscriptionChange.objects.bulk_create(
        (
            SubscriptionChange(
                subscriber_id=one.subscriber_id,
                list_id=one.list_id,
                kind=one.kind,
                from_state=one.from_state,
                to_state=one.to_state,
                by=one.by[:150],
                reason=" ".join(one.reason.split())[:MAX_REASON],
                detail=one.detail,
            )
            for one in changes
        ),
        batch_size=1000,
    )
