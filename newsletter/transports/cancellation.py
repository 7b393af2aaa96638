"""Cancel mail that waits at a provider for its time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

#: A status surely works if it was set this long before the mail leaves.
MIN_CANCEL_LEAD = dt.timedelta(minutes=10)


class Status(StrEnum):
    """The status of the mail under a batch id."""

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
        """Return whether the clocks certainly differ by more than `most`."""
        return abs(self.offset) - self.uncertainty > most

    def agrees(self, most: dt.timedelta) -> bool:
        """Return whether the clocks certainly differ by no more than `most`."""
        return abs(self.offset) + self.uncertainty <= most


class Cancellation(Protocol):
    """Cancels mail that waits at a provider.  Every call may be repeated.

    Raises a `newsletter.errors.TransportError` when there is no clear answer; then nothing is
    known, and the call must be repeated.
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
        """Pause or cancel the mail under an id.

        Returns the provider's time of the change; the real time may be a little earlier.
        """
        ...

    def get_status(self, batch_id: str) -> Status | None:
        """Return the status of the mail under an id."""
        ...

    def clear_status(self, batch_id: str) -> None:
        """Remove the status: mail that waits, and mail that comes later, leaves at its time."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
