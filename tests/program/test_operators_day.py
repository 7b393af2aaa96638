"""A day of an operator, with the installed program alone: from an empty folder to a fleet."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import subprocess
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sendgrid_emulator import Emulator
from tests.cluster import cluster, find_programs
from tests.program import older_releases, workspaces
from tests.program.installed import run, strangers_environment
from tests.program.workspaces import ISSUE, wait_until
from tests.releases.release import list_releases

PEOPLE = 40
IMPORT = ("list", "import", "people.csv", "--basis", "consent")
TOKEN = "read-the-metrics"
EVERYBODY = [f"reader{number}@tideline.example" for number in range(PEOPLE)]


@dataclass
class Desk:
    """What an operator sits at: the command, in a workspace with some settings."""

    newsletter: Path
    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What a shell there has."""
        return strangers_environment(**self.settings)

    def tell(self, *words: str, status: int = 0) -> Any:
        """Run a command to its end; return its JSON."""
        command = [self.newsletter, *words, "--json"]
        said = run(*command, where=self.folder, environment=self.environment, status=status)
        return json.loads(said)

    @contextlib.contextmanager
    def running(self, *words: str, **more: str) -> Iterator[Path]:
        """Have a program run that stays, with more settings, and end well; yield its log."""
        log = self.folder / f"{words[0]}-{len(list(self.folder.glob('*.log')))}.log"
        with log.open("w") as said:
            process = subprocess.Popen(
                [self.newsletter, *words],
                cwd=self.folder,
                env=self.environment | strangers_environment(**self.settings | more),
                stdout=said,
                stderr=said,
            )
        try:
            yield log
        finally:
            process.terminate()
            assert process.wait(workspaces.ANSWER_SECONDS) == 0, log.read_text()


def site_of(log: Path) -> str:
    """Return where a program says that it serves, once it does."""
    words = wait_until(lambda: log.read_text().partition("Fortnight serves ")[2].split())
    return str(words[0])


def get(url: str) -> str:
    """Return a page of our own service, as Prometheus asks for it."""
    asked = urllib.request.Request(url, headers={"Authorization": f"Bearer {TOKEN}"})
    with urllib.request.urlopen(asked, timeout=60) as answer:
        return str(answer.read().decode())


def metric(site: str, name: str) -> float:
    """Return the value of a metric, with its labels."""
    lines = get(f"{site}/metrics").splitlines()
    [value] = [line.removeprefix(f"{name} ") for line in lines if line.startswith(f"{name} ")]
    return float(value)


def times_mailed(sendgrid: Emulator) -> Counter[str]:
    """Return how many mails everybody has."""
    return Counter(mail.address for mail in sendgrid.mailbox)


@pytest.mark.once
@pytest.mark.timeout(900)
def test_an_operators_day(
    installed: Path,
    sendgrid: Emulator,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """Set up, check, import, send, back up, upgrade, restore, move, and send with two workers.

    Nobody is mailed twice, and nothing that was entered is lost on the way.
    """
    desk = set_up(installed / "newsletter", sendgrid, tmp_path)
    bring_in(desk)
    kept = send_and_back_up(desk, sendgrid)
    upgrade_an_older_one(desk, tmp_path, tmp_path_factory)
    restore(desk, kept)
    with cluster(find_programs()) as server:
        move(desk, server)
        send_with_two_workers(desk, sendgrid)
    assert times_mailed(sendgrid) == dict.fromkeys(EVERYBODY, 2)


def set_up(newsletter: Path, sendgrid: Emulator, folder: Path) -> Desk:
    """Lay a workspace out, and have the system check find nothing wrong with it."""
    settings = {
        "sendgrid_base_url": sendgrid.url,
        "sending_undo_seconds": "0",
        "sending_batch_size": "5",
        "web_port": "0",
        "metrics_token": TOKEN,
    }
    sender = ("--sender", "Tideline", "--sender-address", "news@tideline.example")
    postal = ("--postal-address", "Tideline, 7 Quay Street, Harbour Town")
    Desk(newsletter, folder).tell("init", "paper", "--name", "Tideline Digest", *sender, *postal)
    desk = Desk(newsletter, folder / "paper", settings)
    checks = {check["name"]: check["status"] for check in desk.tell("doctor")["checks"]}
    assert {checks["database"], checks["database-integrity"], checks["signing-key"]} == {"right"}
    assert "wrong" not in checks.values()
    return desk


def bring_in(desk: Desk) -> None:
    """Import people and two issues."""
    (desk.folder / "people.csv").write_text("email\n" + "\n".join(EVERYBODY))
    assert desk.tell(*IMPORT)["added"] == PEOPLE
    for number in (1, 2):
        file = desk.folder / f"issue{number}.md"
        file.write_text(ISSUE.replace("number: 1", f"number: {number}"))
        desk.tell("issue", "import", file.name)


def send_and_back_up(desk: Desk, sendgrid: Emulator) -> str:
    """Send the first issue; look at health and metrics, and make a backup, while all runs."""
    desk.tell("issue", "queue", "1.1", "--at", "now")
    with desk.running("serve") as log:
        site = site_of(log)
        assert json.loads(get(f"{site}/health/live")) == {"status": "ok"}
        assert json.loads(get(f"{site}/health/ready"))["database"] == "ok"
        wait_until(lambda: metric(site, 'fortnight_sends{state="sent"}') == 1)
        made = desk.tell("backup", "--out", str(desk.folder.parent / "kept.tar.gz"))
    assert times_mailed(sendgrid) == dict.fromkeys(EVERYBODY, 1)
    assert made["rows"]["sending_delivery"] == PEOPLE
    return str(made["file"])


def upgrade_an_older_one(desk: Desk, folder: Path, factory: pytest.TempPathFactory) -> None:
    """The newsletter of an older release is upgraded by the next command, after a backup."""
    older = older_releases.make_workspace(list_releases()[0], folder, factory)
    url = older.environment["NEWSLETTER_DATABASE_URL"]
    there = Desk(desk.newsletter, older.folder, {"database_url": url})
    states = {send["id"]: send["state"] for send in there.tell("send", "list")}
    assert states == {1: "sent", 2: "sent", 3: "cancelled", 4: "sending", 5: "queued"}
    assert len(list((older.folder / "var" / "backups").glob("*upgrade*"))) == 1


def restore(desk: Desk, kept: str) -> None:
    """The disk has lost everybody: the backup brings all of it back, and holds nothing."""
    file = desk.folder / "var" / "newsletter.sqlite3"
    with contextlib.closing(sqlite3.connect(file)) as lost, lost:
        lost.execute("DELETE FROM subscribers_subscription")
    restored = desk.tell("restore", kept, "--yes")
    assert not restored["suspended"]


def move(desk: Desk, server: str) -> None:
    """Every row goes to PostgreSQL; the settings name it from now on."""
    moved = desk.tell("move", "--to", server)
    assert moved["rows"]["subscribers_subscription"] == PEOPLE
    assert moved["rows"]["sending_delivery"] == PEOPLE
    desk.settings |= {"database_url": server, "sending_engine": "procrastinate"}


def send_with_two_workers(desk: Desk, sendgrid: Emulator) -> None:
    """The second issue leaves by two workers, while one more program has web and clock."""
    desk.tell("issue", "queue", "1.2", "--at", "now")
    sendgrid.faults.add("delay", seconds=0.2, times=None)
    with (
        desk.running("worker", "--concurrency", "1"),
        desk.running("worker", "--concurrency", "1"),
        desk.running("serve", sending_concurrency="0") as log,
    ):
        site = site_of(log)
        wait_until(lambda: metric(site, "fortnight_workers_alive") == 2)
        wait_until(lambda: metric(site, 'fortnight_sends{state="sent"}') == 2)
        assert metric(site, "fortnight_people_unknown") == 0
        assert json.loads(get(f"{site}/health/ready"))["status"] == "ok"
