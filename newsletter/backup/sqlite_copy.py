"""A consistent copy of a SQLite file while programs write into it: SQLite's online backup.

All pages are copied in one step, so in one read transaction: with a write-ahead log it holds up no
writer, and no writer has it begin again (https://sqlite.org/backup.html).
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from newsletter.backup.manifest import DatabaseContents, Kind
from newsletter.errors import BackupFailed
from newsletter.phrases import phrase
from newsletter.sending.restores.submission_log import machine_id

ALL_PAGES = -1
#: Seconds to wait for a lock: only a change of the journal takes one that readers notice.
WAIT_SECONDS = 30.0


@contextlib.contextmanager
def opened(path: Path, *, wait_seconds: float = WAIT_SECONDS) -> Iterator[sqlite3.Connection]:
    """Open a file that is there; it is never made."""
    uri = f"{path.absolute().as_uri()}?mode=rw"
    connection = sqlite3.connect(uri, uri=True, timeout=wait_seconds, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


def copy_sqlite(source: Path, target: Path) -> DatabaseContents:
    """Copy a database into a new file for its owner alone; return what is in the copy.

    Raises `sqlite3.Error` where it cannot be read or written, `BackupFailed` where it is damaged.
    """
    target.touch(mode=0o600, exist_ok=False)
    with opened(source) as here, opened(target) as there:
        here.backup(there, pages=ALL_PAGES)
        # One file, without a log beside it.
        there.execute("PRAGMA journal_mode = DELETE")
        found = examine(there)
    path = source.resolve()
    place = {"unit": str(path.stat().st_ino), "machine": machine_id(), "path": str(path)}
    return found.model_copy(update={"place": place})


def examine(connection: sqlite3.Connection) -> DatabaseContents:
    """Return what is in a database; raises `BackupFailed` where it is damaged."""
    try:
        [found] = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise BackupFailed(
            phrase("the database is damaged: {found}", found=str(found)[:200]),
            hint=phrase(
                "Keep the backups you have, and restore one of them: docs/how-to/restore.md"
            ),
        )
    tables = list_tables(connection)
    identity: tuple[str, ...] = ()
    migrations: tuple[tuple[str, str], ...] = ()
    if "sending_databaseidentity" in tables:
        identity = connection.execute("SELECT key FROM sending_databaseidentity").fetchone() or ()
    if "django_migrations" in tables:
        rows = connection.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        migrations = tuple((str(app), str(name)) for app, name in rows)
    return DatabaseContents(
        kind=Kind.SQLITE,
        server=sqlite3.sqlite_version,
        identity=str(identity[0]) if identity else "",
        migrations=migrations,
        rows={name: count_rows(connection, name) for name in tables},
    )


def list_tables(connection: sqlite3.Connection) -> list[str]:
    """Return the tables, without those of SQLite and the parts of a virtual one."""
    rows = connection.execute(
        "SELECT name FROM pragma_table_list"
        " WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        " ORDER BY name"
    )
    return [name for (name,) in rows]


def count_rows(connection: sqlite3.Connection, table: str) -> int:
    """Return how many rows a table has."""
    (number,) = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()  # noqa: S608
    return int(number)


def is_in_use(path: Path) -> bool:
    """Say whether a program has a SQLite file open.

    To leave the write-ahead log needs the file for oneself; what is in the log is written into it
    then (https://sqlite.org/pragma.html#pragma_journal_mode).  The next program takes it up again.
    """
    try:
        with opened(path, wait_seconds=1.0) as connection:
            (mode,) = connection.execute("PRAGMA journal_mode = DELETE").fetchone()
            return str(mode) != "delete"
    except sqlite3.OperationalError as error:
        return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    except sqlite3.DatabaseError:
        # Damaged: it is put aside as it is.
        return False
