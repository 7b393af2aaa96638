"""Title and address follow the number of an issue before the eyes of whoever types it."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.models import Issue, Publication
from newsletter.publishing.naming import slug_of
from tests import desks
from tests.browser.composing import comes_to_be, log_in, open_issue

#: Each is made into an address by the page and by the server.
TITLES = ("Reed beds & ferries!", "ヨシ原 第12号", "  Łódź — Vol 3.12 ", "Ⅻ ports (100 %)")


def opened(page: Page, publication: Publication) -> Issue:
    """Open an issue whose title and address follow from its number."""
    issue = desks.draft(publication, 1, slug="tideline-digest-vol-1-1")
    log_in(page)
    open_issue(page, issue)
    expect(page.locator("#id_title[data-followed]")).to_be_attached()
    return issue


def test_title_and_address_follow_while_one_types(window: Page, desk: Publication) -> None:
    """Who changes the number sees title and address change, and they are saved so."""
    issue = opened(window, desk)

    window.fill("#id_volume", "3")
    window.fill("#id_number", "12")

    expect(window.locator("#id_title")).to_have_value("Tideline Digest Vol 3.12")
    expect(window.locator("#id_slug")).to_have_value("tideline-digest-vol-3-12")

    def names() -> tuple[str, str, str]:
        saved = draft_of(Issue.objects.get(pk=issue.pk))
        return saved.ref, saved.title, saved.slug

    expected = ("3.12", "Tideline Digest Vol 3.12", "tideline-digest-vol-3-12")
    comes_to_be(window, names, expected)


def test_a_title_of_ones_own_stays(window: Page, desk: Publication) -> None:
    """Once a person wrote a title, it follows the number no more; the address follows the title."""
    opened(window, desk)

    window.fill("#id_title", "Reed beds")
    window.fill("#id_number", "12")

    expect(window.locator("#id_title")).to_have_value("Reed beds")
    expect(window.locator("#id_slug")).to_have_value("reed-beds")


def test_the_page_makes_the_address_that_the_server_makes(window: Page, desk: Publication) -> None:
    """Page and server agree on the address of a title in any script."""
    opened(window, desk)

    for title in TITLES:
        window.fill("#id_title", title)
        expect(window.locator("#id_slug")).to_have_value(slug_of(title))
