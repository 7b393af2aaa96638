"""Freeze an issue into an edition, and approve it: what was approved is what is sent."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db import transaction
from django.utils import timezone

from newsletter.errors import UnfilledField
from newsletter.publishing.drafts import draft_of, render_draft
from newsletter.publishing.models import Issue
from newsletter.publishing.pdfs import check_pdf
from newsletter.rendering import CompiledEdition, Recipient
from newsletter.sending.models import Edition, Send

#: Of whom nothing is known but an address: their mail shows what every merge field falls back to.
NOBODY = Recipient(
    email="reader@example.org",
    unsubscribe_url="https://example.org/u",
    preferences_url="https://example.org/p",
)


def freeze(issue: Issue) -> Edition:
    """Render the latest draft and keep it; the same content is kept once."""
    compiled = render_draft(issue)
    check_pdf(draft_of(issue))
    edition, _ = Edition.objects.get_or_create(
        issue=issue,
        hash=compiled.hash,
        defaults={
            "revision": issue.latest_revision,
            "subject": shown_subject(compiled) or issue.title,
            "document": compiled.to_json(),
        },
    )
    return edition


def shown_subject(compiled: CompiledEdition) -> str:
    """Return the subject as somebody gets it of whom nothing is known; empty if it needs more."""
    try:
        return compiled.variants[0].parts(NOBODY).subject
    except UnfilledField:
        return ""


@transaction.atomic
def approve(issue: Issue, *, by: Any = None) -> Edition:
    """Freeze the latest draft and mark it as what may be sent; `by` is a user or nobody.

    A send that was queued before any approval takes the approved edition.  One that holds an
    approved edition keeps it: a later edit of the draft never slips into a queued send.
    """
    edition = freeze(issue)
    if edition.approved_at is None:
        edition.approved_at, edition.approved_by = timezone.now(), by
        edition.save(update_fields=["approved_at", "approved_by"])
    waiting = issue.sends.filter(
        state__in=(Send.State.QUEUED, Send.State.HELD), started_at=None, edition__approved_at=None
    )
    waiting.update(edition=edition)
    return edition


def compiled(edition_id: int) -> CompiledEdition:
    """Return an edition as the renderer made it."""
    return kept(edition_id, Edition.objects.values_list("hash", flat=True).get(pk=edition_id))


@lru_cache(maxsize=8)
def kept(edition_id: int, _hash: str) -> CompiledEdition:
    """Return the same from memory; a frozen thing may be kept at hand for as long as it fits."""
    document = Edition.objects.values_list("document", flat=True).get(pk=edition_id)
    return CompiledEdition.from_json(document)
