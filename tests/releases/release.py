"""What a release is to those who upgrade from it: its migrations, and the rows of its database.

Each release has a folder here with two files, written once by `make release-data`:

- `release.json`: its own migrations with the hash of each file, those that it had of the
  frameworks, and the signing key of the workspace that the rows are from;
- `rows.json`: every table with its columns and rows.  Each value is a text that SQLite and
  PostgreSQL both read as the type of the column; bytes are written in hexadecimal digits.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RELEASES = Path(__file__).parent
#: The apps whose migrations are ours.
OUR_APPS = ("publishing", "scheduling", "sending", "subscribers", "throttling", "tracking")
#: Tables of the database itself: what was applied, and the index of a search that is built again.
NOT_KEPT = ("django_migrations", "wagtailsearch_", "sqlite_", "procrastinate_")
BYTES = "\\x"

Value = str | None


@dataclass(frozen=True)
class Table:
    """One table: the names of its columns, and its rows."""

    columns: list[str]
    rows: list[list[Value]]


@dataclass(frozen=True)
class Release:
    """A release, by its version."""

    version: str

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return RELEASES / self.version

    @property
    def migrations(self) -> dict[str, dict[str, str]]:
        """The hash of each migration of ours, by app and name."""
        kept: dict[str, dict[str, str]] = self._read()["migrations"]
        return kept

    @property
    def frameworks(self) -> dict[str, str]:
        """The last migration of each app that is not ours."""
        kept: dict[str, str] = self._read()["frameworks"]
        return kept

    @property
    def signing_key(self) -> str:
        """The key that links in its mails are signed with."""
        kept: str = self._read()["signing_key"]
        return kept

    @property
    def tables(self) -> dict[str, Table]:
        """The rows of a database of this release."""
        stored = json.loads((self.folder / "rows.json").read_text(encoding="utf-8"))
        return {name: Table(**table) for name, table in stored.items()}

    def last_migrations(self) -> list[tuple[str, str]]:
        """Return the last migration of each app, as targets for Django."""
        ours = [(app, max(names)) for app, names in self.migrations.items()]
        return [*ours, *self.frameworks.items()]

    def _read(self) -> dict[str, Any]:
        stored: dict[str, Any] = json.loads((self.folder / "release.json").read_text())
        return stored


def list_releases() -> list[Release]:
    """Return all releases that are kept here, the oldest first."""
    versions = [folder.parent.name for folder in RELEASES.glob("*/release.json")]
    return [Release(version) for version in sorted(versions, key=version_numbers)]


def version_numbers(version: str) -> tuple[int, ...]:
    """Return what versions are ordered by."""
    return tuple(map(int, version.split(".")))


def hash_migrations(app: str) -> dict[str, str]:
    """Return the hash of each migration file of an app, by its name."""
    from django.apps import apps

    files = Path(apps.get_app_config(app).path, "migrations").glob("[0-9]*.py")
    return {file.stem: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(files)}


def is_kept(table: str) -> bool:
    """Say whether the rows of a table are kept."""
    return not table.startswith(NOT_KEPT)


def write_tables(tables: dict[str, Table]) -> str:
    """Return tables as JSON with one row a line, so that a difference can be read."""
    return "{\n" + ",\n".join(write_table(*item) for item in sorted(tables.items())) + "\n}\n"


def write_table(name: str, table: Table) -> str:
    """Return one table as a member of a JSON object."""
    rows = ",\n".join(json.dumps(row, ensure_ascii=False) for row in table.rows)
    rows = f"\n{rows}\n" if rows else ""
    return f'"{name}": {{"columns": {json.dumps(table.columns)}, "rows": [{rows}]}}'


def read_tables(cursor: Any, names: list[str]) -> Iterator[tuple[str, Table]]:
    """Yield the tables of a SQLite database, given a cursor of Python's own driver."""
    for name in filter(is_kept, names):
        found = cursor.execute(f'SELECT * FROM "{name}"').fetchall()
        columns = [column[0] for column in cursor.description]
        yield name, Table(columns, [[as_text(value) for value in row] for row in found])


def as_text(value: Any) -> Value:
    """Return a value of SQLite as a text."""
    if value is None:
        return None
    return BYTES + value.hex() if isinstance(value, bytes) else str(value)
