"""Reading CSV files as they come."""

from __future__ import annotations

from pathlib import Path

import pytest

from newsletter.errors import ImportRejected
from subscribers.importing.tables import Row, read_rows

EXPECTED = [Row(1, ["email", "name"]), Row(2, ["jane@example.org", "Jané"])]


def write(path: Path, content: bytes) -> Path:
    """Write bytes to a file in a folder and return its path."""
    file = path / "people.csv"
    file.write_bytes(content)
    return file


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_usual_form_is_read(tmp_path: Path, encoding: str, delimiter: str, end: str) -> None:
    """Encodings with their marks, delimiters and line ends make no difference."""
    text = f"email{delimiter}name{end}jane@example.org{delimiter}Jané{end}"

    assert list(read_rows(write(tmp_path, text.encode(encoding)))) == EXPECTED


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path) -> None:
    """Blank lines and line breaks inside quotes move the numbers of those that follow."""
    file = write(tmp_path, b'\nemail,note\n\na@example.org,"one\ntwo"\n,\nb@example.org,x')

    assert [(row.line, row.cells[0]) for row in read_rows(file)] == [
        (2, "email"),
        (4, "a@example.org"),
        (7, "b@example.org"),
    ]


def test_a_delimiter_in_quotes_does_not_count(tmp_path: Path) -> None:
    """The title of a column may hold commas."""
    file = write(tmp_path, b'email;"town, county, state"\na@example.org;x\n')

    assert [len(row.cells) for row in read_rows(file)] == [2, 2]


@pytest.mark.parametrize("mark", ["sep=;", '"sep=;"', "SEP=;"])
def test_the_line_of_excel_says_the_delimiter(tmp_path: Path, mark: str) -> None:
    """It is no row, and lines are counted with it."""
    file = write(tmp_path, f"{mark}\r\nemail;a, b\r\nx@example.org;1, 2\r\n".encode())

    assert [(row.line, row.cells) for row in read_rows(file)] == [
        (2, ["email", "a, b"]),
        (3, ["x@example.org", "1, 2"]),
    ]


def test_remarks_above_do_not_decide_the_delimiter(tmp_path: Path) -> None:
    """A sentence with commas stands above a table with semicolons."""
    file = write(tmp_path, b"Readers, all, as of today, ours\nemail;name\na@x.org;A\nb@x.org;B\n")

    assert [len(row.cells) for row in read_rows(file)] == [1, 2, 2, 2]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "the file is empty", id="empty"),
        pytest.param("é\n".encode() * 9000 + b"\xe9", r"csv:9001: .*UTF-8.*not", id="far-down"),
        pytest.param(b"\xff\xfee\x00\x00", r"csv:1: the bytes .* not UTF-16", id="cut-utf-16"),
        pytest.param(b'email\n"a@x.org\nb@x.org\n', r"csv:2: .*not closed", id="quote"),
        pytest.param(b'email\na\n"b"c\n', r"csv:3: the row .* begins here", id="stray-quote"),
        pytest.param(b"email\n" + b"x" * 200_000, r"csv:2: .*more than 131,072", id="no-end"),
        pytest.param(b"email\na\0b\n", r"csv:2: this line contains zero bytes", id="zero"),
        pytest.param("email\na".encode("utf-32"), "UTF-32", id="utf-32"),
        pytest.param("email\na@x.org".encode("utf-32-le"), "UTF-32", id="utf-32-unmarked"),
        pytest.param("email\na@x.org".encode("utf-32-be"), "UTF-32", id="utf-32-big"),
        pytest.param(b"PK\x03\x04\x14", "of the type xlsx", id="xlsx"),
        pytest.param(b"%PDF-1.7\n", "of the type PDF", id="pdf"),
        pytest.param(b"<!DOCTYPE html><table>", "of the type HTML", id="page"),
        pytest.param(b"\0\0\0\0", "the file is empty", id="zeros"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(
    tmp_path: Path, content: bytes, message: str
) -> None:
    """The error names the file and the line where reading ended."""
    with pytest.raises(ImportRejected, match=message):
        list(read_rows(write(tmp_path, content)))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """So is a folder, in words of our own."""
    with pytest.raises(ImportRejected, match="no such file"):
        list(read_rows(tmp_path / "none.csv"))
    with pytest.raises(ImportRejected, match="a folder"):
        list(read_rows(tmp_path))
