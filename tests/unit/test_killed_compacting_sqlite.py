"""Whatever ends a compaction in the middle, no row is lost, and the file can be used at once."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from newsletter.sqlite.compacting import compact
from newsletter.sqlite.upkeep import INCREMENTAL

ROWS = 400
#: Compacts a file, and ends where it would write behind that byte of any file: killed by the
#: system, or told that the disk is full.  Without a number: killed when all of it is in the log.
PROGRAM = """
import os, resource, signal, sys
from contextlib import contextmanager
from pathlib import Path
from newsletter.sqlite import compacting

path, ending, most = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
opened = compacting.opened

@contextmanager
def opened_until_killed(path):
    with opened(path) as connection:
        yield connection
        os.kill(os.getpid(), signal.SIGKILL)

if most:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN if ending == "full" else signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
else:
    compacting.opened = opened_until_killed
compacting.compact(path)
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with a log, half of which is free."""
    path = tmp_path / "database.sqlite3"
    with closing(sqlite3.connect(path)) as made:
        made.execute("PRAGMA journal_mode = WAL")
        made.execute("CREATE TABLE line (id INTEGER PRIMARY KEY, text)")
        rows = [(number, "x" * 900) for number in range(2 * ROWS)]
        made.executemany("INSERT INTO line VALUES (?, ?)", rows)
        made.execute("DELETE FROM line WHERE id % 2")
        made.commit()
    return path


@pytest.mark.parametrize(
    ("ending", "most", "status"),
    [
        ("killed while the copy is built", 100_000, -signal.SIGXFSZ),
        ("killed while the log is written", 423_000, -signal.SIGXFSZ),
        ("killed when all is in the log", 0, -signal.SIGKILL),
        ("full", 100_000, 1),
        ("full", 423_000, 1),
    ],
)
def test_nothing_is_lost(file: Path, ending: str, most: int, status: int) -> None:
    """Every row is there, nothing lies beside the file for good, and it can be done again."""
    command = [sys.executable, "-c", PROGRAM, str(file), ending, str(most)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr
    if ending == "full":
        assert "is full, or cannot be written" in done.stderr

    for _ in range(2):
        with closing(sqlite3.connect(file)) as opened:
            assert opened.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert opened.execute("SELECT count(*), sum(id) FROM line").fetchall() == [
                (ROWS, sum(range(0, 2 * ROWS, 2)))
            ]
        compact(file)
    assert [each.name for each in file.parent.iterdir()] == [file.name]
    with closing(sqlite3.connect(file)) as opened:
        assert opened.execute("PRAGMA auto_vacuum").fetchone() == (INCREMENTAL,)
