"""The lines of a checked file as the check read them, kept for the applying: no second reading.

One line of JSON holds the rows of one kind that were put into a table together; the last one holds
the summary.  A file without it was not written to its end, and counts as none.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Final

import orjson

from subscribers.importing.summary import Summary

#: Changes whenever what is read from a file, or how it is written here, does.
VERSION: Final = 3
LINES, DEPARTURES, SUMMARY = "lines", "departures", "summary"


class Keeper:
    """Writes what is put into the tables of an import; `finish` makes it valid."""

    def __init__(self, path: Path) -> None:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._file: IO[bytes] = os.fdopen(handle, "wb")

    def keep(self, kind: str, rows: Sequence[Any]) -> None:
        """Keep some rows of one kind."""
        self._file.write(orjson.dumps([kind, rows]) + b"\n")

    def finish(self, key: str, summary: Summary) -> None:
        """Keep the summary; `key` names the file and the answers that it belongs to."""
        self.keep(SUMMARY, [VERSION, key, summary.as_json()])

    def close(self) -> None:
        """Write out what is buffered."""
        self._file.close()


def find_summary(path: Path, key: str) -> Summary | None:
    """Return the summary of kept lines; None where they are not whole, or not of this key."""
    if not path.is_file():
        return None
    kind, rows = orjson.loads(last_line(path) or b'["", []]')
    if kind != SUMMARY or rows[:2] != [VERSION, key]:
        return None
    return Summary.from_json(rows[2])


def last_line(path: Path) -> bytes:
    """Return the last line of a file, which ends with a line end; nothing for one that does not."""
    with path.open("rb") as file:
        line = next(iter(deque(file, maxlen=1)), b"")
    return line if line.endswith(b"\n") else b""


def read_kept(path: Path) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
    """Yield the kept rows, some of one kind at a time, in the order they were put in."""
    with path.open("rb") as file:
        for line in file:
            kind, rows = orjson.loads(line)
            if kind != SUMMARY:
                yield kind, rows
