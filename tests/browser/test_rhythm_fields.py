"""The fields of a rhythm, and the number of a slot: wide in English, narrow in Japanese."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from newsletter.publishing.models import Publication
from newsletter.scheduling.slots import upcoming_slots
from newsletter.sending import trusted_time
from tests.browser.test_settings import DESKTOP, PHONE, check, enter


@pytest.mark.parametrize(
    ("window", "language", "first_friday", "saved"),
    [
        (DESKTOP, "en", "Every month on the first Friday", "The number of the slot of"),
        (PHONE, "ja", "毎月第 1 金曜日", "番号を保存しました"),
    ],
    ids=["desktop-english", "phone-japanese"],
    indirect=["window"],
)
def test_patterns_and_numbers(
    desk: Publication, window: Page, language: str, first_friday: str, saved: str
) -> None:
    """Only the fields of the chosen pattern are shown, the words follow, and a number is kept."""
    enter(window, language)
    window.goto(f"/admin/publications/edit/{desk.pk}/")
    words = window.locator(".settings-rhythm__words")
    expect(words).to_be_visible()
    weeks, ordinals = window.locator("#id_every_weeks"), window.locator("#id_ordinals")
    days = window.locator("#id_month_days")
    expect(weeks).to_be_visible()
    expect(ordinals).to_be_hidden()

    window.locator("#id_pattern").select_option("weekdays")
    window.locator("#id_weekday").select_option("4")
    ordinals.locator("input[value='1']").check()
    expect(words).to_contain_text(first_friday)
    expect(weeks).to_be_hidden()
    window.locator("#id_pattern").scroll_into_view_if_needed()
    window.locator("#id_pattern").select_option("days")
    days.locator("input[value='15']").check()
    expect(ordinals).to_be_hidden()
    expect(words).to_contain_text("15")
    window.locator("#id_pattern").scroll_into_view_if_needed()
    check(window, "#main form")

    slot = upcoming_slots(desk, trusted_time.now(), 2)[1]
    page = f"/admin/calendar/{desk.slug}/{slot.date}/"
    window.goto(page)
    window.locator("#slot-number").fill("7.1")
    check(window, ".desk-calendar")
    window.locator("#slot-number").press("Enter")
    expect(window.locator(".messages")).to_contain_text(saved)
    window.goto("/admin/calendar/?view=list")
    shown = window.locator(".desk-calendar").get_by_text("Vol 7.1").locator("visible=true")
    expect(shown.first).to_be_visible()
