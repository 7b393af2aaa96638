"""Told to stop, the process finishes what is under way and leaves nothing in doubt."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from newsletter.standin.server import StandIn
from tests.program import workspaces
from tests.program.workspaces import Workspace

pytestmark = pytest.mark.once


def test_sigterm_in_a_request(workspace: Callable[..., Workspace], sendgrid: StandIn) -> None:
    """SIGTERM while an answer is awaited: the answer is recorded, nothing new is claimed."""
    place = workspace(sending_batch_size="20")
    sendgrid.faults.add("delay", seconds=2)
    place.run("issue", "queue", "1.1", "--at", "now")
    process = place.serve()
    workspaces.until(lambda: sendgrid.requests.total or len(sendgrid.mailbox))

    process.terminate()

    assert process.wait(30) == 0, place.said()
    account = place.run("send", "show", "1")
    assert account["deliveries"] == {"accepted": 20, "planned": 40}
    assert len(sendgrid.mailbox) == 20
