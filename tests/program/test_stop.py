"""Told to stop, the process finishes what is in progress and leaves nothing in doubt."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sendgrid_emulator import Emulator
from tests.program import workspaces
from tests.program.workspaces import Workspace

pytestmark = pytest.mark.once


def test_sigterm_in_a_request(workspace: Callable[..., Workspace], sendgrid: Emulator) -> None:
    """SIGTERM while an answer is awaited: the answer is recorded, nothing new is claimed."""
    place = workspace(sending_batch_size="20")
    sendgrid.faults.add("delay", seconds=2)
    place.run("issue", "queue", "1.1", "--at", "now")
    process = place.serve()
    workspaces.wait_until(lambda: sendgrid.requests.total or len(sendgrid.mailbox))

    process.terminate()

    assert process.wait() == 0, place.said()
    account = place.run("send", "show", "1")
    assert account["deliveries"] == {"accepted": 20, "planned": 40}
    assert len(sendgrid.mailbox) == 20


def test_a_machine_with_another_key_does_not_send(workspace: Callable[..., Workspace]) -> None:
    """A worker that would sign links which nobody else can read says so, and does not start."""
    place = workspace()
    first = place.start("worker")
    workspaces.wait_until(lambda: "1 sender takes" in place.said())
    first.terminate()
    assert first.wait() == 0

    place.environment["NEWSLETTER_SECRET_KEY"] = "of-another-machine"
    other = place.start("worker")

    assert other.wait() == 1
    assert "NEWSLETTER_SECRET_KEY" in place.said()
