"""Who wrote what stands in a draft now."""

from __future__ import annotations

import json
from typing import Any, cast

from newsletter.publishing.models import Issue

#: What a revision says of itself and of the web, besides what somebody wrote.
VOLATILE = frozenset(
    {
        "draft_title",
        "expire_at",
        "expired",
        "first_published_at",
        "go_live_at",
        "has_unpublished_changes",
        "issued_on",
        "last_published_at",
        "latest_revision",
        "latest_revision_created_at",
        "live",
        "live_revision",
        "lock_owner_id",
        "locked",
        "locked_at",
        "locked_by",
        "path",
        "depth",
        "numchild",
        "url_path",
        "owner",
    }
)


def last_author(issue: Issue) -> int | None:
    """Return the id of the user who changed the content last; None where no user did.

    Whoever only saved it again, as it was, has changed nothing.
    """
    author: int | None = None
    newest: str | None = None
    for revision in issue.revisions.order_by("-created_at", "-pk").iterator(chunk_size=20):
        written = normalise_content(revision.content)
        if newest is not None and written != newest:
            break
        newest, author = written, cast("int | None", revision.user_id)
    return author


def normalise_content(stored: dict[str, Any]) -> str:
    """Return what a revision holds of what somebody wrote, such that two can be compared."""
    kept = {key: value for key, value in stored.items() if key not in VOLATILE}
    return json.dumps(kept, sort_keys=True)
