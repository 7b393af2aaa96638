"""What an issue said before, and how it is brought back, on a desktop and a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.models import Issue, Publication
from tests import desks
from tests.browser.composing import ReadersWindow, fits, open_window

LOOKS = ((1280, "en"), (390, "ja"))
GRAVE = {"serious", "critical"}


class Look(ReadersWindow):
    """A window with an admin."""

    def sees(self, message: str) -> None:
        """Wait until these words are on the page."""
        expect(self.page.get_by_text(self.words(message)).first).to_be_visible()

    def push(self, message: str) -> None:
        """Push the button of these words."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=self.words(message), exact=True).click()

    def is_sound(self) -> bool:
        """Say whether the page fits its window, and axe-core finds nothing grave in it."""
        width = self.page.viewport_size["width"] if self.page.viewport_size else 0
        options = {"resultTypes": ["violations"]}
        found = Axe().run(self.page, options=options).response["violations"]
        grave = [each["id"] for each in found if each["impact"] in GRAVE]
        assert (fits(self.page, width), grave) == (True, []), self.page.url
        return True


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
def look(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer, desk: Publication
) -> Iterator[Look]:
    """A window with an admin."""
    width, language = request.param
    with open_window(browser, live_server.url, width=width, language=language) as page:
        yield Look(page, language)


def test_what_an_issue_said_before(look: Look, desk: Publication) -> None:
    """The history lists what was done, two versions are compared, and the first is brought back."""
    page, issue = look.page, desks.draft(desk, subject="Ferries at dawn")
    issue.subject = "Ferries at dusk"
    issue.save_revision(user=User.objects.get())

    page.goto(f"/admin/issues/{issue.pk}/history/")
    expect(page.locator(".desk-history__table tbody tr").first).to_be_visible()
    assert look.is_sound()
    page.get_by_role("link", name=look.words("Compare versions")).click()
    changes = page.locator(".desk-compare__changes")
    expect(changes.locator("del")).to_have_text("dawn")
    expect(changes.locator("ins")).to_have_text("dusk")
    assert look.is_sound()
    page.locator(".desk-check__ways a.button").first.click()
    page.wait_for_url("**/revert/")
    expect(page.locator("#id_subject")).to_have_value("Ferries at dawn")
    # The bar of a phone has the same button.
    with page.expect_navigation():
        page.locator("footer button[type=submit]:visible").first.click()

    assert draft_of(Issue.objects.get(pk=issue.pk)).subject == "Ferries at dawn"
