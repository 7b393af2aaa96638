"""A workspace with a database, pictures, templates and evidence, without Django."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from newsletter.conf.config import Config, read_config
from newsletter.conf.workspace import lay_out
from newsletter.snapshot import SNAPSHOTS, split_statements, with_own_values

PEOPLE = 50


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """The settings of a workspace that is in use."""
    path = lay_out(tmp_path / "paper", site_name="Tideline")
    config = read_config(path, {})
    fill(config)
    return config


def fill(config: Config) -> None:
    """Make the files of a workspace."""
    config.data.mkdir(mode=0o700)
    write(config.data / "signing.key", "a key")
    write(config.data / "media" / "images" / "reeds.png", "a picture")
    write(config.data / "submissions" / "0123.log", "an attempt")
    write(config.data / "pdf" / "made.pdf", "made again")
    write(config.root / "templates" / "email" / "harbour" / "harbour.mjml", "<mjml/>")
    make_database(database_of(config))


def write(path: Path, text: str) -> None:
    """Write a file in a folder that may be missing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def database_of(config: Config) -> Path:
    """Return where the database is."""
    return config.data / "newsletter.sqlite3"


def make_database(path: Path) -> None:
    """Make the tables of this release, with some people."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("PRAGMA journal_mode = WAL")
        file.execute("BEGIN")
        script = SNAPSHOTS["sqlite"].read_text("utf-8").partition("\n")[2]
        for statement in split_statements("sqlite", with_own_values(script)):
            file.execute(statement)
        add_people(file, range(PEOPLE))
        file.execute("COMMIT")


def add_people(file: sqlite3.Connection, numbers: range) -> None:
    """Add people."""
    addresses = [f"reader{number}@tideline.example" for number in numbers]
    file.executemany(
        "INSERT INTO subscribers_subscriber (email, key, name, attributes, created_at, language)"
        " VALUES (?, ?, 'Aiko', '{}', '2026-11-28 03:00:00', 'en')",
        [(address, address) for address in addresses],
    )


def people_in(path: Path) -> int:
    """Return how many people a database has."""
    with closing(sqlite3.connect(path)) as file:
        (number,) = file.execute("SELECT count(*) FROM subscribers_subscriber").fetchone()
        return int(number)


@pytest.fixture
def tree() -> Callable[[Path], dict[str, str]]:
    """What gives the files in a folder with their texts, without databases and backups."""

    def read_tree(folder: Path) -> dict[str, str]:
        return {
            path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8", errors="replace")
            for path in sorted(folder.rglob("*"))
            if path.is_file() and not path.name.startswith((".", "fortnight-", "newsletter."))
        }

    return read_tree
