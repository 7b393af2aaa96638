"""What the system or SQLite says of a full disk, a folder without rights and the like, in words."""

from __future__ import annotations

import contextlib
import errno
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from newsletter.errors import BackupFailed
from newsletter.phrases import phrase

FULL = frozenset([errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
#: What SQLite says of it, also where its log or the index of that cannot grow.
NO_ROOM = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
MAKE_ROOM = phrase("Make room, or choose another folder: --out FILE, or [backup] folder.")
LET_WRITE = phrase("Let the account that runs this program write there, or choose another folder.")


@contextlib.contextmanager
def told_in_words(what: str, where: Path) -> Iterator[None]:
    """Raise `BackupFailed` for whatever the disk or the database refuses meanwhile.

    `what` was being done, such as `the backup cannot be made`; `where` is the folder or file.
    """
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise explain(what, where, error) from None


def explain(what: str, where: Path, error: OSError | sqlite3.Error) -> BackupFailed:
    """Return the error that says it, and what to do."""
    place = getattr(error, "filename", None) or where
    if is_full(error):
        return BackupFailed(
            phrase(
                "{what}: the disk at {place} is full, or cannot be written",
                what=what,
                place=str(place),
            ),
            hint=MAKE_ROOM,
        )
    reason = getattr(error, "strerror", None) or str(error)
    return BackupFailed(
        phrase("{what}: {place}: {reason}", what=what, place=str(place), reason=reason),
        hint=LET_WRITE,
    )


def is_full(error: OSError | sqlite3.Error) -> bool:
    """Say whether there is no room."""
    if isinstance(error, OSError):
        return error.errno in FULL
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in NO_ROOM
