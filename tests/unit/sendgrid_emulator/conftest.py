"""An account whose clock only moves when it is told to."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from sendgrid_emulator.account import Account
from sendgrid_emulator.events.event import Event, Occurrence
from sendgrid_emulator.state.messages import Accepted
from tests.unit.sendgrid_emulator.samples import letter


class Trial:
    """An account, what it told about its mail, and a way to let time pass."""

    def __init__(self) -> None:
        self.account = Account()
        self.occurrences: list[Occurrence] = []
        self.account.listeners.append(self.occurrences.append)

    @property
    def now(self) -> float:
        """The account's time."""
        return self.account.clock.now()

    @property
    def events(self) -> list[Event]:
        """All events so far."""
        return [event for occurrence in self.occurrences for event in occurrence]

    def names(self) -> list[str]:
        """Return the names of all events so far."""
        return [event["event"] for event in self.events]

    def accept(self, *addresses: str, **changes: Any) -> Accepted:
        """Accept a request for these addresses."""
        payload = letter(*addresses, **changes)
        return self.account.accept(orjson.dumps(payload), payload)

    def wait(self, seconds: float = 0) -> None:
        """Let time pass, and do what is due."""
        self.account.clock.advance(seconds)
        self.account.timeline.run_due(self.account.clock.now)


@pytest.fixture
def trial() -> Trial:
    """Return an account to try things on."""
    return Trial()


@pytest.fixture
def account(trial: Trial) -> Account:
    """Return just the account."""
    return trial.account
