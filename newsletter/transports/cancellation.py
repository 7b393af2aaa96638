"""Mail that waits at a provider for its time, and cancelling it there."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

#: A status is certain to be honoured if it was set this long before the mail leaves.
MIN_CANCEL_LEAD = dt.timedelta(minutes=10)


class Status(StrEnum):
    """What may be asked of the mail under an id."""

    CANCEL = "cancel"
    PAUSE = "pause"


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockReading:
    """How far the provider's clock is ahead of ours, measured by one exchange as NTP does.

    The provider wrote its time somewhere between our question and its answer: `offset` is
    from the middle of the two (RFC 5905 §8), and can be wrong by `uncertainty`: half the time that
    the exchange took, and the second that a `Date` header cannot tell (RFC 9110 §5.6.7).
    """

    offset: dt.timedelta
    uncertainty: dt.timedelta

    def is_off(self, most: dt.timedelta) -> bool:
        """Say whether the clocks differ by more than `most` for certain."""
        return abs(self.offset) - self.uncertainty > most

    def agrees(self, most: dt.timedelta) -> bool:
        """Say whether the clocks differ by no more than `most` for certain."""
        return abs(self.offset) + self.uncertainty <= most


class Cancellation(Protocol):
    """Cancels mail that waits at a provider.  Everything may be asked again and again.

    Raises a `newsletter.errors.TransportError` when there is no clear answer; then nothing is
    known, and the same is to be asked again.
    """

    def create_batch_id(self) -> str:
        """Return a new id to submit mail under."""
        ...

    def read_clock(self) -> ClockReading:
        """Measure how far the provider's clock is from ours."""
        ...

    def list_batch_ids_with_status(self) -> set[str]:
        """Return all ids of the account that have a status, whoever set it."""
        ...

    def set_status(self, batch_id: str, status: Status) -> dt.datetime:
        """Have the mail under an id paused or cancelled.

        Returns the provider's time then, which it may have been a little before.
        """
        ...

    def get_status(self, batch_id: str) -> Status | None:
        """Return what is asked of the mail under an id."""
        ...

    def clear_status(self, batch_id: str) -> None:
        """Take the status away: what waits goes its way, and what comes later too."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
