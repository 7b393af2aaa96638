"""A SQLite file of an older release is compacted when a person asks for it, and only then."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from newsletter.doctor.database import judge_free_pages
from newsletter.errors import BackupFailed
from newsletter.sqlite.compacting import compact
from newsletter.sqlite.upkeep import INCREMENTAL


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file as releases before this one made it, with a log, from which much was deleted."""
    path = tmp_path / "database.sqlite3"
    with closing(sqlite3.connect(path)) as made:
        made.execute("PRAGMA journal_mode = WAL")
        made.execute("CREATE TABLE line (id INTEGER PRIMARY KEY, text)")
        made.executemany("INSERT INTO line (text) VALUES (?)", [("x" * 900,) for _ in range(3000)])
        made.commit()
        made.execute("DELETE FROM line WHERE id > 100")
        made.commit()
    return path


def ask(path: Path, question: str) -> object:
    """Return the one value that a file answers."""
    with closing(sqlite3.connect(path)) as found:
        return found.execute(question).fetchone()[0]


def test_it_shrinks_and_gives_pages_back_from_then_on(file: Path) -> None:
    """Every row is there, in the same file; only the free pages are gone."""
    number, rows = file.stat().st_ino, ask(file, "SELECT count(*) FROM line")

    done = compact(file)

    assert done.after == file.stat().st_size < done.before / 10
    assert file.stat().st_ino == number
    assert ask(file, "SELECT count(*) FROM line") == rows
    assert ask(file, "PRAGMA auto_vacuum") == INCREMENTAL
    assert ask(file, "PRAGMA integrity_check") == "ok"
    assert ask(file, "PRAGMA freelist_count") == 0
    assert [each.name for each in file.parent.iterdir()] == [file.name]


def test_not_while_a_program_has_it_open(file: Path) -> None:
    """Nothing is locked for minutes behind the back of a service."""
    with closing(sqlite3.connect(file)) as service:
        service.execute("SELECT count(*) FROM line").fetchone()

        with pytest.raises(BackupFailed, match="a program has the database open") as refused:
            compact(file)

    assert "Stop newsletter serve" in refused.value.hint


def test_not_without_room(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two more copies must fit on the disk; otherwise it is not begun."""
    usage: Callable[..., object] = shutil.disk_usage
    free = 2 * file.stat().st_size - 1
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(path)._replace(free=free))  # type: ignore[attr-defined]

    with pytest.raises(BackupFailed, match="MB are free at"):
        compact(file)

    assert ask(file, "PRAGMA auto_vacuum") == 0


@pytest.mark.parametrize(
    ("mode", "free", "size", "status"),
    [(0, 400, 1000, "worth-a-look"), (0, 100, 1000, "right"), (INCREMENTAL, 900, 1000, "right")],
)
def test_the_system_check_offers_it(mode: int, free: int, size: int, status: str) -> None:
    """Where much of a file is free, and is not given back by itself."""
    found = judge_free_pages(mode, free * 1_000_000, size * 1_000_000)

    assert found.status == status
    assert ("newsletter compact" in found.fix) is (status != "right")
