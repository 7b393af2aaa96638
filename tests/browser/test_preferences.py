"""The preference page, used as a person uses it: on a phone, in both languages, day and night."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core import mail
from playwright.sync_api import Browser, Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from newsletter.rendering.preflight.browser.accessibility import SCHEMES
from subscribers.links import preferences_url, unsubscribe_url
from subscribers.models import List, Subscriber, Subscription
from subscribers.preferences import counting, pauses
from subscribers.preferences.mails import write_due_mails
from tests.browser.composing import fits
from tests.latin_words import latin_texts
from tests.publications import create_publication

WORDS = {
    "en": {
        "pause": "Pause my mail",
        "resume": "End the pause",
        "uncount": "Do not count me",
        "count": "Let it be counted again",
        "address": "Your new address",
        "change": "Change the address",
        "confirm": "Yes, send it here",
        "leave": "Leave",
        "unsubscribe": "Unsubscribe",
        "tell": "Tell us",
        "data": "See my data",
        "download": "Download my data",
        "erase": "Erase me",
    },
    "ja": {
        "pause": "配信を休止する",
        "resume": "休止を終了",
        "uncount": "計測しない",
        "count": "再び計測を認める",
        "address": "新しいアドレス",
        "change": "アドレスを変更",
        "confirm": "はい、こちらに送ってください",
        "leave": "購読を解除",
        "unsubscribe": "購読を解除する",
        "tell": "送信",
        "data": "データを見る",
        "download": "データをダウンロード",
        "erase": "私のデータを消去",
    },
}


@pytest.fixture(params=["en", "ja"])
def language(request: pytest.FixtureRequest) -> str:
    """The language of the publication and of its pages."""
    return str(request.param)


@pytest.fixture
def jane(live_server: LiveServer, settings: Settings, language: str) -> Subscriber:
    """Somebody on two lists of a publication in that language."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.ALLOWED_HOSTS = ["*"]
    publication = create_publication("Tideline Digest", postal_address="海岸通り7")
    type(publication).objects.update(language=language, count_opens=True)
    person = Subscriber.objects.create(email="jane@lowen.org", name="Jane")
    for one in (publication.lists.get(), List.objects.create(name="Tideline", slug="e")):
        Subscription.objects.create(subscriber=person, list=one)
    return person


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A phone without JavaScript."""
    context = browser.new_context(viewport={"width": 390, "height": 800}, locale="en-US")
    yield context.new_page()
    context.close()


def check(page: Page, language: str) -> None:
    """Have a page fit, be in its language, and need no script; axe finds nothing, day or night."""
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("script")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    assert fits(page, 390)
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        violations = Axe().run(page).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"]) for each in violations] == [], scheme
    if language == "ja":
        assert latin_texts(page.content()) == []


def test_pausing(live_server: LiveServer, jane: Subscriber, page: Page, language: str) -> None:
    """One choice and one button; another button ends it."""
    words = WORDS[language]
    page.goto(preferences_url(live_server.url, jane.pk))
    check(page, language)
    page.get_by_role("combobox").nth(1).select_option("3")
    page.get_by_role("button", name=words["pause"], exact=True).click()
    check(page, language)
    assert pauses.remaining(jane) == 3

    page.get_by_role("button", name=words["resume"]).click()

    check(page, language)
    assert pauses.remaining(jane) == 0
    # Where a publication counts, one button ends it, and another lets it be counted again.
    page.get_by_role("button", name=words["uncount"]).click()
    check(page, language)
    expect(page.get_by_role("button", name=words["count"])).to_be_visible()
    assert counting.is_refused(jane)


def test_another_address(
    live_server: LiveServer, jane: Subscriber, page: Page, language: str
) -> None:
    """Asked for on the page, confirmed by the link in the mail."""
    words = WORDS[language]
    page.goto(preferences_url(live_server.url, jane.pk))
    page.get_by_label(words["address"]).fill("jane@tideline")
    page.get_by_role("button", name=words["change"], exact=True).click()
    expect(page.get_by_label(words["address"])).to_have_attribute("aria-invalid", "true")
    check(page, language)
    page.get_by_label(words["address"]).fill("jane@tideline.org")
    page.get_by_role("button", name=words["change"], exact=True).click()
    expect(page.get_by_role("status")).to_be_visible()
    check(page, language)
    write_due_mails()

    body = str(mail.outbox[0].body)
    page.goto(live_server.url + body[body.index("/a/") :].split(maxsplit=1)[0])
    check(page, language)
    page.get_by_role("button", name=words["confirm"]).click()

    check(page, language)
    jane.refresh_from_db()
    assert jane.email == "jane@tideline.org"


def test_leaving_with_a_reason(
    live_server: LiveServer, jane: Subscriber, page: Page, language: str
) -> None:
    """From the preference page one list, from the link in the mail the others; reasons are kept."""
    words = WORDS[language]
    page.goto(preferences_url(live_server.url, jane.pk))
    page.get_by_role("combobox").nth(2).select_option(label="Tideline")
    page.get_by_role("combobox").nth(3).select_option("=too_many")
    page.get_by_role("button", name=words["leave"], exact=True).click()
    check(page, language)
    page.goto(unsubscribe_url(live_server.url, jane.pk))
    page.get_by_role("button", name=words["unsubscribe"], exact=True).click()
    check(page, language)
    page.get_by_role("combobox").select_option("=never_asked")
    page.get_by_role("button", name=words["tell"], exact=True).click()

    expect(page.get_by_role("status")).to_be_visible()
    check(page, language)
    assert list(jane.changes.values_list("reason", flat=True)) == ["=too_many", "=never_asked"]


def test_data_and_erasure(
    live_server: LiveServer, jane: Subscriber, page: Page, language: str
) -> None:
    """All that is held is shown and downloaded; erasing asks first."""
    words = WORDS[language]
    page.goto(preferences_url(live_server.url, jane.pk))
    page.get_by_role("button", name=words["data"], exact=True).click()
    expect(page.get_by_text("jane@lowen.org").first).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name=words["download"]).click()
    assert download.value.suggested_filename == "my-data.json"
    page.goto(preferences_url(live_server.url, jane.pk))
    page.get_by_role("button", name=words["erase"], exact=True).click()
    check(page, language)
    page.get_by_role("button", name=words["erase"], exact=True).click()

    check(page, language)
    assert not Subscriber.objects.exists()
