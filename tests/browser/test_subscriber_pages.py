"""The pages behind the links, used as a person uses them: by eye, by keyboard, on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from subscribers.links import preferences_url, unsubscribe_url
from subscribers.models import List, Subscriber, Subscription
from subscribers.suppressions import suppress
from tests.browser.composing import fits

#: The least contrast of any text on the page with the colours behind it (WCAG 2.2, 1.4.3).
LEAST_CONTRAST = """() => {
  const part = value => (value /= 255) <= 0.04045
    ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const rgba = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const behind = element => {
    for (; element; element = element.parentElement) {
      const colour = rgba(getComputedStyle(element).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const hasText = element => [...element.childNodes].some(
    node => node.nodeType === Node.TEXT_NODE && node.data.trim());
  const contrasts = [...document.querySelectorAll('body *')].filter(hasText).map(element => {
    const pair = [rgba(getComputedStyle(element).color), behind(element)].map(light);
    return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
  });
  return Math.min(...contrasts);
}"""


@pytest.fixture
def jane(live_server: LiveServer) -> Subscriber:
    """Somebody on one of two lists, whose mail came back."""
    weekly = List.objects.create(name="Weekly digest", slug="w", description="Five stories.")
    List.objects.create(name="Events", slug="e")
    person = Subscriber.objects.create(email="jane@example.org", name="Jane Doe")
    Subscription.objects.create(subscriber=person, list=weekly)
    suppress("jane@example.org")
    return person


@pytest.fixture(params=["light", "dark"])
def page(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    """The smallest phone, by day and by night."""
    context = browser.new_context(
        viewport={"width": 320, "height": 640}, color_scheme=request.param
    )
    yield context.new_page()
    context.close()


def states(person: Subscriber) -> dict[str, str]:
    """Return a person's lists with the state on each."""
    return dict(person.subscriptions.values_list("list__slug", "state"))


def check(page: Page) -> None:
    """Check what holds for every page: it fits, can be read, and says what it is."""
    assert fits(page, 320)
    assert page.evaluate(LEAST_CONTRAST) >= 4.5
    assert page.title()
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("script")).to_have_count(0)


def test_leaving_and_coming_back(live_server: LiveServer, jane: Subscriber, page: Page) -> None:
    """Two presses of a button each way, and every page says what happened."""
    page.goto(unsubscribe_url(live_server.url, jane.pk, [jane.subscriptions.get().list_id]))
    check(page)
    page.get_by_role("button", name="Unsubscribe").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("You are unsubscribed")
    check(page)
    assert states(jane) == {"w": "unsubscribed"}
    page.get_by_role("button", name="subscribe me again").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("You are subscribed again")
    check(page)
    assert states(jane) == {"w": "active"}


def test_choosing_by_keyboard(live_server: LiveServer, jane: Subscriber, page: Page) -> None:
    """Every field has a label and is reached with the tab key; Enter saves."""
    page.goto(preferences_url(live_server.url, jane.pk))
    check(page)
    expect(page.get_by_label("Weekly digest")).to_have_accessible_description("Five stories.")
    page.get_by_label("Your name").fill("Janet Roe")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Language of these pages")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_label("Events")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Weekly digest")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("status")).to_have_text("Your choices are saved.")
    check(page)
    expect(page.get_by_label("Your name")).to_have_value("Janet Roe")
    expect(page.get_by_label("Events")).to_be_checked()
    assert states(jane) == {"e": "active", "w": "unsubscribed"}


def test_enter_in_the_name_saves(live_server: LiveServer, jane: Subscriber, page: Page) -> None:
    """It does not press one of the other buttons, which leave lists or lift a suppression."""
    page.goto(preferences_url(live_server.url, jane.pk))
    page.get_by_label("Your name").press("Enter")

    expect(page.get_by_role("status")).to_have_text("Your choices are saved.")
    assert states(jane) == {"w": "active"}


def test_leaving_everything_and_being_written_to_again(
    live_server: LiveServer, jane: Subscriber, page: Page
) -> None:
    """The two other buttons of the preferences do what they say."""
    page.goto(preferences_url(live_server.url, jane.pk))
    page.get_by_role("button", name="Write to me again").click()
    expect(page.get_by_role("status")).to_have_text("We write to you again.")
    page.get_by_role("button", name="Leave", exact=True).click()

    expect(page.get_by_role("status")).to_contain_text("You have left every list.")
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(0)
    check(page)


def test_nothing_comes_from_elsewhere(
    live_server: LiveServer, jane: Subscriber, page: Page
) -> None:
    """No font, picture or counter of another site learns who reads; no cookie is set."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    for url in (preferences_url(live_server.url, jane.pk), f"{live_server.url}/u/nonsense"):
        page.goto(url)
        check(page)

    assert {urlsplit(url).netloc for url in asked} == {urlsplit(live_server.url).netloc}
    assert page.context.cookies() == []
