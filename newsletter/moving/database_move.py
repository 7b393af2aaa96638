"""Move the database of a workspace to another kind: the whole of it, in order.

1. The new database is built beside whatever is there, with the tables of this release.
2. The old one is marked: it sends nothing any more.  Nobody can write into it meanwhile.
3. Table by table is copied, then read on both sides and compared.
4. Constraints, triggers and numbers are put back, and the new one is put in place at once.
5. The old one notes that the move is finished.

Killed anywhere, the same command goes on: a table that is the same on both sides is not copied
again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from newsletter.backup import sqlite_copy
from newsletter.conf.config import Config
from newsletter.errors import BackupFailed, MoveFailed
from newsletter.moving import fence, postgresql_side, sqlite_side
from newsletter.moving.copying import Say, copy_all
from newsletter.moving.postgresql_side import PostgresqlReader, PostgresqlTarget
from newsletter.moving.sides import Table
from newsletter.moving.sqlite_side import SqliteReader, SqliteTarget
from newsletter.moving.target_address import check_target, file_of, is_sqlite, shown
from newsletter.moving.values import KINDS
from newsletter.phrases import phrase
from newsletter.postgresql import catalogue


@dataclass(frozen=True, kw_only=True, slots=True)
class MovedDatabase:
    """What was moved: the rows of each table; empty where it had been moved before."""

    rows: dict[str, int]
    to: str


def move_database(config: Config, address: str, say: Say) -> MovedDatabase:
    """Move everything to an address; no program may run, and none of ours be connected.

    Raises `BadInput`, or `MoveFailed`: then the old database is used as before.
    """
    check_target(config, address)
    if was_moved(config, address):
        note_finished(config)
        return MovedDatabase(rows={}, to=shown(address))
    with connection_to(config) as connection:
        fence.check_fence(connection, shown(address))
    with as_move_failed(), opened_target(config, address) as target:
        target.prepare()
        with fenced(config, shown(address)), opened_source(config) as source:
            tables = agree_on_tables(source, target)
            rows = copy_all(source, target, tables, say)
            target.complete(source.read_numbers())
        target.put_in_place()
        note_finished(config)
    return MovedDatabase(rows=rows, to=shown(address))


def was_moved(config: Config, address: str) -> bool:
    """Say whether a move to this address was finished before."""
    with connection_to(config) as connection:
        row = connection.execute("SELECT moved_to, key FROM sending_databaseidentity").fetchone()
    moved_to, key = row or ("", "")
    return moved_to == shown(address) and key == read_identity(config, address)


def note_finished(config: Config) -> None:
    """Have the old database say that it was moved, rather than that a move is in progress."""
    with connection_to(config) as connection:
        fence.close_fence(connection)


@contextlib.contextmanager
def as_move_failed() -> Iterator[None]:
    """Raise `MoveFailed` also for what the parts that backups use have to say."""
    try:
        yield
    except BackupFailed as error:
        raise MoveFailed(error.message, hint=error.hint) from None


def read_identity(config: Config, address: str) -> str:
    """Return the key of the database at an address; empty where there is none."""
    if is_sqlite(address):
        return sqlite_side.read_identity(file_of(config, address))
    return postgresql_side.read_identity(address)


@contextlib.contextmanager
def opened_target(config: Config, address: str) -> Iterator[SqliteTarget | PostgresqlTarget]:
    """Open the database that is moved to."""
    if is_sqlite(address):
        with sqlite_side.open_target(file_of(config, address), config.path) as file:
            yield file
    else:
        with postgresql_side.open_target(address, config.path) as server:
            yield server


@contextlib.contextmanager
def opened_source(config: Config) -> Iterator[SqliteReader | PostgresqlReader]:
    """Open the database that is moved."""
    if is_sqlite(config.database.url):
        with sqlite_side.open_source(file_of(config, config.database.url)) as file:
            yield file
    else:
        with postgresql_side.open_source(config.database.url) as server:
            yield server


@contextlib.contextmanager
def fenced(config: Config, to: str) -> Iterator[None]:
    """Have the old database send nothing; where the move fails, have it be used as before."""
    url = config.database.url
    if is_sqlite(url):
        path = file_of(config, url)
        if sqlite_copy.is_in_use(path):
            raise sqlite_side.in_use(path)
    with connection_to(config) as connection:
        fence.raise_fence(connection, "?" if is_sqlite(url) else "%s", to)
    try:
        yield
    except BaseException:
        with contextlib.suppress(MoveFailed), connection_to(config) as connection:
            fence.lower_fence(connection)
        raise


@contextlib.contextmanager
def connection_to(config: Config) -> Iterator[fence.Statements]:
    """Connect to the old database for a statement or two."""
    url = config.database.url
    if is_sqlite(url):
        path = file_of(config, url)
        with sqlite_side.told_in_words(path), sqlite_copy.opened(path) as file:
            yield file
    else:
        with postgresql_side.told_in_words(), catalogue.connect(url) as server:
            yield server


def agree_on_tables(
    source: SqliteReader | PostgresqlReader, target: SqliteTarget | PostgresqlTarget
) -> list[Table]:
    """Return the tables, as PostgreSQL knows them; raises `MoveFailed` if they differ."""
    names = source.table_names()
    if differing := set(names) ^ set(target.table_names()):
        raise MoveFailed(
            phrase(
                "only one of the two databases has these tables: {names}",
                names=", ".join(sorted(differing)),
            )
        )
    server = source if isinstance(source, PostgresqlReader) else target
    assert isinstance(server, PostgresqlReader)  # noqa: S101  one of the two is
    tables = [server.describe(name) for name in names]
    for table in tables:
        unknown = {kind for _, kind in table.columns} - set(KINDS)
        same = source.column_names(table.name) == target.column_names(table.name)
        if unknown or not same:
            raise MoveFailed(phrase("{table} has other columns on either side", table=table.name))
    return tables
