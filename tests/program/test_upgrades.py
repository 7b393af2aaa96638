"""A database of any release is brought up to date by the next command, and nothing is lost."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from django.apps import apps

from tests.conftest import ON_POSTGRES
from tests.program.older_releases import make_workspace
from tests.program.process_pool import Program
from tests.program.workspaces import Workspace
from tests.releases.release import OUR_APPS, Release, list_releases

pytestmark = pytest.mark.database


@pytest.mark.timeout(1200)  # to migrate is ten seconds of work, and this machine may have other
@pytest.mark.parametrize("release", list_releases(), ids=lambda release: release.version)
def test_a_release_upgrades_to_this_one(
    release: Release, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Its rows are all there, its issues render, its sends and logs read, no key is broken."""
    place = make_workspace(release, tmp_path, tmp_path_factory)

    sends = {send["id"]: send["state"] for send in place.run("send", "list")}

    assert set(place.ask("SELECT app, name FROM django_migrations")) >= shipped_migrations()
    assert {name: count_rows(place, name) for name in our_tables(release)} == our_tables(release)
    assert_sound(place)
    assert_backed_up(place)
    assert sends == {1: "sent", 2: "sent", 3: "cancelled", 4: "sending", 5: "queued"}
    assert_readable(place)


@pytest.mark.timeout(1200)
def test_programs_that_start_together_take_turns(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Of several commands that meet an older database one upgrades it; the others wait for it."""
    place = make_workspace(list_releases()[0], tmp_path, tmp_path_factory)

    started = [
        Program(
            ("send", "list"),
            folder=place.folder,
            environment=place.environment,
            said=tmp_path / f"said-{number}",
            has_stem=place.has_stem,
        )
        for number in range(3)
    ]
    ended = [program.wait(600) for program in started]

    assert ended == [0, 0, 0], (tmp_path / "said-0").read_text()
    assert len(place.run("backup", "list")) == 1
    assert_sound(place)


@pytest.mark.timeout(1200)
def test_a_backup_of_an_older_release(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Restored, it is brought up to date at once; it is not backed up again for that."""
    place = make_workspace(list_releases()[0], tmp_path, tmp_path_factory)
    made = place.run("backup")

    place.run("restore", made["file"], "--yes")

    assert set(place.ask("SELECT app, name FROM django_migrations")) >= shipped_migrations()
    assert [kept["file"] for kept in place.run("backup", "list")] == [made["file"]]
    assert_sound(place)


def assert_backed_up(place: Workspace) -> None:
    """Before the tables changed, a backup was made; it is whole, and has the older tables."""
    [kept] = place.run("backup", "list")
    assert kept["reason"] == "upgrade"
    made = place.run("backup", "verify", kept["file"])
    assert made["rows"]["sending_send"] == 5
    assert made["rows"]["django_migrations"] < len(place.ask("SELECT 1 FROM django_migrations"))


def shipped_migrations() -> set[tuple[str, str]]:
    """Return all migrations of ours that there are now."""
    return {
        (app, file.stem)
        for app in OUR_APPS
        for file in Path(apps.get_app_config(app).path, "migrations").glob("[0-9]*.py")
    }


def our_tables(release: Release) -> dict[str, int]:
    """Return how many rows each table of ours had."""
    return {
        name: len(table.rows)
        for name, table in release.tables.items()
        if name.startswith(tuple(f"{app}_" for app in OUR_APPS))
    }


def count_rows(place: Workspace, table: str) -> int:
    """Return how many rows a table has now."""
    [(count,)] = place.ask(f"SELECT count(*) FROM {table}")
    return int(count)


def assert_sound(place: Workspace) -> None:
    """No row points at one that is not there, and every constraint is in force."""
    if ON_POSTGRES:
        assert place.ask("SELECT conname FROM pg_constraint WHERE NOT convalidated") == []
    else:
        assert place.ask("PRAGMA foreign_key_check") == []
        assert place.ask("PRAGMA integrity_check") == [("ok",)]


def assert_readable(place: Workspace) -> None:
    """What people look up is answered as it was."""
    states = Counter(person["state"] for person in place.run("send", "who", "1"))
    assert states == {"delivered": 7, "blocked": 1, "bounced": 1, "complained": 1, "excluded": 2}
    shown = place.run("send", "show", "3")
    assert [act.partition(" UTC: ")[2] for act in shown["acts"]] == [
        "cancelled by ines: 0 people may have it."
    ]
    place.run("issue", "render", "1.2", "--out", "out")
    [html] = (place.folder / "out").glob("*.html")
    assert "Night trains" in html.read_text(encoding="utf-8")
    slots = place.ask("SELECT state FROM scheduling_slot ORDER BY date")
    assert [state for (state,) in slots] == ["filled", "filled", "skipped"]
    person = place.run("subscriber", "export", "aiko@tideline.example")
    assert {row["state"] for row in person["subscribers.subscription"]} == {"active"}
    assert len(person["sending.delivery"]) == 3
