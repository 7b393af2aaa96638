"""Every page of the desk shuts nobody out: by day and by night, wide and narrow, in two languages.

The pages are those that `tests/unit/desk` reads for their words, and those before the login.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import Browser, Error, Page
from pytest_django.live_server_helper import LiveServer
from wagtail.images import get_image_model
from wagtail.users.models import UserProfile

from newsletter.desk.accounts.links import welcome_link
from newsletter.doctor.kept import Kept, kept_file, write_kept
from newsletter.doctor.results import Result, Status
from newsletter.publishing.models import Issue, Publication
from newsletter.sending.models import Send
from tests.browser.composing import TIMEOUT_MS, log_in
from tests.unit.desk.test_japanese_screens import addresses, screens_of_nothing

#: Wagtail leaves the files in which it makes thumbnails to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
#: The pages are dealt out to N visits, which take turns in the language.
PARTS, LANGUAGES = 6, ("en", "ja")
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
GRAVE = {"serious", "critical"}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: How far a page is wider than its window.
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
#: Nothing on a page moves or fades while it is looked at.
STILL = "*, *::before, *::after { transition: none !important; animation: none !important }"
#: Answers that are no page: dialogs, parts of pages, data, and what only POST may ask for.
NO_PAGE = (
    *("chooser", "choose-", "/live/", "jsi18n", "sprite", "api/", "dismissibles", "preview"),
    *("results/", "publications/rhythm/", "publications/sender/", "logout", "-picture/", ".*"),
)


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A window of a desk."""
    context = browser.new_context(base_url=live_server.url, viewport=DESKTOP)
    opened = context.new_page()
    opened.set_default_timeout(TIMEOUT_MS)
    opened.set_default_navigation_timeout(TIMEOUT_MS)
    yield opened
    context.close()


def faults(page: Page) -> list[str]:
    """Return what is wrong with the page that is open, in light and dark, wide and narrow."""
    page.add_style_tag(content=STILL)
    page.evaluate(Axe().axe_script)
    page.emulate_media(color_scheme="light")
    found = [f"light: {fault}" for fault in grave(page, RULES)]
    page.emulate_media(color_scheme="dark")
    # Nothing but colours differs.
    found += [f"dark: {fault}" for fault in grave(page, ["color-contrast"])]
    page.set_viewport_size(PHONE)
    if (width := page.evaluate(TOO_WIDE)) > 0:
        found.append(f"{width} pixels wider than a phone")
    page.set_viewport_size(DESKTOP)
    return found


def grave(page: Page, rules: list[str]) -> list[str]:
    """Return what axe-core, which the page has read, finds by rules that shuts people out."""
    # Of what is sound nothing need be told.
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    violations = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [
        f"{each['id']}: {node['html'][:300]} {node.get('failureSummary', '')[:200]}"
        for each in violations
        if each["impact"] in GRAVE
        for node in each["nodes"][:3]
    ]


def is_page(page: Page, address: str) -> bool:
    """Open an address; say whether it is a page."""
    try:
        answer = page.goto(address, wait_until="load")
    except Error as error:
        if "Download is starting" in error.message:
            return False
        raise
    assert answer is not None
    return answer.status < 500 and "text/html" in answer.headers.get("content-type", "")


def pages_among(addresses: list[str]) -> list[str]:
    """Return what is a page, once each."""
    pages = [each for each in addresses if not any(part in each for part in NO_PAGE)]
    return list(dict.fromkeys(pages))


def keep_a_check() -> None:
    """Have the page of the system check show a result of each sort."""
    results = [
        Result(name=each.value, title="DNS", status=each, found="no SPF", fix="Add one.")
        for each in Status
    ]
    write_kept(settings.CONFIG, Kept(at=timezone.now(), results=results))


def visit(page: Page, every: list[str]) -> dict[str, list[str]]:
    """Return the faults of pages, by address."""
    return {
        address: found for address in every if is_page(page, address) and (found := faults(page))
    }


@pytest.mark.parametrize("part", range(PARTS))
def test_pages_of_the_desk(desk: Publication, page: Page, part: int) -> None:
    """No page is wider than a phone, and axe-core finds nothing grave in either scheme."""
    every = [*addresses(desk), *screens_of_nothing()]
    draft, send = Issue.objects.order_by("pk").first(), Send.objects.get()
    assert draft is not None
    draft.subject = "Ferries"
    draft.save_revision()
    every += [
        f"/admin/issues/{draft.pk}/test/",
        f"/admin/issues/{draft.pk}/compare/",
        f"/admin/publications/look/{desk.pk}/",
        f"/admin/report/issues/{send.issue_id}/",
        f"/admin/report/growth/{desk.pk}/",
        f"/admin/images/{get_image_model().objects.get().pk}/",
        "/admin/account/reminders/",
        "/admin/account/security/",
        "/admin/bring-in/",
    ]
    Publication.objects.update(needs_approval=True)
    keep_a_check()
    log_in(page, "")
    language = LANGUAGES[part % len(LANGUAGES)]
    UserProfile.objects.create(user=User.objects.get(), preferred_language=language)

    found = visit(page, pages_among(every)[part::PARTS])
    kept_file(settings.CONFIG).unlink()

    assert found == {}


def test_pages_before_the_login(desk: Publication, page: Page) -> None:
    """The same holds for logging in, for a first password, and for a forgotten one."""
    link = welcome_link()
    assert link is not None
    first = link.partition("8000")[2]

    assert (
        visit(
            page,
            [
                "/admin/login/",
                "/admin/password_reset/",
                "/admin/password_reset/done/",
                first,
                "/admin/password_reset/confirm/MQ/used-before/",
                "/admin/password_reset/complete/",
            ],
        )
        == {}
    )
