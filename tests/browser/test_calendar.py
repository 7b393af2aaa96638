"""Slots are moved with the mouse and with the keyboard, on a desk and on a phone."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from newsletter.publishing.models import Publication
from newsletter.scheduling.models import Slot
from newsletter.scheduling.slot_changes import move_slot, plan_issue, skip_slot
from newsletter.scheduling.slots import find_slot, upcoming_slots
from newsletter.sending import trusted_time
from tests import desks
from tests.browser.composing import TIMEOUT_MS, fits, log_in, until

PHONE = {"width": 390, "height": 844}
#: What axe-core is asked for.
RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    # To tell of each element that is sound takes most of the time.
    "resultTypes": ["violations"],
}


@pytest.fixture
def slots(desk: Publication) -> list[Slot]:
    """The next five slots of a weekly rhythm; of those after them one is skipped, one moved."""
    desk.holiday_regions, desk.every_weeks = ["US", "JP"], 1
    desk.save()
    now = trusted_time.now()
    dates = [slot.date for slot in upcoming_slots(desk, now, 7)]
    *rows, skipped, moved = [find_slot(desk, date) for date in dates]
    plan_issue(rows[1], desks.draft(desk))
    skip_slot(skipped, "Trade fair")
    move_slot(moved, moved.at + dt.timedelta(days=1), now)
    return rows


@pytest.fixture(params=["en", "ja"])
def speaking(
    browser: Browser, live_server: LiveServer, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """A window whose browser speaks a language."""
    context = browser.new_context(base_url=live_server.url, locale=request.param)
    page = context.new_page()
    page.set_default_timeout(TIMEOUT_MS)
    yield page
    context.close()


def month_of(slot: Slot) -> str:
    """Return the page of the month in which a slot is."""
    return f"/admin/calendar/?month={slot.at:%Y-%m}"


def is_moved(slot: Slot) -> bool:
    """Say whether a slot was moved meanwhile."""
    slot.refresh_from_db()
    return slot.moved


def test_dragged_to_another_day(window: Page, slots: list[Slot]) -> None:
    """A slot that is dropped on another day is due then, at the hour it had."""
    slot = slots[1]
    before = slot.at
    target = slot.at.date() + dt.timedelta(days=1 if slot.at.day < 27 else -1)
    log_in(window, "Senders")
    window.goto(month_of(slot))
    chip = window.locator(f"td[data-date='{slot.at:%Y-%m-%d}'] .desk-chip")

    chip.drag_to(window.locator(f"td[data-date='{target}']"))

    expect(window.get_by_text(re.compile("The slot of .* is due"))).to_be_visible()
    expect(window.locator(f"td[data-date='{target}'] .desk-chip")).to_be_visible()
    assert is_moved(slot)
    assert slot.at - before == target - before.date()


def test_dragged_onto_another_slot(window: Page, slots: list[Slot]) -> None:
    """It is refused on the spot, and nothing has moved; another date can be typed at once."""
    slot, other = next(pair for pair in pairwise(slots) if pair[0].at.month == pair[1].at.month)
    log_in(window, "Senders")
    window.goto(month_of(slot))
    chip = window.locator(f"td[data-date='{slot.at:%Y-%m-%d}'] .desk-chip")

    chip.drag_to(window.locator(f"td[data-date='{other.at:%Y-%m-%d}']"))

    expect(window.get_by_role("alert")).to_contain_text("has another slot on that day")
    expect(window.locator("#slot-at")).to_have_value(re.compile(f"^{other.at:%Y-%m-%d}"))
    assert not is_moved(slot)


def test_moved_with_the_keyboard(window: Page, slots: list[Slot]) -> None:
    """Without a mouse: a slot is opened, a date is typed, Enter moves it and leads back."""
    slot = slots[1]
    target = slot.at + dt.timedelta(days=2)
    log_in(window, "Senders")
    window.goto(month_of(slot))
    window.locator(f"td[data-date='{slot.at:%Y-%m-%d}'] .desk-chip").focus()
    window.keyboard.press("Enter")
    expect(window.locator("#slot-at")).to_be_visible()
    window.locator("#slot-at").fill(f"{target:%Y-%m-%dT08:30}")
    window.locator("#slot-at").press("Enter")

    expect(window.get_by_text(re.compile("The slot of .* is due .* 08:30"))).to_be_visible()
    assert until(window, lambda: is_moved(slot))
    assert "/admin/calendar/?month=" in window.url


@pytest.mark.parametrize("window", [PHONE], ids=["phone"], indirect=True)
def test_on_a_phone_it_is_the_list(window: Page, slots: list[Slot]) -> None:
    """The month is out of the way, nothing is wider than the screen, and a slot is skipped."""
    log_in(window, "Senders")
    window.goto("/admin/calendar/")
    expect(window.locator(".desk-calendar__grid")).to_be_hidden()
    expect(window.get_by_text("Trade fair").locator("visible=true").first).to_be_visible()
    assert fits(window, PHONE["width"])

    window.locator(".desk-slot__when").locator("visible=true").nth(1).click()
    window.get_by_label("Reason").fill("Holidays")
    window.get_by_role("button", name="Skip", exact=True).click()

    expect(window.get_by_text(re.compile("The slot of .* is skipped"))).to_be_visible()


def test_axe_finds_nothing(speaking: Page, slots: list[Slot], desk: Publication) -> None:
    """Month, list, slot and addresses are usable by everybody, in both languages."""
    log_in(speaking, "Senders")
    slot = f"/admin/calendar/{desk.slug}/{slots[1].date}/"
    for address in (
        month_of(slots[1]),
        "/admin/calendar/?view=list",
        slot,
        "/admin/calendar/feeds/",
    ):
        for width in (1280, 390):
            speaking.set_viewport_size({"width": width, "height": 844})
            speaking.goto(address)
            found = Axe().run(speaking, context=".desk-calendar", options=RULES)
            broken = [
                (each["id"], each["nodes"][0]["html"]) for each in found.response["violations"]
            ]
            assert broken == [], address
