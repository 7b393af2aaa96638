"""The PDF edition, set by Typst: tagged, checked for PDF/UA-1, the same bytes every time.

design = load_design(Path("templates"))
pdf = render_pdf(content, design, pictures={content.lead.src: data})

What editors wrote goes to Typst as JSON, so that it can only ever be text.  Conformance is
checked by the compiler (https://typst.app/docs/reference/pdf/#pdf-ua): a letter that no font
has, or a heading that skips a level, is an error and not a box or a surprise.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from newsletter.errors import MissingGlyph, NewsletterError, NotFound, PdfError, TemplateError
from newsletter.phrases import phrase
from newsletter.places import put_at
from newsletter.rendering.pdf.characters import (
    describe_characters,
    has_enclosed,
    is_symbol,
    missing_characters,
    text_without_glyph,
    with_names,
)
from newsletter.rendering.pdf.data import pdf_data, pictures_in
from newsletter.rendering.pipeline.image_limits import BROKEN, check_image
from newsletter.rendering.pipeline.template_folders import Folders, find_file, in_order
from newsletter.rendering.pipeline.templates import SHARED, read_tables
from newsletter.rendering.pipeline.words import Tables

if TYPE_CHECKING:
    import typst

    from newsletter.rendering.content import Content

__all__ = ["Design", "load_design", "pdf_hash", "pictures_in", "render_pdf"]

#: The picture formats that Typst reads, as Pillow calls them, with their usual file ending.
_ENDINGS = {"GIF": "gif", "JPEG": "jpg", "PNG": "png", "WEBP": "webp"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Design:
    """The look of the PDF: Typst source, words by language, and a folder with fonts or None.

    `colours` go by the names that a theme has; one that is missing is the source's own.  With
    `paper` among them the pages have a colour of their own.  `logo` is the address of a picture
    that stands on top, `logo_width` CSS pixels wide.
    """

    source: str = field(repr=False)
    words: Tables = field(repr=False)
    fonts: Path | None = None
    colours: Mapping[str, str] = field(default_factory=dict)
    logo: str = ""
    logo_width: int = 0


def load_design(templates: Folders, fonts: Path | None = None) -> Design:
    """Return the design in `pdf/` of the folders, with the words that the mail templates share.

    Raises `NotFound` if there is none, or no folder `fonts`; `TemplateError` for broken words.
    """
    path = find_file(templates, "pdf/issue.typ")
    if path is None:
        wanted = in_order(templates)[0] / "pdf/issue.typ"
        raise NotFound(phrase("there is no design for PDFs: {path}", path=str(wanted)))
    if fonts is not None and not fonts.is_dir():
        raise NotFound(
            phrase("there is no folder {folder}", folder=str(fonts)),
            hint=phrase("Fix [pdf] fonts in config.toml."),
        )
    words = read_tables(templates, f"email/{SHARED}/words.toml")
    return Design(source=path.read_text("utf-8"), words=words, fonts=fonts)


def render_pdf(content: Content, design: Design, pictures: Mapping[str, bytes]) -> bytes:
    """Return the issue as PDF/UA-1; the same arguments give the same bytes.

    `pictures` are the bytes of pictures by address; others in the content are left out.
    Raises `PdfError` for what cannot be set, `TemplateError` for a mistake in the design.
    """
    files = dict(_picture_files(pictures))
    data = _data(content, design, {src: name for src, (name, _) in files.items()})
    with tempfile.TemporaryDirectory(prefix="newsletter-pdf-") as name:
        folder = Path(name)
        (folder / "issue.typ").write_text(design.source, "utf-8")
        for file, picture in files.values():
            (folder / file).write_bytes(picture)
        try:
            return _set(folder, data, design, content)
        except MissingGlyph:
            return _set(folder, _printable(data, design, content), design, content)


def pdf_hash(content: Content, design: Design) -> str:
    """Return what decides the PDF, pictures by their address, as one hash (sha256 hex)."""
    addresses = {src: src for src in [*pictures_in(content), design.logo]}
    parts = (typst_version(), design.source, _data(content, design, addresses))
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8) + part.encode())
    return digest.hexdigest()


def typst_version() -> str:
    """Return the version of the compiler."""
    from importlib.metadata import version

    return version("typst")


def _data(content: Content, design: Design, files: Mapping[str, str]) -> str:
    families = list_families(design.fonts) if design.fonts else ()
    logo = {"file": files.get(design.logo, ""), "width": design.logo_width}
    look = {"families": families, "colours": dict(design.colours), "logo": logo}
    data = {**pdf_data(content, design.words, files), **look}
    # A mark of byte order inside a text shows nothing, and PDF/UA forbids it.
    return json.dumps(data, ensure_ascii=False).replace("\ufeff", "")


def _printable(data: str, design: Design, content: Content) -> str:
    """Return the data with names in place of symbols that no font here has.

    Raises `PdfError` with all letters that are missing.
    """
    missing = missing_characters(data, design.fonts)
    letters = frozenset(each for each in missing if not is_symbol(each))
    if letters or not (missing or has_enclosed(data)):
        raise MissingGlyph(
            phrase(
                "{title}: no font here has {characters}",
                title=content.title,
                characters=describe_characters(letters) or phrase("one of its characters"),
            ),
            hint=phrase("Put a font that has them into the folder that [pdf] fonts names."),
        )
    return with_names(data, missing)


def _set(folder: Path, data: str, design: Design, content: Content) -> bytes:
    (folder / "issue.json").write_text(data, "utf-8")
    created = dt.datetime.combine(content.date, dt.time(), dt.UTC)
    # Here: the compiler takes 7 MB, and most services seldom need it.
    import typst

    try:
        pdf, _warnings = typst.compile_with_warnings(
            str(folder / "issue.typ"),
            root=str(folder),
            font_paths=[str(design.fonts)] if design.fonts else [],
            pdf_standards=["ua-1"],
            timestamp=created,
        )
    except typst.TypstError as error:
        raise _explained(error, content) from None
    return pdf


def _explained(error: typst.TypstError, content: Content) -> PdfError | TemplateError:
    message = str(error.message)
    if text_without_glyph(message):
        return MissingGlyph(message)
    if message.startswith("PDF/UA"):
        return PdfError(put_at(content.title, message), hint=" ".join(error.hints))
    place = re.search(r"issue\.typ:(\d+):(\d+)", error.diagnostic)
    line, column = (int(place[1]), int(place[2]) + 1) if place else (0, 0)
    return TemplateError(message, path="pdf/issue.typ", line=line, column=column)


@lru_cache(maxsize=4)
def list_families(folder: Path) -> tuple[str, ...]:
    """Return the families of the fonts in a folder, in the order of their names."""
    import typst

    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)]
    )
    return tuple(sorted(fonts.families()))


def _picture_files(pictures: Mapping[str, bytes]) -> Iterator[tuple[str, tuple[str, bytes]]]:
    """Yield (address, (file name, bytes)) of what can be shown."""
    for number, (src, data) in enumerate(pictures.items()):
        if ending := picture_ending(data):
            yield src, (f"picture-{number}.{ending}", data)


def picture_ending(data: bytes) -> str:
    """Return the file ending for a picture, or nothing for what is not one."""
    try:
        check_image(data)
        with Image.open(io.BytesIO(data), formats=list(_ENDINGS)) as picture:
            kind = picture.format or ""
            picture.load()
    except (NewsletterError, *BROKEN):
        return ""
    return _ENDINGS.get(kind, "")
