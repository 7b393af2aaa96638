#!/usr/bin/env python3
"""Write newsletter/sqlite/snapshot.sql, from which a new SQLite database is made.

`make snapshot` after a migration was changed or added, and after a new version of Django or
Wagtail.  The file is committed; `tests/repository/test_snapshot_sqlite.py` compares the two.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Migrate an empty database, and write what is in it."""
    with tempfile.TemporaryDirectory(prefix="fortnight-snapshot-") as folder:
        file = Path(folder, "database.sqlite3")
        os.environ["NEWSLETTER_CONFIG"] = str(ROOT / "config.toml")
        os.environ["NEWSLETTER_DATABASE_URL"] = f"sqlite:///{file}"
        migrate()
        from newsletter.sqlite.snapshot import HEAD, SNAPSHOT, fingerprint_migrations

        with closing(sqlite3.connect(file)) as database:
            lines = [HEAD + fingerprint_migrations(), *script(database)]
    SNAPSHOT.write_text("\n".join(lines) + "\n", encoding="utf-8")


def migrate() -> None:
    """Apply every migration."""
    from newsletter.runtime.startup import set_up_django

    set_up_django()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0, interactive=False)
    connection.close()


def script(database: sqlite3.Connection) -> Iterator[str]:
    """Yield the statements that make the tables, then the rows, then indexes and triggers."""
    # What a virtual table keeps its rows in comes with it.
    tables = [
        (name, sql)
        for name, sql in made(database, "= 'table'")
        if name not in shadows(database) and not name.startswith("sqlite_")
    ]
    for _, sql in tables:
        yield f"{sql};"
    for name, _ in tables:
        yield from rows(database, name)
    # SQLite makes this table itself, with the first that counts.
    yield "DELETE FROM sqlite_sequence;"
    yield from rows(database, "sqlite_sequence")
    for _, sql in made(database, "<> 'table'"):
        yield f"{sql};"


def made(database: sqlite3.Connection, kind: str) -> list[tuple[str, str]]:
    """Return name and statement of what was made, in the order in which it was."""
    return database.execute(
        f"SELECT name, sql FROM sqlite_master WHERE type {kind} AND sql IS NOT NULL ORDER BY rowid"  # noqa: S608
    ).fetchall()


def shadows(database: sqlite3.Connection) -> set[str]:
    """Return the tables in which virtual tables keep their rows."""
    found = database.execute("SELECT name FROM pragma_table_list WHERE type = 'shadow'")
    return {name for (name,) in found}


def rows(database: sqlite3.Connection, table: str) -> Iterator[str]:
    """Yield a statement that inserts the rows of a table, one a line; nothing for an empty one."""
    from newsletter.sqlite.snapshot import OWN_VALUES

    own = OWN_VALUES.get(table, {})
    columns = [
        name for (name,) in database.execute("SELECT name FROM pragma_table_info(?)", [table])
    ]
    values = " || ', ' || ".join(
        f"'''<{own[name]}>'''" if name in own else f'quote("{name}")' for name in columns
    )
    found = [row for (row,) in database.execute(f'SELECT {values} FROM "{table}" ORDER BY rowid')]  # noqa: S608
    if found:
        yield f'INSERT INTO "{table}" VALUES'
        yield ",\n".join(f"({row})" for row in found) + ";"


if __name__ == "__main__":
    main()
