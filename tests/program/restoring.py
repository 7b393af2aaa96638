"""Real programs whose database is put back, copied or moved; and what everybody has by then."""

from __future__ import annotations

import contextlib
import mailbox
import shutil
import signal
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from sendgrid_emulator import Emulator
from tests.conftest import ON_POSTGRES, copy_on_server
from tests.mailserver import MailServer
from tests.program import workspaces
from tests.program.conftest import PEOPLE
from tests.program.process_pool import Program
from tests.program.workspaces import Workspace

Make = Callable[..., Workspace]

SIZE = 10
EVERYBODY = {f"reader{number}@tideline.example" for number in range(PEOPLE)}
#: A process stops, whole, before it writes down the answer to its third batch.
MIDDLE = "newsletter.sending.delivery.results:apply_decision:before"
#: What a program says once it works, whether it serves or only sends.
READY = ("Fortnight serves", "batches as they come")
#: Where a send stands of which nothing is left to do by itself.
ENDED = ("sent", "unresolved")


@dataclass(frozen=True)
class WayOut:
    """A transport, the settings that choose it, and what everybody got through it.

    `keeps` says whether it can be asked afterwards what left.
    """

    settings: dict[str, str]
    mailed: Callable[[], Counter[str]]
    keeps: bool = True


@contextlib.contextmanager
def way_out(transport: str, sendgrid: Emulator, folder: Path) -> Iterator[WayOut]:
    """Set a transport up; what leaves lies outside of every workspace."""
    settings = {
        "sending_transport": transport,
        "sending_batch_size": str(SIZE),
        # Short, for what died is waited for; a busy machine must submit a batch in that time.
        "sending_lease_seconds": "3",
    }
    if transport == "sendgrid":
        yield WayOut(settings, lambda: Counter(mail.address for mail in sendgrid.mailbox))
    elif transport == "maildir":
        path = folder / "maildir"
        yield WayOut(settings | {"maildir_folder": str(path)}, lambda: files(path))
    else:
        server = MailServer()
        server.start()
        settings |= {"smtp_host": "127.0.0.1", "smtp_port": str(server.port)}
        settings |= {"smtp_security": "none"}
        arrived = server.mailbox
        try:
            yield WayOut(settings, lambda: Counter(m.address for m in arrived), keeps=False)
        finally:
            server.stop()


def files(folder: Path) -> Counter[str]:
    """Return how many files everybody has in a Maildir."""
    return Counter(str(mail["To"]) for mail in mailbox.Maildir(folder, create=False))


@contextlib.contextmanager
def running(place: Workspace, *words: str) -> Iterator[Program]:
    """Have `newsletter serve` run, or another program, and end well."""
    said = times_ready(place)
    process = place.start(*(words or ("serve",)))
    try:
        workspaces.wait_until(lambda: times_ready(place) > said)
        yield process
    finally:
        process.terminate()
        assert process.wait() == 0, place.said()


def times_ready(place: Workspace) -> int:
    """Return how often a program said that it works."""
    log = place.folder / "program.log"
    return sum(place.said().count(words) for words in READY) if log.exists() else 0


def kill_program(process: Program) -> None:
    """Kill a program."""
    process.kill()
    process.wait()


def database_url(place: Workspace) -> str:
    """Return the address of the database."""
    return place.environment["NEWSLETTER_DATABASE_URL"]


def database_name(place: Workspace) -> str:
    """Return the name of a database on the server."""
    return urlsplit(database_url(place)).path.removeprefix("/")


def back_up(place: Workspace, to: Path) -> None:
    """Keep the database as it is; nobody is connected."""
    if ON_POSTGRES:
        copy_on_server(database_name(place), f"{database_name(place)}_kept")
    else:
        with (
            contextlib.closing(
                sqlite3.connect(database_url(place).removeprefix("sqlite:///"))
            ) as source,
            contextlib.closing(sqlite3.connect(to)) as sink,
        ):
            source.backup(sink)


def put_back(place: Workspace, kept: Path) -> None:
    """Have the database be as it was kept, under the same address."""
    if not ON_POSTGRES:
        path = Path(database_url(place).removeprefix("sqlite:///"))
        for suffix in ("", "-wal", "-shm"):
            Path(f"{path}{suffix}").unlink(missing_ok=True)
        shutil.copy(kept, path)
        return
    put_back_in_place(place, kept)


def put_back_in_place(place: Workspace, kept: Path) -> None:
    """Have the database be as it was kept, in the same file or under the same number.

    Programs may be running: that is what `.restore` of SQLite's shell and `pg_restore --clean` do.
    """
    if not ON_POSTGRES:
        with (
            contextlib.closing(sqlite3.connect(kept)) as source,
            contextlib.closing(
                sqlite3.connect(database_url(place).removeprefix("sqlite:///"), timeout=60)
            ) as sink,
        ):
            source.backup(sink)
        return
    with (
        psycopg.connect(database_url(place)) as here,
        psycopg.connect(
            database_url(place).replace(database_name(place), f"{database_name(place)}_kept")
        ) as there,
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


def part_way(
    place: Workspace, point: str = MIDDLE, number: int = 2, *, queued: bool = False
) -> None:
    """Send until a process dies at a point; `queued` where the issue is queued already."""
    if not queued:
        place.run("issue", "queue", "1.1", "--at", "now")
    process = place.serve_and_die(point, number)
    assert process.wait() == -signal.SIGKILL, place.said()


def finish_send(place: Workspace) -> None:
    """Send what is left of the first send, to the end."""
    with running(place):
        workspaces.wait_until(lambda: send_state(place) in ENDED)


def send_state(place: Workspace, number: int = 1) -> str:
    """Return where the first send stands, or the one of another place; empty where there is none.

    PostgreSQL numbers on after a restore.
    """
    rows = place.ask(f"SELECT state FROM sending_send ORDER BY id LIMIT 1 OFFSET {number - 1}")
    return str(rows[0][0]) if rows else ""


def count_posted(place: Workspace) -> tuple[int, int]:
    """Return how many attempts may have left, and for how many people."""
    [(attempts, people)] = place.ask(
        "SELECT COUNT(*), SUM(size) FROM sending_attempt WHERE posted_at IS NOT NULL"
    )
    return attempts, people


def read_suspension(place: Workspace) -> tuple[Any, ...]:
    """Return why nothing is sent, and whether that is so."""
    [row] = place.ask("SELECT suspended_for, suspended_at FROM sending_databaseidentity")
    return row


def run_refused(place: Workspace, *words: str) -> str:
    """Run a command that a person must follow up; return what it says."""
    return run_command(place, *words, status=1)


def run_command(place: Workspace, *words: str, status: int = 0) -> str:
    """Run a command that ends with a status; return what it says to a person."""
    said = place.folder / "said.log"
    said.unlink(missing_ok=True)
    program = Program(
        words,
        folder=place.folder,
        environment=place.environment,
        said=said,
        has_stem=place.has_stem,
    )
    assert program.wait() == status, said.read_text()
    assert "Traceback" not in said.read_text()
    return said.read_text()


def keep_all(place: Workspace, to: Path) -> None:
    """Keep the workspace and its database, as a backup of the machine does."""
    shutil.copytree(place.folder, to)
    back_up(place, to / "kept.sqlite3")


def put_all_back(place: Workspace, kept: Path) -> None:
    """Have the machine be as it was kept."""
    shutil.rmtree(place.folder)
    shutil.copytree(kept, place.folder)
    put_back(place, kept / "kept.sqlite3")


def write_next_issue(place: Workspace) -> None:
    """Import a second issue."""
    text = workspaces.ISSUE.replace("number: 1", "number: 2").replace("Reed beds", "Salt marsh")
    (place.folder / "next.md").write_text(text)
    place.run("issue", "import", "next.md")


def mailed_times(times: int = 1) -> dict[str, int]:
    """Return what everybody has when each has N mails."""
    return dict.fromkeys(EVERYBODY, times)
