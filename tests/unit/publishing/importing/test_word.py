"""Word documents become issues: what they mean is kept, what no mail shows is named."""

from __future__ import annotations

import io
import tracemalloc
import zipfile

import pytest

from newsletter.errors import ImportRejected
from newsletter.publishing.importing.office_files import (
    MAX_FILE_BYTES,
    MAX_UNPACKED_BYTES,
    MAX_XML_BYTES,
)
from newsletter.publishing.importing.parsed_issue import Button, ParsedIssue
from newsletter.publishing.importing.reading import parse_file
from newsletter.rendering.text.markdown import to_html
from tests import word_files
from tests.word_files import add_link, add_picture, add_xml, new, replaced, written


def read(data: bytes, name: str = "issue.docx") -> ParsedIssue:
    """Return what is in a file."""
    return parse_file(data, name=name)


def test_an_issue_written_in_word() -> None:
    """Title, number, subject, lead picture with credit, headlines and texts come from one file."""
    found = read(written(word_files.volume()))

    assert (found.title, found.volume, found.number) == ("Tideline Digest Vol 3.12", 3, 12)
    assert found.subject == "The quay in winter"
    assert (found.alt, found.credit) == ("Snow on an empty quay", "The Tideline desk")
    assert found.image
    assert found.enclosed[found.image.file].startswith(b"\x89PNG")
    assert found.introduction == "Good morning, [first_name|reader]."
    assert [each.headline for each in found.items] == [
        "The ice-breaker is back",
        "Who clears the snow?",
    ]
    assert found.items[0].body == (
        "She came with **two** new propellers and the [old crew](<https://example.org/crew>)"
    )
    assert found.items[1].body == "| Pier | Cleared by |\n| --- | --- |\n| 1–4 | the port |"
    assert found.notes == ()


def test_an_issue_written_in_japanese() -> None:
    """Keys and credits in Japanese are known; bold words beside its punctuation stay bold."""
    document = new()
    document.add_paragraph("港便り Vol 3.12", style="Title")
    document.add_paragraph("件名：冬の埠頭")
    add_picture(document, "雪の埠頭")
    document.add_paragraph("写真提供：港便り編集部")
    document.add_heading("砕氷船が戻った", 1)
    text = document.add_paragraph("港は")
    text.add_run("「重要」").bold = True
    text.add_run("です。")

    found = read(written(document))

    assert (found.title, found.number) == ("港便り Vol 3.12", 12)
    assert (found.subject, found.credit) == ("冬の埠頭", "港便り編集部")
    assert found.items[0].headline == "砕氷船が戻った"
    assert to_html(found.items[0].body) == "<p>港は<strong>「重要」</strong>です。</p>\n"


def test_lists_superscripts_and_what_is_struck_out() -> None:
    """What Markdown cannot say stays as the tags that say it; no text becomes a list."""
    document = new()
    document.add_heading("Water", 1)
    document.add_paragraph("1. This is a sentence with *stars* and a_b.")
    text = document.add_paragraph("H")
    text.add_run("2").font.subscript = True
    text.add_run("O, x")
    text.add_run("2").font.superscript = True
    text.add_run(" and ")
    text.add_run("no").font.strike = True
    for words in ("salt", "fresh"):
        document.add_paragraph(words, style="List Bullet")
    document.add_paragraph("first", style="List Number")

    html = to_html(read(written(document)).items[0].body).replace("\n", "")

    assert html == (
        "<p>1. This is a sentence with *stars* and a_b.</p><p>H<sub>2</sub>O, x<sup>2</sup> and"
        " <s>no</s></p><ul><li>salt</li><li>fresh</li></ul><ol><li>first</li></ol>"
    )


def test_footnotes_stay_with_their_text() -> None:
    """A note that Word keeps at the foot of a page stands below the text that calls it."""
    document = new()
    document.add_heading("The port", 1)
    called = document.add_paragraph("It was built by the town")
    document.add_heading("The pier", 1)
    document.add_paragraph("It is newer.")

    found = read(word_files.with_footnote(document, called))

    assert found.items[0].body == "It was built by the town[^2]\n\n[^2]: Of 1974."
    assert "Of 1974" not in found.items[1].body


def test_pictures_stay_in_the_text() -> None:
    """A picture below a headline stands in its text, with what it shows but not Word's words."""
    document = new()
    document.add_heading("The port", 1)
    add_picture(document, "A crane\n\nDescription automatically generated")

    found = read(written(document))

    assert found.image is None
    assert found.items[0].body == "![A crane](<picture-1.png>)"
    assert [each.file for each in found.pictures] == ["picture-1.png"]


def test_a_picture_that_cannot_be_shown_is_left_out() -> None:
    """A broken picture does not stop the text: a note says which one, and why."""
    document = new()
    document.add_heading("The port", 1)
    document.add_paragraph("Text.")
    add_picture(document, "A crane")

    def spoil(parts: dict[str, bytes]) -> None:
        parts["word/media/image1.png"] = b"\x01\0\0\0 EMF"

    found = read(replaced(written(document), spoil))

    assert found.items[0].body == "Text."
    assert found.notes == (
        "The picture “A crane” is left out: it is not a picture, or it is broken.",
    )


def test_tracked_changes_and_comments_are_not_mailed() -> None:
    """What was deleted and what was remarked is left out; what was inserted is in the text."""
    document = new()
    document.add_heading("The port", 1)
    text = document.add_paragraph("Open")
    add_xml(text, '<w:ins w:id="1" w:author="A"><w:r><w:t> daily</w:t></w:r></w:ins>')
    add_xml(text, '<w:del w:id="2" w:author="A"><w:r><w:delText> never</w:delText></w:r></w:del>')
    document.add_comment(text.runs, text="Is that so?", author="Editor")

    found = read(written(document))

    assert found.items[0].body == "Open daily"
    assert found.notes == (
        (
            "Changes are tracked in the document: what was inserted is taken in, what was deleted"
            " is left out."
        ),
        "1 comment is left out.",
    )


def test_page_headers_charts_and_contents_are_left_out() -> None:
    """What stands on each page, a table of contents and charts are not part of an issue."""
    document = new()
    document.sections[0].header.paragraphs[0].text = "Confidential"
    document.styles.add_style("toc 1", 1)
    document.add_paragraph("The port\t1", style="toc 1")
    document.add_heading("The port", 1)
    text = document.add_paragraph("Text.")
    add_xml(text, "<w:object></w:object>")

    found = read(written(document))

    assert (found.introduction, found.items[0].body) == ("", "Text.")
    assert len(found.notes) == 2
    assert "Confidential" not in repr(found.items)


def test_bold_lines_are_headlines_where_there_are_none() -> None:
    """Many write headlines as bold lines: they are taken for that, and a note says so."""
    document = new()
    for headline in ("Reed beds", "Ferries"):
        document.add_paragraph().add_run(headline).bold = True
        document.add_paragraph(f"About {headline}.")

    found = read(written(document))

    assert [each.headline for each in found.items] == ["Reed beds", "Ferries"]
    assert found.items[1].body == "About Ferries."
    assert "bold as a whole" in found.notes[0]


def test_centred_links_at_the_end_are_buttons() -> None:
    """A link alone on a centred line below the last text stands out in the mail."""
    document = new()
    document.add_heading("The port", 1)
    document.add_paragraph("Text.")
    button = document.add_paragraph()
    button.alignment = 1
    add_link(button, "Visit the port", "https://example.org/port")

    found = read(written(document))

    assert found.items[0].body == "Text."
    assert found.buttons == (Button(label="Visit the port", url="https://example.org/port"),)


def test_headings_keep_their_order_whatever_their_level() -> None:
    """The highest level that is used begins items; what is below it is smaller in the text."""
    document = new()
    document.add_heading("The port", 2)
    document.add_heading("Its piers", 3)
    document.add_paragraph("Text.")

    found = read(written(document))

    assert found.items[0].headline == "The port"
    assert found.items[0].body == "### Its piers\n\nText."


PLAIN = written(word_files.volume())


def with_part(name: str, data: bytes) -> bytes:
    """Return a document with one more part, or another one."""

    def change(parts: dict[str, bytes]) -> None:
        parts[name] = data

    return replaced(PLAIN, change)


def of_other_program(folder: str) -> bytes:
    """Return a ZIP as another program of Office writes it."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"{folder}workbook.xml", "<x/>")
    return file.getvalue()


ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'
)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (with_part("word/vbaProject.bin", b"\xd0\xcf"), "has macros"),
        (
            with_part("[Content_Types].xml", b'<Types a="application/x.macroEnabled.main+xml"/>'),
            "has macros",
        ),
        (with_part("word/document.xml", ENTITIES), "declares entities"),
        (with_part("word/document.xml", ENTITIES.decode().encode("utf-16")), "declares entities"),
        (with_part("word/media/odd.png", ENTITIES), "declares entities"),
        (with_part("word/document.xml", b"<w:document><w:body>"), "broken"),
        (with_part("word/document.xml", b"<" + b" " * MAX_XML_BYTES), "more than any issue"),
        (with_part("word/media/b.bin", bytes(MAX_UNPACKED_BYTES + 1)), "more than any issue"),
        (PLAIN[:-2_000], "broken, or not all of it is there"),
        (PLAIN[:100], "broken, or not all of it is there"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "of an old form of Office"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "locked with a password",
        ),
        (of_other_program("xl/"), "a file of Excel, not of Word"),
        (of_other_program("ppt/"), "a file of PowerPoint, not of Word"),
        (of_other_program("other/"), "no Word document"),
        (b"PK\x03\x04" + bytes(MAX_FILE_BYTES), "larger than 30 MB"),
        (b"PK\x05\x06" + bytes(18), "no Word document"),
        (written(new()), "there is no text in it"),
    ],
    ids=lambda value: value if isinstance(value, str) else "file",
)  # fmt: skip
def test_bad_files_are_refused_in_words(data: bytes, words: str) -> None:
    """What cannot be brought in is refused with the name of the file, a sentence and a fix."""
    with pytest.raises(ImportRejected) as caught:
        read(data, "letter.docx")

    assert caught.value.path == "letter.docx"
    assert words in str(caught.value)
    assert caught.value.hint


def test_a_zip_bomb_takes_no_memory() -> None:
    """A file of some KB that unpacks to 100 MB is refused by what it says of itself."""
    bomb = with_part("word/document.xml", b"<" + b" " * (MAX_UNPACKED_BYTES - 1_000_000))
    assert len(bomb) < 300_000
    tracemalloc.start()
    try:
        with pytest.raises(ImportRejected):
            read(bomb)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 20_000_000


def test_a_document_that_is_nested_too_deeply_is_refused() -> None:
    """Tables in tables without end do not end the program."""
    deep = b"<w:tbl><w:tr><w:tc>" * 3_000
    xml = f"<w:document {word_files.W}><w:body>".encode() + deep

    with pytest.raises(ImportRejected):
        read(with_part("word/document.xml", xml))


def test_names_do_not_matter() -> None:
    """A Word document with the name of a text is one all the same."""
    assert read(PLAIN, "issue.md").title == "Tideline Digest Vol 3.12"
