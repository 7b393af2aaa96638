"""Rewrite a SQLite file without its free pages, so that it gives pages back by itself later on.

Only `VACUUM` can give a file `auto_vacuum` that was made without it
(https://sqlite.org/pragma.html#pragma_auto_vacuum).  It locks the whole file for as long as it
takes, and needs room for two more copies (https://sqlite.org/lang_vacuum.html).  So nothing here
happens by itself: a person asks for it, while no program runs.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from newsletter.backup.disk_room import require_room
from newsletter.backup.failures import told_in_words
from newsletter.backup.sqlite_copy import is_in_use, opened
from newsletter.errors import BackupFailed
from newsletter.phrases import phrase
from newsletter.sqlite.upkeep import INCREMENTAL

#: Of the bytes of the file: one copy that is built, and one that undoes a write half done.
ROOM = 2
FAILED = phrase("the database cannot be compacted")
#: Where SQLite builds the copy (https://sqlite.org/tempfiles.html#temporary_file_storage_locations).
TEMPORARY = "SQLITE_TMPDIR"


@dataclass(frozen=True, kw_only=True, slots=True)
class Compacted:
    """The bytes of the file before and after."""

    before: int
    after: int


def compact(path: Path) -> Compacted:
    """Rewrite a file; killed in the middle, it is as before.

    Raises `BackupFailed` where a program has it open, the disk has no room, or it is damaged.
    """
    with told_in_words(FAILED, path):
        before = path.stat().st_size
        require_room(path.parent, ROOM * before, FAILED)
        if is_in_use(path):
            raise BackupFailed(
                phrase("a program has the database open: {path}", path=str(path)),
                hint=phrase("Stop newsletter serve and every newsletter worker, then do it again."),
            )
        with built_beside(path), opened(path) as connection:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute(f"PRAGMA auto_vacuum = {INCREMENTAL}")
            connection.execute("VACUUM")
        return Compacted(before=before, after=path.stat().st_size)


@contextmanager
def built_beside(path: Path) -> Iterator[None]:
    """Have SQLite build the copy on the disk of the file, where there is room for it."""
    before = os.environ.get(TEMPORARY)
    os.environ[TEMPORARY] = str(path.parent)
    try:
        yield
    finally:
        if before is None:
            del os.environ[TEMPORARY]
        else:
            os.environ[TEMPORARY] = before
