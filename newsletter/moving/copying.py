"""Copy tables and compare them: each chunk of rows by its hash, and all of them by their number."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import orjson

from newsletter.errors import MoveFailed
from newsletter.moving.sides import Reader, Rows, Table, Target
from newsletter.moving.values import convert_rows
from newsletter.phrases import phrase

#: Is told each table that is the same on both sides, with its rows.
Say = Callable[[str, int], None]


@dataclass(slots=True)
class Contents:
    """What a table holds: how many rows, and a hash of each chunk in order."""

    rows: int = 0
    hashes: list[bytes] = field(default_factory=list)

    def add(self, table: Table, rows: Rows) -> None:
        """Take one more chunk."""
        compared = convert_rows(rows, [kind.compare for kind in table.kinds])
        self.rows += len(rows)
        self.hashes.append(hashlib.blake2b(orjson.dumps(compared), digest_size=16).digest())


def copy_all(source: Reader, target: Target, tables: Iterable[Table], say: Say) -> dict[str, int]:
    """Copy what is not copied yet, and compare all; return the rows of each table.

    Raises `MoveFailed` for a table that is not the same in the end.
    """
    done = target.done_tables()
    counts = {}
    for table in tables:
        here = read_contents(source, table) if table.name in done else None
        if here is None or read_contents(target, table) != here:
            # Or somebody has changed the old database between two tries.
            here = copy_table(source, target, table)
            require_same(table, here, read_contents(target, table))
        counts[table.name] = here.rows
        say(table.name, here.rows)
    return counts


def copy_table(source: Reader, target: Target, table: Table) -> Contents:
    """Copy one table; return what was read of it."""
    read = Contents()

    def passing() -> Iterator[Rows]:
        for rows in source.read(table):
            read.add(table, rows)
            yield rows

    try:
        target.replace(table, passing())
    except (ValueError, OverflowError) as error:
        # The value itself stays out of the message.
        raise MoveFailed(
            phrase(
                "a value in {table} cannot be moved: {reason}",
                table=table.name,
                reason=type(error).__name__,
            )
        ) from None
    return read


def read_contents(side: Reader, table: Table) -> Contents:
    """Return what a table holds."""
    found = Contents()
    for rows in side.read(table):
        found.add(table, rows)
    return found


def require_same(table: Table, here: Contents, there: Contents) -> None:
    """Raise `MoveFailed` unless both sides hold the same rows."""
    if here == there:
        return
    differs = sum(one != other for one, other in zip(here.hashes, there.hashes, strict=False))
    raise MoveFailed(
        phrase(
            "{table} is not the same on both sides: {here} rows here, {there} there, {chunks}"
            " chunks differ",
            table=table.name,
            here=f"{here.rows:,}",
            there=f"{there.rows:,}",
            chunks=differs,
        ),
        hint=phrase("Please report this. The old database has everything."),
    )
