"""The power goes in the middle of a send: what a snapshot of the file holds is enough to go on.

A snapshot is what the kernel has of the file at one instant; behind the last commit there may be
half a write.  That commits reach the disk before anything is posted is SQLite's promise for
`synchronous=FULL`; see docs/explanation/faults.md.
"""

from __future__ import annotations

import random
import shutil
import signal
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from newsletter.conf.settings import sqlite
from sendgrid_emulator import Emulator
from tests.program import workspaces
from tests.program.conftest import PEOPLE
from tests.program.process_pool import Program
from tests.program.workspaces import Workspace

CUTS = 5
#: Where an attempt may stand of which the provider has the mail.
POSTED = {"in_flight", "accepted", "unknown"}


def database(place: Workspace) -> Path:
    """Return the file."""
    return Path(place.environment["NEWSLETTER_DATABASE_URL"].removeprefix("sqlite:///"))


def cut(place: Workspace, process: Program, to: Path, chance: random.Random) -> None:
    """Stop a process and copy what there is of the database, with half a write at its end."""
    process.send_signal(signal.SIGSTOP)
    for suffix in ("", "-wal"):
        shutil.copy(f"{database(place)}{suffix}", f"{to}{suffix}")
    with Path(f"{to}-wal").open("ab") as log:
        log.write(chance.randbytes(chance.randrange(1, 9000)))


def attempts(file: Path) -> dict[str, str]:
    """Return where each attempt stands, by its key, after SQLite has recovered the file."""
    with closing(sqlite3.connect(file)) as found:
        assert found.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return dict(found.execute("SELECT key, state FROM sending_attempt"))


def test_commits_wait_for_the_disk(tmp_path: Path) -> None:
    """A commit is forced to the disk before it counts: with less, a cut could forget a posting."""
    options = sqlite(tmp_path / "database.sqlite3")["OPTIONS"]

    with closing(sqlite3.connect(tmp_path / "database.sqlite3")) as opened:
        opened.executescript(options["init_command"])
        [journal] = opened.execute("PRAGMA journal_mode").fetchone()
        [synchronous] = opened.execute("PRAGMA synchronous").fetchone()

    assert (journal, synchronous) == ("wal", 2)


def test_power_is_cut(
    workspace: Callable[..., Workspace], sendgrid: Emulator, tmp_path: Path
) -> None:
    """At any instant the file knows of every mail that the provider has; nobody gets it twice."""
    chance = random.Random(5)
    place = workspace(sending_batch_size="1", sending_lease_seconds="1")
    sendgrid.faults.add("delay", seconds=0.02, times=None)
    place.run("issue", "queue", "1.1", "--at", "now")
    process = place.serve()
    for number in range(CUTS):
        reached = chance.randrange(number * 9 + 1, number * 9 + 9)
        workspaces.wait_until(lambda reached=reached: len(sendgrid.mailbox) >= reached)
        there = {mail.custom_args["nl_attempt"] for mail in sendgrid.mailbox}
        cut(place, process, snapshot := tmp_path / f"cut-{number}.sqlite3", chance)
        process.send_signal(signal.SIGCONT if number < CUTS - 1 else signal.SIGKILL)
        known = attempts(snapshot)
        assert {known.get(key) for key in there} <= POSTED, f"cut {number}"
    process.wait()

    for suffix in ("-wal", "-shm"):
        Path(f"{database(place)}{suffix}").unlink(missing_ok=True)
    shutil.copy(snapshot, database(place))
    second = place.serve()
    try:
        workspaces.wait_until(lambda: place.states() <= {"sent", "unresolved"})
    finally:
        second.terminate()
        assert second.wait() == 0, place.said()

    mailed = Counter(mail.address for mail in sendgrid.mailbox)
    unknown = {who["address"] for who in place.run("send", "who", "1", "--state", "unknown")}
    everybody = {f"reader{number}@tideline.example" for number in range(PEOPLE)}
    assert set(mailed.values()) == {1}, "somebody was mailed twice"
    assert everybody - set(mailed) <= unknown, "somebody was lost"
