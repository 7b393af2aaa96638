"""Read a table of text as spreadsheets and other programs write it, in little memory.

Any encoding that `encodings` finds; comma, semicolon, tab or bar; any line ends; line breaks
inside quotes; a line `sep=;` on top.  Whatever cannot be read is an `ImportRejected` that names the
line, because after a missing quotation mark nobody knows where a row ends.
"""

from __future__ import annotations

import csv
import itertools
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TextIO

from django.utils.translation import gettext as _

from newsletter.errors import ImportRejected
from subscribers.importing.encodings import Found, find_encoding
from subscribers.importing.spreadsheets import SPREADSHEETS, read_sheet

DELIMITERS = ",;\t|"
#: What Excel writes and reads in the first line of a table.
SEPARATOR = re.compile(r"\ufeff?[\"']?sep=(.)[\"']?[;,\t ]*\r?\n?", re.IGNORECASE)
#: Rows by which the delimiter is chosen, and characters read for that.
HEAD_ROWS = 40
HEAD = 1 << 16
#: More than any cell of a person holds; what is longer has swallowed other rows.
MAX_CELL_LENGTH = 131_072


class Row(NamedTuple):
    """The cells of one record and the line it begins on."""

    line: int
    cells: list[str]


def read_rows(path: Path, encoding: Found | None = None) -> Iterator[Row]:
    """Yield the rows of a file that are not blank.

    Raises `ImportRejected` as soon as something cannot be read.
    """
    encoding = encoding or find_encoding(path)
    if encoding.name in SPREADSHEETS:
        yield from itertools.starmap(Row, read_sheet(path, encoding.sheet))
        return
    try:
        with path.open(encoding=encoding.name, newline="") as file:
            line, delimiter = find_beginning(file)
            yield from split(path, file, delimiter, line)
    except UnicodeError:
        raise not_readable(path, encoding) from None


def find_separator(path: Path, encoding: Found) -> str:
    """Return the character between the cells of a text; blank for a spreadsheet."""
    if encoding.name in SPREADSHEETS:
        return ""
    try:
        with path.open(encoding=encoding.name, newline="") as file:
            return find_beginning(file)[1]
    except UnicodeError:
        return ""


def find_beginning(file: TextIO) -> tuple[int, str]:
    """Return the line that the table begins on, and its delimiter; go there."""
    first = file.readline(HEAD)
    told = SEPARATOR.fullmatch(first)
    if told:
        return 2, told[1]
    file.seek(0)
    head = file.read(HEAD)
    file.seek(0)
    return 1, delimiter_of(head)


def delimiter_of(head: str) -> str:
    """Return the character that splits most of the first rows into the same number of cells."""
    # The last line may be cut off; with one line there is no other.
    lines = head.splitlines(keepends=True)
    whole = lines[:-1] if len(lines) > 1 and len(head) >= HEAD else lines
    return max(DELIMITERS, key=lambda delimiter: measure_evenness(whole, delimiter))


def measure_evenness(lines: list[str], delimiter: str) -> tuple[float, int]:
    """Return the share of rows that have the most frequent width above one, and that width."""
    reader = csv.reader(lines, delimiter=delimiter)
    widths: Counter[int] = Counter()
    try:
        for cells in itertools.islice(reader, HEAD_ROWS):
            if any(map(str.strip, cells)):
                widths[len(cells)] += 1
    except csv.Error:
        pass
    several = Counter({width: count for width, count in widths.items() if width > 1})
    if not several:
        return 0.0, 0
    width, count = max(several.items(), key=lambda entry: (entry[1], entry[0]))
    return count / widths.total(), width


def split(path: Path, file: TextIO, delimiter: str, line: int = 1) -> Iterator[Row]:
    """Yield the rows of an open file that are not blank; it stands at the beginning of `line`."""
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    before = line - 1
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                yield Row(line, cells)
            line = before + reader.line_num + 1
    except csv.Error as error:
        raise build_error(path, line, str(error)) from None


def build_error(path: Path, line: int, reason: str) -> ImportRejected:
    """Return the error for a row that cannot be split into cells, in words for the user.

    `reason` is Python's, which decides the words and is never shown.
    """
    if "field limit" in reason:
        return ImportRejected(
            _("a cell that begins near this line has more than {count} characters").format(
                count=f"{MAX_CELL_LENGTH:,}"
            ),
            path=str(path),
            line=line,
            hint=_("A quotation mark is missing at its end, or it contains a whole text."),
        )
    if "unexpected end" in reason:
        message = _("a quotation mark is opened here and not closed")
    else:
        message = _("the row that begins here cannot be split into cells")
    return ImportRejected(
        message,
        path=str(path),
        line=line,
        hint=_('A quotation mark is missing, or there is one too many. Write: "He said ""hi""".'),
    )


def not_readable(path: Path, encoding: Found) -> ImportRejected:
    """Return the error for bytes that are not text, with the first line that has some."""
    line = 0
    with path.open(encoding=encoding.name, errors="replace", newline="") as file:
        try:
            lines = (number for number, text in enumerate(file, 1) if "\ufffd" in text)
            line = next(lines, 0)
        except UnicodeError:
            line = 1
    return ImportRejected(
        _("the bytes in this line are not {encoding}").format(
            encoding=encoding.name.removesuffix("-sig").upper()
        ),
        path=str(path),
        line=line,
        hint=_("Name the encoding: --encoding shift_jis, or save the table as 'CSV UTF-8'."),
    )
