"""What a database is to a move: a source that is read in order, or a target that is built."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from newsletter.moving.values import KINDS, ValueKind

Rows = list[tuple[Any, ...]]

#: Rows that are read, written and compared at a time.
CHUNK_ROWS = 10_000
#: What a target notes of the migrations its tables were made from: after an upgrade in the middle
#: of a move others are needed, and it is built again.
MADE_FROM = "made from"
#: Tables that are not moved: what was migrated belongs to the kind of database, the index of the
#: desk's search is built again, and jobs are enqueued again by the clock.
NOT_MOVED = ("django_migrations", "wagtailsearch_", "procrastinate_", "fortnight_move")


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its columns with their types in PostgreSQL, and those that order its rows."""

    name: str
    columns: tuple[tuple[str, str], ...]
    keys: tuple[str, ...]

    @property
    def kinds(self) -> list[ValueKind]:
        """How the values of each column are converted."""
        return [KINDS[kind] for _, kind in self.columns]

    @property
    def names(self) -> list[str]:
        """The names of the columns."""
        return [name for name, _ in self.columns]

    def type_of(self, column: str) -> str:
        """Return the type of a column."""
        return dict(self.columns)[column]


class Reader(Protocol):
    """A database whose rows are read; values are those that PostgreSQL takes."""

    def table_names(self) -> list[str]:
        """Return its tables that are moved."""
        ...

    def column_names(self, table: str) -> set[str]:
        """Return the columns of a table."""
        ...

    def read(self, table: Table) -> Iterator[Rows]:
        """Yield the rows of a table by its keys, in chunks of `CHUNK_ROWS`."""
        ...

    def read_numbers(self) -> dict[str, int]:
        """Return the last number that each table has given, as `table.column`."""
        ...


class Target(Reader, Protocol):
    """A database that is built beside what is there, then put in place."""

    def done_tables(self) -> set[str]:
        """Return the tables that were copied, now or before."""
        ...

    def replace(self, table: Table, chunks: Iterator[Rows]) -> None:
        """Have a table hold these rows and no others, and note that it is done."""
        ...

    def complete(self, numbers: dict[str, int]) -> None:
        """Have constraints, triggers and numbers work again."""
        ...

    def put_in_place(self) -> None:
        """Have it be the database that its address names."""
        ...


def moved(names: Sequence[str]) -> list[str]:
    """Return the names of tables that are moved."""
    return sorted(name for name in names if not name.startswith(NOT_MOVED))
