"""Pages under their policies, in a browser: whatever its console complains about is a failure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from newsletter.publishing.bootstrap import create_publication
from newsletter.publishing.models import Issue, Publication
from subscribers.links import preferences_url, unsubscribe_url
from subscribers.models import Subscriber, Subscription
from tests import desks
from tests.browser.composing import TIMEOUT_MS, log_in, open_issue

#: Wagtail leaves the files in which it makes thumbnails to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
#: The pages that an administrator can open.
DESK = (
    "/admin/issues/",
    "/admin/publications/",
    "/admin/publications/new/",
    "/admin/sends/",
    "/admin/subscribers/",
    "/admin/lists/new/",
    "/admin/images/",
    "/admin/images/multiple/add/",
    "/admin/images/add/",
    "/admin/users/",
    "/admin/users/new/",
    "/admin/groups/",
    "/admin/groups/new/",
    "/admin/account/",
    "/admin/report/",
    "/admin/report/history/",
    "/admin/search/?q=reed",
    "/admin/password_reset/",
)
#: What would run if a mail could run anything.
ATTACKS = (
    "<script>top.attacked = true</script>"
    '<img src="x:" onerror="top.attacked = true">'
    '<a href="javascript:top.attacked = true">x</a>'
    '<form action="/admin/logout/" method="post"><button>x</button></form>'
)


@pytest.fixture
def publication(live_server: LiveServer, settings: Settings, tmp_path: Path) -> Publication:
    """A publication that readers can open."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return create_publication("Tideline Digest", postal_address="1 Quay Street")


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A window whose console stays empty."""
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 1500, "height": 1000}
    )
    opened = context.new_page()
    opened.set_default_timeout(TIMEOUT_MS)
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # Wagtail's list of time zones has some that a Chromium need not know.
        if message.type in {"error", "warning"} and "localizeTimeZone" not in message.text:
            complaints.append(f"{opened.url}: {message.text}")

    context.on("console", note)
    # The pictures of an issue are at the address of the site, where nothing runs.
    context.route("http://127.0.0.1:8000/**", lambda route: route.fulfill(body=desks.picture()))
    opened.on("pageerror", lambda error: complaints.append(f"{opened.url}: {error}"))
    yield opened
    context.close()
    assert complaints == []


def log_in_by_form(page: Page) -> None:
    """Log an administrator in, as a person does."""
    user = desks.member("")
    page.goto("/admin/login/")
    page.fill("#id_username", user.username)
    page.fill("#id_password", desks.PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url("**/admin/")


def a_draft(publication: Publication) -> Issue:
    """Return a draft with a picture and every kind of block that shows anything."""
    lead = {"image": desks.stored_picture(), "address": "", "alt": "A quay", "credit": "N. Lund"}
    table = "| a | b |\n|:-:|--:|\n| 1 | 2 |\n\n![x](/media/images/none.png)"
    return desks.draft(
        publication,
        body=[
            ("lead_image", lead),
            desks.digest("Reed beds", "Ferries"),
            ("markdown", table.partition("\n\n!")[0]),
            ("quote", {"body": "<p>Salt.</p>", "attribution": "A. Mori"}),
        ],
    )


def test_the_composer(page: Page, publication: Publication) -> None:
    """The editor, its preview in every mode, and the pictures work under the policy."""
    issue = a_draft(publication)
    log_in(page, "Writers")
    open_issue(page, issue)
    mail = page.frame_locator("[data-side-panel=preview] iframe").last
    expect(mail.locator("body")).to_contain_text("Reed beds")
    headline = page.locator("input[name$=-headline]").first
    headline.fill("Salt meadows")
    expect(mail.locator("body")).to_contain_text("Salt meadows")
    for mode, words in (("text", "Salt meadows"), ("web", "Salt meadows"), ("mail", "N. Lund")):
        page.locator("[data-side-panel=preview] select").first.select_option(mode)
        expect(mail.locator("body")).to_contain_text(words)
    editor = page.locator(".public-DraftEditor-content").first
    editor.click()
    editor.press_sequentially("More of it. ")
    expect(mail.locator("body")).to_contain_text("More of it.")


def test_the_desk(page: Page, publication: Publication) -> None:
    """Every page of the desk works under the policy."""
    a_draft(publication)
    log_in_by_form(page)

    for path in DESK:
        page.goto(path)
        expect(page.locator("body")).to_be_visible()
        page.wait_for_load_state("networkidle")


def test_readers_pages(page: Page, publication: Publication) -> None:
    """Archive, issue and the pages behind the links look and work without a script."""
    issue = a_draft(publication)
    issue.get_latest_revision().publish()
    issue.refresh_from_db()
    person = Subscriber.objects.create(email="jane@example.org", name="Jane Doe")
    weekly = publication.lists.get()
    Subscription.objects.create(subscriber=person, list=weekly)

    for path in ("/", issue.url, "/privacy/"):
        page.goto(path)
        assert (
            page.evaluate("getComputedStyle(document.querySelector('.measure')).maxWidth") != "none"
        )
    page.goto(preferences_url("", person.pk))
    page.get_by_role("button", name="Save").first.click()
    expect(page.locator("main")).to_contain_text("saved")
    page.goto(unsubscribe_url("", person.pk, [weekly.pk]))
    page.get_by_role("button").first.click()
    expect(page.locator("main")).to_contain_text("unsubscribed")


def test_what_a_mail_tries(
    browser: Browser, live_server: LiveServer, publication: Publication
) -> None:
    """Were there ever a script in the HTML of a mail, it would not run in the preview."""
    issue = a_draft(publication)
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    log_in(page, "")
    # The page as the product sends it, with the attack put in on its way.
    address = f"/admin/pages/{issue.pk}/view_draft/?mode=email"

    def attack(route: Route) -> None:
        answer = route.fetch()
        body = answer.text().replace("</body>", f"{ATTACKS}</body>")
        route.fulfill(response=answer, body=body)

    page.route("**/view_draft/**", attack)
    page.goto(address)
    page.locator("form button").click()
    page.get_by_text("x", exact=True).first.click()

    assert page.evaluate("window.attacked") is None
    assert "/view_draft/" in page.url
    context.close()


def test_dates_are_chosen(page: Page, publication: Publication) -> None:
    """The calendar of a date opens, though Wagtail begins it with a script in the page."""
    issue = a_draft(publication)
    log_in(page, "Writers")
    page.goto(f"/admin/pages/{issue.pk}/edit/")

    page.locator("#id_date").click()
    page.locator(".xdsoft_datetimepicker:visible .xdsoft_date").first.click()

    expect(page.locator("#id_date")).not_to_have_value("2026-11-12")
    page.goto("/admin/issues/")
    page.get_by_role("button", name="Filter").first.click()
    expect(page.locator("[data-chooser]")).to_have_count(0)
