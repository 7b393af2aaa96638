"""Make an empty database one of a release, by its migrations and its rows.

    python tests/releases/load.py VERSION

The database is that of the workspace which the program runs in.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from newsletter.runtime.startup import set_up_django
from tests.releases.release import BYTES, Release, Table, Value

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


def main() -> None:
    """Migrate to exactly what the release has, then put its rows in the place of all others."""
    set_up_django()
    from django.conf import settings
    from django.db import connection, transaction

    if connection.vendor == "sqlite":  # no test pulls the plug
        settings.DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
    release = Release(sys.argv[1])
    migrate(connection, release)
    # Foreign keys are looked at when all rows are there.
    with transaction.atomic(), connection.cursor() as cursor:
        tables = release.tables
        for name in tables:
            cursor.execute(f'DELETE FROM "{name}"')
        for name, table in tables.items():
            fill_table(connection, cursor, name, table)
    connection.close()


def migrate(connection: BaseDatabaseWrapper, release: Release) -> None:
    """Apply the migrations of a release, and no later one."""
    from django.db.migrations.executor import MigrationExecutor
    from django.db.migrations.recorder import MigrationRecorder

    MigrationExecutor(connection).migrate(release.last_migrations())
    applied = MigrationRecorder(connection).applied_migrations()
    assert {key for key in applied if key[0] in release.migrations} == {
        (app, name) for app, names in release.migrations.items() for name in names
    }


def fill_table(connection: BaseDatabaseWrapper, cursor: Any, name: str, table: Table) -> None:
    """Insert the rows of a table, and let it count on behind them."""
    columns = ", ".join(f'"{column}"' for column in table.columns)
    places = ", ".join(["%s"] * len(table.columns))
    statement = f'INSERT INTO "{name}" ({columns}) VALUES ({places})'
    on_sqlite = connection.vendor == "sqlite"
    for row in table.rows:
        cursor.execute(statement, [as_bytes(value) for value in row] if on_sqlite else row)
    if table.rows and "id" in table.columns and not on_sqlite:
        cursor.execute(
            "SELECT setval(sequence, (SELECT max(id)"
            f' FROM "{name}")) FROM pg_get_serial_sequence(%s, %s) AS sequence'
            " WHERE sequence IS NOT NULL",
            [name, "id"],
        )


def as_bytes(value: Value) -> Value | bytes:
    """Return what SQLite stores: bytes have no form of text there."""
    if value and value.startswith(BYTES):
        return bytes.fromhex(value.removeprefix(BYTES))
    return value


if __name__ == "__main__":
    main()
