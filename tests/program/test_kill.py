"""The process is killed in the middle of a send; nobody is mailed twice and nobody is lost."""

from __future__ import annotations

import shutil
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from newsletter.standin.server import StandIn
from tests.program import workspaces
from tests.program.workspaces import Workspace

PEOPLE = 60
BATCHES = 6
SENDING = "newsletter.sending"

#: Where it dies, at which call, and how many batches are then in doubt.
POINTS = [
    pytest.param(f"{SENDING}.starting:begin:before", 1, 0, id="before-the-send-begins"),
    pytest.param(f"{SENDING}.starting:begin:after", 1, 0, id="after-the-send-begins"),
    pytest.param(f"{SENDING}.audience:judge:after", 1, 0, id="while-the-audience-is-planned"),
    pytest.param(f"{SENDING}.audience:plan:after", 1, 0, id="after-the-audience-is-planned"),
    pytest.param(f"{SENDING}.claims:claim:before", 2, 0, id="before-a-claim"),
    pytest.param(f"{SENDING}.claims:claim:after", 2, 0, id="after-a-claim"),
    pytest.param(f"{SENDING}.letters:compose:after", 2, 0, id="after-composing"),
    pytest.param(f"{SENDING}.claims:begin_posting:after", 2, 1, id="before-the-request"),
    pytest.param(f"{SENDING}.records:accepted:before", 2, 1, id="after-the-answer"),
    pytest.param(f"{SENDING}.records:accepted:after", 2, 0, id="after-it-is-recorded"),
    pytest.param(f"{SENDING}.recovery:close:before", 1, 0, id="before-the-send-is-closed"),
]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with an issue and people, made once and copied for each test."""
    return workspaces.make(tmp_path_factory.mktemp("prepared") / "work", PEOPLE)


@pytest.fixture
def sendgrid() -> Iterator[StandIn]:
    """A stand-in that outlives the product."""
    with StandIn() as standin:
        yield standin


@pytest.fixture
def workspace(prepared: Workspace, sendgrid: StandIn, tmp_path: Path) -> Workspace:
    """A workspace of one's own, with one sender, small batches and short leases."""
    shutil.copytree(prepared.folder, tmp_path / "home")
    settings = workspaces.environment(
        sendgrid_base_url=sendgrid.url,
        web_port="0",
        sending_batch_size=str(PEOPLE // BATCHES),
        sending_senders="1",
        sending_lease_seconds="1",
    )
    return Workspace(tmp_path / "home", settings)


def settled(workspace: Workspace) -> dict[str, object] | None:
    """Return the account of the send once nothing moves any more."""
    shown: dict[str, object] = workspace.run("send", "show", "1")
    return shown if shown["state"] in {"sent", "unsettled"} else None


@pytest.mark.parametrize(("point", "number", "in_doubt"), POINTS)
def test_killed_at(
    workspace: Workspace, sendgrid: StandIn, point: str, number: int, in_doubt: int
) -> None:
    """Killed at this point and started again, each person is mailed once or shown as unknown."""
    workspace.run("issue", "queue", "1.1", "--at", "now")
    dying = workspace.serve_and_die(point, number)
    assert dying.wait(60) == -signal.SIGKILL, workspace.said()

    second = workspace.serve()
    try:
        account = workspaces.until(lambda: settled(workspace))
    finally:
        second.terminate()
        assert second.wait(30) == 0, workspace.said()

    mailed = Counter(mail.address for mail in sendgrid.mailbox)
    unknown = {
        person["address"] for person in workspace.run("send", "who", "1", "--state", "unknown")
    }
    everybody = {f"reader{number}@tideline.example" for number in range(PEOPLE)}
    assert set(mailed.values()) == {1}, "somebody was mailed twice"
    assert everybody - set(mailed) <= unknown, "somebody was lost"
    assert len(unknown) == in_doubt * PEOPLE // BATCHES
    assert account["candidates"] == account["planned"] == PEOPLE
    assert account["state"] == ("unsettled" if in_doubt else "sent")
