"""Word documents as Word writes them, for the tests of what is brought in."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Inches
from PIL import Image as Pillow

W = nsdecls("w", "r")


def written(document: Document) -> bytes:
    """Return the bytes of a document."""
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def new() -> Document:
    """Return an empty document."""
    return docx.Document()


def picture(colour: str = "teal", size: tuple[int, int] = (120, 90)) -> io.BytesIO:
    """Return a picture as a file."""
    file = io.BytesIO()
    Pillow.new("RGB", size, colour).save(file, "PNG")
    file.seek(0)
    return file


def add_picture(document: Document, alt: str, colour: str = "teal") -> None:
    """Add a picture with what it shows."""
    shape = document.add_picture(picture(colour), width=Inches(2))
    shape._inline.docPr.set("descr", alt)


def add_link(paragraph: Any, words: str, address: str) -> None:
    """Add a link to a paragraph."""
    key = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    paragraph._p.append(
        parse_xml(f'<w:hyperlink {W} r:id="{key}"><w:r><w:t>{words}</w:t></w:r></w:hyperlink>')
    )


def add_xml(paragraph: Any, xml: str) -> None:
    """Add what python-docx has no words for."""
    name, rest = xml.split(" " if " " in xml.split(">", maxsplit=1)[0] else ">", 1)
    joint = " " if " " in xml.split(">", maxsplit=1)[0] else ">"
    paragraph._p.append(parse_xml(f"{name} {W}{joint}{rest}"))


def replaced(data: bytes, change: Callable[[dict[str, bytes]], None]) -> bytes:
    """Return a document with its parts changed, by their names."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return file.getvalue()


FOOTNOTES = (
    f'<?xml version="1.0" encoding="UTF-8"?><w:footnotes {W}><w:footnote w:id="2"><w:p><w:r>'
    "<w:footnoteRef/></w:r><w:r><w:t>Of 1974.</w:t></w:r></w:p></w:footnote></w:footnotes>"
).encode()
FOOTNOTE_TYPE = (
    b'<Override PartName="/word/footnotes.xml" ContentType="application/vnd.openxmlformats-'
    b'officedocument.wordprocessingml.footnotes+xml"/></Types>'
)


def with_footnote(document: Document, paragraph: Any) -> bytes:
    """Return a document of which a paragraph calls a footnote."""
    add_xml(paragraph, '<w:r><w:footnoteReference w:id="2"/></w:r>')

    def add(parts: dict[str, bytes]) -> None:
        parts["word/footnotes.xml"] = FOOTNOTES
        types = "[Content_Types].xml"
        parts[types] = parts[types].replace(b"</Types>", FOOTNOTE_TYPE)

    return replaced(written(document), add)


def volume() -> Document:
    """Return an issue as an editor writes it in Word: title, subject, picture, two items."""
    document = new()
    document.add_paragraph("Tideline Digest Vol 3.12", style="Title")
    document.add_paragraph("Subject: The quay in winter")
    add_picture(document, "Snow on an empty quay")
    document.add_paragraph("Photo: The Tideline desk", style="Caption")
    document.add_paragraph("Good morning, [first_name|reader].")
    document.add_heading("The ice-breaker is back", 1)
    first = document.add_paragraph("She came with ")
    first.add_run("two").bold = True
    first.add_run(" new propellers and the ")
    add_link(first, "old crew", "https://www.google.com/url?q=https%3A%2F%2Fexample.org%2Fcrew")
    document.add_heading("Who clears the snow?", 1)
    table = document.add_table(2, 2)
    for cell, words in zip(table._cells, ("Pier", "Cleared by", "1–4", "the port"), strict=True):
        cell.text = words
    return document
