"""A SQLite file is kept healthy while others write, and nobody waits for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.db.backends.base.base import BaseDatabaseWrapper

from newsletter.sqlite import upkeep
from newsletter.sqlite.upkeep import look_after
from tests.databases import connected


@pytest.fixture
def file(tmp_path: Path, django_db_blocker: object) -> Path:
    """A new file as the product makes it, from which much was deleted."""
    path = tmp_path / "database.sqlite3"
    with django_db_blocker.unblock(), connected(path) as new:  # type: ignore[attr-defined]
        new.ensure_connection()
    with closing(sqlite3.connect(path)) as made:
        made.execute("CREATE TABLE line (id INTEGER PRIMARY KEY, text)")
        made.execute("CREATE INDEX line_text ON line (text)")
        made.executemany("INSERT INTO line (text) VALUES (?)", [("x" * 900,) for _ in range(9000)])
        made.commit()
        made.execute("DELETE FROM line WHERE id > 100")
        made.commit()
    return path


@pytest.fixture
def wrapper(file: Path, django_db_blocker: object) -> Iterator[BaseDatabaseWrapper]:
    """A connection of the product's to that file."""
    with django_db_blocker.unblock(), connected(file) as connection:  # type: ignore[attr-defined]
        yield connection


def free_pages(path: Path) -> int:
    """Return how many pages of a file are free."""
    with closing(sqlite3.connect(path)) as found:
        return int(found.execute("PRAGMA freelist_count").fetchone()[0])


def test_pages_are_given_back_a_little_at_a_time(file: Path, wrapper: BaseDatabaseWrapper) -> None:
    """Each step frees some pages, and says whether there are more; some stay for the next rows."""
    before = free_pages(file)
    assert before > upkeep.SPARE_PAGES + 2 * upkeep.STEP_PAGES

    assert look_after(wrapper)
    assert before - free_pages(file) == upkeep.STEP_PAGES
    steps = 1
    while look_after(wrapper):
        steps += 1

    assert free_pages(file) == upkeep.SPARE_PAGES
    assert steps >= (before - upkeep.SPARE_PAGES) // upkeep.STEP_PAGES
    assert not look_after(wrapper)


def test_the_log_is_written_back_and_tables_are_analysed(
    file: Path, wrapper: BaseDatabaseWrapper
) -> None:
    """What is in the log is in the file; the planner has figures of tables that it asked for."""
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT id FROM line WHERE text = 'new'")
    with closing(sqlite3.connect(file)) as other:
        other.execute("INSERT INTO line (text) VALUES ('new')")
        other.commit()
        look_after(wrapper)
        log, written = other.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[1:]
        analysed = other.execute("SELECT count(*) FROM sqlite_master WHERE name = 'sqlite_stat1'")

        assert log == written
        assert analysed.fetchone() == (1,)


def test_nobody_waits_for_it(file: Path, wrapper: BaseDatabaseWrapper) -> None:
    """While another program reads, the log is written back as far as may be, at once."""
    with closing(sqlite3.connect(file, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM line").fetchone()
        with closing(sqlite3.connect(file, timeout=0)) as writer:
            writer.execute("INSERT INTO line (text) VALUES ('new')")
            writer.commit()

        look_after(wrapper)

        with closing(sqlite3.connect(file, timeout=0)) as writer:
            writer.execute("INSERT INTO line (text) VALUES ('newer')")
            writer.commit()
