"""A database that was put back, copied or moved: nobody is mailed twice, and what is known is said.

Real programs, on each database, by each way out.  What they submitted after the backup is in the
submission log beside the database; where that was put back, too, the provider has it.
"""

from __future__ import annotations

import contextlib
import mailbox
import shutil
import signal
import sqlite3
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from newsletter.standin.server import StandIn
from tests.conftest import ON_POSTGRES, copy_on_server
from tests.mailserver import MailServer
from tests.program import workspaces
from tests.program.conftest import PEOPLE
from tests.program.hatchery import Program
from tests.program.workspaces import Workspace

SIZE = 10
EVERYBODY = {f"reader{number}@tideline.example" for number in range(PEOPLE)}
#: A process stops, whole, before it writes down the answer to its third batch.
MIDDLE = "newsletter.sending.records:accepted:before"
#: What a program says once it works, whether it serves or only sends.
READY = ("Fortnight serves", "batches as they come")

Make = Callable[..., Workspace]


@contextlib.contextmanager
def running(place: Workspace, *words: str) -> Iterator[Program]:
    """Have `newsletter serve` run, or another program, and end well."""
    said = times_ready(place)
    process = place.start(*(words or ("serve",)))
    try:
        workspaces.until(lambda: times_ready(place) > said)
        yield process
    finally:
        process.terminate()
        assert process.wait(60) == 0, place.said()


def times_ready(place: Workspace) -> int:
    """Return how often a program said that it works."""
    log = place.folder / "program.log"
    return sum(place.said().count(words) for words in READY) if log.exists() else 0


def killed(process: Program) -> None:
    """Kill a program."""
    process.kill()
    process.wait(30)


def url(place: Workspace) -> str:
    """Return the address of the database."""
    return place.environment["NEWSLETTER_DATABASE_URL"]


def name(place: Workspace) -> str:
    """Return the name of a database on the server."""
    return urlsplit(url(place)).path.removeprefix("/")


def back_up(place: Workspace, to: Path) -> None:
    """Keep the database as it is; nobody is connected."""
    if ON_POSTGRES:
        copy_on_server(name(place), f"{name(place)}_kept")
    else:
        with (
            contextlib.closing(sqlite3.connect(url(place).removeprefix("sqlite:///"))) as source,
            contextlib.closing(sqlite3.connect(to)) as sink,
        ):
            source.backup(sink)


def put_back(place: Workspace, kept: Path) -> None:
    """Have the database be as it was kept, under the same address."""
    if not ON_POSTGRES:
        path = Path(url(place).removeprefix("sqlite:///"))
        for suffix in ("", "-wal", "-shm"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)
        shutil.copy(kept, path)
        return
    # Into the same database, as pg_restore --clean does: its number stays.
    with (
        psycopg.connect(url(place), autocommit=True) as here,
        psycopg.connect(url(place).replace(name(place), f"{name(place)}_kept")) as there,
    ):
        tables = there.execute(
            "SELECT quote_ident(table_name) FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        ).fetchall()
        here.execute("SET session_replication_role = replica")
        here.execute(f"TRUNCATE {', '.join(table for (table,) in tables)}")
        for (table,) in tables:
            with (
                there.cursor().copy(f"COPY {table} TO STDOUT") as source,
                here.cursor().copy(f"COPY {table} FROM STDIN") as sink,
            ):
                for data in source:
                    sink.write(data)


def part_way(place: Workspace, point: str = MIDDLE, number: int = 2) -> None:
    """Send until a process dies at a point, and have what it held be found."""
    place.run("issue", "queue", "1.1", "--at", "now")
    dying = place.serve_and_die(point, number)
    assert dying.wait(60) == -signal.SIGKILL, place.said()


def finish(place: Workspace) -> None:
    """Send what is left, to the end."""
    with running(place):
        workspaces.until(lambda: place.states() <= {"sent", "unsettled"})


def identity(place: Workspace) -> tuple[Any, ...]:
    """Return why nothing is sent, and whether that is so."""
    [row] = place.ask("SELECT suspended_for, suspended_at FROM sending_databaseidentity")
    return row


def refused(place: Workspace, *words: str) -> str:
    """Run a command that a person must follow up; return what it says."""
    done = subprocess.run(
        place.command(*words),
        cwd=place.folder,
        env=place.environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def mailed(sendgrid: StandIn) -> Counter[str]:
    """Return how many mails everybody has."""
    return Counter(mail.address for mail in sendgrid.mailbox)


def files(place: Workspace) -> Counter[str]:
    """Return how many files everybody has in the Maildir."""
    folder = place.folder / "var" / "outbox"
    return Counter(str(mail["To"]) for mail in mailbox.Maildir(folder, create=False))


def test_database_of_mid_send_is_put_back(
    workspace: Make, sendgrid: StandIn, tmp_path: Path
) -> None:
    """Everything is held and said; settle brings it back, and everybody has the mail once."""
    place = workspace(sending_batch_size=str(SIZE), sending_lease_seconds="1")
    part_way(place)
    back_up(place, kept := tmp_path / "kept.sqlite3")
    finish(place)
    assert len(sendgrid.mailbox) == PEOPLE
    put_back(place, kept)

    with running(place):
        workspaces.until(lambda: place.states() == {"held"})
        assert identity(place)[0] == "behind"
        shown = place.run("send", "show", "1")
        told = refused(place, "send", "others", "1")
    assert shown["suspended"]["missing"][0]["attempts"] == 4
    assert shown["suspended"]["missing"][0]["people"] == 4 * SIZE
    assert shown["deliveries"].get("planned", 0) == 0, "nobody is known not to have it"
    assert "4 attempts are not in it, for 40 people" in place.said()
    assert "newsletter send settle" in told

    settled = place.run("send", "settle", "1")
    assert settled["restoration"]["restored"] == 4
    assert settled["restoration"]["resumed"]
    assert place.states() == {"sent"}, "the provider's log has all of it"
    finish(place)
    assert mailed(sendgrid) == dict.fromkeys(EVERYBODY, 1)


def test_database_from_before_the_send_is_put_back(workspace: Make, tmp_path: Path) -> None:
    """The issue, queued again, does not begin; then who was mailed is left out of it."""
    place = workspace(
        sending_transport="outbox", sending_batch_size=str(SIZE), sending_lease_seconds="1"
    )
    back_up(place, kept := tmp_path / "kept.sqlite3")
    part_way(place)
    reached = files(place)
    assert 0 < len(reached) < PEOPLE
    put_back(place, kept)

    place.run("issue", "queue", "1.1", "--at", "now")
    with running(place):
        workspaces.until(lambda: identity(place)[0] == "behind")
        assert place.states() == {"queued"}, "it must not begin again"
        settled = place.run("send", "settle")
        assert settled["restoration"]["restored"] == 2
        assert settled["suspended"] is None
        workspaces.until(lambda: place.states() == {"sent"})
        [sent] = place.run("send", "list")
        shown = place.run("send", "show", str(sent["id"]))

    assert shown["excluded"] == {"unknown": len(reached)}
    assert files(place) == dict.fromkeys(EVERYBODY, 1)


def test_documented_recipe_of_old_mails_nobody_twice(
    workspace: Make, sendgrid: StandIn, tmp_path: Path
) -> None:
    """Cancelled, then sent to the others: nobody counts as known not to have it."""
    place = workspace(sending_batch_size=str(SIZE), sending_lease_seconds="1")
    part_way(place)
    back_up(place, kept := tmp_path / "kept.sqlite3")
    finish(place)
    put_back(place, kept)

    place.run("send", "cancel", "1")
    told = refused(place, "send", "others", "1")
    assert "older than what was submitted" in told
    place.run("send", "settle", "1")
    told = refused(place, "send", "others", "1")
    assert "nobody is left" in told

    assert mailed(sendgrid) == dict.fromkeys(EVERYBODY, 1)


def keep_all(place: Workspace, to: Path) -> None:
    """Keep the workspace and its database, as a backup of the machine does."""
    shutil.copytree(place.folder, to)
    back_up(place, to / "kept.sqlite3")


def put_all_back(place: Workspace, kept: Path) -> None:
    """Have the machine be as it was kept."""
    shutil.rmtree(place.folder)
    shutil.copytree(kept, place.folder)
    put_back(place, kept / "kept.sqlite3")


def test_whole_folder_is_put_back(workspace: Make, sendgrid: StandIn, tmp_path: Path) -> None:
    """The submission log went back, too, so the provider's log is asked: it has what is missing."""
    place = workspace(sending_batch_size=str(SIZE), sending_lease_seconds="1")
    part_way(place)
    keep_all(place, kept := tmp_path / "kept")
    finish(place)
    put_all_back(place, kept)

    with running(place):
        assert identity(place)[0] == "behind"
        assert place.states() == {"held"}
        settled = place.run("send", "settle", "1")
        assert settled["restoration"]["asked"]

    assert mailed(sendgrid) == dict.fromkeys(EVERYBODY, 1)


def test_whole_folder_is_put_back_with_a_mail_server(workspace: Make, tmp_path: Path) -> None:
    """Nothing can be asked: the send is held, nobody counts as not mailed, a person decides."""
    server = MailServer()
    server.start()
    place = workspace(
        sending_transport="smtp",
        smtp_host="127.0.0.1",
        smtp_port=str(server.port),
        smtp_security="none",
        sending_batch_size=str(SIZE),
        sending_lease_seconds="1",
    )
    try:
        part_way(place)
        keep_all(place, kept := tmp_path / "kept")
        finish(place)
        put_all_back(place, kept)

        with running(place):
            assert identity(place)[0] == "unconfirmed"
            assert place.states() == {"held"}
            refused(place, "send", "settle", "1")
            workspaces.until(lambda: place.states() == {"unsettled"})
            refused(place, "send", "others", "1")
    finally:
        server.stop()

    unknown = {who["address"] for who in place.run("send", "who", "1", "--state", "unknown")}
    found = Counter(mail.address for mail in server.mailbox)
    assert set(found.values()) == {1}
    assert len(unknown) == PEOPLE - SIZE


def test_copy_beside_the_original_sends_nothing(
    workspace: Make, sendgrid: StandIn, tmp_path: Path
) -> None:
    """A copy holds everything, the original goes on; a move on purpose is said by a command."""
    place = workspace(sending_batch_size=str(SIZE), sending_lease_seconds="1")
    part_way(place)
    copied = tmp_path / "copied"
    shutil.copytree(place.folder, copied)
    if ON_POSTGRES:
        copy_on_server(name(place), f"{name(place)}_copy")
        address = url(place).replace(name(place), f"{name(place)}_copy")
    else:
        back_up(place, tmp_path / "copy.sqlite3")
        address = f"sqlite:///{tmp_path / 'copy.sqlite3'}"
    other = Workspace(copied, place.environment | {"NEWSLETTER_DATABASE_URL": address})

    with running(other):
        assert identity(other)[0] == "moved"
        assert other.states() == {"held"}
        finish(place)
        assert mailed(sendgrid) == dict.fromkeys(EVERYBODY, 1)

    assert other.run("move") == {"moved": True}
    with running(other):
        assert identity(other)[0] == "behind", "the provider's log tells what the original sent"
    assert mailed(sendgrid) == dict.fromkeys(EVERYBODY, 1)


def test_plain_crash_goes_on_by_itself(workspace: Make, sendgrid: StandIn, tmp_path: Path) -> None:
    """Also after hours, and without anybody to ask: the submission log agrees with the ledger."""
    place = workspace(sending_batch_size=str(SIZE), sending_lease_seconds="1")
    part_way(place)
    place.change("UPDATE sending_databaseidentity SET heartbeat_at = '2026-01-01 00:00:00+00:00'")

    finish(place)

    assert identity(place) == ("", None)
    assert mailed(sendgrid) == dict.fromkeys(EVERYBODY, 1)
