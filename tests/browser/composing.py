"""The composer in a browser, for the tests of what happens in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.utils.translation import gettext, override
from playwright.sync_api import Browser, Error, Page, expect
from wagtail.users.models import UserProfile

from newsletter.publishing.models import Issue
from tests import desks

#: How long a page may take to follow, on a busy machine; milliseconds.
TIMEOUT_MS = 60_000
#: Says when Wagtail has looked at the form for the first time.
WATCHED = """
document.addEventListener("w-unsaved:watch-edits", () => {
  document.documentElement.dataset.watched = "";
});
"""


def log_in(page: Page, group: str = "Writers") -> None:
    """Have somebody of a group be logged in, without a page: to log in has tests of its own."""
    client = Client()
    client.force_login(desks.member(group))
    session = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies(
        [{"name": session.key, "value": session.value, "domain": "localhost", "path": "/"}]
    )


class ReadersWindow:
    """A window with somebody who reads a language."""

    def __init__(self, page: Page, language: str) -> None:
        self.page, self.language = page, language

    def words(self, message: str) -> str:
        """Return a message as this person reads it."""
        with override(self.language):
            return gettext(message)


@contextmanager
def open_window(
    browser: Browser,
    url: str,
    *,
    width: int,
    language: str,
    group: str = "",
    complain: Callable[[str], None] = lambda _error: None,
) -> Iterator[Page]:
    """Log somebody of a group in, or an admin, who reads a language, at a window of a width.

    Errors of the scripts of its pages are told to `complain`, from the first page on.
    """
    context = browser.new_context(base_url=url, viewport={"width": width, "height": 900})
    page = context.new_page()
    page.set_default_timeout(TIMEOUT_MS)
    page.set_default_navigation_timeout(TIMEOUT_MS)
    page.on("pageerror", lambda error: complain(str(error)))
    log_in(page, group)
    UserProfile.objects.create(user=User.objects.get(), preferred_language=language)
    try:
        yield page
    finally:
        context.close()


def open_issue(page: Page, issue: Issue) -> None:
    """Open an issue in the composer, and wait until Wagtail watches its form."""
    page.add_init_script(WATCHED)
    page.goto(f"/admin/pages/{issue.pk}/edit/")
    expect(page.locator("html[data-watched]")).to_be_attached(timeout=TIMEOUT_MS)


def until(page: Page, holds: Callable[[], bool]) -> bool:
    """Say whether a thing comes to hold in time; the page goes on meanwhile.

    A frame that is drawn again while it is read counts as not there yet.
    """

    def holds_now() -> bool:
        try:
            return holds()
        except Error:
            return False

    end = time.monotonic() + TIMEOUT_MS / 1000
    while not (held := holds_now()) and time.monotonic() < end:
        page.wait_for_timeout(100)
    return held


def comes_to_be(page: Page, read: Callable[[], object], expected: object) -> None:
    """Wait until what is read is what is expected; fail with what differs if it never is."""
    until(page, lambda: read() == expected)
    assert read() == expected


def fits(page: Page, width: int) -> bool:
    """Say whether a page comes to be no wider than this many pixels."""
    wide = "document.documentElement.scrollWidth"
    return until(page, lambda: bool(page.evaluate(wide) <= width))
