#!/usr/bin/env python3
"""Write `snapshot.sql` of newsletter/sqlite and newsletter/postgresql: new databases begin with it.

`make snapshot` after a migration was changed or added, and after a new version of Django or
Wagtail.  The files are committed; tests/repository/test_snapshot_sqlite.py and
test_snapshot_postgres.py compare them with what the migrations make.
"""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parent.parent
CLUSTER = ROOT / "tests" / "cluster.py"
#: Where the tables are made on PostgreSQL.  Their names come with it, and it is taken out again: a
#: new database's tables may be in any schema.
SCHEMA = "fortnight_snapshot"
#: How lines of pg_dump begin that are about its own session, or about the schema.
LEFT_OUT = ("--", "\\", "SET ", "SELECT pg_catalog.set_config", "CREATE SCHEMA")
#: What quotes the body of a function.
QUOTE = re.compile(r"\$\w*\$")
#: What PostgreSQL prints for `column IN ('one', 'other')`, and would not read as the same.
ANY_OF = re.compile(r"\((\w+)\)::text = ANY \(\(ARRAY\[(.*?)\]\)::text\[\]\)")


def main() -> None:
    """Write both, each in a process of its own: Django knows one database in its life."""
    if sys.argv[1:]:
        {"sqlite": write_sqlite, "postgresql": write_postgresql}[sys.argv[1]]()
        return
    for vendor in ("sqlite", "postgresql"):
        subprocess.run([sys.executable, __file__, vendor], check=True)


def write_sqlite() -> None:
    """Write what the migrations make in a SQLite file."""
    with tempfile.TemporaryDirectory(prefix="fortnight-snapshot-") as folder:
        file = Path(folder, "database.sqlite3")
        migrate(f"sqlite:///{file}")
        with closing(sqlite3.connect(file)) as database:
            write("sqlite", sqlite_script(database))


def write_postgresql() -> None:
    """Write what the migrations make on a PostgreSQL server."""
    with server() as address, psycopg.connect(address, autocommit=True) as database:
        database.execute(f"CREATE SCHEMA {SCHEMA}")
        database.execute(f"SET search_path = {SCHEMA}")
        migrate(f"{address}?options=-csearch_path%3D{SCHEMA}")
        write("postgresql", postgresql_script(database, address))


def migrate(url: str) -> None:
    """Apply every migration."""
    os.environ["NEWSLETTER_CONFIG"] = str(ROOT / "config.toml")
    os.environ["NEWSLETTER_DATABASE_URL"] = url
    from newsletter.runtime.startup import set_up_django

    set_up_django()
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0, interactive=False)
    connection.close()


def write(vendor: str, script: Iterator[str]) -> None:
    """Write the file for one kind of database."""
    from newsletter.snapshot import HEAD, SNAPSHOTS, fingerprint_migrations

    lines = [HEAD + fingerprint_migrations(), *script]
    SNAPSHOTS[vendor].write_text("\n".join(lines) + "\n", encoding="utf-8")


# SQLite


def sqlite_script(database: sqlite3.Connection) -> Iterator[str]:
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
        yield from sqlite_rows(database, name)
    # SQLite makes this table itself, with the first that counts.
    yield "DELETE FROM sqlite_sequence;"
    yield from sqlite_rows(database, "sqlite_sequence")
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


def sqlite_rows(database: sqlite3.Connection, table: str) -> Iterator[str]:
    """Yield a statement that inserts the rows of a table, one a line; nothing for an empty one."""
    columns = [
        name for (name,) in database.execute("SELECT name FROM pragma_table_info(?)", [table])
    ]
    values = values_of(table, columns, 'quote("{}")')
    found = database.execute(f'SELECT {values} FROM "{table}" ORDER BY rowid')  # noqa: S608
    yield from insert(table, [row for (row,) in found])


# PostgreSQL


@contextmanager
def server() -> Iterator[str]:
    """Start a fresh server, as the tests have it, for a while; yield its address."""
    with subprocess.Popen(
        [sys.executable, CLUSTER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as keeper:
        address = keeper.stdout.readline().strip() if keeper.stdout else ""
        if not address:
            sys.exit("PostgreSQL did not start; its own words stand above")
        yield address
        keeper.communicate()


def postgresql_script(database: psycopg.Connection[tuple[str, ...]], address: str) -> Iterator[str]:
    """Yield the statements that make the tables, then the rows, then keys, indexes and triggers."""
    from newsletter.postgresql import catalogue

    # Bodies of functions name tables that come after them.
    yield "SET LOCAL check_function_bodies = off;"
    yield from dump(address, "pre-data")
    for table in catalogue.list_tables(database, SCHEMA):
        yield from postgresql_rows(database, table)
    sequences = {
        f"{table}.{column}": name
        for table, column, name in catalogue.list_sequences(database, SCHEMA)
    }
    for place, number in catalogue.read_sequences(database, SCHEMA).items():
        yield f"SELECT setval('{sequences[place]}', {number});"
    yield from dump(address, "post-data")


def dump(address: str, section: str) -> Iterator[str]:
    """Yield the lines of a section of pg_dump, so that they work in any schema."""
    found = subprocess.run(
        [sys.executable, CLUSTER, "--find"], capture_output=True, text=True, check=True
    )
    program = Path(found.stdout.strip(), "pg_dump")
    options = ["--no-owner", "--no-privileges", f"--schema={SCHEMA}", f"--section={section}"]
    said = subprocess.run([program, *options, address], capture_output=True, text=True, check=True)
    in_function = False
    for line in said.stdout.splitlines():
        if in_function or (line and not line.startswith(LEFT_OUT)):
            yield ANY_OF.sub(in_list, line.replace(f"{SCHEMA}.", ""))
        in_function ^= len(QUOTE.findall(line)) % 2 == 1


def in_list(found: re.Match[str]) -> str:
    """Return what was written where PostgreSQL prints a comparison with an array."""
    return f"{found[1]} IN ({found[2].replace('::character varying', '')})"


def postgresql_rows(database: psycopg.Connection[tuple[str, ...]], table: str) -> Iterator[str]:
    """Yield a statement that inserts the rows of a table, one a line; nothing for an empty one."""
    from newsletter.postgresql import catalogue

    columns = [column.name for column in catalogue.list_columns(database, SCHEMA, table)]
    values = values_of(table, columns, 'quote_nullable("{}"::text)')
    found = database.execute(f'SELECT {values} FROM "{table}" ORDER BY 1')  # type: ignore[arg-type] # noqa: S608
    yield from insert(table, [row for (row,) in found])


# Both


def values_of(table: str, columns: list[str], quoted: str) -> str:
    """Return the expression for a row as it is written; what each has of its own is left open."""
    from newsletter.snapshot import OWN_VALUES

    own = OWN_VALUES.get(table, {})
    return " || ', ' || ".join(
        f"'''<{own[name]}>'''" if name in own else quoted.format(name) for name in columns
    )


def insert(table: str, rows: list[str]) -> Iterator[str]:
    """Yield a statement with all rows, one a line; nothing without any."""
    if rows:
        yield f'INSERT INTO "{table}" VALUES'
        yield ",\n".join(f"({row})" for row in rows) + ";"


if __name__ == "__main__":
    main()
