"""SQLite as the source or the target of a move."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import orjson

from newsletter.backup.failures import explain
from newsletter.backup.making import force_folder
from newsletter.backup.sqlite_copy import list_tables, opened
from newsletter.backup.tables import build_index, make_tables
from newsletter.conf.file_modes import make_private_folder
from newsletter.errors import MoveFailed
from newsletter.moving.sides import CHUNK_ROWS, MADE_FROM, Rows, Table, moved
from newsletter.moving.values import convert_rows
from newsletter.phrases import phrase
from newsletter.sending.restores.submission_log import machine_id
from newsletter.snapshot import fingerprint_migrations

#: The ending of the file in which the new database is built.
BUILDING = ".moving"
NOTES = "fortnight_move_notes"
STOP_ALL = phrase("Stop newsletter serve and every newsletter worker, then move again.")
FAILED = phrase("the database cannot be moved")


@contextlib.contextmanager
def told_in_words(path: Path) -> Iterator[None]:
    """Raise `MoveFailed` for whatever SQLite or the disk refuses."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        known = explain(FAILED, path, error)
        raise MoveFailed(
            known.message,
            hint=phrase("The old database has everything. Fix this, then run the command again."),
        ) from None


class SqliteReader:
    """The tables of a file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def table_names(self) -> list[str]:
        """Return the tables that are moved."""
        return moved(list_tables(self.connection))

    def column_names(self, table: str) -> set[str]:
        """Return the columns of a table."""
        rows = self.connection.execute("SELECT name FROM pragma_table_info(?)", [table])
        return {name for (name,) in rows}

    def read(self, table: Table) -> Iterator[Rows]:
        """Yield the rows in order, with values as PostgreSQL takes them."""
        columns = ", ".join(f'"{name}"' for name in table.names)
        order = ", ".join(f'"{key}"' for key in table.keys)
        cursor = self.connection.execute(
            f'SELECT {columns} FROM "{table.name}" ORDER BY {order}'  # noqa: S608
        )
        converts = [kind.parse for kind in table.kinds]
        while rows := cursor.fetchmany(CHUNK_ROWS):
            yield convert_rows(rows, converts)

    def read_numbers(self) -> dict[str, int]:
        """Return the last number that each table with an `id` has given."""
        rows = self.connection.execute("SELECT name, seq FROM sqlite_sequence")
        return {f"{name}.id": int(number) for name, number in rows}


@contextlib.contextmanager
def open_source(path: Path) -> Iterator[SqliteReader]:
    """Open the database that is moved; nobody writes into it meanwhile."""
    with told_in_words(path), opened(path) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield SqliteReader(connection)


def in_use(path: Path) -> MoveFailed:
    """Return the error about a file that a program has open."""
    return MoveFailed(
        phrase("a program has the database open: {path}", path=str(path)), hint=STOP_ALL
    )


class SqliteTarget(SqliteReader):
    """A file with another name, which gets its own at the end."""

    def __init__(self, connection: sqlite3.Connection, path: Path, config: Path) -> None:
        super().__init__(connection)
        self._path, self._config = path, config

    def prepare(self) -> None:
        """Empty the tables that were just made; triggers count nothing meanwhile."""
        if NOTES in list_tables(self.connection):
            return
        with transaction(self.connection):
            self.connection.execute(f"CREATE TABLE {NOTES} (name text PRIMARY KEY, said text)")
            triggers = self.connection.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
            ).fetchall()
            self._note("triggers", [statement for _, statement in triggers])
            self._note(MADE_FROM, fingerprint_migrations())
            for name, _ in triggers:
                self.connection.execute(f'DROP TRIGGER "{name}"')
            for table in self.table_names():
                self.connection.execute(f'DELETE FROM "{table}"')  # noqa: S608
            # It is built again from the rows.
            self.connection.execute("DELETE FROM wagtailsearch_indexentry")
            self.connection.execute("DELETE FROM wagtailsearch_indexentry_fts")

    def _note(self, name: str, said: object) -> None:
        self.connection.execute(
            f"INSERT OR IGNORE INTO {NOTES} VALUES (?, ?)",  # noqa: S608
            [name, orjson.dumps(said).decode()],
        )

    def done_tables(self) -> set[str]:
        """Return the tables that were copied, now or before."""
        rows = self.connection.execute(
            f"SELECT substr(name, 6) FROM {NOTES} WHERE name LIKE 'done %'"  # noqa: S608
        )
        return {name for (name,) in rows}

    def replace(self, table: Table, chunks: Iterator[Rows]) -> None:
        """Have a table hold these rows and no others, and note that it is done."""
        columns = ", ".join(f'"{name}"' for name in table.names)
        places = ", ".join("?" * len(table.columns))
        converts = [kind.store for kind in table.kinds]
        statement = f'INSERT INTO "{table.name}" ({columns}) VALUES ({places})'  # noqa: S608
        with transaction(self.connection):
            self.connection.execute(f'DELETE FROM "{table.name}"')  # noqa: S608
            for rows in chunks:
                self.connection.executemany(statement, convert_rows(rows, converts))
            self._note(f"done {table.name}", True)

    def complete(self, numbers: dict[str, int]) -> None:
        """Have triggers and numbers work; raises `MoveFailed` where a row points at none."""
        with transaction(self.connection):
            (said,) = self.connection.execute(
                f"SELECT said FROM {NOTES} WHERE name = 'triggers'"  # noqa: S608
            ).fetchone()
            there = self.connection.execute("SELECT 1 FROM sqlite_master WHERE type = 'trigger'")
            if there.fetchone() is None:
                for statement in orjson.loads(said):
                    self.connection.execute(statement)
            for name, number in numbers.items():
                table = name.partition(".")[0]
                if table in self.table_names():
                    self._count_on(table, number)
        if broken := self.connection.execute("PRAGMA foreign_key_check").fetchone():
            raise MoveFailed(phrase("a row of {table} points at none", table=broken[0]))
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        build_index(f"sqlite:///{building(self._path)}", self._config)

    def _count_on(self, table: str, number: int) -> None:
        """Have a table count on behind a number, and behind what is in it."""
        changed = self.connection.execute(
            "UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = ?", [number, table]
        )
        if not changed.rowcount:
            self.connection.execute("INSERT INTO sqlite_sequence VALUES (?, ?)", [table, number])

    def put_in_place(self) -> None:
        """Give the file its name, once all of it is on the disk."""
        file = building(self._path)
        place = {"unit": str(file.stat().st_ino), "machine": machine_id(), "path": str(self._path)}
        with transaction(self.connection):
            self.connection.execute(f"DROP TABLE {NOTES}")
            self.connection.execute(
                "UPDATE sending_databaseidentity SET place = ?, moved_to = '', suspended_at ="
                " CASE WHEN suspended_for = 'moved' THEN NULL ELSE suspended_at END,"
                " suspended_for ="
                " CASE WHEN suspended_for = 'moved' THEN '' ELSE suspended_for END",
                [orjson.dumps(place).decode()],
            )
        self.connection.execute("PRAGMA journal_mode = DELETE")
        self.connection.close()
        handle = os.open(file, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        file.rename(self._path)
        force_folder(self._path.parent)


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Do all of something or nothing."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def building(path: Path) -> Path:
    """Return the file in which a database is built."""
    return path.with_name(f"{path.name}{BUILDING}")


@contextlib.contextmanager
def open_target(path: Path, config: Path) -> Iterator[SqliteTarget]:
    """Open the file that is moved to; raises `MoveFailed` where there is one."""
    if path.exists():
        raise MoveFailed(
            phrase("there is a file already: {path}", path=str(path)),
            hint=phrase("Name one that is not there. Nothing is replaced."),
        )
    file = building(path)
    with told_in_words(file):
        make_private_folder(path.parent)
        if not is_prepared(file):
            for end in ("", "-wal", "-shm"):
                file.with_name(f"{file.name}{end}").unlink(missing_ok=True)
            file.touch(mode=0o600)
            make_tables(f"sqlite:///{file}", config)
        with opened(file) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA foreign_keys = OFF")
            connection.execute("PRAGMA temp_store = MEMORY")
            yield SqliteTarget(connection, path, config)


def is_prepared(file: Path) -> bool:
    """Say whether a move has begun in a file with the tables of this release, and can go on."""
    if not file.exists():
        return False
    try:
        with opened(file) as connection:
            if NOTES not in list_tables(connection):
                return False
            found = connection.execute(
                f"SELECT said FROM {NOTES} WHERE name = ?",  # noqa: S608
                [MADE_FROM],
            ).fetchone()
            return bool(found) and orjson.loads(found[0]) == fingerprint_migrations()
    except sqlite3.DatabaseError:
        return False


def read_identity(path: Path) -> str:
    """Return the key of the database in a file; empty where there is none."""
    if not path.exists():
        return ""
    with told_in_words(path), opened(path) as connection:
        if "sending_databaseidentity" not in list_tables(connection):
            return ""
        found = connection.execute("SELECT key FROM sending_databaseidentity").fetchone()
    return str(found[0]) if found else ""
