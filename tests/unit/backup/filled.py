"""A row in every table of a SQLite database, found by what the tables say of themselves.

A new table gets rows here without anybody thinking of it, so a backup, a restore and a move cannot
forget it.
"""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

#: Tables of SQLite, of the search (built again), and of what is not moved.
NOT_FILLED = ("sqlite_", "wagtailsearch_", "django_migrations")
VALUES: dict[str, Any] = {
    "integer": 1,
    "bigint": 1,
    "smallint unsigned": 1,
    "smallint": 1,
    "integer unsigned": 1,
    "bigint unsigned": 1,
    "bool": 1,
    "datetime": "2026-11-28 03:04:05.678901",
    "date": "2026-11-28",
    "time": "03:04:05",
    "real": 0.1,
    "decimal": 1.5,
    "text": "Grüße — 日本語 ' \" \\ \t\n",
    "blob": b"\x00\xff",
    "char(32)": "0123456789abcdef0123456789abcdef",
    "char(39)": "2001:db8::1",
}
#: With its keys in order: PostgreSQL puts them so.
JSON = '{"a": "日本", "b": [1, 2.5, null]}'


def fill_tables(path: Path) -> None:
    """Add a row to each table that has none, in whatever order the keys between them allow."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute("PRAGMA foreign_keys = ON")
        empty = [name for name in table_names(file) if not count(file, name)]
        while empty:
            filled = [name for name in empty if fill(file, name)]
            assert filled, f"no row fits into {empty}: {fill(file, empty[0], loud=True)}"
            empty = [name for name in empty if name not in filled]


def table_names(file: sqlite3.Connection) -> list[str]:
    """Return the tables that have rows of ours."""
    rows = file.execute(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
    )
    return sorted(name for (name,) in rows if not name.startswith(NOT_FILLED))


def count(file: sqlite3.Connection, table: str) -> int:
    """Return how many rows a table has."""
    return int(file.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])


def fill(file: sqlite3.Connection, table: str, *, loud: bool = False) -> bool:
    """Add a row; say whether that was possible."""
    parents = {
        row[3]: (row[2], row[4] or "id")
        for row in file.execute(f'PRAGMA foreign_key_list("{table}")')
    }
    (script,) = file.execute("SELECT sql FROM sqlite_master WHERE name = ?", [table]).fetchone()
    row = {}
    for _, name, kind, required, _, key in file.execute(f'PRAGMA table_info("{table}")'):
        if name in parents:
            parent, column = parents[name]
            found = file.execute(f'SELECT "{column}" FROM "{parent}" LIMIT 1').fetchone()
            if found is None and required:
                return False
            row[name] = found[0] if found else None
        elif not (key and kind.lower() == "integer"):
            row[name] = value_of(script, name, kind)
    names, places = ", ".join(f'"{name}"' for name in row), ", ".join("?" * len(row))
    rest = f"({names}) VALUES ({places})" if row else "DEFAULT VALUES"
    try:
        file.execute(f'INSERT INTO "{table}" {rest}', list(row.values()))
    except sqlite3.IntegrityError:
        if loud:
            raise
        return False
    return True


def value_of(script: str, name: str, kind: str) -> Any:
    """Return a value for a column: JSON where the table checks for it."""
    if name == "body" and kind.lower() != "blob":  # the blocks of an issue
        return "[]"
    if f'JSON_VALID("{name}")' in script:
        return JSON
    if size := re.fullmatch(r"varchar\((\d+)\)", kind):
        return "Grüße, 日本"[: int(size[1])]
    return VALUES[kind.lower()]


def read_all(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of all tables, in order."""
    with closing(sqlite3.connect(path)) as file:
        return {
            name: sorted(file.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)
            for name in table_names(file)
        }
