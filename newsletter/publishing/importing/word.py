"""Word documents (.docx), read by mammoth, as a page.

Mammoth makes HTML of what a document means: headings, lists, links, tables, footnotes, pictures.
It leaves out comments and deleted text, and takes in what was inserted with tracked changes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any, Final
from xml.parsers.expat import ExpatError

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from lxml import html as lxml_html
from lxml.html import HtmlElement

from newsletter.errors import BadInput
from newsletter.phrases import translate
from newsletter.publishing.importing.office_files import cut_off, open_word_file, read_part
from newsletter.publishing.importing.page import Page
from newsletter.rendering.pipeline.image_limits import read_header
from newsletter.rendering.pipeline.mail_pictures import check_whole

#: Pictures of one document; an issue with more is none.
MAX_PICTURES: Final = 100
#: In bytes, one picture in a document.
MAX_PICTURE_BYTES: Final = 20_000_000
#: What styles of Word become.  Those of headings and lists mammoth knows itself.
STYLES: Final = """
p[style-name='Title'] => h1.title:fresh
p[style-name='表題'] => h1.title:fresh
p[style-name='Subtitle'] => p.subtitle:fresh
p[style-name='見出し 1'] => h1:fresh
p[style-name='見出し 2'] => h2:fresh
p[style-name='見出し 3'] => h3:fresh
p[style-name='caption'] => p.caption:fresh
p[style-name='Caption'] => p.caption:fresh
p[style-name='図表番号'] => p.caption:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name='Quotations'] => blockquote > p:fresh
p[style-name='HTML Preformatted'] => pre:separator('\\n')
p[style-name='Centred'] => p.centred:fresh
p[style-name='TOC Heading'] => !
p[style-name='toc 1'] => !
p[style-name='toc 2'] => !
p[style-name='toc 3'] => !
r[style-name='HTML Code'] => code
r[style-name='Emphasis'] => em
"""
#: What Word adds to a description that it wrote by itself.
_WRITTEN_BY_WORD = re.compile(
    r"(?:Description automatically generated.*|AI-generated content may be incorrect\.?"
    r"|自動的に生成された説明|AI によって生成されたコンテンツは間違っている可能性があります。)$",
    re.IGNORECASE | re.DOTALL,
)
#: What a document may hold that no mail shows, by how its XML begins.
_DELETED = re.compile(rb"<w:(?:del|moveFrom)[ >]")
_INSERTED = re.compile(rb"<w:(?:ins|moveTo)[ >]")
_COMMENT = re.compile(rb"<w:comment[ >]")
_DRAWN = re.compile(rb"<(?:c:chart|dgm:relIds|w:object)[ />]")
_FORMULA = re.compile(rb"<m:oMath[ >]")
_HEADER = re.compile(r"word/(?:header|footer)\d*\.xml")
_WORDS = re.compile(rb"<w:t[ >]")
_NOTE = re.compile(r"#((?:foot|end)note-\d+)$")


class Pictures:
    """The pictures of a document: those that can be shown, and sentences on the others."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.notes: list[str] = []
        self._seen = 0

    def element(self, image: Any) -> dict[str, str]:
        """Return the attributes of the element for a picture; without an address if it is out."""
        self._seen += 1
        described = _WRITTEN_BY_WORD.sub("", (image.alt_text or "").strip()).strip()
        label = described[:60] or str(self._seen)
        try:
            name = self.taken(image)
        except BadInput as error:
            reason = translate(error.message)
            self.notes.append(
                _("The picture “{name}” is left out: it {reason}.").format(
                    name=label, reason=reason
                )
            )
            name = ""
        return {"src": name, "alt": described}

    def taken(self, image: Any) -> str:
        """Return the name under which a picture is kept, or raise `BadInput`."""
        if self._seen > MAX_PICTURES:
            raise BadInput(_("is one of more than {number}").format(number=MAX_PICTURES))
        try:
            with image.open() as file:
                data = file.read(MAX_PICTURE_BYTES + 1)
        except (ValueError, KeyError, OSError, RuntimeError, zipfile.BadZipFile):
            raise BadInput(_("is not in the file")) from None
        if len(data) > MAX_PICTURE_BYTES:
            raise BadInput(_("is larger than {size} MB").format(size=MAX_PICTURE_BYTES // 10**6))
        check_whole(data)
        name = f"picture-{self._seen}.{read_header(data).format.lower()}"
        known = next((key for key, each in self.kept.items() if each == data), name)
        self.kept[known] = data
        return known


def read_word(data: bytes, name: str) -> Page:
    """Return what is in a Word file, or raise `ImportRejected`."""
    import mammoth  # needed for the first file

    archive = open_word_file(data, name)
    pictures = Pictures()
    try:
        result = mammoth.convert_to_html(
            io.BytesIO(data),
            style_map=STYLES,
            include_embedded_style_map=False,
            transform_document=mammoth.transforms.paragraph(mark_centred),
            convert_image=mammoth.images.img_element(pictures.element),
        )
    except (
        ExpatError,
        OSError,
        KeyError,
        ValueError,
        AttributeError,
        TypeError,
        IndexError,
        zipfile.BadZipFile,
    ):
        raise cut_off(name) from None
    body = lxml_html.fragment_fromstring(result.value or "<p></p>", create_parent="div")
    footnotes = take_footnotes(body)
    return Page(
        blocks=list(body),
        pictures=pictures.kept,
        footnotes=footnotes,
        notes=(*pictures.notes, *left_out(archive, name)),
    )


def mark_centred(paragraph: Any) -> Any:
    """Return a paragraph without a style of its own so that it can be told that it is centred."""
    if paragraph.alignment == "center" and paragraph.style_name in {None, "Normal"}:
        return paragraph.copy(style_id="Centred", style_name="Centred")
    return paragraph


def take_footnotes(body: HtmlElement) -> dict[str, HtmlElement]:
    """Take the notes from the end of a text, by their labels, and mark where each is called."""
    notes: dict[str, HtmlElement] = {}
    for item in body.xpath(
        "./ol/li[starts-with(@id, 'footnote-') or starts-with(@id, 'endnote-')]"
    ):
        for back in item.xpath(
            ".//a[starts-with(@href, '#footnote-ref-') or starts-with(@href, '#endnote-ref-')]"
        ):
            back.drop_tree()
        notes[label_of(item.get("id"))] = item
    for ending in body.xpath(
        "./ol[li[starts-with(@id, 'footnote-') or starts-with(@id, 'endnote-')]]"
    ):
        ending.drop_tree()
    for call in body.xpath(".//a[starts-with(@href, '#')]"):
        found = _NOTE.match(call.get("href"))
        if found and (label := label_of(found[1])) in notes:
            place = call.getparent() if call.getparent().tag == "sup" else call
            mark = lxml_html.Element("span", {"data-footnote": label})
            mark.tail = place.tail
            place.getparent().replace(place, mark)
    return notes


def label_of(anchor: str) -> str:
    """Return the label of a note: its number, with a letter in front for one at the end."""
    kind, _sign, number = anchor.partition("note-")
    return number if kind == "foot" else f"e{number}"


def left_out(archive: zipfile.ZipFile, name: str) -> Iterator[str]:
    """Say what of a document is not in the text, and why."""
    parts = archive.namelist()
    body = read_part(archive, "word/document.xml", name) if "word/document.xml" in parts else b""
    deleted, inserted = len(_DELETED.findall(body)), len(_INSERTED.findall(body))
    if deleted or inserted:
        yield _(
            "Changes are tracked in the document: what was inserted is taken in, what was deleted"
            " is left out."
        )
    if "word/comments.xml" in parts:
        comments = len(_COMMENT.findall(read_part(archive, "word/comments.xml", name)))
        if comments:
            yield ngettext(
                "{number} comment is left out.", "{number} comments are left out.", comments
            ).format(number=comments)
    if _DRAWN.search(body):
        yield _("Charts, diagrams and embedded objects are left out: insert them as pictures.")
    if _FORMULA.search(body):
        yield _("Formulas are left out: insert them as pictures.")
    headers = [each for each in parts if _HEADER.fullmatch(each)]
    if any(_WORDS.search(read_part(archive, each, name)) for each in headers):
        yield _("What stands at the top and bottom of each page is left out.")
