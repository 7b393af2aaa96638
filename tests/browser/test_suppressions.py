"""The desk's suppressions in a browser: added, found and removed, in both languages."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from newsletter.conf.schema import Sending
from newsletter.publishing.models import Publication
from subscribers.models import Suppression, SuppressionRemoval
from subscribers.suppressions import Reason, suppress_all
from tests.browser.composing import open_window
from tests.browser.test_imports_and_segments import look

#: Of English on a desktop and Japanese on a phone: what the pages say.
WORDS = {
    "en": {"add": "Suppress it", "find": "Find", "remove": "Remove…", "done": "Remove it"},
    "ja": {"add": "配信停止にする", "find": "検索", "remove": "解除する…", "done": "解除する"},
}


@pytest.mark.parametrize(("width", "language"), [(1280, "en"), (390, "ja")])
def test_suppressions_are_kept_in_the_desk(
    browser: Browser,
    live_server: LiveServer,
    desk: Publication,
    settings: Settings,
    width: int,
    language: str,
) -> None:
    """One is added by hand, found among others, and removed with a reason."""
    sending = Sending(transport="sendgrid")
    settings.CONFIG = settings.CONFIG.model_copy(update={"sending": sending})
    words = WORDS[language]
    suppress_all({"bob@example.org": Reason.BOUNCED, "cy@example.org": Reason.COMPLAINED}, "told")
    with open_window(browser, live_server.url, width=width, language=language) as page:
        page.goto("/admin/suppressions/")
        expect(page.locator("#provider-pull")).to_be_visible()
        look(page, "suppressions")
        page.click("#suppressions-add")
        page.fill("#suppression-address", "ann@example.org")
        page.fill("#suppression-note", "by phone")
        look(page, "suppression-new")
        page.get_by_role("button", name=words["add"], exact=True).click()
        page.wait_for_url("**/admin/suppressions/")
        expect(page.locator(".desk-persons__table tbody tr")).to_have_count(3)
        page.fill("#suppressions-q", "phone")
        page.get_by_role("button", name=words["find"], exact=True).click()
        expect(page.locator(".desk-persons__table tbody tr")).to_have_count(1)
        expect(page.locator(".desk-persons__table tbody tr")).to_contain_text("ann@example.org")
        page.get_by_role("link", name=words["remove"]).click()
        page.fill("#removal-reason", "a slip")
        look(page, "suppression-remove")
        page.get_by_role("button", name=words["done"], exact=True).click()
        page.wait_for_url("**/admin/suppressions/")
        expect(page.locator(".desk-persons__table tbody tr")).to_have_count(2)

    assert SuppressionRemoval.objects.get().why == "a slip"
    assert set(Suppression.objects.values_list("key", flat=True)) == {
        "bob@example.org",
        "cy@example.org",
    }
