"""Spreadsheets as programs write them, and as attackers do."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import Workbook

Rows = Sequence[Sequence[Any]]
OFFICE = "urn:oasis:names:tc:opendocument:xmlns"


def xlsx(sheets: Mapping[str, Rows], hidden: Sequence[str] = (), merged: str = "") -> bytes:
    """Return a file of Excel; `merged` is a range of the first sheet."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        if name in hidden:
            sheet.sheet_state = "hidden"
    if merged:
        book.worksheets[0].merge_cells(merged)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def ods(sheets: Mapping[str, Rows], row: str = "", cell: str = "") -> bytes:
    """Return a file of LibreOffice; `row` and `cell` are attributes of the last ones."""
    tables = []
    for name, rows in sheets.items():
        lines = ["".join(ods_cell(value) for value in values) for values in rows]
        body = "".join(f"<table:table-row>{line}</table:table-row>" for line in lines[:-1])
        body += f"<table:table-row {row}>{lines[-1]}</table:table-row>" if lines else ""
        blank = f"<table:table-row><table:table-cell {cell}/></table:table-row>" if cell else ""
        tables.append(f'<table:table table:name="{name}">{body}{blank}</table:table>')
    content = (
        f'<office:document-content xmlns:office="{OFFICE}:office:1.0" '
        f'xmlns:table="{OFFICE}:table:1.0" xmlns:text="{OFFICE}:text:1.0">'
        f"<office:body><office:spreadsheet>{''.join(tables)}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    return archive(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="{OFFICE}:manifest:1.0"/>',
            "content.xml": content,
        }
    )


def ods_cell(value: Any) -> str:
    """Return a cell of LibreOffice."""
    if isinstance(value, (int, float)):
        return (
            f'<table:table-cell office:value-type="float" office:value="{value}">'
            f"<text:p>{value}</text:p></table:table-cell>"
        )
    return (
        '<table:table-cell office:value-type="string">'
        f"<text:p>{escape(value)}</text:p></table:table-cell>"
    )


def archive(files: Mapping[str, str | bytes]) -> bytes:
    """Return an archive of these files."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as into:
        for name, content in files.items():
            into.writestr(name, content)
    return file.getvalue()


def changed(data: bytes, name: str, old: str, new: str) -> bytes:
    """Return an archive with a text of one of its files replaced."""
    with zipfile.ZipFile(io.BytesIO(data)) as given:
        files = {each: given.read(each) for each in given.namelist()}
    assert old.encode() in files[name]
    files[name] = files[name].replace(old.encode(), new.encode())
    return archive(files)
