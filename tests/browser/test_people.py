"""People in the desk, in a browser: found, added, changed, and many at once; in both languages."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from newsletter.desk.people import bulk
from newsletter.publishing.models import Publication
from subscribers.bulk import worker
from subscribers.models import List, Subscriber, Subscription
from tests.browser.composing import ReadersWindow, open_window
from tests.browser.test_every_page import TOO_WIDE

AXE = {"resultTypes": ["violations"]}


def look(page: Page) -> None:
    """Check what holds for every page: axe finds nothing, and it is no wider than the window."""
    violations = Axe().run(page, context=".desk-persons", options=AXE).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in violations] == []
    assert page.evaluate(TOO_WIDE) <= 0


@pytest.mark.parametrize(("language", "width"), [("en", 1280), ("ja", 390)])
def test_people_all_the_way(
    desk: Publication,
    browser: Browser,
    live_server: LiveServer,
    language: str,
    width: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Add somebody, find them by a part, read their page, change them, act on all, and undo it."""
    monkeypatch.setattr(bulk, "COUNTED_AT_ONCE", 10)
    weekly = List.objects.create(name="Weekly", slug="weekly")
    for number in range(60):
        Subscriber.objects.create(email=f"reader{number}@tide.jp", name=f"田中 {number}")
    with open_window(browser, live_server.url, width=width, language=language, group="") as page:
        words = ReadersWindow(page, language).words
        page.goto("/admin/subscribers/")
        look(page)
        page.locator("#people-add").click()
        page.locator("#person-email").fill("hanako@gmial.com")
        page.locator("#person-name").fill("佐藤 花子")
        page.locator("input[name=list][value=weekly]").check()
        page.locator("#consent-source").fill("stand")
        look(page)
        page.locator("#person-add").click()
        expect(page.get_by_role("alert")).to_contain_text("hanako@gmail.com")
        look(page)
        page.locator("button[name=meant]").click()

        expect(page.get_by_role("heading", level=1)).to_contain_text("hanako@gmail.com")
        expect(page.locator(".desk-persons__timeline")).to_contain_text(words("First known here"))
        look(page)
        page.locator("#person-change").click()
        page.get_by_label(words("Name of the attribute")).first.fill("city")
        page.get_by_label(words("Value of the attribute")).first.fill("Lowen")
        look(page)
        page.locator(".desk-persons__form button[type=submit]").click()
        expect(page.locator(".desk-persons__facts")).to_contain_text("Lowen")
        page.locator("a[href$='/suppress/?list=weekly']").click()
        page.locator("#suppress-reason").fill("only this one")
        look(page)
        page.locator(".desk-persons__form button[type=submit]").click()
        expect(page.locator("#person-lists + table")).to_contain_text("only this one")
        look(page)
        page.locator("a[href$='/allow/?list=weekly']").click()
        page.locator("#allow-reason").fill("asked for it again")
        look(page)
        page.locator(".desk-persons__form button[type=submit]").click()
        expect(page.locator("a[href$='/suppress/?list=weekly']")).to_be_visible()
        page.locator("#person-suppress").click()
        page.locator("#suppress-reason").fill("asked")
        look(page)
        page.locator(".desk-persons__form button[type=submit]").click()
        expect(page.locator(".desk-persons__stop")).to_contain_text("asked")

        page.goto("/admin/subscribers/")
        page.locator("#people-q").fill("花")
        page.locator("#people-q").press("Enter")
        expect(page.locator(".desk-persons__table tbody tr")).to_have_count(1)
        look(page)
        page.locator("#people-q").fill("tide")
        page.locator("#people-q").press("Enter")
        expect(page.locator(".desk-persons__table tbody tr")).to_have_count(50)
        page.locator("#people-next").click()
        expect(page.locator(".desk-persons__table tbody tr")).to_have_count(10)
        page.locator("#people-bulk").click()
        page.locator("input[name=action][value=add]").check()
        page.locator("#bulk-to").select_option("weekly")
        page.locator("#bulk-basis").select_option("consent")
        look(page)
        page.locator("#bulk-see").click()
        expect(page.locator("progress")).to_be_visible()
        look(page)
        assert worker.work_once()
        expect(page.locator(".desk-persons__figures")).to_contain_text("60")
        look(page)
        page.locator("#bulk-apply").click()
        expect(page.locator("progress")).to_be_visible()
        look(page)
        assert worker.work_once()
        expect(page.locator("#bulk-undo")).to_be_visible()
        assert Subscription.objects.filter(list=weekly).count() == 61
        look(page)
        page.locator("#bulk-undo").click()
        assert worker.work_once()
        expect(page.locator("#bulk-undo")).to_have_count(0)
        expect(page.locator(".desk-persons__figures").first).to_contain_text("60")
        assert Subscription.objects.filter(list=weekly).count() == 1
        who = User.objects.get().username
        assert set(
            Subscriber.objects.get(name="佐藤 花子").changes.values_list("by", flat=True)
        ) == {who}
