"""Told to stop, the process finishes what is under way and leaves nothing in doubt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.standin.server import StandIn
from tests.program import workspaces


@pytest.fixture
def sendgrid() -> Iterator[StandIn]:
    """A stand-in that outlives the product."""
    with StandIn() as standin:
        yield standin


def test_sigterm_in_a_request(sendgrid: StandIn, tmp_path: Path, database_url: str) -> None:
    """SIGTERM while an answer is awaited: the answer is recorded, nothing new is claimed."""
    workspace = workspaces.make(
        tmp_path / "work",
        30,
        database_url=database_url,
        sendgrid_base_url=sendgrid.url,
        web_port="0",
        sending_batch_size="10",
        sending_senders="1",
    )
    sendgrid.faults.add("delay", seconds=2)
    workspace.run("issue", "queue", "1.1", "--at", "now")
    process = workspace.serve()
    workspaces.until(lambda: len(sendgrid.mailbox) or sendgrid.requests.total)

    process.terminate()

    assert process.wait(30) == 0, workspace.said()
    account = workspace.run("send", "show", "1")
    assert account["deliveries"] == {"accepted": 10, "planned": 20}
    assert len(sendgrid.mailbox) == 10
