"""The composer in a browser, for the tests of what happens in it."""

from __future__ import annotations

import time
from collections.abc import Callable

from playwright.sync_api import Page, expect

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
    """Log somebody of a group in."""
    user = desks.member(group)
    page.goto("/admin/login/")
    page.fill("#id_username", user.username)
    page.fill("#id_password", desks.PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url("**/admin/")


def open_issue(page: Page, issue: Issue) -> None:
    """Open an issue in the composer, and wait until Wagtail watches its form."""
    page.add_init_script(WATCHED)
    page.goto(f"/admin/pages/{issue.pk}/edit/")
    expect(page.locator("html[data-watched]")).to_be_attached(timeout=TIMEOUT_MS)


def until(page: Page, holds: Callable[[], bool]) -> bool:
    """Say whether a thing comes to hold in time; the page goes on meanwhile."""
    end = time.monotonic() + TIMEOUT_MS / 1000
    while not holds() and time.monotonic() < end:
        page.wait_for_timeout(100)
    return holds()
