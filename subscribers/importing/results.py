"""What became of every row of a file, as figures and lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from newsletter.errors import ImportRejected, InvalidTransition
from subscribers.importing.encodings import UTF_8, Found
from subscribers.importing.noted import Noted


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that was left out, with the reason; `line` counts from 1, with the header."""

    line: int
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportResult:
    """The result for every row: the sum of all parts is always `rows`.

    `folded` holds pairs: a line, and the earlier line with the same address, which counts.
    `newly_unsubscribed` and `newly_suppressed` are people of whom the file says so, and who are
    kept as such; `pending` are new on the list and not confirmed.
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
    pending: int = 0
    newly_unsubscribed: int = 0
    newly_suppressed: int = 0
    #: Each value of a status column: `column`, `value`, `means`, `rows`.
    statuses: tuple[dict[str, str | int], ...] = ()
    encoding: Found = UTF_8
    #: What stands between the cells of a text; blank for a spreadsheet.
    separator: str = ""
    #: What a person should know about the file.
    remarks: tuple[str, ...] = ()
    #: Texts that ask for no more mail, in rows that are active otherwise.
    noted: tuple[Noted, ...] = ()
    #: In a dry run: why the import will be refused; None if it will not.
    refused: ImportRejected | None = None

    def __post_init__(self) -> None:
        counted = self.added + self.pending + self.updated + self.unchanged + self.kept_out
        if self.rows != counted + len(self.folded) + len(self.bad):
            raise InvalidTransition(f"the import counted {self.rows} rows, but lost count: {self}")

    @property
    def kept_out(self) -> int:
        """People who are not mailed: they left or are suppressed, here or by the file."""
        here = self.suppressed + self.unsubscribed
        return here + self.newly_unsubscribed + self.newly_suppressed

    def figures(self) -> dict[str, Any]:
        """Return all figures as plain values, for programs."""
        return {
            "dry_run": self.dry_run,
            "columns": self.columns,
            "encoding": self.encoding.name,
            "encoding_guessed": self.encoding.guessed,
            "separator": self.separator,
            "sheet": self.encoding.sheet,
            "sample": self.encoding.sample,
            "rows": self.rows,
            "added": self.added,
            "pending": self.pending,
            "updated": self.updated,
            "unchanged": self.unchanged,
            "kept_out": self.kept_out,
            "suppressed": self.suppressed,
            "unsubscribed": self.unsubscribed,
            "newly_suppressed": self.newly_suppressed,
            "newly_unsubscribed": self.newly_unsubscribed,
            "folded": len(self.folded),
            "bad": len(self.bad),
            "statuses": list(self.statuses),
            "remarks": list(self.remarks),
            "refused": str(self.refused) if self.refused else "",
            "refused_hint": self.refused.hint if self.refused else "",
            "folded_lines": [{"line": line, "first": first} for line, first in self.folded],
            "noted": len(self.noted),
            "noted_lines": [
                {"line": note.line, "column": note.column, "text": note.text} for note in self.noted
            ],
            "bad_lines": [{"line": bad.line, "reason": bad.reason} for bad in self.bad],
        }
