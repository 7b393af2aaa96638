"""The items of a digest, what is counted, the dialog for links, and the second step before them."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from django.utils.translation import gettext, override
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import Locator, Page, expect
from wagtail.users.models import UserProfile

from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.models import Issue, Publication
from tests import desks
from tests.browser.composing import open_issue, until

HEADLINES = "input[name$='-headline']:visible"
SUBJECT, COUNTER = "#id_subject", "#id_subject-counter"


def log_in_twice(page: Page, language: str) -> None:
    """Log a writer in who reads a language, with the code of an app as the second step."""
    user = desks.member("Writers")
    UserProfile.objects.create(user=user, preferred_language=language)
    device = TOTPDevice.objects.create(user=user, name="app", confirmed=True)
    page.goto("/admin/login/")
    page.fill("#id_username", user.username)
    page.fill("#id_password", desks.PASSWORD)
    page.click("button[type=submit]")
    expect(page.locator("#code")).to_be_focused()
    app = TOTP(device.bin_key)
    app.time = time.time()
    page.fill("#code", f"{app.token():06}")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/")


def headlines(page: Page) -> list[str]:
    """Return the headlines of the items that are there, in their order."""
    # At once: what is removed vanishes while one reads.
    read: list[str] = page.locator(HEADLINES).evaluate_all("all => all.map(each => each.value)")
    return read


def item(page: Page, number: int) -> Locator:
    """Return the part of the form that holds an item, from 1."""
    return page.locator(HEADLINES).nth(number - 1).locator("xpath=ancestor::section[1]")


def stored(read: Callable[[Issue], object]) -> object:
    """Return something of the draft as it is stored now."""
    return read(draft_of(Issue.objects.get()))


def stored_headlines(draft: Issue) -> list[str]:
    """Return the headlines of a draft."""
    return [each["headline"] for each in draft.body[0].value["items"]]


def drag_before(page: Page, headline: str, other: str) -> list[str]:
    """Drag an item by the mouse to where another one is; return the headlines in their order.

    What the check finds may move the form below the hand: then it is done once more.
    """
    there = headlines(page)
    if there.index(headline) + 1 == there.index(other):
        return there
    handle = item(page, there.index(headline) + 1).locator("[data-streamfield-action=DRAG]").first
    handle.hover()
    page.mouse.down()
    box = item(page, there.index(other) + 1).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 30, steps=12)
    page.mouse.move(box["x"] + 30, box["y"] + 5, steps=6)
    page.mouse.up()
    return headlines(page)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_items_counters_and_links(window: Page, desk: Publication, language: str) -> None:
    """Items are moved, dragged, added, removed and put back; lines are counted; links are set."""

    def words(message: str) -> str:
        with override(language):
            return gettext(message)

    issue = desks.draft(desk, body=[desks.digest("One", "Two", "Three")])
    log_in_twice(window, language)
    # All items are in sight at once: nothing scrolls while one is dragged.
    window.set_viewport_size({"width": 1500, "height": 3000})
    open_issue(window, issue)
    expect(window.locator(".sidebar-menu-item--active:visible")).to_have_text([words("Issues")])

    item(window, 2).locator("[data-streamfield-action=MOVE_UP]").first.click()
    assert until(window, lambda: headlines(window) == ["Two", "One", "Three"])
    expect(item(window, 2).locator(".c-sf-block__type").first).to_have_text(
        words("Item {number}").format(number=2)
    )

    # By the mouse.
    assert until(window, lambda: drag_before(window, "Three", "One") == ["Two", "Three", "One"])

    # Another one at the end, and one less.
    window.locator("[data-streamfield-list-add]:visible").last.click()
    expect(window.locator(HEADLINES)).to_have_count(4)
    window.locator(HEADLINES).last.fill("Four")
    item(window, 2).locator("[data-streamfield-action=DELETE]").first.click()
    assert until(window, lambda: headlines(window) == ["Two", "One", "Four"])
    removed = window.locator(".desk-bar--removed")
    expect(removed).to_contain_text("Three")
    removed.get_by_role("button", name=words("Undo"), exact=True).click()
    assert until(window, lambda: headlines(window) == ["Two", "Three", "One", "Four"])
    expect(removed).to_have_count(0)

    # What inboxes show of a line.
    window.fill(SUBJECT, "x" * 20)
    expect(window.locator(COUNTER)).to_have_count(0)
    for length, level in ((36, "near"), (50, "phone"), (80, "desktop")):
        window.fill(SUBJECT, "x" * length)
        expect(window.locator(COUNTER)).to_have_attribute("data-level", level)
        expect(window.locator(COUNTER)).to_contain_text(str(length))

    # A link to an address for mail.
    window.fill(SUBJECT, "Ferries")
    text = item(window, 1).locator(".public-DraftEditor-content").first
    text.click()
    window.keyboard.press("Control+A")
    window.keyboard.press("Control+K")
    dialog = window.locator("form.desk-link")
    expect(dialog).to_be_visible()
    dialog.locator("input[name=kind][value=mail]").check()
    dialog.locator("#desk-link-mail").fill("not an address")
    dialog.get_by_role("button", name=words("Insert the link"), exact=True).click()
    expect(window.locator(".desk-link__problem")).to_be_visible()
    window.locator("#desk-link-mail").fill("desk@tideline.example")
    window.get_by_role("button", name=words("Insert the link"), exact=True).click()
    expect(dialog).to_have_count(0)

    def is_stored() -> bool:
        first = draft_of(Issue.objects.get()).body[0].value["items"][0]
        return 'href="mailto:desk@tideline.example"' in first["body"].source

    assert until(window, is_stored)
    assert stored(stored_headlines) == ["Two", "Three", "One", "Four"]
    assert stored(lambda draft: draft.subject) == "Ferries"
