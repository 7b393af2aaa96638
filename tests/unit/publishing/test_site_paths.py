"""Web addresses that others have: other issues, and the pages of the site itself."""

from __future__ import annotations

import pytest

from newsletter.publishing.bootstrap import create_publication
from newsletter.publishing.models import Issue, Publication
from newsletter.publishing.site_paths import belongs_to_site, reserved_problem, taken_problem
from newsletter.publishing.starting import store_issue
from tests import desks


@pytest.mark.parametrize(
    "slug",
    ["admin", "privacy", "imprint", "subscribe", "media", "static", "metrics", "u", "P", "c"],
)
def test_addresses_of_the_site(slug: str) -> None:
    """What leads to a page of the program cannot be that of an issue; another one is named."""
    assert belongs_to_site(slug)
    assert reserved_problem(slug).endswith(f"such as {slug}-2.")


@pytest.mark.parametrize(
    "slug", ["vol-1-1", "privacy-2", "calendar", "第3号", "uu", "administration"]
)
def test_addresses_of_nobody(slug: str) -> None:
    """All others can be chosen."""
    assert not belongs_to_site(slug)
    assert reserved_problem(slug) == ""


def test_a_title_that_makes_an_address_of_the_site(publication: Publication) -> None:
    """A draft that is stored by a command or a slot gets the next free address."""
    first = store_issue(Issue(publication=publication, title="Privacy", slug="privacy"))
    second = store_issue(Issue(publication=publication, title="Privacy", slug="privacy"))

    assert (first.slug, second.slug) == ("privacy-2", "privacy-3")


def test_whose_an_address_is(publication: Publication) -> None:
    """The other issue is named, and a free address; its own is no problem."""
    issue = desks.draft(publication, slug="spring", title="Spring tides")
    archive = publication.archive

    assert taken_problem("spring", archive) == (
        "The web address spring belongs to “Spring tides”. Choose another one, such as spring-2."
    )
    assert taken_problem("spring", archive, issue) == taken_problem("autumn", archive) == ""


def test_a_name_that_is_an_address_of_the_site(publication: Publication) -> None:
    """A publication that is called as a page of the site has a short name of its own."""
    assert create_publication("Admin").slug == "admin-2"


def test_stored_before(publication: Publication) -> None:
    """An issue that has such an address from an earlier release can still be published."""
    issue = desks.draft(publication, slug="vol-1-1")
    Issue.objects.filter(pk=issue.pk).update(slug="imprint")
    stored = Issue.objects.get(pk=issue.pk)

    stored.full_clean()
    stored.get_latest_revision().publish()

    assert Issue.objects.get(pk=issue.pk).live
