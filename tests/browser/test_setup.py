"""A newsletter is set up in a browser, on a desk and on a phone, with and without scripts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from newsletter.desk.founding.entrance import setup_link
from newsletter.publishing.models import Publication
from tests import desks
from tests.browser.composing import TIMEOUT_MS, fits


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Who sets it up, with what kind of browser, and what they read there."""

    width: int
    has_scripts: bool = True
    options: dict[str, Any] = field(default_factory=dict)
    show: str
    dates: str
    wrong: str
    end: str
    steps: str


ENGLISH = Reader(
    width=1280,
    show="Show the dates",
    dates="Every 2 weeks on Friday at 09:07 in Tokyo",
    wrong="too short",
    end="Set up",
    steps="First steps",
)
JAPANESE = Reader(
    width=390,
    has_scripts=False,
    options={"locale": "ja-JP", "color_scheme": "dark"},
    show="日付を表示",
    dates="Tokyo",
    wrong="短すぎます",
    end="設定する",
    steps="最初の手順",
)


def look_over(page: Page, width: int) -> None:
    """Have a page fit its window, and axe find nothing in it."""
    assert fits(page, width)
    found = Axe().run(page, context="main").response["violations"]
    assert [f"{each['id']}: {each['nodes'][0]['html']}" for each in found] == []


@pytest.mark.parametrize("reader", [ENGLISH, JAPANESE], ids=["desk", "phone-dark-ja-no-script"])
def test_a_newsletter_is_set_up(browser: Browser, live_server: LiveServer, reader: Reader) -> None:
    """Dates are shown, with scripts at once; what is wrong is told beside its field.

    The first steps come next.
    """
    viewport = {"width": reader.width, "height": 844}
    options = {"base_url": live_server.url, "viewport": viewport, **reader.options}
    context = browser.new_context(**options, java_script_enabled=reader.has_scripts)
    page = context.new_page()
    page.set_default_timeout(TIMEOUT_MS)
    page.goto("/")
    expect(page.locator("code").first).to_have_text("newsletter serve")
    link = urlsplit(setup_link()).path
    # What looks for faults is a script itself.
    looking = browser.new_context(**options)
    other = looking.new_page()
    for address in ("/", link):
        other.goto(address)
        look_over(other, reader.width)
    looking.close()

    page.goto(link)
    page.fill("[name=name]", "Tideline Digest")
    page.fill("[name=zone]", "Tokyo")
    page.select_option("[name=weekday]", "4")
    show = page.get_by_role("button", name=reader.show)
    if reader.has_scripts:
        expect(show).to_be_hidden()
    else:
        show.click()
    expect(page.locator("#setup-dates")).to_contain_text(reader.dates)
    expect(page.locator("#setup-dates li")).to_have_count(4)

    page.fill("[name=sender_address]", "desk@tideline.example")
    page.fill("[name=user]", "ada")
    page.fill("[name=password]", "harbour")
    page.get_by_role("button", name=reader.end, exact=True).click()
    expect(page.locator("main .error-message", has_text=reader.wrong)).to_be_visible()
    assert fits(page, reader.width)
    if reader.has_scripts:
        look_over(page, reader.width)
    page.fill("[name=password]", desks.PASSWORD)
    page.fill("[name=password_again]", desks.PASSWORD)
    # As many do who have filled in the last field.
    page.press("[name=password_again]", "Enter")

    expect(page.get_by_role("heading", name=reader.steps)).to_be_visible()
    assert Publication.objects.get().time_zone == "Asia/Tokyo"
    assert User.objects.get().is_superuser
    context.close()
