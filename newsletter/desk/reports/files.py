"""Reports as files: CSV that is written while it is read, and that no spreadsheet executes."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse

from newsletter.formulas import harmless

#: By this mark spreadsheets know the encoding.
MARK = "\ufeff"

Cell = str | int


class Echo:
    """Gives back each line that a writer of CSV would put into a file."""

    def write(self, line: str) -> str:
        """Return the line."""
        return line


def stream_csv(
    name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]
) -> StreamingHttpResponse:
    """Return rows as a file of this name; its lines leave as they are made."""
    answer = StreamingHttpResponse(list_lines(header, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def list_lines(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield the lines of a file."""
    writer = csv.writer(Echo())
    yield MARK
    yield writer.writerow(header)
    for cells in rows:
        yield writer.writerow([harmless(each) if isinstance(each, str) else each for each in cells])
