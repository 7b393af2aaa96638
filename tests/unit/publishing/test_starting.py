"""Starting an issue: the next number, an address of its own, a first draft."""

from __future__ import annotations

from newsletter.publishing.models import Publication
from newsletter.publishing.naming import free_slug
from newsletter.publishing.starting import start_issue
from tests import desks


def test_start(publication: Publication) -> None:
    """A started issue is a stored draft with the next number, and not on the web."""
    desks.draft(publication, 4)

    issue = start_issue(publication)

    assert (issue.ref, issue.live) == ("1.5", False)
    assert issue.latest_revision is not None
    assert issue.get_parent().specific == publication.archive


def test_addresses_are_free(publication: Publication) -> None:
    """An address that is taken gets a number behind it."""
    desks.draft(publication, 1, slug="spring")

    assert desks.draft(publication, 2, slug="spring").slug == "spring-2"
    assert free_slug("spring", {"spring", "spring-2"}) == "spring-3"
