"""All checks of one edition, together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.rendering.findings import Finding, Severity
from newsletter.rendering.preflight import (
    alt_contrast,
    clients,
    contrast,
    images,
    legal,
    sites,
    sizes,
    weblinks,
    words,
)
from newsletter.rendering.preflight.codes import found
from newsletter.rendering.preflight.pages import Page
from newsletter.rendering.recipients import Recipient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter.rendering.content import Content
    from newsletter.rendering.edition import CompiledEdition
    from newsletter.rendering.preflight.circumstances import Circumstances
    from newsletter.rendering.templates import Template

#: An issue may be dated so many days before or after it goes out.
MOST_DAYS_APART = 3
#: Of whom nothing is known but an address.
NOBODY = Recipient(
    email="reader@example.org",
    unsubscribe_url="https://example.org/u",
    preferences_url="https://example.org/p",
)
_ORDER = tuple(Severity)


def check(
    content: Content, edition: CompiledEdition, template: Template, around: Circumstances
) -> tuple[Finding, ...]:
    """Return all that is found in an edition, errors first; no network is asked."""
    reader = around.reader or NOBODY
    findings = [
        *words.of_issue(content),
        *weblinks.of_issue(content),
        *legal.of_headers(around),
        *legal.of_publisher(content),
        *contrast.of_theme(template.theme),
        *sites.of_site(around),
        *_dates(content, around),
    ]
    pages = finished(content, edition, reader, around.local_site)
    for page in pages:
        for part in (words, legal, images, weblinks, sizes):
            findings += part.of_page(page)
    largest = max(pages, key=lambda page: len(page.parts.html))
    findings += clients.of_page(largest)
    findings += alt_contrast.of_page(largest)
    findings += sizes.news(edition, largest, around)
    # What several variants share is said once.
    return tuple(sorted(dict.fromkeys(findings), key=lambda each: _ORDER.index(each.severity)))


def finished(
    content: Content, edition: CompiledEdition, reader: Recipient, local_site: str = ""
) -> tuple[Page, ...]:
    """Return every variant as a reader would get it; for `local_site` see `Page`."""
    return tuple(
        Page(content, variant.parts(reader), reader, local_site) for variant in edition.variants
    )


def _dates(content: Content, around: Circumstances) -> Iterator[Finding]:
    if around.number_used_by:
        number = f"{content.volume}.{content.number}" if content.volume else str(content.number)
        yield found("number-used", f"{around.number_used_by} was sent as {number}", "number")
    if around.slot and abs((around.slot - content.date).days) > MOST_DAYS_APART:
        message = f"it is dated {content.date} and goes out on {around.slot}"
        yield found("date-far", message, "date")
