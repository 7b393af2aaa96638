"""Real programs are backed up in the middle of a send, and restored: nobody is mailed twice."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from sendgrid_emulator import Emulator
from tests.conftest import ON_POSTGRES, own_copy
from tests.program import workspaces
from tests.program.conftest import PEOPLE
from tests.program.process_pool import Program
from tests.program.restoring import (
    Make,
    finish_send,
    mailed_times,
    part_way,
    read_suspension,
    run_command,
    run_refused,
    running,
    send_state,
    way_out,
)
from tests.program.workspaces import Workspace

#: Several programs start one after the other, on a machine that may do other work.
pytestmark = pytest.mark.timeout(600)


def people(place: Workspace) -> int:
    """Return how many people the database has."""
    [(number,)] = place.ask("SELECT count(*) FROM subscribers_subscriber")
    return int(number)


def test_a_restore_in_the_middle_of_a_send(
    workspace: Make, sendgrid: Emulator, tmp_path: Path
) -> None:
    """A backup of a send in progress is restored when it has ended: it is held, and resolved."""
    with way_out("sendgrid", sendgrid, tmp_path) as way:
        place = workspace(**way.settings)
        part_way(place)
        made = place.run("backup", "--out", str(tmp_path / "kept.tar.gz"))
        assert made["rows"]["subscribers_subscriber"] == PEOPLE
        finish_send(place)
        assert way.mailed() == mailed_times()
        place.run("subscriber", "unsubscribe", "reader1@tideline.example")

        restored = place.run("restore", made["file"], "--yes")

        assert restored["suspended"]["reason"] == "behind"
        assert restored["aside"]
        assert send_state(place) == "held"
        with running(place):
            assert send_state(place) == "held"
            place.run("send", "resolve", "1")
            workspaces.wait_until(lambda: send_state(place) == "sent")
    assert read_suspension(place) == ("", None)
    assert way.mailed() == mailed_times()


def test_a_restore_on_another_machine(workspace: Make, sendgrid: Emulator, tmp_path: Path) -> None:
    """In a new folder with nothing else, it counts as a copy until somebody says that it is not."""
    place = workspace()
    made = place.run("backup", "--out", str(tmp_path))
    place.run("issue", "queue", "1.1", "--at", "now")
    finish_send(place)
    elsewhere = tmp_path / "elsewhere"
    other = dataclasses.replace(
        place,
        environment=place.environment
        | {
            "NEWSLETTER_DATABASE_URL": own_copy("template1")
            if ON_POSTGRES
            else f"sqlite:///{elsewhere / 'var' / 'newsletter.sqlite3'}",
            "NEWSLETTER_CONFIG": str(elsewhere / "config.toml"),
        },
    )

    said = run_command(other, "restore", made["file"], str(elsewhere))

    assert "This database was moved or copied" in said
    assert "Next: enter who left since then" in said
    assert people(other) == PEOPLE
    assert read_suspension(other)[0] == "moved"


def test_a_program_that_runs_keeps_its_database(workspace: Make, tmp_path: Path) -> None:
    """Under `newsletter serve` a backup is made, and none is restored."""
    place = workspace()
    with running(place):
        made = place.run("backup", "--out", str(tmp_path))
        said = run_refused(place, "restore", made["file"], "--yes")
    assert "a program has the database open" in said or "programs are connected" in said
    assert "Stop newsletter serve" in said
    assert people(place) == PEOPLE


def test_an_older_program_refuses_a_newer_database(workspace: Make, tmp_path: Path) -> None:
    """A later release has added a migration: no command works with it, and the check says so."""
    place = workspace()
    made = place.run("backup", "--out", str(tmp_path))
    place.change(
        "INSERT INTO django_migrations (app, name, applied)"
        " VALUES ('sending', '0999_later', CURRENT_TIMESTAMP)"
    )

    said = run_refused(place, "send", "list")
    assert "a newer release has changed this database (sending.0999_later)" in said
    assert "[newer-database]" in said
    assert "restore the backup from before it" in said
    assert {check["name"]: check["status"] for check in checks(place)}["database-tables"] == "wrong"

    place.run("restore", made["file"], "--yes")
    assert place.run("send", "list") == []


def test_no_upgrade_without_a_backup(workspace: Make) -> None:
    """A step of a migration is missing, and no backup can be made: nothing is changed."""
    place = workspace(backup_folder="issue.md/backups")
    place.change("DELETE FROM django_migrations WHERE app = 'throttling'")

    said = run_refused(place, "send", "list")

    assert "the database is not upgraded without a backup" in said
    assert "NEWSLETTER_BACKUP_BEFORE_UPGRADE=false" in said
    assert place.ask("SELECT 1 FROM django_migrations WHERE app = 'throttling'") == []


def test_what_the_commands_say(workspace: Make, tmp_path: Path) -> None:
    """People read what was made and where; a backup that is none is refused in words."""
    place = workspace()
    said = run_command(place, "backup")
    [kept] = place.run("backup", "list")
    assert f"{kept['file']}: " in said
    assert f"{PEOPLE} people. Only you can read it." in said
    assert "is whole" in run_command(place, "backup", "verify", kept["file"])
    assert kept["reason"] == "by-hand"
    doctor = {check["name"]: check for check in checks(place)}
    assert doctor["backup"]["status"] == "right"
    assert "no backup of Fortnight" in run_refused(place, "restore", "issue.md", "--yes")
    assert "no restore was interrupted" in run_refused(place, "restore", "--finish")


def checks(place: Workspace) -> list[dict[str, str]]:
    """Return what the system check says, whether all is right or not."""
    said = place.folder / "checked.log"
    Program(
        ["doctor", "--json"], folder=place.folder, environment=place.environment, said=said
    ).wait()
    found: list[dict[str, str]] = json.loads(said.read_text())["checks"]
    return found
