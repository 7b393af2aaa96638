"""Two editors with two browsers write in one issue, and lose nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.models import Issue, Publication
from tests import desks
from tests.browser.composing import TIMEOUT_MS, log_in, open_issue, until


@pytest.fixture
def other(browser: Browser, live_server: LiveServer) -> Page:
    """A window of somebody else."""
    context = browser.new_context(base_url=live_server.url, viewport={"width": 390, "height": 844})
    context.set_default_timeout(TIMEOUT_MS)
    return context.new_page()


def now(issue: Issue) -> Issue:
    """Return the draft as it is stored now."""
    return draft_of(Issue.objects.get(pk=issue.pk))


def test_two_editors(window: Page, other: Page, desk: Publication) -> None:
    """Different fields are merged; for the same field both texts are shown, and one is chosen."""
    issue = desks.draft(desk, subject="Morning", preheader="Tide")
    for page, group in ((window, "Writers"), (other, "Senders")):
        log_in(page, group)
        open_issue(page, issue)

    window.fill("#id_subject", "Dawn")
    assert until(window, lambda: now(issue).subject == "Dawn")
    other.fill("#id_preheader", "Ebb")
    expect(other.locator(".desk-bar--coediting")).to_contain_text("changed this too: Subject")
    assert (now(issue).subject, now(issue).preheader) == ("Dawn", "Ebb")
    expect(other.locator("#id_subject")).to_have_value("Dawn")

    window.fill("#id_subject", "Noon")
    assert until(window, lambda: now(issue).subject == "Noon")
    other.fill("#id_subject", "Evening")
    dialog = other.get_by_role("dialog", name="writers changed the same as you")
    expect(dialog).to_contain_text("Noon")
    assert now(issue).subject == "Noon"
    dialog.get_by_role("radio", name="Keep mine").check()
    dialog.get_by_role("button", name="Save what I chose").click()
    assert until(other, lambda: now(issue).subject == "Evening")
    other.context.close()


def test_words_of_the_other_show_at_once(window: Page, other: Page, desk: Publication) -> None:
    """After a merge the form shows what the other wrote, added and moved, without a reload."""
    issue = desks.draft(desk, subject="Morning")
    for page, group in ((window, "Writers"), (other, "Senders")):
        log_in(page, group)
        open_issue(page, issue)
    other.evaluate("document.body.dataset.here = 'still'")

    window.locator("input[name$=-headline]").first.fill("Salt fields")
    window.locator("[contenteditable=true]").first.click()
    window.keyboard.press("End")
    window.keyboard.type(" They taste of the sea.")
    assert until(window, lambda: "taste of the sea" in str(now(issue).body.get_prep_value()))
    other.fill("#id_preheader", "Ebb")

    expect(other.locator("input[name$=-headline]").first).to_have_value("Salt fields")
    expect(other.locator("[contenteditable=true]").first).to_contain_text("taste of the sea.")
    expect(other.locator(".desk-bar--coediting")).to_contain_text("Both are saved.")
    assert other.evaluate("document.body.dataset.here") == "still"
    other.fill("#id_subject", "Evening")
    assert until(other, lambda: now(issue).subject == "Evening")
    draft = now(issue)
    assert draft.preheader == "Ebb"
    assert draft.body[0].value["items"][0]["headline"] == "Salt fields"
    other.context.close()


def test_without_a_connection(window: Page, desk: Publication) -> None:
    """What is typed without a connection is kept, and saved when there is one again."""
    issue = desks.draft(desk)
    log_in(window)
    open_issue(window, issue)

    window.context.set_offline(True)
    window.fill("#id_subject", "Typed at sea")
    expect(window.locator(".desk-bar--connection")).to_contain_text("No connection to the desk")
    window.context.set_offline(False)

    assert until(window, lambda: now(issue).subject == "Typed at sea")
