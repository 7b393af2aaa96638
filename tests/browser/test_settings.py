"""The look of a publication, its settings, and the safety of an account, in a browser."""

from __future__ import annotations

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from wagtail.users.models import UserProfile

from newsletter.publishing.models import Publication
from tests.browser.composing import fits, log_in, until

#: Wagtail leaves the files in which it makes thumbnails to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

DESKTOP, PHONE = {"width": 1400, "height": 900}, {"width": 390, "height": 844}
BOTH = pytest.mark.parametrize("window", [DESKTOP, PHONE], ids=["desktop", "phone"], indirect=True)
#: What axe finds in pages of Wagtail's frame, too; it is not these pages' own.
GRAVE = {"serious", "critical"}


def enter(window: Page, language: str = "en") -> None:
    """Log somebody in who may do anything, in a language."""
    log_in(window, "")
    UserProfile.objects.create(user=User.objects.get(), preferred_language=language)


def check(window: Page, within: str) -> None:
    """Have a page fit its window, and axe find nothing grave in it."""
    assert fits(window, window.viewport_size["width"] if window.viewport_size else 0)
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa"], "resultTypes": ["violations"]}
    found = Axe().run(window, context=within, options=options).response["violations"]
    grave = [f"{each['id']}: {each['nodes'][0]['html']}" for each in found]
    assert [line for line, each in zip(grave, found, strict=True) if each["impact"] in GRAVE] == []


@BOTH
@pytest.mark.parametrize(
    ("language", "hard"),
    [("en", "Text on the button cannot be read"), ("ja", "ボタンの文字が読めません")],
)
def test_a_colour_shows_in_the_mail(
    desk: Publication, window: Page, language: str, hard: str
) -> None:
    """A colour shows in the mail beside the form at once, and words say what cannot be read."""
    enter(window, language)
    window.goto(f"/admin/publications/look/{desk.pk}/")

    window.locator("#id_light-accent").fill("#0a5c36")
    mail = window.frame_locator("#look-mail:not(.look__next)")
    expect(mail.locator("ol.headlines")).to_have_css("color", "rgb(10, 92, 54)")
    window.locator("#id_light-button_text").fill("#30405a")
    expect(window.locator("#look-contrasts")).to_contain_text(hard)
    check(window, ".look__form")


def test_another_template_brings_its_colours(desk: Publication, window: Page) -> None:
    """With another template what was not changed follows, and what was changed stays."""
    enter(window)
    window.goto(f"/admin/publications/look/{desk.pk}/")
    window.locator("#id_light-accent").fill("#0a5c36")

    window.locator("input[name=template][value=letter]").check()

    expect(window.locator("#id_light-link")).to_have_value("#1d5a46")
    expect(window.locator("#id_light-accent")).to_have_value("#0a5c36")
    window.locator(".look__ways button").click()
    expect(window.locator(".messages")).to_contain_text("has this look from now on")
    desk.refresh_from_db()
    assert (desk.template, desk.look) == ("letter", {"light": {"accent": "#0a5c36"}})


@BOTH
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_settings_say_what_they_make(desk: Publication, window: Page, language: str) -> None:
    """The rhythm is said in words with its dates, and follows the fields."""
    enter(window, language)
    window.goto(f"/admin/publications/edit/{desk.pk}/")
    place = window.locator(".settings-rhythm")
    expect(place.locator("li")).to_have_count(10)

    window.locator("[name=time_zone]").fill("tokyo")

    expect(place).to_contain_text("Tokyo")
    check(window, ".settings-rhythm")
    check(window, ".settings-counting")


@BOTH
@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_safety_of_an_account(desk: Publication, window: Page, language: str) -> None:
    """The page shows this browser, and a QR code that is drawn here."""
    enter(window, language)
    window.goto("/admin/account/security/")
    expect(window.locator(".account-security__sessions li")).to_have_count(1)
    check(window, ".account-security")

    window.locator("button[value=begin]").click()

    picture = window.locator(".account-security__steps img")
    expect(picture).to_have_attribute("src", re.compile("^data:image/svg"))
    drawn = "image => image.complete && image.naturalWidth > 0"
    assert until(window, lambda: bool(picture.evaluate(drawn)))
    check(window, ".account-security")
