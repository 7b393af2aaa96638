"""What the composer offers around its form, on a desktop in English and on a phone in Japanese."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FrameLocator, expect
from pytest_django.live_server_helper import LiveServer

from newsletter.publishing.models import Issue, Publication
from subscribers.models import Subscriber, Subscription
from tests import chromium, desks
from tests.browser.composing import TIMEOUT_MS, ReadersWindow, open_issue, open_window, until

#: Wagtail leaves the files in which it makes thumbnails to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
LOOKS = ((1500, "en"), (390, "ja"))
#: The colour of the page in a frame, and how wide the frame's window is.
BACKGROUND = "body => getComputedStyle(body).backgroundColor"
WIDTH = "body => window.innerWidth"


class Look(ReadersWindow):
    """A window with somebody who may see everything of an issue."""

    @property
    def mail(self) -> FrameLocator:
        """What the preview shows."""
        return self.page.frame_locator("[data-side-panel=preview] iframe").last

    def switch(self, name: str) -> None:
        """Press a switch of the preview."""
        self.page.locator(f"[data-desk-preview] label:has([name={name}])").click()


@pytest.fixture
def browser(browser: Browser) -> Iterator[Browser]:
    """A Chromium with all its parts: one of them shows the PDF."""
    complete = browser.browser_type.launch(
        executable_path=chromium.find_complete(), args=list(chromium.FLAGS)
    )
    yield complete
    complete.close()


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
def look(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer, desk: Publication
) -> Iterator[Look]:
    """A window with a sender in it; complaints of its pages fail the test."""
    width, language = request.param
    complaints: list[str] = []
    with open_window(
        browser,
        live_server.url,
        width=width,
        language=language,
        group="Senders",
        complain=complaints.append,
    ) as page:
        yield Look(page, language)
    assert complaints == []


@pytest.fixture
def issue(desk: Publication) -> Issue:
    """A draft with a lead picture, a greeting and two items."""
    person = Subscriber.objects.create(email="aiko@tideline.example", name="Aiko Abe")
    Subscription.objects.create(subscriber=person, list=desk.lists.get())
    picture = desks.stored_picture(size=(600, 300))
    lead = {"image": picture, "address": "", "alt": "A quay", "decorative": False, "credit": ""}
    greeting = ("text", "<p>Good morning, [first_name|reader].</p>")
    return desks.draft(
        desk, body=[("lead_image", lead), greeting, desks.digest("Reeds", "Ferries")]
    )


def policy_of(look: Look) -> str:
    """Return what the mail in the preview may load."""
    shown = look.page.locator(".desk-preview__tab").get_attribute("href") or ""
    return look.page.request.get(shown).headers["content-security-policy"]


def kind_of(look: Look) -> str:
    """Return what the preview shows, as its tab of its own has it."""
    shown = look.page.locator(".desk-preview__tab").get_attribute("href") or ""
    return look.page.request.get(shown).headers["content-type"]


def test_the_preview(look: Look, issue: Issue) -> None:
    """The mail is shown as wide as a phone or a desktop, in dark, without pictures, for somebody.

    And it is shown as text, as a page and as a PDF.
    """
    page = look.page
    open_issue(page, issue)
    if page.locator("[data-side-panel=preview]").is_hidden():
        page.locator("[data-side-panel-toggle=preview]").first.click()
    body = look.mail.locator("body")
    expect(body).to_contain_text("Good morning, Robin.", timeout=TIMEOUT_MS)

    for name, width in (("phone", 375), ("desktop", 680)):
        page.locator(f"[name=desk-preview-size][value={name}]").check(force=True)
        assert until(page, lambda width=width: body.evaluate(WIDTH) == width), name
    light: list[str] = []
    assert until(page, lambda: bool(light.append(body.evaluate(BACKGROUND)) or light))
    look.switch("desk-preview-dark")
    assert until(page, lambda: body.evaluate(BACKGROUND) != light[0])
    look.switch("desk-preview-dark")
    assert until(page, lambda: body.evaluate(BACKGROUND) == light[0])
    assert until(page, lambda: "img-src" in policy_of(look))
    look.switch("desk-preview-no-pictures")
    assert until(page, lambda: "img-src" not in policy_of(look))
    look.switch("desk-preview-no-pictures")

    page.locator("#desk-preview-reader").fill("aiko")
    option = page.locator("#desk-preview-people option")
    expect(option).to_have_attribute("value", "aiko@tideline.example")
    page.locator("#desk-preview-reader").fill("aiko@tideline.example")
    expect(body).to_contain_text("Good morning, Aiko.")
    mode = page.locator("[name=desk-preview-mode]")
    mode.select_option("text")
    expect(body).to_contain_text("Good morning, Aiko.")
    assert until(page, lambda: look.mail.locator("table").count() == 0)
    mode.select_option("web")
    expect(look.mail.get_by_role("heading", name="Reeds").first).to_be_visible()
    mode.select_option("pdf")
    expect(page.locator(".desk-preview__frame[data-mode=pdf]")).to_be_visible()
    assert until(page, lambda: kind_of(look) == "application/pdf")
