"""Asks the ledger and the log of a real program, from outside: an oracle for the emulator."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sendgrid_emulator.state.ledger_oracle import Sums
from tests.program.workspaces import Workspace

#: Where an attempt stands by the time its request may leave.
LEFT = "('in_flight', 'accepted', 'refused', 'unknown', 'not_sent', 'cancelled')"
COMMITTED = "SELECT key FROM sending_attempt WHERE state IN {left} AND key IN ({keys})"
PLANNED = "SELECT id, planned FROM sending_send"
STANDING = """
    SELECT b.send_id, COALESCE(d.outcome, ''), b.state, COUNT(*)
      FROM sending_delivery d JOIN sending_batch b ON b.id = d.batch_id
     GROUP BY 1, 2, 3
"""
#: What a state of the ledger counts as; any other outcome is of mail that was accepted.
COUNTS_AS = {
    "planned": "waiting",
    "claimed": "waiting",
    "waiting": "waiting",
    "refused": "refused",
    "unknown": "unknown",
    "excluded": "excluded",
}


@dataclass(frozen=True)
class Ledger:
    """The database of a workspace, on connections of its own, and what its programs say."""

    place: Workspace

    def committed(self, keys: Collection[str]) -> Collection[str]:
        """Return those that stand in the database beyond `reserved`."""
        listed = ", ".join(f"'{key}'" for key in keys if key.isalnum()) or "''"
        rows = self.place.ask(COMMITTED.format(left=LEFT, keys=listed))
        return {key for (key,) in rows}

    def sums(self) -> Iterable[Sums]:
        """Count every send from its rows."""
        counts: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
        for send, outcome, state, people in self.place.ask(STANDING):
            counts[send][COUNTS_AS.get(outcome or state, "accepted")] += people
        for send, planned in self.place.ask(PLANNED):
            yield Sums(send=str(send), planned=planned, **counts[send])

    def log_text(self) -> str:
        """Return the log of its programs; empty before the first."""
        log = self.place.folder / "program.log"
        return log.read_text() if log.exists() else ""
