"""All checks of one edition, together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsletter.phrases import phrase
from newsletter.rendering.findings import Finding, Severity
from newsletter.rendering.personalisation.recipients import RecipientData
from newsletter.rendering.pipeline.words import table_names
from newsletter.rendering.preflight import (
    alt_contrast,
    clients,
    contrast,
    images,
    legal,
    sites,
    sizes,
    sources,
    weblinks,
    words,
)
from newsletter.rendering.preflight.codes import make_finding
from newsletter.rendering.preflight.pages import Page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsletter.rendering.content import Content
    from newsletter.rendering.pipeline.edition import CompiledEdition
    from newsletter.rendering.pipeline.templates import Template
    from newsletter.rendering.preflight.context import PreflightContext

#: Of whom nothing is known but an address.
NOBODY = RecipientData(
    email="reader@example.org",
    unsubscribe_url="https://example.org/u",
    preferences_url="https://example.org/p",
)
_ORDER = tuple(Severity)


def check_edition(
    content: Content, edition: CompiledEdition, template: Template, around: PreflightContext
) -> tuple[Finding, ...]:
    """Return all that is found in an edition, errors first; no network is asked."""
    reader = around.reader or NOBODY
    findings = [
        *sources.diagrams_in(around.sources),
        *words.of_issue(content),
        *weblinks.of_issue(content),
        *legal.of_headers(around),
        *legal.of_sender(around),
        *legal.of_publisher(content),
        *contrast.of_theme(template.theme),
        *sites.of_site(around),
        *_words(content, template),
        *_number(content, around),
    ]
    written = sources.tags_in(around.sources)
    pages = finish_variants(content, edition, reader, around.local_site, written)
    for page in pages:
        for part in (words, legal, images, weblinks, sizes):
            findings += part.of_page(page)
    largest = max(pages, key=lambda page: len(page.parts.html))
    findings += clients.of_page(largest)
    findings += alt_contrast.of_page(largest)
    findings += sizes.report_sizes(edition, largest, around)
    # What several variants share is said once.
    once = dict.fromkeys(sources.locate_findings(findings, content, around.sources))
    return tuple(sorted(once, key=lambda each: _ORDER.index(each.severity)))


def finish_variants(
    content: Content,
    edition: CompiledEdition,
    reader: RecipientData,
    local_site: str = "",
    tags_written: tuple[str, ...] = (),
) -> tuple[Page, ...]:
    """Return every variant as a reader would get it.

    For `local_site` and `tags_written` see `Page`.
    """
    return tuple(
        Page(content, variant.parts(reader), reader, local_site, tags_written)
        for variant in edition.variants
    )


def _words(content: Content, template: Template) -> Iterator[Finding]:
    """Tell that the words of the templates are not there in the language of the issue."""
    tables = template.tables_of_words
    if tables and not table_names(content.language, tables):
        message = phrase(
            "the templates have no words in {language!r}: {other} stands in their place",
            language=content.language,
            other=next(iter(tables)),
        )
        yield make_finding("template-words", message, "template")


def _number(content: Content, around: PreflightContext) -> Iterator[Finding]:
    if around.number_used_by:
        number = f"{content.volume}.{content.number}" if content.volume else str(content.number)
        message = phrase("{issue} was sent as {number}", issue=around.number_used_by, number=number)
        yield make_finding("number-used", message, "number")
