"""The process is killed in the middle of a send; nobody is mailed twice and nobody is lost.

Real processes and a real SIGKILL; `test_crash_matrix` goes through every point there is.
"""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from sendgrid_emulator import Emulator
from tests.program import workspaces
from tests.program.conftest import PEOPLE
from tests.program.workspaces import Workspace

BATCHES = 6
SENDING = "newsletter.sending"

#: Where it dies, at which call, and how many batches are then in doubt.  These few by SIGKILL;
#: every point there is, by the crash matrix.
POINTS = [
    pytest.param(
        f"{SENDING}.planning.audience:judge:after", 1, 0, id="while-the-audience-is-planned"
    ),
    pytest.param(f"{SENDING}.delivery.claims:claim_batch:after", 2, 0, id="after-a-claim"),
    pytest.param(
        f"{SENDING}.delivery.claims:begin_submission:after", 2, 1, id="before-the-request"
    ),
    pytest.param(f"{SENDING}.delivery.results:apply_decision:before", 2, 1, id="after-the-answer"),
]


@pytest.mark.parametrize(("point", "number", "in_doubt"), POINTS)
def test_killed_at(
    workspace: Callable[..., Workspace],
    sendgrid: Emulator,
    point: str,
    number: int,
    in_doubt: int,
) -> None:
    """Killed at this point and started again, each person is mailed once or shown as unknown."""
    place = workspace(sending_batch_size=str(PEOPLE // BATCHES), sending_lease_seconds="1")
    place.run("issue", "queue", "1.1", "--at", "now")
    process = place.serve_and_die(point, number)
    assert process.wait() == -signal.SIGKILL, place.said()

    second = place.serve()
    try:
        workspaces.wait_until(lambda: place.states() <= {"sent", "unresolved"})
    finally:
        second.terminate()
        assert second.wait() == 0, place.said()

    mailed = Counter(mail.address for mail in sendgrid.mailbox)
    shown = place.run("send", "who", "1", "--state", "unknown")
    unknown = {person["address"] for person in shown}
    everybody = {f"reader{number}@tideline.example" for number in range(PEOPLE)}
    assert set(mailed.values()) == {1}, "somebody was mailed twice"
    assert everybody - set(mailed) <= unknown, "somebody was lost"
    assert len(unknown) == in_doubt * PEOPLE // BATCHES
    sums = place.ask("SELECT candidates, planned, state FROM sending_send")
    assert sums == [(PEOPLE, PEOPLE, "unresolved" if in_doubt else "sent")]


def test_asleep_before_the_request(workspace: Callable[..., Workspace], sendgrid: Emulator) -> None:
    """Put to sleep right before the first byte, it wakes behind its lease: nothing is in doubt."""
    place = workspace(sending_batch_size=str(PEOPLE // BATCHES), sending_lease_seconds="1")
    place.run("issue", "queue", "1.1", "--at", "now")
    sleeper = place.serve_and_sleep(f"{SENDING}.delivery.claims:begin_submission:after", 2)
    workspaces.wait_until(lambda: stopped(sleeper.pid))
    leases = "SELECT COUNT(*) FROM sending_attempt WHERE state = 'in_flight' AND lease_until > {}"
    now = "CURRENT_TIMESTAMP"
    workspaces.wait_until(lambda: place.ask(leases.format(now)) == [(0,)])
    sleeper.send_signal(signal.SIGCONT)
    try:
        workspaces.wait_until(lambda: place.states() == {"sent"})
    finally:
        sleeper.terminate()
        assert sleeper.wait() == 0, place.said()

    mailed = Counter(mail.address for mail in sendgrid.mailbox)
    assert mailed == dict.fromkeys(
        (f"reader{number}@tideline.example" for number in range(PEOPLE)), 1
    )
    assert "the sender stood still for" in place.said()


def stopped(pid: int) -> bool:
    """Say whether a process stands still (proc(5), "stat")."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
