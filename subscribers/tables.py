"""Read a CSV file as spreadsheets and other programs write it, row by row, in little memory.

UTF-8 with or without a byte order mark, UTF-16 with one; comma, semicolon or tab; any line
ends; line breaks inside quotes.  Whatever cannot be read is an `ImportRejected` that names the
line, for where a quotation mark is missing nobody can tell one row from the next.
"""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TextIO

from newsletter.errors import ImportRejected

DELIMITERS = ",;\t"
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: What Python puts in the place of bytes that it cannot read, by encoding.
UNREADABLE = {"utf-8-sig": ("surrogateescape", "[\udc80-\udcff]"), "utf-16": ("replace", "\ufffd")}


class Row(NamedTuple):
    """The cells of one record and the line it begins on."""

    line: int
    cells: list[str]


def read_rows(path: Path) -> Iterator[Row]:
    """Yield the rows of a file that are not blank, the header among them.

    Raises `ImportRejected` as soon as something cannot be read.
    """
    encoding = encoding_of(path)
    try:
        with path.open(encoding=encoding, newline="") as file:
            yield from split(path, file, delimiter_of(file))
    except UnicodeDecodeError:
        raise not_readable(path, encoding) from None


def split(path: Path, file: TextIO, delimiter: str) -> Iterator[Row]:
    """Yield the rows of an open file that are not blank."""
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                yield Row(line, cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise ImportRejected(
            f"the row that begins here cannot be read ({error})",
            path=str(path),
            line=line,
            hint='A quotation mark is missing or too many: write "He said ""hi""".',
        ) from None


def encoding_of(path: Path) -> str:
    """Return how the bytes of a file are to be read, by its first two."""
    try:
        with path.open("rb") as file:
            start = file.read(2)
    except OSError as error:
        reason = (error.strerror or "cannot be opened").lower()
        raise ImportRejected(reason, path=str(path)) from None
    if not start:
        raise ImportRejected("the file is empty", path=str(path))
    return "utf-16" if start in UTF_16 else "utf-8-sig"


def delimiter_of(file: TextIO) -> str:
    """Return the sign that most often stands between the names in the first line; rewind."""
    head = next((line for line in file if line.strip()), "")
    file.seek(0)
    outside = re.sub(r'"[^"]*"', "", head)
    return max(DELIMITERS, key=outside.count)


def not_readable(path: Path, encoding: str) -> ImportRejected:
    """Return the error for bytes that are no text, naming the first line that holds some."""
    errors, pattern = UNREADABLE[encoding]
    with path.open(encoding=encoding, errors=errors, newline="") as file:
        lines = (number for number, text in enumerate(file, 1) if re.search(pattern, text))
        line = next(lines, 0)
    return ImportRejected(
        f"the file is not {encoding[:6].rstrip('-').upper()}",
        path=str(path),
        line=line,
        hint="Save it as 'CSV UTF-8', or: iconv -f SHIFT_JIS -t UTF-8 OLD.csv > NEW.csv",
    )
