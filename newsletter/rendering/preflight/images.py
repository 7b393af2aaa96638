"""Checks of pictures."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from newsletter.phrases import phrase
from newsletter.rendering.preflight.codes import make_finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from newsletter.rendering.findings import Finding
    from newsletter.rendering.preflight.pages import Page

#: In bytes; more takes seconds on a phone.
HEAVIEST = 1_000_000
#: What cameras and programs call a picture; read aloud, it says nothing.
_FILE_NAME = re.compile(
    r"[^\s/]{1,200}\.(?:avif|bmp|gif|heic|jpe?g|png|svg|tiff?|webp)"
    r"|(?:DSC[FN]?|IMG|PXL)[_-]?\d{3,14}(?:[_-]\w{1,20})?",
    re.IGNORECASE,
)
#: What stands between the words of a file's name.
_FILE_MARK = re.compile(r"[_\d]|\S-\S")


def of_page(page: Page) -> Iterator[Finding]:
    """Check every picture of a mail."""
    for picture in page.pictures:
        yield from _picture(picture, page)


def _is_decorative(source: str, page: Page) -> bool:
    """Say whether somebody said of the lead picture that it only decorates."""
    lead = page.content.lead
    return lead is not None and lead.src == source and lead.decorative


def _names_its_file(alt: str, source: str, page: Page) -> bool:
    """Say whether a text is the name of the very file, such as `quay_2024-03` of its JPEG.

    One word may be both; the marks with which files are named are in no sentence.
    """
    lead = page.content.lead
    known = lead.file_name if lead is not None and lead.src == source else ""
    names = {known, unquote(urlsplit(source).path)} - {""}
    stems = {PurePosixPath(name).stem.lower() for name in names}
    return alt.lower() in stems and _FILE_MARK.search(alt) is not None


def _picture(picture: HtmlElement, page: Page) -> Iterator[Finding]:
    source = (picture.get("src") or "").strip()
    place, shown = page.place(source), source[:80] or phrase("a picture")
    # A template may have pictures that only decorate, but no link can go without words.
    linked = picture.getparent().tag == "a"
    decorates = (place == "template" or _is_decorative(source, page)) and not linked
    alt = (picture.get("alt") or "").strip()
    if picture.get("alt") is None or not (decorates or alt):
        yield make_finding(
            "image-alt", phrase("{picture} has no alt text", picture=shown), place, quote=source
        )
    elif _FILE_NAME.fullmatch(alt) or _names_its_file(alt, source, page):
        message = phrase(
            "{picture} has the name of a file as its alt text: {alt}", picture=shown, alt=alt
        )
        yield make_finding("image-alt", message, place, quote=source)
    if not source.startswith("https://") and not page.is_local(source):
        message = phrase("{picture} is not at an https address", picture=shown)
        yield make_finding("image-not-https", message, place, quote=source)
    if not (picture.get("width") or "").isdigit():
        message = phrase("{picture} has no width", picture=shown)
        yield make_finding("image-width", message, place, quote=source)
    if source.startswith("data:") and len(source) > HEAVIEST:
        message = phrase("{picture} has {size} MB", picture=shown, size=f"{len(source) / 1e6:.1f}")
        yield make_finding("image-heavy", message, place)
