"""The interface of an engine, which makes senders look for work.  The ledger decides what to do."""

from __future__ import annotations

from typing import Protocol

#: Seconds of the time to stop in which senders only write down what became of their batches.
RECORD_SECONDS = 4.0


class Engine(Protocol):
    """Runs senders; each of them calls only `dispatch.send_batch`."""

    def start(self) -> None:
        """Begin to send."""

    def enqueue(self) -> None:
        """Say, after each tick of the clock, that there may be work."""

    def stop(self, timeout: float) -> bool:
        """Claim nothing more, finish what is in progress; False when it took over `timeout` s."""
