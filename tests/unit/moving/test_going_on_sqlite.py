"""A move that was killed goes on only in tables that this release has made."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import orjson
import pytest

from newsletter.moving.sides import MADE_FROM
from newsletter.moving.sqlite_side import is_prepared
from newsletter.snapshot import fingerprint_migrations


@pytest.mark.parametrize("release", ["this", "another", "unknown"])
def test_tables_of_another_release_are_built_again(tmp_path: Path, release: str) -> None:
    """After an upgrade in the middle of a move, tables of before lack what it has changed."""
    file = tmp_path / "database.sqlite3.moving"
    said = orjson.dumps(fingerprint_migrations() if release == "this" else "another").decode()
    with closing(sqlite3.connect(file)) as made, made:
        made.execute("CREATE TABLE fortnight_move_notes (name text PRIMARY KEY, said text)")
        if release != "unknown":
            made.execute("INSERT INTO fortnight_move_notes VALUES (?, ?)", [MADE_FROM, said])

    assert is_prepared(file) is (release == "this")
