"""The PDF of an issue: made once, kept under var/pdf by the hash of what decides it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter.conf.config import load
from newsletter.errors import BadInput, ImageTooLarge, PdfError, TemplateError
from newsletter.phrases import phrase
from newsletter.publishing.content.impersonal import make_impersonal
from newsletter.publishing.content.issue_content import content_of
from newsletter.publishing.content.kept_files import write_whole
from newsletter.publishing.content.looks import colours_on_paper, template_of
from newsletter.publishing.content.media import StoredImage, at_address
from newsletter.rendering.pdf.document import Design, load_design, pdf_hash, pictures_in, render_pdf
from newsletter.rendering.pipeline.image_limits import check_image

if TYPE_CHECKING:
    from newsletter.publishing.models import Issue, Publication
    from newsletter.rendering.content import Content


def pdf_of(issue: Issue, content: Content | None = None) -> Path:
    """Return the file with the PDF of an issue as the instance stands, made if need be.

    `content` is what `content_of` made of it, if that is known already.  Raises `PdfError` naming
    what cannot be printed, or that a full or read-only disk takes no file.
    """
    content, look = make_impersonal(content or content_of(issue)), design_of(issue.publication)
    path = _path_of(content, look)
    if path.is_file():
        return path
    made = render_pdf(content, look, pictures_of(content, look.logo))
    try:
        write_whole(path, made)
    except OSError as error:
        raise PdfError(
            phrase("the PDF cannot be kept: {why}", why=error.strerror or str(error))
        ) from None
    return path


def pdf_path(issue: Issue) -> Path:
    """Return where the PDF of an issue lies once it is made; raises as `content_of`."""
    return _path_of(make_impersonal(content_of(issue)), design_of(issue.publication))


def _path_of(content: Content, look: Design) -> Path:
    return load().data / "pdf" / f"{pdf_hash(content, look)}.pdf"


def pdf_problem(issue: Issue, content: Content | None = None) -> str:
    """Return why the PDF that would be offered cannot be made, in words, or nothing.

    `content` as in `pdf_of`.
    """
    if issue.pdf_url or not load().pdf.offer:
        return ""
    try:
        pdf_of(issue, content)
    except (PdfError, TemplateError) as error:
        if not error.hint:
            return error.message
        return phrase("{problem} {hint}", problem=error.message, hint=error.hint)
    return ""


def with_offered_pdf(issue: Issue, content: Content) -> Content:
    """Return the content of an issue without the link to a PDF that cannot be made."""
    return dataclasses.replace(content, pdf_url="") if pdf_problem(issue) else content


def design_of(publication: Publication) -> Design:
    """Return the house's design, with the fonts of its folder and a publication's colours."""
    config, fonts = load(), fonts_folder()
    theme = template_of(publication).theme
    logo = theme.get("logo", {})
    return dataclasses.replace(
        load_design(config.template_folders, fonts),
        colours=colours_on_paper(theme),
        logo=logo.get("src", ""),
        logo_width=logo.get("width", 0),
    )


def fonts_folder() -> Path | None:
    """Return the folder of `[pdf] fonts`, if it is set."""
    config = load()
    return config.root / config.pdf.fonts if config.pdf.fonts else None


def pictures_of(content: Content, logo: str = "") -> dict[str, bytes]:
    """Return the pictures of an issue that are stored here, by address; none is fetched.

    Raises `PdfError` for one with too many pixels.
    """
    found = {src: at_address(src) for src in [*pictures_in(content), logo]}
    return {src: read_printable(image) for src, image in found.items() if image}


def read_printable(image: StoredImage) -> bytes:
    """Return a stored picture that is not too large, or raise `PdfError`.

    A broken one is left to the PDF, which leaves it out.
    """
    data = image.path.read_bytes()
    try:
        check_image(data)
    except ImageTooLarge as error:
        message = phrase("the picture “{name}” {reason}", name=image.name, reason=error.message)
        raise PdfError(message, hint=error.hint) from None
    except BadInput:
        pass
    return data
