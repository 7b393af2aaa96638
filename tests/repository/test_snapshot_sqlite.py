"""A new SQLite database comes from a snapshot, and is what the migrations make."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from pytest_django import DjangoDbBlocker

from newsletter import snapshot
from tests import databases
from tests.environment import ROOT
from tests.program import workspaces

#: What the values look like that each database has of its own.
OWN_PATTERNS = {
    "now": re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}"),
    "key": re.compile(r"[0-9a-f]{32}"),
    "uuid": re.compile(r"[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}"),
}
FIX = "run: make snapshot"

#: A program that migrates.  Like all tests it does not wait for the disk.
MIGRATE = """
from newsletter.runtime.startup import set_up_django

set_up_django()

from django.conf import settings
from django.core.management import call_command

settings.DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
call_command("migrate", verbosity=0, interactive=False)
"""


@pytest.fixture(autouse=True)
def unblocked(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Files of one's own may be opened, without the database of the other tests."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def loaded(tmp_path: Path) -> Path:
    """A file made from the snapshot."""
    file = tmp_path / "loaded.sqlite3"
    with databases.connected(file) as new:
        assert snapshot.load_snapshot(new), FIX
    return file


@pytest.mark.timeout(1200)  # to migrate is eight seconds of work, and this machine may have other
def test_it_is_what_migrating_from_nothing_makes(loaded: Path, tmp_path: Path) -> None:
    """Tables, indexes, triggers, rows and counters are the same, but for each one's own values."""
    migrated = tmp_path / "migrated.sqlite3"
    migrate(migrated)

    assert objects(loaded) == objects(migrated), FIX
    for table in tables(migrated):
        assert rows(loaded, table) == rows(migrated, table), f"{table}: {FIX}"


def test_it_has_no_time_and_no_random_value() -> None:
    """What each database has of its own is not in the file: it holds no key of anybody's."""
    text = snapshot.SNAPSHOTS["sqlite"].read_text()

    assert not re.search(r"\d{4}-\d\d-\d\d \d\d:|'[0-9a-f]{32,}'", text)


def test_each_database_has_values_of_its_own(loaded: Path, tmp_path: Path) -> None:
    """Two databases share no key and no id that is to be one of a kind."""
    other = tmp_path / "other.sqlite3"
    with databases.connected(other) as new:
        snapshot.load_snapshot(new)

    values = [*unique_values(loaded), *unique_values(other)]
    assert len(values) == len(set(values)) == 6


def test_a_database_with_tables_is_left_alone(tmp_path: Path) -> None:
    """Whatever is in the file stays, and nothing is added."""
    file = tmp_path / "theirs.sqlite3"
    with closing(sqlite3.connect(file)) as theirs:
        theirs.execute("CREATE TABLE theirs (id)")

    with databases.connected(file) as found:
        assert not snapshot.load_snapshot(found)

    assert {name for _, name, _, _ in objects(file)} == {"theirs"}


@pytest.mark.parametrize("change", ["another", "edited"])
def test_other_migrations_make_another_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    """With a migration that it was not made from, the snapshot is not used."""
    app = apps.get_app_config("tracking")
    folder = tmp_path / "app" / "migrations"
    shutil.copytree(Path(app.path, "migrations"), folder)
    first = folder / "0001_initial.py"
    (folder / f"000{2 if change == 'another' else 1}_initial.py").write_text(
        first.read_text() + "# changed"
    )
    monkeypatch.setattr(app, "path", str(folder.parent))

    with databases.connected(tmp_path / "new.sqlite3") as new:
        assert not snapshot.load_snapshot(new)


def migrate(file: Path) -> None:
    """Make a database by migrating from nothing."""
    environment = workspaces.environment(database_url=f"sqlite:///{file}")
    subprocess.run([sys.executable, "-c", MIGRATE], cwd=ROOT, env=environment, check=True)


def objects(file: Path) -> set[tuple[str, str, str, str]]:
    """Return everything that was made in a file, with the statement that made it."""
    with closing(sqlite3.connect(file)) as database:
        return set(database.execute("SELECT type, name, tbl_name, sql FROM sqlite_master"))


def tables(file: Path) -> list[str]:
    """Return the tables of a file, with those of SQLite itself."""
    return sorted(name for kind, name, _, _ in objects(file) if kind == "table")


def rows(file: Path, table: str) -> list[tuple[Any, ...]]:
    """Return all rows of a table; of values of its own, only that they look like it."""
    own = snapshot.OWN_VALUES.get(table, {})
    with closing(sqlite3.connect(file)) as database:
        found = database.execute(f'SELECT * FROM "{table}"')
        names = [column[0] for column in found.description]
        return sorted((tuple(masked(own, names, row)) for row in found), key=repr)


def masked(own: dict[str, str], names: list[str], row: tuple[Any, ...]) -> Iterator[Any]:
    """Yield the values of a row, with the kind of those that each database has of its own."""
    for name, value in zip(names, row, strict=True):
        if kind := own.get(name):
            assert OWN_PATTERNS[kind].fullmatch(value), f"{name}: {value}"
        yield kind or value


def unique_values(file: Path) -> list[str]:
    """Return the values that are to be one of a kind."""
    with closing(sqlite3.connect(file)) as database:
        return [
            value
            for table, columns in snapshot.OWN_VALUES.items()
            for column, kind in columns.items()
            if kind != "now"
            for (value,) in database.execute(f"SELECT {column} FROM {table}")
        ]
