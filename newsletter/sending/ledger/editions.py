"""Freeze a checked draft into an edition, and load an edition as the renderer made it."""

from __future__ import annotations

from functools import lru_cache

from newsletter.publishing.checks.checking import Report
from newsletter.publishing.models import Issue
from newsletter.rendering import CompiledEdition, RecipientData
from newsletter.sending.models import Attempt, Edition

#: How many characters of a hash people see.
HASH_CHARACTERS = 12
#: Somebody with nothing but an address: their mail shows the fallback of every merge field.
NOBODY = RecipientData(
    email="reader@example.org",
    unsubscribe_url="https://example.org/u",
    preferences_url="https://example.org/p",
)


def freeze_edition(issue: Issue, report: Report) -> Edition:
    """Store the edition of a checked draft; the same content is stored once."""
    compiled = report.edition
    edition, _ = Edition.objects.get_or_create(
        issue=issue,
        hash=compiled.hash,
        defaults={
            "revision": report.revision,
            "subject": shown_subject(compiled) or report.draft.title,
            "document": compiled.to_json(),
        },
    )
    return edition


def forget_day(issue_id: int) -> None:
    """Let an issue without a date have another day when it is queued again.

    It keeps its day as soon as somebody may have its mail, because the mail contains that day.
    """
    taken = Attempt.objects.filter(batch__send__issue=issue_id, state__in=Attempt.TAKEN)
    if not taken.exists():
        Issue.objects.filter(pk=issue_id).update(issued_on=None)


def shown_subject(compiled: CompiledEdition) -> str:
    """Return the subject for somebody of whom nothing is known."""
    return compiled.variant(NOBODY).parts(NOBODY).subject


def load_compiled(edition_id: int) -> CompiledEdition:
    """Return an edition as the renderer made it."""
    return load_cached(
        edition_id, Edition.objects.values_list("hash", flat=True).get(pk=edition_id)
    )


@lru_cache(maxsize=8)
def load_cached(edition_id: int, _hash: str) -> CompiledEdition:
    """Return the same from memory: an edition never changes, so it may be cached."""
    document = Edition.objects.values_list("document", flat=True).get(pk=edition_id)
    return CompiledEdition.from_json(document)
