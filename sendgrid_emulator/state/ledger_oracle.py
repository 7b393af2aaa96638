"""What only the sender's side knows; whoever runs both may let the emulator ask it.

An oracle must have ways of its own to the sender's ledger and log: what the sender tells of
itself, over the connection on which it works, would prove nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class Sums:
    """How many people of one send stand where, by the sender's ledger.

    `send` is the custom argument `nl_send`; `waiting` are those whom nobody has an answer for
    yet; `accepted` holds all whom the provider took, whatever became of them later.
    """

    send: str
    planned: int
    accepted: int = 0
    refused: int = 0
    unknown: int = 0
    excluded: int = 0
    waiting: int = 0

    @property
    def found(self) -> int:
        """How many people stand somewhere."""
        return self.accepted + self.refused + self.unknown + self.excluded + self.waiting


class LedgerOracle(Protocol):
    """Answers for the sender; asked from any thread."""

    def committed(self, keys: Collection[str]) -> Collection[str]:
        """Return those attempts which the ledger knows as posted, or about to be, for good."""

    def sums(self) -> Iterable[Sums]:
        """Return where the people of each send stand now."""

    def log_text(self) -> str:
        """Return everything that was logged."""
