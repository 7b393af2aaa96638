"""A stand-in to hold against the rules of the API, and the official client to do it with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sendgrid import SendGridAPIClient

from newsletter.standin.server import StandIn


@pytest.fixture
def sendgrid() -> Iterator[StandIn]:
    """Run a stand-in."""
    with StandIn() as standin:
        yield standin


@pytest.fixture
def client(sendgrid: StandIn) -> Any:
    """Return the official client, pointed at the stand-in."""
    return SendGridAPIClient("SG.trial", host=sendgrid.url).client
