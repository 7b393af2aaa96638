"""Put the database back after a test that commits, twenty times as fast as Django does.

Django empties every table with TRUNCATE, which on PostgreSQL costs milliseconds for each, then
saves object after object from JSON.  Here rows are deleted, and inserted as they were.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

Rows = list[tuple[Any, ...]]
#: What tables hold, by their quoted names.
Tables = dict[str, Rows]


def install_quick_restore(connection: BaseDatabaseWrapper) -> None:
    """Have Django's own steps between committing tests done this way; call it after migrating."""
    kept = {table: rows for table, rows in read_tables(connection).items() if rows}
    creation, operations = connection.creation, connection.ops
    flush = operations.execute_sql_flush

    def flush_and_put_back(statements: list[str]) -> None:
        # At once, and not before the next test that commits: with several processes, one that
        # lives in a transaction may come first, and would find nothing.
        flush(statements)
        put_back(connection, kept)

    # Only that there is something tells Django to put it back, and to leave permissions alone.
    vars(connection)["_test_serialized_contents"] = "[]"
    vars(creation)["deserialize_db_from_string"] = lambda _contents: put_back(connection, kept)
    vars(operations)["execute_sql_flush"] = flush_and_put_back
    vars(operations)["sql_flush"] = lambda _style, tables, **_options: [
        f"DELETE FROM {operations.quote_name(table)}" for table in sorted(tables, key=is_triggered)
    ]


def is_triggered(table: str) -> bool:
    """Say whether triggers write a table when others are written: it comes after them."""
    return "subscribers_listcount" in table


def read_tables(connection: BaseDatabaseWrapper, tables: Iterable[str] = ()) -> Tables:
    """Return all rows of these tables, or of all that Django would empty."""
    found = {}
    with connection.cursor() as cursor:
        for table in tables or table_names(connection):
            cursor.execute(f"SELECT * FROM {table}")
            found[table] = list(cursor.fetchall())
    return found


def table_names(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the quoted names of all tables that Django would empty: that looks at every model."""
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return [connection.ops.quote_name(name) for name in names]


def put_back(connection: BaseDatabaseWrapper, kept: Tables) -> None:
    """Have tables hold these rows and no others; foreign keys are looked at when all are there."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for table in sorted(kept, key=is_triggered):
            rows = kept[table]
            cursor.execute(f"DELETE FROM {table}")  # before the first test they are there still
            if rows:
                places = ", ".join(["%s"] * len(rows[0]))
                cursor.executemany(f"INSERT INTO {table} VALUES ({places})", map(storable, rows))


def storable(row: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a row as it can be written: SQLite reads times of day, but takes them as texts."""
    return tuple(str(value) if isinstance(value, dt.time) else value for value in row)
