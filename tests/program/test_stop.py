"""Told to stop, the process finishes what is in progress and leaves nothing in doubt."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

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
    workspaces.wait_until(lambda: sendgrid.requests.peak or len(sendgrid.mailbox))

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


def test_senders_in_a_process_beside(workspace: Callable[..., Workspace]) -> None:
    """Everybody is mailed by a worker that `serve` starts, and it ends when `serve` is killed."""
    place = workspace(sending_senders="process", sending_batch_size="20")
    process = place.serve()
    place.run("issue", "queue", "1.1", "--at", "now")
    workspaces.wait_until(
        lambda: place.run("send", "show", "1")["deliveries"] == {"accepted": 60}, seconds=60
    )
    [child] = children_of(process.pid)

    process.kill()

    process.wait()
    workspaces.wait_until(lambda: has_ended(child))


def children_of(pid: int) -> list[int]:
    """Return the processes that a process has started (proc(5))."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def has_ended(pid: int) -> bool:
    """Say whether a process has ended, be it that nobody has asked how."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return True
    return stat.rpartition(")")[2].split()[0] == "Z"
