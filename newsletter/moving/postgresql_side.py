"""PostgreSQL as the source or the target of a move."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

import orjson
import psycopg
from psycopg import sql

from newsletter.backup.postgresql_rows import read_unit, require_alone
from newsletter.backup.tables import build_index, make_tables
from newsletter.errors import MoveFailed
from newsletter.moving.sides import CHUNK_ROWS, MADE_FROM, Rows, Table, moved
from newsletter.phrases import phrase
from newsletter.postgresql import catalogue
from newsletter.postgresql.catalogue import Connection
from newsletter.runtime.availability import first_line
from newsletter.snapshot import fingerprint_migrations

#: Where the new database is built.
SCRATCH = "fortnight_move"
#: What is noted there: what to add at the end, and the tables that are done.
NOTES = "fortnight_move_notes"
#: Where a row stands that is copied, as the server says it: `COPY table, line 3, column name: …`.
COPY_PLACE = re.compile(r"COPY (\w+, line \d+(?:, column \w+)?)")
GO_ON = phrase("The old database has everything. Run the same command again: it goes on.")


@contextlib.contextmanager
def told_in_words() -> Iterator[None]:
    """Raise `MoveFailed` for whatever the server says, without the values of a row."""
    try:
        yield
    except psycopg.Error as error:
        reason = f"{first_line(error)}{place_of(error)}"
        raise MoveFailed(phrase("PostgreSQL says: {reason}", reason=reason), hint=GO_ON) from None


def place_of(error: psycopg.Error) -> str:
    """Return which row and column of a table the server refused, such as ` (table, line 3)`.

    Its context ends with the value, which stays out of the message.
    """
    found = COPY_PLACE.match(error.diag.context or "")
    return f" ({found[1]})" if found else ""


def describe_table(connection: Connection, schema: str, name: str) -> Table:
    """Return what a table is; the types of its columns decide how values are converted."""
    columns = catalogue.list_columns(connection, schema, name)
    keys = catalogue.list_keys(connection, schema, name)
    return Table(
        name=name,
        columns=tuple((column.name, column.type) for column in columns),
        keys=tuple(keys or [column.name for column in columns]),
    )


class PostgresqlReader:
    """The tables of a schema, read in one snapshot or as they are."""

    def __init__(self, connection: Connection, schema: str) -> None:
        self.connection, self.schema = connection, schema

    def table_names(self) -> list[str]:
        """Return the tables that are moved."""
        return moved(catalogue.list_tables(self.connection, self.schema))

    def describe(self, name: str) -> Table:
        """Return what a table is."""
        return describe_table(self.connection, self.schema, name)

    def column_names(self, table: str) -> set[str]:
        """Return the columns of a table."""
        return set(self.describe(table).names)

    def read(self, table: Table) -> Iterator[Rows]:
        """Yield the rows in order; a cursor of the server keeps only some of them here."""
        wanted = [
            sql.SQL("{}::{}").format(sql.Identifier(name), sql.SQL(kind.cast))
            if kind.cast
            else sql.Identifier(name)
            for name, kind in zip(table.names, table.kinds, strict=True)
        ]
        order = [
            sql.SQL('{} COLLATE "C"').format(sql.Identifier(key))
            if table.type_of(key) in ("text", "character varying")
            else sql.Identifier(key)
            for key in table.keys
        ]
        statement = sql.SQL("SELECT {} FROM {} ORDER BY {}").format(
            sql.SQL(", ").join(wanted),
            sql.Identifier(self.schema, table.name),
            sql.SQL(", ").join(order),
        )
        with (
            self.connection.transaction(),
            self.connection.cursor(name="move", binary=True) as cursor,
        ):
            cursor.itersize = CHUNK_ROWS
            cursor.execute(statement)
            while rows := cursor.fetchmany(CHUNK_ROWS):
                yield rows

    def read_numbers(self) -> dict[str, int]:
        """Return the last number of each sequence."""
        return catalogue.read_sequences(self.connection, self.schema)


@contextlib.contextmanager
def open_source(url: str) -> Iterator[PostgresqlReader]:
    """Open the database that is moved; nobody writes into it meanwhile."""
    with told_in_words(), catalogue.connect(url) as connection:
        require_alone(connection)
        schema = catalogue.current_schema(connection)
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        tables = [
            sql.Identifier(schema, each) for each in catalogue.list_tables(connection, schema)
        ]
        connection.execute(
            sql.SQL("LOCK TABLE {} IN SHARE MODE").format(sql.SQL(", ").join(tables))
        )
        yield PostgresqlReader(connection, schema)


class PostgresqlTarget(PostgresqlReader):
    """A schema that is built beside the one in use."""

    def __init__(self, connection: Connection, url: str, config: Path) -> None:
        super().__init__(connection, SCRATCH)
        self._url, self._config = url, config

    def prepare(self) -> None:
        """Make the tables without a row, unless a move before this one has."""
        if self._is_prepared():
            return
        self.connection.execute(f"DROP SCHEMA IF EXISTS {SCRATCH} CASCADE")
        self.connection.execute(f"CREATE SCHEMA {SCRATCH}")
        make_tables(catalogue.with_search_path(self._url, SCRATCH), self._config)
        with self.connection.transaction():
            self.connection.execute(f"SET LOCAL search_path = {SCRATCH}")
            keys = catalogue.drop_foreign_keys(self.connection, SCRATCH)
            tables = self.table_names()
            for table in tables:
                catalogue.switch_triggers(self.connection, SCRATCH, table, on=False)
            # The index of the search is built again from the rows.
            self._truncate(*tables, "wagtailsearch_indexentry")
            self.connection.execute(f"CREATE TABLE {NOTES} (name text PRIMARY KEY, said jsonb)")
            self._note("foreign keys", keys)
            self._note(MADE_FROM, fingerprint_migrations())

    def _is_prepared(self) -> bool:
        """Say whether a move before this one has made the tables of this release."""
        if NOTES not in catalogue.list_tables(self.connection, SCRATCH):
            return False
        found = self.connection.execute(
            f"SELECT said #>> '{{}}' FROM {SCRATCH}.{NOTES} WHERE name = %s",  # noqa: S608
            [MADE_FROM],
        ).fetchone()
        return found == (fingerprint_migrations(),)

    def _note(self, name: str, said: object) -> None:
        self.connection.execute(
            f"INSERT INTO {SCRATCH}.{NOTES} VALUES (%s, %s) ON CONFLICT DO NOTHING",  # noqa: S608
            [name, orjson.dumps(said).decode()],
        )

    def _truncate(self, *tables: str) -> None:
        names = sql.SQL(", ").join(sql.Identifier(SCRATCH, table) for table in tables)
        self.connection.execute(sql.SQL("TRUNCATE {}").format(names))

    def done_tables(self) -> set[str]:
        """Return the tables that were copied, now or before."""
        rows = self.connection.execute(
            f"SELECT substr(name, 6) FROM {SCRATCH}.{NOTES} WHERE name LIKE 'done %'"  # noqa: S608
        )
        return {name for (name,) in rows}

    def replace(self, table: Table, chunks: Iterator[Rows]) -> None:
        """Have a table hold these rows and no others, and note that it is done."""
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(SCRATCH, table.name),
            sql.SQL(", ").join(map(sql.Identifier, table.names)),
        )
        with self.connection.transaction(), self.connection.cursor() as cursor:
            self._truncate(table.name)
            with cursor.copy(statement) as copy:
                for rows in chunks:
                    for row in rows:
                        copy.write_row(row)
            self._note(f"done {table.name}", True)

    def complete(self, numbers: dict[str, int]) -> None:
        """Add the foreign keys, which are checked now, and have triggers and sequences work."""
        found = self.connection.execute(
            f"SELECT said FROM {SCRATCH}.{NOTES} WHERE name = 'foreign keys'"  # noqa: S608
        ).fetchone()
        keys = [(table, name, definition) for table, name, definition in found[0] if found]  # type: ignore[index]
        with self.connection.transaction():
            self.connection.execute(f"SET LOCAL search_path = {SCRATCH}")
            there = {name for _, name, _ in catalogue.list_foreign_keys(self.connection, SCRATCH)}
            missing = [key for key in keys if key[1] not in there]
            catalogue.add_foreign_keys(self.connection, SCRATCH, missing)
            for table in self.table_names():
                catalogue.switch_triggers(self.connection, SCRATCH, table, on=True)
            catalogue.set_sequences(self.connection, SCRATCH, numbers)
        build_index(catalogue.with_search_path(self._url, SCRATCH), self._config)

    def put_in_place(self) -> None:
        """Have its tables be those of the database, in one transaction."""
        with self.connection.transaction():
            schema = catalogue.current_schema(self.connection)
            self.connection.execute(f"DROP TABLE {SCRATCH}.{NOTES}")
            self.connection.execute(
                f"UPDATE {SCRATCH}.sending_databaseidentity SET place = %s",  # noqa: S608
                [
                    orjson.dumps(
                        {"unit": read_unit(self.connection), "machine": "", "path": ""}
                    ).decode()
                ],
            )
            release_identity(self.connection)
            catalogue.move_objects(self.connection, SCRATCH, schema)
            self.connection.execute(f"DROP SCHEMA {SCRATCH}")


def release_identity(connection: Connection) -> None:
    """Have the new database send: what held it was only that it is being moved."""
    connection.execute(
        f"UPDATE {SCRATCH}.sending_databaseidentity SET moved_to = '', suspended_at ="  # noqa: S608
        " CASE WHEN suspended_for = 'moved' THEN NULL ELSE suspended_at END, suspended_for ="
        " CASE WHEN suspended_for = 'moved' THEN '' ELSE suspended_for END"
    )


@contextlib.contextmanager
def open_target(url: str, config: Path) -> Iterator[PostgresqlTarget]:
    """Open the database that is moved to; raises `MoveFailed` unless it is empty."""
    with told_in_words(), catalogue.connect(url) as connection:
        require_alone(connection)
        schema = catalogue.current_schema(connection)
        if catalogue.list_tables(connection, schema):
            raise MoveFailed(
                phrase("the database that is moved to is not empty"),
                hint=phrase("Make an empty one: createdb NAME. Nothing is replaced."),
            )
        yield PostgresqlTarget(connection, url, config)


def read_identity(url: str) -> str:
    """Return the key of the database at an address; empty where there is none."""
    with told_in_words(), catalogue.connect(url) as connection:
        schema = catalogue.current_schema(connection)
        if "sending_databaseidentity" not in catalogue.list_tables(connection, schema):
            return ""
        found = connection.execute("SELECT key FROM sending_databaseidentity").fetchone()
    return str(found[0]) if found else ""
