"""What the checks need to know besides the mail, and what was found at one time only."""

from __future__ import annotations

from dataclasses import dataclass, field

from sendgrid_emulator.state.ledger_oracle import LedgerOracle
from sendgrid_emulator.state.violation import Violation


@dataclass(slots=True)
class CheckRecord:
    """What was declared, tried and found.

    `forbidden`: addresses that must not be mailed any more, and from when on; this is checked, not
    enforced.  `oracle`: who can tell what only the sender's side knows, if anybody.
    `violations`: those that show at one time only.  `waived`: the rules that are not asked for.
    `tried`: the rules that were tried of those that do not show by themselves.  `keys_used`: the
    keys with which requests came, to look for them in logs.
    """

    forbidden: dict[str, float] = field(default_factory=dict)
    oracle: LedgerOracle | None = None
    violations: list[Violation] = field(default_factory=list)
    waived: set[str] = field(default_factory=set)
    tried: set[str] = field(default_factory=set)
    keys_used: set[str] = field(default_factory=set)

    def clear(self) -> None:
        """Forget who is forbidden, and the violations; the oracle and what is waived stay."""
        self.forbidden.clear()
        self.violations.clear()
