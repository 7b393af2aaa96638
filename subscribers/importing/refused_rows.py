"""The rows that could not be used, as a table to correct and bring in again."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from newsletter.formulas import harmless

#: The title of the column with the reason; a column of this name is never read.
TITLE = "import_problem"
#: By this mark spreadsheets know the encoding.
MARK = "\ufeff"


class RefusedRows:
    """Writes rows to a file as they are refused; without any there is no file."""

    def __init__(self, path: Path, titles: Sequence[str]) -> None:
        self._path, self._titles = path, titles
        self._file: Any = None
        self._writer: Any = None
        path.unlink(missing_ok=True)

    def add(self, cells: Sequence[str], line: int, reason: str) -> None:
        """Write one row with its reason."""
        if self._writer is None:
            # Readable by its owner only: it holds people.
            handle = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            self._file = os.fdopen(handle, "w", encoding="utf-8", newline="")
            self._file.write(MARK)
            self._writer = csv.writer(self._file)
            self._writer.writerow([*map(harmless, self._titles), TITLE])
        row = fit_row(cells, len(self._titles))
        said = _("line {line}: {reason}").format(line=line, reason=reason)
        self._writer.writerow([*map(harmless, row), said])

    def close(self) -> None:
        """Finish the file."""
        if self._file is not None:
            self._file.close()


def fit_row(cells: Sequence[str], width: int) -> list[str]:
    """Return a row that is at least as wide as the titles, with all that stands in it.

    What stands beyond the titles stays where it is, before the reason: nothing is lost, and while
    it is too wide the row is refused again.
    """
    row = [*cells, *[""] * (width - len(cells))]
    while len(row) > width and not row[-1].strip():
        row.pop()
    return row
