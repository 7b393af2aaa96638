"""From a finding to a queued issue, at the desk in a browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from newsletter.desk.composer import checks
from newsletter.publishing.models import Acceptance, Issue, Publication
from newsletter.sending.models import Send
from subscribers.models import Subscriber, Subscription
from tests import desks
from tests.browser.composing import TIMEOUT_MS, fits, log_in
from tests.publications import create_publication

REASON = "The archive of the harbour has no https."


@pytest.fixture
def publication(live_server: LiveServer, settings: Settings, tmp_path: Path) -> Publication:
    """A publication with one reader."""
    settings.MEDIA_ROOT = tmp_path / "media"
    publication = create_publication("Tideline Digest", postal_address="1 Quay Street")
    person = Subscriber.objects.create(email="aiko@example.org")
    Subscription.objects.create(subscriber=person, list=publication.lists.get())
    return publication


@pytest.fixture
def issue(publication: Publication) -> Issue:
    """A draft whose last block has two pictures without https, far down the page."""
    quay, pier = (f"![A {name}](http://example.org/{name}.png)" for name in ("quay", "pier"))
    picture = ("markdown", f"{quay}\n\n{pier}")
    body = [desks.digest("Reed beds", "Ferries", "Cranes"), picture]
    return desks.draft(publication, body=body)


@pytest.fixture(params=[{"width": 1400, "height": 900}, {"width": 390, "height": 844}])
def page(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer
) -> Iterator[Page]:
    """A window of a desk or a phone, with a sender; complaints of its pages fail the test."""
    context = browser.new_context(base_url=live_server.url, viewport=request.param)
    opened = context.new_page()
    opened.set_default_timeout(TIMEOUT_MS)
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == []


def see(page: Page, words: str) -> None:
    """Wait until words are on the page."""
    expect(page.get_by_text(words)).to_be_visible(timeout=TIMEOUT_MS)


def accept(page: Page) -> None:
    """Accept the first finding that stands in the way."""
    page.get_by_text("Accept it, with a reason").first.click()
    page.get_by_label("Why may it go out as it is?").first.fill(REASON)
    page.get_by_role("button", name="Accept", exact=True).first.click()


def test_from_a_finding_to_the_queue(page: Page, issue: Issue) -> None:
    """What stands in the way is accepted beside the button, which can be pressed then."""
    log_in(page, "Senders")
    page.goto(f"/admin/issues/{issue.pk}/queue/")
    button = page.get_by_role("button", name="Queue it")
    expect(button).to_be_disabled()
    see(page, "2 errors stand in the way")
    assert fits(page, page.viewport_size["width"] if page.viewport_size else 0)

    accept(page)
    see(page, "1 error stands in the way")
    accept(page)
    see(page, "Nothing stands in the way")
    button.click()

    see(page, "is queued for")
    assert Send.objects.get().issue == issue
    assert {each.reason for each in Acceptance.objects.all()} == {REASON}


def test_a_finding_leads_to_its_block(page: Page, issue: Issue) -> None:
    """The place of a finding is a link to the block in the editor, which then is in sight."""
    log_in(page, "Senders")
    page.goto(f"/admin/issues/{issue.pk}/check/")

    page.get_by_role("link", name="Block 2").first.click()

    block = page.locator(".desk-pointed-at")
    expect(block).to_be_in_viewport(timeout=TIMEOUT_MS)
    expect(block.locator("textarea")).to_have_value(re.compile("quay.png"))


def test_with_many_readers_the_page_does_not_wait(
    page: Page, issue: Issue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is found comes after the page, and then stops the button, or lets it be pressed."""
    monkeypatch.setattr(checks, "AT_ONCE", 0)
    log_in(page, "Senders")
    page.goto(f"/admin/issues/{issue.pk}/queue/")
    button = page.get_by_role("button", name="Queue it")

    see(page, "2 errors stand in the way")
    expect(button).to_be_disabled()
    accept(page)
    see(page, "1 error stands in the way")
    accept(page)

    see(page, "Nothing stands in the way")
    expect(button).to_be_enabled()
