"""The bare limit of a write: the same rows once more, by one `INSERT … SELECT`."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction


def copy_seconds(table: str, where: str = "", values: Sequence[Any] = ()) -> float:
    """Return how many seconds it takes to copy rows into a table with the same indexes.

    On SQLite its foreign keys are looked up, too; on PostgreSQL neither keys nor triggers are.
    """
    copy = f"bare_{table}"
    with connection.cursor() as cursor:
        for statement in definitions(table, copy):
            cursor.execute(statement)
        started = time.perf_counter()
        with transaction.atomic():
            cursor.execute(f"INSERT INTO {copy} SELECT * FROM {table} {where}", values)
        seconds = time.perf_counter() - started
        cursor.execute(f"DROP TABLE {copy}")
    return seconds


def definitions(table: str, copy: str) -> list[str]:
    """Return the statements that make an empty copy of a table and its indexes."""
    if connection.vendor == "postgresql":
        return [f"CREATE TABLE {copy} (LIKE {table} INCLUDING ALL)"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master"
            " WHERE tbl_name = %s AND type IN ('table', 'index') AND sql IS NOT NULL"
            " ORDER BY type DESC",
            [table],
        )
        return [
            sql.replace(f'"{name}"', f'"bare_{name}"', 1).replace(f'"{table}"', f'"{copy}"')
            for name, sql in cursor.fetchall()
        ]
