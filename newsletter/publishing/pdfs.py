"""The PDF of an issue: made once, kept under var/pdf by the hash of what decides it."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from django.conf import settings
from django.core.files.storage import default_storage

from newsletter.config import load
from newsletter.errors import PdfError
from newsletter.publishing.archive import impersonal
from newsletter.publishing.contents import content_of
from newsletter.rendering.pdf import Design, load_design, pdf_hash, pictures_in, render_pdf

if TYPE_CHECKING:
    from newsletter.publishing.models import Issue
    from newsletter.rendering.content import Content


def pdf_of(issue: Issue) -> Path:
    """Return the file with the PDF of an issue as the instance stands, made if need be.

    Raises `PdfError` naming what cannot be printed.
    """
    content, look = impersonal(content_of(issue)), design()
    path = load().data / "pdf" / f"{pdf_hash(content, look)}.pdf"
    if not path.is_file():
        keep(path, render_pdf(content, look, pictures(content)))
    return path


def check_pdf(issue: Issue) -> None:
    """Make the PDF that the mail will offer, so that its link never leads to an error.

    Raises `PdfError` with the ways out.
    """
    if issue.pdf_url or not load().pdf.offer:
        return
    try:
        pdf_of(issue)
    except PdfError as error:
        raise PdfError(
            str(error), hint=f"{error.hint} Or offer no PDF: [pdf] offer = false in config.toml."
        ) from None


def design() -> Design:
    """Return the house's design, with the fonts of its folder."""
    config = load()
    fonts = config.root / config.pdf.fonts if config.pdf.fonts else None
    return load_design(config.root / config.templates.folder, fonts)


def pictures(content: Content) -> dict[str, bytes]:
    """Return the pictures of an issue that are stored here, by address; none is fetched."""
    here = f"{load().site.base_url}{settings.MEDIA_URL}"
    names = {
        src: unquote(src.removeprefix(here)) for src in pictures_in(content) if src.startswith(here)
    }
    return {src: read(name) for src, name in names.items() if default_storage.exists(name)}


def read(name: str) -> bytes:
    """Return a stored file."""
    with default_storage.open(name) as file:
        data: bytes = file.read()
    return data


def keep(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, whoever else writes it at the same time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{secrets.token_hex(4)}")
    fresh.write_bytes(data)
    fresh.replace(path)
