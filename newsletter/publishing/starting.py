"""Start an issue: put a new one into its publication's archive, with a first draft."""

from __future__ import annotations

from typing import Any

from newsletter.publishing.models import Issue, Publication
from newsletter.publishing.site_paths import free_address


def start_issue(publication: Publication) -> Issue:
    """Return a new, empty issue of a publication, with the next number."""
    issue = Issue(live=False)
    issue.begin(publication)
    return store_issue(issue)


def store_issue(issue: Issue, user: Any = None) -> Issue:
    """Return an issue that is not stored yet, stored: under an address of its own, as a draft.

    `user` is who started it at the desk.
    """
    archive = issue.publication.archive
    taken = set(archive.get_children().values_list("slug", flat=True))
    issue.slug = free_address(issue.slug or "issue", taken)
    issue.owner = user
    archive.add_child(instance=issue)
    issue.save_revision(user=user, log_action=user is not None)
    return issue
