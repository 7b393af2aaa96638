"""A machine is replaced while the database stays, or the database while the machine stays."""

from __future__ import annotations

import dataclasses
import os
import shutil
from pathlib import Path

import psycopg
import pytest

from sendgrid_emulator import Emulator
from tests.program import workspaces
from tests.program.conftest import PEOPLE
from tests.program.restoring import (
    ENDED,
    SIZE,
    Make,
    back_up,
    database_name,
    finish_send,
    kill_program,
    mailed_times,
    part_way,
    read_suspension,
    run_refused,
    running,
    send_state,
    way_out,
)
from tests.program.workspaces import Workspace

#: Several programs start one after the other, on a machine that may do other work.
pytestmark = pytest.mark.timeout(600)


@pytest.fixture
def place(workspace: Make, sendgrid: Emulator) -> Workspace:
    """A workspace whose web process leaves the sending to workers."""
    made = workspace(
        sending_engine="procrastinate",
        sending_batch_size=str(SIZE),
        sending_lease_seconds="2",
    )
    return dataclasses.replace(
        made, environment=made.environment | {"NEWSLETTER_SENDING_CONCURRENCY": "0"}
    )


@pytest.fixture
def machines(place: Workspace, tmp_path: Path) -> list[Workspace]:
    """Two more machines with the same settings; what they submitted lies on each."""
    made = []
    for number in (1, 2):
        folder = tmp_path / f"machine{number}"
        shutil.copytree(place.folder, folder, ignore=shutil.ignore_patterns("submissions"))
        made.append(Workspace(folder, place.environment))
    return made


@pytest.mark.parametrize("others", [True, False], ids=["others-go-on", "all-were-down"])
def test_machine_of_a_worker_is_replaced(
    place: Workspace, machines: list[Workspace], sendgrid: Emulator, others: bool
) -> None:
    """A new machine with an empty state folder goes on where the old one died: nobody twice."""
    old, new = machines
    place.run("issue", "queue", "1.1", "--at", "now")
    sendgrid.faults.add("delay", times=None, seconds=0.3)
    serve = place.serve()
    worker = old.start("worker", "--concurrency", "1")
    workspaces.wait_until(lambda: len(sendgrid.mailbox) >= 2 * SIZE)
    kill_program(worker)
    shutil.rmtree(old.folder)
    if not others:
        kill_program(serve)
        place.change(
            "UPDATE sending_databaseidentity SET heartbeat_at = '2026-01-01 00:00:00+00:00'"
        )
        shutil.rmtree(place.folder / "var" / "submissions", ignore_errors=True)
        serve = place.serve()

    with running(new, "worker", "--concurrency", "1"):
        workspaces.wait_until(lambda: send_state(place) in ENDED)
    serve.terminate()
    assert serve.wait() == 0, place.said()

    assert read_suspension(place) == ("", None)
    mailed = {mail.address for mail in sendgrid.mailbox}
    assert len(sendgrid.mailbox) == len(mailed) >= PEOPLE - SIZE
    unknown = {who["address"] for who in place.run("send", "who", "1", "--state", "unknown")}
    assert mailed_times().keys() - mailed <= unknown


def put_into_new_database(place: Workspace) -> None:
    """Restore as most people do: drop the database, make it again, and fill it from the backup."""
    with psycopg.connect(os.environ["NEWSLETTER_DATABASE_URL"], autocommit=True) as server:
        server.execute(f"DROP DATABASE {database_name(place)}")
        server.execute(
            f"CREATE DATABASE {database_name(place)} TEMPLATE {database_name(place)}_kept"
        )


def test_backup_goes_into_a_new_database(
    workspace: Make, sendgrid: Emulator, tmp_path: Path
) -> None:
    """That is a move, too: each command says which one comes next, until sending goes on."""
    with way_out("smtp", sendgrid, tmp_path) as way:
        place = workspace(**way.settings)
        part_way(place)
        back_up(place, tmp_path / "kept")
        finish_send(place)
        put_into_new_database(place)

        with running(place):
            assert read_suspension(place)[0] == "behind"
            said = run_refused(place, "send", "resolve", "1")
            assert "All sends stay held" in said
            assert "newsletter move" in said
            assert read_suspension(place)[0] == "moved"
            assert "newsletter move" in run_refused(place, "send", "resume", "1")
            place.run("move", "--confirm")
            workspaces.wait_until(lambda: read_suspension(place) == ("", None))
            workspaces.wait_until(lambda: send_state(place) == "unresolved")
        assert place.run("send", "resolve", "1", "--accepted")["unresolved"]
        assert way.mailed() == mailed_times()
