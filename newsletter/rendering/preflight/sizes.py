"""How large the mail is, how many forms it has, and how many requests it takes."""

from __future__ import annotations

import re
from math import ceil
from typing import TYPE_CHECKING

from newsletter.phrases import counted_phrase, phrase
from newsletter.rendering.preflight.codes import make_finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter.rendering.findings import Finding
    from newsletter.rendering.pipeline.edition import CompiledEdition
    from newsletter.rendering.preflight.context import PreflightContext
    from newsletter.rendering.preflight.pages import Page

KIB = 1024
#: Gmail shows this many bytes of the HTML part, and a link to the rest.
CLIPPED_AT = 102 * KIB
NEARLY = 90 * KIB
#: The text part says at least this share of what the HTML part shows.
LEAST_TEXT = 0.5

_ADDRESS = re.compile(r"https?://\S+")


def of_page(page: Page) -> Iterator[Finding]:
    """Check the sizes of the parts, in UTF-8 as they are sent."""
    size = len(page.parts.html.encode())
    if size > CLIPPED_AT:
        message = phrase(
            "the HTML part has {size} KB, of 102 that are shown", size=f"{size / KIB:.0f}"
        )
        yield make_finding("too-large", message)
    elif size > NEARLY:
        message = phrase("the HTML part has {size} KB", size=f"{size / KIB:.0f}")
        yield make_finding("nearly-too-large", message)
    said = len("".join(_ADDRESS.sub("", page.parts.text).split()))
    shown = len("".join(page.shown.split()))
    if not said or said < LEAST_TEXT * shown:
        message = phrase(
            "the text part has {said} characters, the HTML part shows {shown}",
            said=said,
            shown=shown,
        )
        yield make_finding("text-thin", message, "text")


def report_sizes(
    edition: CompiledEdition, page: Page, around: PreflightContext
) -> Iterator[Finding]:
    """Tell sizes, variants and requests."""
    html, text = (len(part.encode()) / KIB for part in (page.parts.html, page.parts.text))
    forms = len(edition.skeletons)
    message = counted_phrase(
        "HTML {html} KB, text {text} KB, in one variant",
        "HTML {html} KB, text {text} KB, in {number} variants",
        forms,
        html=f"{html:.1f}",
        text=f"{text:.1f}",
    )
    yield make_finding("sizes", message)
    if around.audience:
        # One request at least for each variant, as a request carries one form of the mail.
        least = max(ceil(around.audience / around.batch_size), forms)
        people = counted_phrase("one person", "{number} people", around.audience)
        requests = counted_phrase("one request", "about {number} requests", least)
        message = phrase("{people}, {requests}", people=people, requests=requests)
        yield make_finding("requests", message)
