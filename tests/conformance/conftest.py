"""An emulator to hold against the rules of the API, and the official client to do it with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sendgrid import SendGridAPIClient

from sendgrid_emulator import Emulator


@pytest.fixture
def sendgrid() -> Iterator[Emulator]:
    """Run an emulator."""
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def client(sendgrid: Emulator) -> Any:
    """Return the official client, pointed at the emulator."""
    return SendGridAPIClient("SG.trial", host=sendgrid.url).client
