"""What the checks need besides the mail, and violations that cannot be found again later."""

from __future__ import annotations

from dataclasses import dataclass, field

from sendgrid_emulator.state.ledger_oracle import LedgerOracle
from sendgrid_emulator.state.violation import Violation


@dataclass(slots=True)
class CheckRecord:
    """What was declared, tried and found.

    `forbidden`: addresses that must not be mailed any more, and from when on; this is checked, not
    enforced.  `oracle`: answers what only the sender knows, if there is one.
    `violations`: those that cannot be found again later.  `waived`: the rules that are not checked.
    `tried`: the rules that were checked with an oracle or a test.  `keys_used`: the
    keys with which requests came, to look for them in logs.
    """

    forbidden: dict[str, float] = field(default_factory=dict)
    oracle: LedgerOracle | None = None
    violations: list[Violation] = field(default_factory=list)
    waived: set[str] = field(default_factory=set)
    tried: set[str] = field(default_factory=set)
    keys_used: set[str] = field(default_factory=set)

    def clear(self) -> None:
        """Delete forbidden addresses and violations; the oracle and waived rules stay."""
        self.forbidden.clear()
        self.violations.clear()
