"""The interface for what only the sender knows; a test that runs both may provide it.

An oracle must read the sender's ledger and log independently: what the sender says about
itself, over the connection that it uses, would prove nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class Sums:
    """The number of people of one send by state, in the sender's ledger.

    `send` is the custom argument `nl_send`; `waiting` are people without an answer
    yet; `accepted` are all whom the provider accepted, whatever happened later.
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
        """How many people have a state."""
        return self.accepted + self.refused + self.unknown + self.excluded + self.waiting


class LedgerOracle(Protocol):
    """Answers for the sender; called from any thread."""

    def committed(self, keys: Collection[str]) -> Collection[str]:
        """Return the attempts that the ledger has durably recorded as submitted or about to be."""

    def sums(self) -> Iterable[Sums]:
        """Return the current totals of each send."""

    def log_text(self) -> str:
        """Return everything that was logged."""
