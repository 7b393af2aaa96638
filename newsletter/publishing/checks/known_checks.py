"""What the check found in drafts as they are now: pages need not check again."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.cache import cache

from newsletter.publishing.models import Issue

#: How long it is known that a draft was checked; in seconds.
KNOWN_SECONDS = 7 * 24 * 3600


def note_checked(issue: Issue, errors: int) -> None:
    """Remember how many errors the check found in the draft as it is now."""
    cache.set(key_of(issue), errors, KNOWN_SECONDS)


def read_errors(issue: Issue) -> int | None:
    """Return how many errors the draft has; None where it was not checked since it was saved."""
    found: int | None = cache.get(key_of(issue))
    return found


def read_errors_of(issues: Iterable[Issue]) -> dict[int, int]:
    """Return the same of several drafts, by their ids; those that were not checked are left out."""
    keys = {key_of(issue): issue.pk for issue in issues}
    return {keys[key]: errors for key, errors in cache.get_many(keys).items()}


def key_of(issue: Issue) -> str:
    """Return the name under which the check of this very draft is known."""
    saved = issue.latest_revision_created_at
    return f"desk-checked:{issue.latest_revision_id}:{saved.timestamp() if saved else 0}"
