"""Every list of the desk on a phone: no column is cut off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from newsletter.publishing.bootstrap import create_publication
from newsletter.sending.models import Edition, Send
from subscribers.models import List, Subscriber, Subscription
from subscribers.suppressions import suppress
from tests import desks
from tests.browser.composing import TIMEOUT_MS, fits, log_in

pytestmark = pytest.mark.django_db(transaction=True)

#: The tables of which a part can neither be seen nor brought into view by scrolling sideways.
CUT_OFF = """() => {
  const scrolls = style => ['auto', 'scroll'].includes(style.overflowX);
  const seen = table => {
    let edge = table.getBoundingClientRect().right;
    for (let box = table; box; box = box.parentElement) {
      const style = getComputedStyle(box), own = box.getBoundingClientRect();
      if (scrolls(style) && box !== document.documentElement) edge = Math.min(edge, own.right);
      if (['hidden', 'clip'].includes(style.overflowX) && edge > own.right + 1) return false;
    }
    return edge <= window.innerWidth + 1;
  };
  const inner = table => [...table.querySelectorAll('th, td')].every(
    cell => cell.getBoundingClientRect().width === 0 || cell.scrollWidth <= cell.clientWidth + 1);
  return [...document.querySelectorAll('table')]
    .filter(table => table.getClientRects().length && !(seen(table) && inner(table)))
    .map(table => table.innerText.slice(0, 60));
}"""


@pytest.fixture
def page(browser: Browser, live_server: LiveServer, settings: Settings) -> Iterator[Page]:
    """The desk in the window of a phone, with people, lists, issues and sends of long names."""
    publication = create_publication(
        "The Tideline Digest of Everything that Floats", postal_address="1 Quay"
    )
    issue = desks.draft(publication)
    edition = Edition.objects.create(issue=issue, subject="S", document="{}", hash="h")
    Send.objects.create(issue=issue, edition=edition, at=timezone.now())
    of = List.objects.create(name="Friends of the harbour, the quay and the pier", slug="friends")
    address = "a.reader.with.quite.a.long.address@harbour-office.tideline-mail.com"
    person = Subscriber.objects.create(email=address, name="Ann Marie Ember-Quill of Marshland")
    Subscription.objects.create(subscriber=person, list=of)
    suppress(address)
    context = browser.new_context(base_url=live_server.url, viewport={"width": 390, "height": 844})
    opened = context.new_page()
    opened.set_default_timeout(TIMEOUT_MS)
    log_in(opened, "")
    opened.goto("/admin/")
    yield opened
    context.close()


def test_no_table_of_the_desk_is_cut_off_on_a_phone(page: Page) -> None:
    """All lists of the menu, and the page itself is as wide as the window."""
    found_tables = 0
    for path in addresses(page):
        page.goto(path)
        found_tables += page.locator("table").count()
        assert page.evaluate(CUT_OFF) == [], path
        assert fits(page, 390), path
    assert found_tables >= 5


def addresses(page: Page) -> list[str]:
    """Return where the menu of the desk leads."""
    links: Any = page.evaluate(
        "[...document.querySelectorAll('a[href^=\"/admin/\"]')].map(a => a.getAttribute('href'))"
    )
    known = (
        "issues",
        "publications",
        "sends",
        "subscribers",
        "lists",
        "schedule",
        "jobs",
        "images",
    )
    return sorted(
        {link for link in links if link.strip("/").split("/")[-1] in known}
        | {"/admin/sends/", "/admin/subscribers/", "/admin/lists/"}
    )
