"""Spreadsheets are read as tables of people, and the nasty ones are refused in words."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import pytest

from newsletter.errors import ImportRejected
from subscribers.importing import spreadsheets
from subscribers.importing.applying import import_file
from subscribers.importing.encodings import find_encoding
from subscribers.importing.reading import Reading
from subscribers.importing.tables import read_rows
from subscribers.importing.telling import told_of
from subscribers.models import List, Subscriber
from tests.spreadsheet_files import archive, changed, ods, xlsx

PEOPLE = [["Email", "Name", "n"], ["ann@example.org", "Ann", 7], ["bob@example.org", "Bob", 1.5]]


def write(tmp_path: Path, data: bytes, name: str = "people.xlsx") -> Path:
    """Write a file."""
    path = tmp_path / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_spreadsheet_is_a_table(tmp_path: Path, kind: str) -> None:
    """Its rows are numbered as in the sheet, and whole numbers have no point."""
    data = xlsx({"People": PEOPLE}) if kind == "xlsx" else ods({"People": PEOPLE})
    path = write(tmp_path, data, f"people.{kind}")

    found = find_encoding(path)

    assert (found.name, found.sheet, found.others) == (kind, "People", ())
    rows = list(read_rows(path, found))
    assert [row.line for row in rows] == [1, 2, 3]
    assert [row.cells for row in rows][1:] == [
        ["ann@example.org", "Ann", "7"],
        ["bob@example.org", "Bob", "1.5"],
    ]


@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_spreadsheet_is_imported(weekly: List, tmp_path: Path, kind: str) -> None:
    """Its people are on the list, and a bad row is named by its number in the sheet."""
    rows = [*PEOPLE, ["broken@", "X", 1]]
    data = xlsx({"People": rows}) if kind == "xlsx" else ods({"People": rows})

    result = import_file(write(tmp_path, data, f"p.{kind}"), weekly)

    assert (result.added, result.bad[0].line) == (2, 4)
    assert result.figures()["sheet"] == "People"
    assert Subscriber.objects.get(key="ann@example.org").attributes == {"n": "7"}


def test_dates_and_truth_are_texts(tmp_path: Path) -> None:
    """A day has no hour; what a formula failed at is blank."""
    row = [dt.datetime(2024, 5, 1), dt.datetime(2024, 5, 1, 9, 30), True, "#N/A", "a@example.org"]
    path = write(tmp_path, xlsx({"S": [row]}))
    (only,) = read_rows(path)
    assert only.cells == ["2024-05-01", "2024-05-01 09:30:00", "true", "", "a@example.org"]


def test_the_sheet_with_people_is_chosen(tmp_path: Path) -> None:
    """Others are named in a remark; hidden ones count only where a person names them."""
    path = write(
        tmp_path, xlsx({"Notes": [["hello"]], "People": PEOPLE, "Old": PEOPLE}, hidden=["Old"])
    )
    reading = Reading(path)
    assert reading.encoding.sheet == "People"
    assert "'Notes'" in reading.remarks()[0]
    assert Reading(path, told_of(sheet="old")).encoding.sheet == "Old"


def test_several_sheets_with_people_are_asked_about(tmp_path: Path) -> None:
    """The error names them, and the option; a sheet that is not there is refused."""
    path = write(tmp_path, xlsx({"A": PEOPLE, "B": PEOPLE}))
    with pytest.raises(ImportRejected, match="'A', 'B'") as error:
        Reading(path)
    assert "--sheet 'A'" in error.value.hint
    with pytest.raises(ImportRejected, match="no sheet 'C'"):
        Reading(path, told_of(sheet="C"))


def test_merged_cells_have_their_first_value(tmp_path: Path) -> None:
    """A title over several columns stands above the table, and is skipped."""
    rows = [["Readers of the digest", None, None], *PEOPLE]
    reading = Reading(write(tmp_path, xlsx({"S": rows}, merged="A1:C1")))
    assert [line[2] for line in reading.good_lines()] == ["ann@example.org", "bob@example.org"]


def test_a_formula_without_result_is_refused(tmp_path: Path) -> None:
    """It names the cell: a blank in its place would be believed."""
    rows = [["Email"], ['=CONCATENATE("a","@example.org")']]
    with pytest.raises(ImportRejected, match="the cell A2 holds a formula"):
        Reading(write(tmp_path, xlsx({"S": rows})))


def test_a_macro_is_never_run(tmp_path: Path) -> None:
    """A workbook with macros is read like any other."""
    data = xlsx({"S": PEOPLE})
    with zipfile.ZipFile(write(tmp_path, data)) as given:
        files = {name: given.read(name) for name in given.namelist()}
    path = write(tmp_path, archive({**files, "xl/vbaProject.bin": b"\xd0\xcf"}), "people.xlsm")
    assert find_encoding(path).name == "xlsx"


def test_a_sheet_that_spreads_is_refused_before_it_is_built(tmp_path: Path) -> None:
    """A cell in the last corner, or a row that is repeated a million times, takes no memory."""
    sheet = "xl/worksheets/sheet1.xml"
    far = changed(xlsx({"S": PEOPLE}), sheet, 'r="C3"', 'r="XFD1048576"')
    with pytest.raises(ImportRejected, match="more than 10,000,000 cells"):
        Reading(write(tmp_path, far))
    again = 'table:number-rows-repeated="900000000"'
    with pytest.raises(ImportRejected, match="more than 10,000,000 cells"):
        Reading(write(tmp_path, ods({"S": PEOPLE}, row=again), "p.ods"))


def test_blank_ends_of_a_sheet_cost_nothing(tmp_path: Path) -> None:
    """LibreOffice ends a sheet with a million blank rows."""
    path = write(
        tmp_path, ods({"S": PEOPLE}, cell='table:number-columns-repeated="16384"'), "p.ods"
    )
    assert len(list(read_rows(path))) == 3


def test_a_bomb_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it would unpack to stands in its directory."""
    monkeypatch.setattr(spreadsheets, "MAX_UNPACKED", 1 << 20)
    data = archive({"xl/workbook.xml": b"", "xl/worksheets/sheet1.xml": b"0" * (2 << 20)})
    assert len(data) < 10_000
    with pytest.raises(ImportRejected, match="unpacks to more than"):
        find_encoding(write(tmp_path, data))


def test_too_many_columns_are_refused(tmp_path: Path) -> None:
    """Three hundred are read; more than a thousand are no table of people."""
    wide = [["Email", *(f"c{n}" for n in range(299))], ["a@example.org", *range(299)]]
    assert len(Reading(write(tmp_path, xlsx({"S": wide}))).columns.titles) == 300
    with pytest.raises(ImportRejected, match="more than 1,000 columns"):
        Reading(write(tmp_path, xlsx({"S": [["x"] * 1001, ["a@example.org"]]})))


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"xl/workbook.bin": b"x"}, "type xlsb"),
        ({"people.csv": b"email\na@example.org\n"}, "type zip"),
        ({"xl/workbook.xml": b"<not xml"}, "damaged or protected"),
        ({"mimetype": spreadsheets.ODS_TYPE, "content.xml": b"<a><b>"}, "damaged or protected"),
        ({"mimetype": spreadsheets.ODS_TYPE}, "damaged or protected"),
    ],
    ids=["xlsb", "zip", "broken-xlsx", "broken-ods", "empty-ods"],
)
def test_other_archives_are_named(tmp_path: Path, files: dict[str, bytes], words: str) -> None:
    """What is no spreadsheet, or a broken one, says what it is and what to do."""
    with pytest.raises(ImportRejected, match=words):
        Reading(write(tmp_path, archive(files), "people.bin"))


def test_an_empty_sheet_is_an_empty_file(tmp_path: Path) -> None:
    """There is nothing to import."""
    with pytest.raises(ImportRejected, match="the file is empty"):
        Reading(write(tmp_path, xlsx({"S": []})))
