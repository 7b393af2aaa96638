"""Put the people of a CSV file on a list: all that can be, or, when the file is unfit, nobody.

A line that holds no good address is reported and left out.  Nobody who has left or is
suppressed comes back.  Of people we know, what the file says replaces name and attributes;
a blank cell and a missing column change nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from django.db import transaction

from newsletter.errors import BadInput, ImportRejected, WrongStep
from subscribers import staging
from subscribers.addresses import parse
from subscribers.columns import Columns, read_header, tidy
from subscribers.models import List
from subscribers.staging import KnownPerson, Line
from subscribers.tables import Row, read_rows


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that was left out, and why; `line` counts from 1, the header included."""

    line: int
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportResult:
    """What became of every row: the sum of all parts is `rows`, always.

    `folded` holds pairs: a line, and the earlier line with the same address, which counts.
    """

    columns: dict[str, str]
    rows: int
    added: int
    updated: int
    unchanged: int
    suppressed: int
    unsubscribed: int
    folded: tuple[tuple[int, int], ...]
    bad: tuple[BadLine, ...]
    dry_run: bool

    def __post_init__(self) -> None:
        counted = self.added + self.updated + self.unchanged + self.kept_out
        if self.rows != counted + len(self.folded) + len(self.bad):
            raise WrongStep(f"the import counted {self.rows} rows, but lost count: {self}")

    @property
    def kept_out(self) -> int:
        """People who are not put on the list, for they left or are suppressed."""
        return self.suppressed + self.unsubscribed

    def figures(self) -> dict[str, Any]:
        """Return all of it as plain values, for programs."""
        return {
            "dry_run": self.dry_run,
            "columns": self.columns,
            "rows": self.rows,
            "added": self.added,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "kept_out": self.kept_out,
            "suppressed": self.suppressed,
            "unsubscribed": self.unsubscribed,
            "folded": len(self.folded),
            "bad": len(self.bad),
            "folded_lines": [{"line": line, "first": first} for line, first in self.folded],
            "bad_lines": [{"line": bad.line, "reason": bad.reason} for bad in self.bad],
        }


class Reading:
    """One pass over a file, which counts the rows and notes the bad ones on the way."""

    def __init__(self, path: Path) -> None:
        """Read the header, or raise `ImportRejected` when the file is no table of people."""
        self.rows = 0
        self.bad: list[BadLine] = []
        self._records = read_rows(path)
        header = next(self._records, None)
        if header is None:
            raise ImportRejected("the file is empty", path=str(path))
        try:
            self.columns = read_header(header.cells)
        except BadInput as error:
            raise ImportRejected(
                str(error), path=str(path), line=header.line, hint=error.hint
            ) from None

    def good_lines(self) -> Iterator[Line]:
        """Yield the lines that can be imported."""
        for row in self._records:
            self.rows += 1
            try:
                yield read_line(row, self.columns)
            except BadInput as error:
                self.bad.append(BadLine(row.line, str(error)))


def import_file(path: Path, into: List, *, dry_run: bool = False) -> ImportResult:
    """Import a file into a list, or only say what would become of it.

    Raises `ImportRejected`, naming the line where there is one, when the file cannot be read as
    a table with a column of addresses; then nothing was saved.
    """
    reading = Reading(path)
    with staging.opened():
        staging.load(reading.good_lines())
        if dry_run:
            return settle(reading, into, source="")
        with transaction.atomic():
            return settle(reading, into, source=f"import of {path.name}")


def read_line(row: Row, columns: Columns) -> Line:
    """Return what a row says, or raise `BadInput` with the reason why it cannot be used."""
    cells, width = tidy(row.cells), len(columns.kinds)
    if len(cells) < width:
        cells += [""] * (width - len(cells))
    elif any(cells[width:]):
        raise BadInput(f"{len(cells)} cells in {width} columns: quote a cell that holds a divider")
    address = parse(cells[columns.email])
    name, attributes = columns.read(cells)
    return row.line, address.key, address.email, name, orjson.dumps(attributes).decode()


def settle(reading: Reading, into: List, *, source: str) -> ImportResult:
    """Decide what becomes of every line, and write it if there is a source to note."""
    fates = staging.judge(into.pk)
    updated = update_known(write=bool(source))
    if source:
        staging.insert_people(into.pk, source[:200])
    return ImportResult(
        columns=reading.columns.described(),
        rows=reading.rows,
        added=fates.get("added", 0),
        updated=updated,
        unchanged=fates.get("present", 0) - updated,
        suppressed=fates.get("suppressed", 0),
        unsubscribed=fates.get("unsubscribed", 0),
        folded=tuple(staging.folded()),
        bad=tuple(reading.bad),
        dry_run=not source,
    )


def update_known(*, write: bool) -> int:
    """Bring people we know up to date; return how many of those on the list already changed."""
    updated = 0
    for people in staging.known_people():
        changes = {person: change for person in people if (change := change_of(person))}
        updated += sum(person.fate == "present" for person in changes)
        if write:
            staging.update_people(list(changes.values()))
    return updated


def change_of(person: KnownPerson) -> tuple[str, str, int] | None:
    """Return the new `name, attributes as JSON, id` of a person, or None when nothing is new."""
    known: dict[str, str] = orjson.loads(person.attributes)
    attributes = known | orjson.loads(person.attributes_in_file)
    name = person.name_in_file or person.name
    if (name, attributes) == (person.name, known):
        return None
    return name, orjson.dumps(attributes).decode(), person.subscriber_id
