"""The pages of readers in a browser: without scripts, light and dark, in both languages."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from newsletter.conf.config import load
from newsletter.publishing.bootstrap import create_publication
from newsletter.publishing.models import Publication
from subscribers.sign_up.models import SignUpForm
from tests import desks
from tests.browser.composing import TIMEOUT_MS

#: Wagtail leaves the files in which it makes thumbnails to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@pytest.fixture
def two(live_server: LiveServer, settings: Settings, tmp_path: Path) -> list[Publication]:
    """Publications in English and Japanese, each with issues of two years and a form."""
    settings.MEDIA_ROOT = tmp_path / "media"
    english = create_publication("Tideline Digest", postal_address="1 Quay Street")
    japanese = create_publication("潮だより", slug="shio", language="ja")
    lead = {"image": desks.stored_picture(), "alt": "A quay", "credit": "", "address": ""}
    for publication in (english, japanese):
        for number, year in ((1, 2025), (2, 2026)):
            body = [("lead_image", lead), desks.digest("Reed beds", "渡し船")]
            desks.on_the_web(publication, number, date=dt.date(year, 1, 8), body=body)
        for each in publication.lists.all():
            SignUpForm.objects.update_or_create(list=each, defaults={"is_open": True})
    return [english, japanese]


def show_picture(asked: Route) -> None:
    """Answer with a picture."""
    asked.fulfill(body=desks.picture(), content_type="image/png")


def check(page: Page, complaints: list[str]) -> None:
    """Fail where axe finds anything, the page is wider than the window, or it complains."""
    report = Axe().run(page)
    assert [each["id"] for each in report.response["violations"]] == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    assert complaints == []


def test_pages_are_for_everybody(
    browser: Browser, live_server: LiveServer, two: list[Publication]
) -> None:
    """Axe finds nothing, nothing is too wide, and nothing is asked of another site."""
    for scheme, size in (("light", DESKTOP), ("dark", PHONE)):
        context = browser.new_context(
            base_url=live_server.url,
            viewport=size,  # type: ignore[arg-type]
            color_scheme=scheme,  # type: ignore[arg-type]
        )
        context.set_default_timeout(TIMEOUT_MS)
        page = context.new_page()
        # `base_url` is another port of this machine here.
        context.route(f"{load().site.base_url}/media/**", show_picture)
        complaints: list[str] = []
        page.on("console", lambda said, to=complaints: to.append(said.text))  # type: ignore[misc]
        page.on("requestfailed", lambda asked, to=complaints: to.append(asked.url))  # type: ignore[misc]
        for path in (
            "/",
            "/vol-1-2/",
            "/shio/?q=渡し船",
            "/shio/vol-1-2/",
            "/imprint/",
            "/privacy/",
        ):
            page.goto(path)
            check(page, complaints)
        check_paper(page)
        context.close()


def check_paper(page: Page) -> None:
    """Fail where paper would have more than the text, or the colours of a dark screen."""
    page.goto("/vol-1-2/")
    form = page.get_by_role("form", name="Subscribe")
    expect(form).to_be_visible()
    page.emulate_media(media="print")
    expect(form).to_be_hidden()
    expect(page.locator("article .meta")).to_have_css("color", "rgb(74, 74, 74)")
    expect(page.locator("body")).to_have_css("background-color", "rgb(255, 255, 255)")


def test_an_address_to_copy(
    browser: Browser, live_server: LiveServer, two: list[Publication]
) -> None:
    """A click beside a headline leads there and copies its address; no script is needed."""
    context = browser.new_context(
        base_url=live_server.url, permissions=["clipboard-read", "clipboard-write"]
    )
    page = context.new_page()
    page.goto("/vol-1-2/")
    page.get_by_role("link", name="Link to “渡し船”").click()

    expect(page.get_by_role("status")).to_have_text("The link is copied.")
    expect(page).to_have_url(f"{live_server.url}/vol-1-2/#item-2")
    copied = page.evaluate("navigator.clipboard.readText()")
    context.close()
    assert copied == f"{live_server.url}/vol-1-2/#item-2"

    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Search all issues").fill("reed")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="Tideline Digest Vol 1.2").click()
    page.get_by_role("link", name="Link to “渡し船”").click()
    expect(page).to_have_url(f"{live_server.url}/vol-1-2/#item-2")
    page.get_by_role("link", name="Previous issue").click()
    expect(page).to_have_url(f"{live_server.url}/vol-1-1/")
    context.close()
