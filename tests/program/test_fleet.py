"""A fleet: a web process with the clock, and workers beside it, on PostgreSQL."""

from __future__ import annotations

import dataclasses
import re
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator

import psycopg
import pytest

from sendgrid_emulator import Emulator
from tests.program.conftest import PEOPLE
from tests.program.process_pool import Program
from tests.program.workspaces import Workspace, wait_until

MORE = 4_940
BATCH = 50
SENDERS = 4

Start = Callable[..., Program]


@pytest.fixture
def place(workspace: Callable[..., Workspace]) -> Workspace:
    """A workspace whose web process leaves the sending to workers."""
    made = workspace(
        sending_engine="procrastinate",
        sending_batch_size=str(BATCH),
        sending_lease_seconds="2",
    )
    environment = made.environment | {"NEWSLETTER_SENDING_CONCURRENCY": "0"}
    return dataclasses.replace(made, environment=environment)


@pytest.fixture
def start(place: Workspace) -> Iterator[Start]:
    """Start programs of the fleet; none outlives the test."""
    running: list[Program] = []

    def begin(*command: str) -> Program:
        running.append(place.start(*command))
        return running[-1]

    yield begin
    for process in running:
        process.kill()
        process.wait()


def ledger(place: Workspace) -> list[tuple[str, str]]:
    """Return everybody with where they stand, straight from the database: a command is slow."""
    with psycopg.connect(place.environment["NEWSLETTER_DATABASE_URL"]) as server:
        return server.execute(
            "SELECT d.address, COALESCE(d.outcome, b.state) FROM sending_delivery AS d"
            " JOIN sending_batch AS b ON b.id = d.batch_id"
        ).fetchall()


def test_a_worker_is_killed_in_the_middle(
    place: Workspace, start: Start, sendgrid: Emulator
) -> None:
    """Two workers send to five thousand people and one is killed: nobody twice, nobody lost."""
    lines = [f"member{number}@tideline.example,Bao Li" for number in range(MORE)]
    (place.folder / "more.csv").write_text("email,name\n" + "\n".join(lines))
    place.run("list", "import", "more.csv", "--basis", "consent")
    place.run("issue", "queue", "1.1", "--at", "now")
    sendgrid.faults.add("delay", times=None, seconds=0.2)
    serve = start("serve")
    doomed, other = (start("worker", "--concurrency", str(SENDERS)) for _ in range(2))
    wait_until(lambda: len(re.findall("senders take", place.said())) == 2)
    wait_until(lambda: len(sendgrid.mailbox) >= 20 * BATCH)

    doomed.kill()

    wait_until(lambda: place.states() <= {"sent", "unresolved"})
    for process in (other, serve):
        process.terminate()
        assert process.wait() == 0, place.said()
    mailed = Counter(mail.address for mail in sendgrid.mailbox)
    unknown = {address for address, state in ledger(place) if state == "unknown"}
    everybody = {address for address, _ in ledger(place)}
    assert len(everybody) == PEOPLE + MORE
    assert set(mailed.values()) == {1}, "somebody was mailed twice"
    assert everybody - set(mailed) <= unknown, "somebody was lost"
    assert len(unknown) <= SENDERS * BATCH
    assert sendgrid.violations() == []


def test_told_to_stop(place: Workspace, start: Start, sendgrid: Emulator) -> None:
    """Told once, a worker records the answer that it awaits; told twice, it leaves at once."""
    place.run("issue", "queue", "1.1", "--at", "now")
    sendgrid.faults.add("delay", seconds=2)
    sendgrid.faults.add("accept_then_hang", seconds=180)
    start("serve")

    patient = start("worker", "--concurrency", "1")
    wait_until(lambda: sendgrid.requests.peak or len(sendgrid.mailbox))
    patient.terminate()

    began = time.monotonic()
    assert patient.wait() == 0, place.said()
    assert time.monotonic() - began < 90
    assert "finished and written down" in place.said()
    assert Counter(state for _, state in ledger(place)) == {"accepted": BATCH, "planned": 10}

    hasty = start("worker", "--concurrency", "1")
    wait_until(lambda: len(sendgrid.mailbox) == PEOPLE)
    hasty.terminate()
    wait_until(lambda: place.said().count("finishing what is in progress") == 2)
    hasty.terminate()

    assert hasty.wait() == -signal.SIGTERM
    wait_until(lambda: place.states() == {"unresolved"})
    assert Counter(state for _, state in ledger(place)) == {"accepted": BATCH, "unknown": 10}
