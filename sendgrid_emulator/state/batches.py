"""Batch ids and their statuses, with which waiting mail is stopped.

README.md lists what is documented and what is not; where SendGrid's documents leave something open,
a switch in `Undocumented` decides, so that a sender can be tested under both answers.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sendgrid_emulator.randomness import draw_number

#: Seconds a batch id may be used for.
VALID_FOR = 864_000
#: Seconds before `send_at` up to which a cancellation or pause surely works.
CANCEL_LEAD_SECONDS = 600
#: Seconds after `send_at` at which paused mail is discarded.
PAUSED_AT_MOST = 72 * 3600
MAX_STATUSES = 10


class Status(StrEnum):
    """The status of a batch."""

    CANCEL = "cancel"
    PAUSE = "pause"


@dataclass(slots=True)
class Undocumented:
    """SendGrid's behaviour where nothing is documented; try both values of each.

    `empty_batches` (A1): an id that no message carries yet may be paused or cancelled.
    `catches_later` (A2): a status also catches messages posted after it was set.
    `catches_past` (A3): a status counts for messages whose time is past on arrival.
    `rechecks_suppressions` (A4): suppressions count at release, not only at acceptance.
    `processed_at_release` (A5): the event comes at release, not at acceptance.
    `charges_cancelled` (A6): credits used for mail that was discarded are not given back.
    `cancels_paused` (A7): turning a pause into a cancellation discards mail whose time has passed.
    `late_odds`: the probability that a status set in the last ten minutes works.
    """

    empty_batches: bool = True
    catches_later: bool = True
    catches_past: bool = True
    rechecks_suppressions: bool = True
    processed_at_release: bool = True
    charges_cancelled: bool = True
    cancels_paused: bool = True
    late_odds: float = 0.5


@dataclass(frozen=True, slots=True)
class Mark:
    """A status and when (Unix time) it was set."""

    status: Status
    at: float


class Batches:
    """The batch ids of an account and their statuses."""

    def __init__(self, now: Callable[[], float], *, seed: int = 0) -> None:
        self.undocumented = Undocumented()
        self.marks: dict[str, Mark] = {}
        self.issued: dict[str, float] = {}
        self.now = now
        self._seed = seed

    def issue(self) -> str:
        """Return a new batch id, valid for ten days."""
        batch_id = secrets.token_urlsafe(45)
        self.issued[batch_id] = self.now()
        return batch_id

    def knows(self, batch_id: str) -> bool:
        """Return whether `batch_id` was issued here and may still be used."""
        issued = self.issued.get(batch_id)
        return issued is not None and self.now() <= issued + VALID_FOR

    def set_status(self, batch_id: str, status: Status) -> None:
        """Set or change the status of a batch; a changed one counts from when it was first set."""
        before = self.marks.get(batch_id)
        self.marks[batch_id] = Mark(status, before.at if before else self.now())

    def clear_status(self, batch_id: str) -> bool:
        """Remove the status, so that the batch can leave; False if there was none."""
        return self.marks.pop(batch_id, None) is not None

    def is_full(self) -> bool:
        """Return whether as many batches are paused or cancelled as the account may have."""
        return len(self.marks) >= MAX_STATUSES

    def effective_status(
        self, batch_id: str, *, accepted_at: float, send_at: float
    ) -> Status | None:
        """Return what stops a message at its release, or None if nothing does."""
        mark = self.marks.get(batch_id)
        if mark is None:
            return None
        undocumented = self.undocumented
        if send_at <= accepted_at and not undocumented.catches_past:
            return None
        if mark.at < accepted_at and not undocumented.catches_later:
            return None
        # A message may wait less than ten minutes in all: then no status is ever certain.
        if mark.at > send_at - CANCEL_LEAD_SECONDS and mark.at >= accepted_at:
            return mark.status if self._honours_late(batch_id) else None
        return mark.status

    def _honours_late(self, batch_id: str) -> bool:
        # The same answer for the same batch, however often and in whatever order it is requested.
        return draw_number(self._seed, "late status", batch_id) < self.undocumented.late_odds

    def clear(self) -> None:
        """Forget all ids and statuses."""
        self.issued.clear()
        self.marks.clear()
