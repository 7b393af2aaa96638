"""A consistent copy of a database of PostgreSQL while programs write into it, and the way back.

The copy is one file of COPY for each table, all read in one snapshot (REPEATABLE READ).  It needs
no `pg_dump`, which is missing in small containers and refuses a server newer than itself.  The
migrations make the tables again, so the copy says which ones were applied.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import psycopg
from psycopg import sql

from newsletter.backup.archive import BLOCK_BYTES
from newsletter.backup.manifest import DatabaseContents, Kind
from newsletter.backup.tables import make_tables
from newsletter.errors import BackupFailed
from newsletter.phrases import phrase
from newsletter.postgresql import catalogue
from newsletter.postgresql.catalogue import Connection
from newsletter.runtime.availability import first_line

WHEN_BACK = phrase(
    "Nothing was changed. When the server answers, and lets this account do it, do it again."
)
SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
SEQUENCES = "sequences.json"
#: Seconds until a connection that is still there is taken for one in use.
GONE_SECONDS = 2.0
#: Where a backup is built, beside the tables in use.
SCRATCH = "fortnight_restore"
#: Where the tables that were in use are kept: with the time behind it.
ASIDE = "before_restore_"


@contextlib.contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Connect to a database; raise `BackupFailed` for whatever the server says against it."""
    try:
        with catalogue.connect(url) as connection:
            yield connection
    except psycopg.Error as error:
        # Only the first line: below it may stand the values of a row.
        raise BackupFailed(
            phrase("PostgreSQL says: {reason}", reason=first_line(error)), hint=WHEN_BACK
        ) from None


def copy_rows(url: str, folder: Path) -> tuple[DatabaseContents, list[Path]]:
    """Copy all tables into files in a folder; return what is in them, and the files."""
    with connected(url) as connection:
        connection.execute(SNAPSHOT)
        schema = catalogue.current_schema(connection)
        tables = catalogue.list_tables(connection, schema)
        files, rows = [], {}
        for table in tables:
            path = folder / f"{table}.copy"
            rows[table] = copy_out(connection, schema, table, path)
            files.append(path)
        numbers = folder / SEQUENCES
        numbers.touch(mode=0o600)
        numbers.write_bytes(orjson.dumps(catalogue.read_sequences(connection, schema)))
        contents = describe(connection, rows)
        connection.execute("ROLLBACK")
    return contents, [*files, numbers]


def copy_out(connection: Connection, schema: str, table: str, path: Path) -> int:
    """Write the rows of a table into a new file; return how many there are."""
    columns = catalogue.list_columns(connection, schema, table)
    path.touch(mode=0o600, exist_ok=False)
    with path.open("wb") as file, connection.cursor() as cursor:
        names = sql.SQL(", ").join(sql.Identifier(column.name) for column in columns)
        # In text: read by any release of the server, and by people.
        head = "\t".join(column.name for column in columns)
        file.write(f"{head}\n".encode())
        statement = sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(schema, table), names)
        with cursor.copy(statement) as copy:
            for block in copy:
                file.write(block)
        return cursor.rowcount


def describe(connection: Connection, rows: dict[str, int]) -> DatabaseContents:
    """Return what the manifest says of the database."""
    identity, migrations = "", []
    if "sending_databaseidentity" in rows:
        found = connection.execute("SELECT key FROM sending_databaseidentity").fetchone()
        identity = str(found[0]) if found else ""
    if "django_migrations" in rows:
        migrations = connection.execute(
            "SELECT app, name FROM django_migrations ORDER BY app, name"
        ).fetchall()
    return DatabaseContents(
        kind=Kind.ROWS,
        server=connection.info.parameter_status("server_version") or "",
        identity=identity,
        place={"unit": read_unit(connection), "machine": "", "path": ""},
        migrations=tuple((str(app), str(name)) for app, name in migrations),
        rows=rows,
    )


def read_unit(connection: Connection) -> str:
    """Return what identifies the database, as `newsletter.sending.restores.identity` does."""
    found = connection.execute(
        "SELECT has_function_privilege('pg_control_system()', 'EXECUTE'), oid FROM pg_database"
        " WHERE datname = current_database()"
    ).fetchone()
    may, number = found or (False, 0)
    row = connection.execute("SELECT system_identifier FROM pg_control_system()") if may else None
    cluster = row.fetchone() if row else None
    return f"{cluster[0] if cluster else ''}/{number}"


def require_alone(connection: Connection) -> None:
    """Raise `BackupFailed` while other programs of this account are connected.

    One that has just ended is waited for: its connection outlives it for a while.
    """
    deadline = time.monotonic() + GONE_SECONDS
    while others := count_others(connection):
        if time.monotonic() > deadline:
            raise BackupFailed(
                phrase("{number} programs are connected to the database", number=others),
                hint=phrase(
                    "Stop newsletter serve, every newsletter worker and psql, then do it again."
                ),
            )
        time.sleep(GONE_SECONDS / 100)


def count_others(connection: Connection) -> int:
    """Return how many other programs of this account are connected now."""
    # Else a transaction is told again what it was told first.
    connection.execute("SELECT pg_stat_clear_snapshot()")
    found = connection.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND usename = current_user AND pid <> pg_backend_pid()"
        " AND backend_type = 'client backend'"
    ).fetchone()
    return int(found[0]) if found else 0


def build_beside(url: str, config: Path, folder: Path, contents: DatabaseContents) -> None:
    """Build the database of a backup in a schema of its own; nobody uses it yet.

    Raises `BackupFailed` where a row does not fit, or one is missing.
    """
    with connected(url) as connection:
        require_alone(connection)
        connection.execute(f"DROP SCHEMA IF EXISTS {SCRATCH} CASCADE")
        connection.execute(f"CREATE SCHEMA {SCRATCH}")
    beside = catalogue.with_search_path(url, SCRATCH)
    make_tables(beside, config, contents.migrations)
    with connected(beside) as connection, connection.transaction():
        keys = catalogue.drop_foreign_keys(connection, SCRATCH)
        tables = catalogue.list_tables(connection, SCRATCH)
        for table in tables:
            catalogue.switch_triggers(connection, SCRATCH, table, on=False)
        connection.execute(
            sql.SQL("TRUNCATE {}").format(sql.SQL(", ").join(map(sql.Identifier, tables)))
        )
        for table, number in contents.rows.items():
            copy_in(connection, table, folder / f"{table}.copy", number)
        for table in tables:
            catalogue.switch_triggers(connection, SCRATCH, table, on=True)
        catalogue.add_foreign_keys(connection, SCRATCH, keys)
        numbers = orjson.loads((folder / SEQUENCES).read_bytes())
        catalogue.set_sequences(connection, SCRATCH, numbers)


def copy_in(connection: Connection, table: str, path: Path, number: int) -> None:
    """Read the rows of a table from a file; raises `BackupFailed` unless it is that many."""
    with path.open("rb") as file, connection.cursor() as cursor:
        names = file.readline().decode().rstrip("\n").split("\t")
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
        )
        with cursor.copy(statement) as copy:
            while block := file.read(BLOCK_BYTES):
                copy.write(block)
        if cursor.rowcount != number:
            raise BackupFailed(phrase("the database in the backup does not have the rows it had"))


def name_aside(stamp: str) -> str:
    """Return the schema in which the tables are kept that were in use."""
    return f"{ASIDE}{stamp}".replace("-", "_")


def put_in_use(url: str, stamp: str) -> None:
    """Exchange the tables in use for those that were built, in one transaction.

    Nothing happens where that was done: what was built is gone by then.
    """
    aside = name_aside(stamp)
    with connected(url) as connection, connection.transaction():
        if not catalogue.has_schema(connection, SCRATCH):
            return
        require_alone(connection)
        schema = catalogue.current_schema(connection)
        if catalogue.list_tables(connection, schema):
            connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(aside)))
            catalogue.move_objects(connection, schema, aside)
        catalogue.move_objects(connection, SCRATCH, schema)
        connection.execute(f"DROP SCHEMA {SCRATCH}")


def has_tables(url: str) -> bool:
    """Say whether there are tables that a restore would replace; raises where others use them."""
    with connected(url) as connection:
        require_alone(connection)
        schema = catalogue.current_schema(connection)
        return bool(catalogue.list_tables(connection, schema))


def measure_tables(url: str) -> int:
    """Return how many bytes the tables take, without their indexes."""
    with connected(url) as connection:
        found = connection.execute(
            "SELECT sum(pg_table_size(oid)) FROM pg_class WHERE relkind = 'r'"
            " AND relnamespace = current_schema()::regnamespace"
        ).fetchone()
    return int(found[0] or 0) if found else 0


def drop_scratch(url: str) -> None:
    """Remove what was built and is not used."""
    with contextlib.suppress(BackupFailed), connected(url) as connection:
        connection.execute(f"DROP SCHEMA IF EXISTS {SCRATCH} CASCADE")
