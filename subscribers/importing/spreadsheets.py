"""Read the sheets of Excel (.xlsx, .xlsm) and LibreOffice (.ods) as rows of text.

Both are read by python-calamine.  It takes half a second of processor time for 100,000 rows of
four columns, where openpyxl takes 13 seconds; odfpy is slower still and not kept up.  Calamine
builds a whole sheet in memory, so what a sheet would spread to is measured first.  Nothing in a
file is run: macros are passed over, and of a formula the result counts that was saved with it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

from django.utils.translation import gettext as _

from newsletter.errors import ImportRejected

XLSX, ODS = "xlsx", "ods"
#: What `Found.name` may be of files that are no text.
SPREADSHEETS = frozenset({XLSX, ODS})
#: Bytes that a file may unpack to; a million rows of people take a third.
MAX_UNPACKED = 1 << 30
#: Files in an archive, more than any spreadsheet has.
MAX_ENTRIES = 10_000
#: Columns of a table of people; Excel has 16,384.
MAX_COLUMNS = 1_000
#: Cells that a sheet may spread to when it is held in memory at once.
MAX_CELLS = 10_000_000
#: Rows by which a sheet is known to hold people.
SAMPLE = 200
ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
VALUE_TYPE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}value-type"
ODS_TAGS = (f"{TABLE}table", f"{TABLE}table-row", f"{TABLE}table-cell")
#: No entity, no network and no other file is looked up.
SAFE_XML: Mapping[str, Any] = {"resolve_entities": False, "no_network": True, "load_dtd": False}
#: Where a cell or a row of Excel stands; written otherwise it is not believed.
PLACE = re.compile(rb"\br=[\"']([A-Z]{0,3})([0-9]+)[\"']")
HIDDEN_PLACE = re.compile(rb"\br=[\"'][^\"'<>]{0,99}&")
#: A cell with a formula but no result.
NO_RESULT = re.compile(
    rb'<c r="([A-Z]{1,3}[0-9]{1,7})"[^>]{0,99}><f(?:/>|[^>]{0,99}>[^<]{0,9999}</f>)'
    rb"(?:<v ?/>|<v></v>)?</c>"
)
#: Bytes of a sheet that are looked at together.
BLOCK = 1 << 20
#: Bytes of one cell, at most.
CELL = 1 << 16

#: What a spreadsheet shows where a formula failed.
ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"})

Cells = list[str]
ARCHIVE_ERRORS = (
    zipfile.BadZipFile,
    EOFError,
    KeyError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
    zlib.error,
)


class Numbered(NamedTuple):
    """A row by its number in the sheet."""

    line: int
    cells: Cells


def kind_of_archive(path: Path) -> str:
    """Return what an archive is: `xlsx`, `ods`, `xlsb` or `zip`; raise when it cannot be read."""
    with opened_archive(path) as archive:
        names = set(archive.namelist())
        check_size(path, archive)
        if "mimetype" in names and archive.read("mimetype").strip() == ODS_TYPE:
            return ODS
    if "xl/workbook.xml" in names:
        return XLSX
    return "xlsb" if "xl/workbook.bin" in names else "zip"


@contextlib.contextmanager
def opened_archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open an archive, or raise `ImportRejected` for one that is damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except ARCHIVE_ERRORS:
        raise damaged(path) from None


def check_size(path: Path, archive: zipfile.ZipFile) -> None:
    """Raise `ImportRejected` for a file that is small only because it is packed."""
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED:
        raise ImportRejected(
            _("the spreadsheet unpacks to more than {size} MB").format(size=MAX_UNPACKED >> 20),
            path=str(path),
            hint=_("Save the sheet with the people as 'CSV UTF-8', and import that."),
        )


def damaged(path: Path) -> ImportRejected:
    """Return the error for a spreadsheet that cannot be opened."""
    suffix = path.suffix[1:].lower()
    return ImportRejected(
        _("this is a file of the type {kind}, and it is damaged or protected by a password").format(
            kind=suffix if suffix in {XLSX, ODS} else XLSX
        ),
        path=str(path),
        hint=_("Open it in a spreadsheet program, and save it again without a password."),
    )


def choose_sheet(path: Path, told: str = "") -> tuple[str, tuple[str, ...]]:
    """Return the sheet that holds the people, and the names of the others that hold anything.

    Raises `ImportRejected` where a person must say which, or named one that is not there.
    """
    if told:
        return named_sheet(path, told), ()
    samples = {name: list(itertools.islice(rows, SAMPLE)) for name, rows in sheets(path)}
    filled = [name for name, rows in samples.items() if rows]
    if not filled:
        raise ImportRejected(_("the file is empty"), path=str(path))
    holding = [name for name in filled if any("@" in "".join(row.cells) for row in samples[name])]
    if len(holding) > 1:
        raise ImportRejected(
            _("several sheets contain addresses: {sheets}").format(sheets=quoted(holding)),
            path=str(path),
            hint=_("Import each with its name: --sheet {sheet}").format(sheet=repr(holding[0])),
        )
    chosen = (holding or filled)[0]
    return chosen, tuple(name for name in filled if name != chosen)


def named_sheet(path: Path, told: str) -> str:
    """Return the sheet that a person named, hidden or not, or raise `ImportRejected`."""
    from python_calamine import CalamineWorkbook

    with spreadsheet_errors(path), CalamineWorkbook.from_path(path) as book:
        names = list(book.sheet_names)
    for name in names:
        if name.strip().casefold() == told.strip().casefold():
            return name
    raise ImportRejected(
        _("there is no sheet {sheet}; the sheets are: {sheets}").format(
            sheet=repr(told[:40]), sheets=quoted(names)
        ),
        path=str(path),
    )


def quoted(names: Iterable[str]) -> str:
    """Return names of sheets for a message."""
    return ", ".join(repr(name) for name in names)


def read_sheet(path: Path, sheet: str) -> Iterator[Numbered]:
    """Yield the rows of one sheet that are not blank, by their numbers there."""
    for _name, rows in sheets(path, sheet):
        yield from rows


def sheets(path: Path, only: str = "") -> Iterator[tuple[str, Iterator[Numbered]]]:
    """Yield each visible sheet with its rows; or one that was named, hidden or not."""
    from python_calamine import CalamineWorkbook, SheetVisibleEnum

    with spreadsheet_errors(path), CalamineWorkbook.from_path(path) as book:
        for known in book.sheets_metadata:
            if known.name == only or (not only and known.visible == SheetVisibleEnum.Visible):
                sheet = book.get_sheet_by_name(known.name)
                yield known.name, numbered(path, sheet.iter_rows(), (sheet.start or (0, 0))[0] + 1)


@contextlib.contextmanager
def spreadsheet_errors(path: Path) -> Iterator[None]:
    """Turn whatever goes wrong inside of a library into one error that says what to do."""
    try:
        yield
    except (ImportRejected, GeneratorExit, KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:  # noqa: BLE001  calamine's panics are no `Exception`
        raise damaged(path) from None


def numbered(path: Path, rows: Iterable[Sequence[Any]], first: int) -> Iterator[Numbered]:
    """Yield rows as text with their numbers, without the blank ones and the blank ends."""
    for line, values in enumerate(rows, first):
        cells = [cell_text(value) for value in values]
        while cells and not cells[-1].strip():
            cells.pop()
        if len(cells) > MAX_COLUMNS:
            raise ImportRejected(
                _("this row has more than {count} columns").format(count=f"{MAX_COLUMNS:,}"),
                path=str(path),
                line=line,
                hint=_("Keep the columns that you need, and save the sheet again."),
            )
        if cells:
            yield Numbered(line, cells)


def cell_text(value: Any) -> str:
    """Return a value as people write it: whole numbers without a point, days without an hour."""
    if value is None:
        return ""
    if isinstance(value, str):
        return "" if value.startswith("#") and value in ERRORS else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime):
        day = value.time() == dt.time()
        return value.date().isoformat() if day else value.isoformat(" ", "seconds")
    return str(value)


def check_extent(path: Path, kind: str) -> None:
    """Raise `ImportRejected` for sheets that would spread to more cells than memory holds.

    A few bytes can say that a cell or a row is repeated a million times, or stands in the last row
    and column that there are.  Raises, too, where the result of a formula was not saved.
    """
    with opened_archive(path) as archive:
        if kind == ODS:
            with archive.open("content.xml") as content:
                measure_ods(path, content)
            return
        # A sheet may have any name.
        for name in archive.namelist():
            with archive.open(name) as content:
                measure_xlsx(path, content)


def too_large(path: Path) -> ImportRejected:
    """Return the error for a sheet that spreads too far."""
    return ImportRejected(
        _("the sheet has more than {count} cells").format(count=f"{MAX_CELLS:,}"),
        path=str(path),
        hint=_("Save the sheet with the people as 'CSV UTF-8', and import that."),
    )


def measure_xlsx(path: Path, content: IO[bytes]) -> None:
    """Find the last row and column of a sheet of Excel, and formulas without a result."""
    rows = columns = 0
    rest = b""
    while block := content.read(BLOCK):
        whole = rest + block
        # A cell that is cut off is looked at with the next block, too.
        rest = whole[max(whole.rfind(b"<c "), len(whole) - CELL) :]
        for letters, digits in PLACE.findall(whole):
            rows = max(rows, int(digits))
            columns = max(columns, column_number(letters))
        check_cells(path, rows * columns, whole)


def check_cells(path: Path, cells: int, text: bytes) -> None:
    """Raise where a sheet has too many cells, or a formula without a result."""
    if cells > MAX_CELLS:
        raise too_large(path)
    if HIDDEN_PLACE.search(text):
        raise damaged(path)
    if found := NO_RESULT.search(text):
        raise ImportRejected(
            _("the cell {cell} holds a formula whose result was not saved").format(
                cell=found[1].decode()
            ),
            path=str(path),
            hint=_("Open the file in a spreadsheet program, and save it again."),
        )


def column_number(letters: bytes) -> int:
    """Return the number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def measure_ods(path: Path, content: IO[bytes]) -> None:
    """Add up rows and columns as they come; raise as soon as they are too many."""
    from lxml.etree import XMLSyntaxError, iterparse

    rows = widest = width = row_width = 0
    try:
        for event, node in iterparse(content, events=("start", "end"), tag=ODS_TAGS, **SAFE_XML):
            if event == "start":
                if node.tag == f"{TABLE}table":
                    rows = widest = 0
                elif node.tag == f"{TABLE}table-row":
                    width = row_width = 0
                continue
            if node.tag == f"{TABLE}table-cell":
                width += repeated(node, "columns")
                row_width = width if len(node) or node.get(VALUE_TYPE) else row_width
            elif node.tag == f"{TABLE}table-row":
                rows += repeated(node, "rows")
                widest = max(widest, row_width)
                if row_width and rows * widest > MAX_CELLS:
                    raise too_large(path)
                node.clear()
    except XMLSyntaxError:
        raise damaged(path) from None


def repeated(node: Any, what: str) -> int:
    """Return how often a cell or row stands there."""
    number = node.get(f"{TABLE}number-{what}-repeated", "1")
    return int(number) if number.isdecimal() else 1
