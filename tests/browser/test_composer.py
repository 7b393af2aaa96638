"""The desk in a browser: the mail beside the editor, and nothing that is typed gets lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, Route, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer

from newsletter.desk.accounts.links import welcome_link
from newsletter.publishing.bootstrap import create_publication
from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.models import Issue, Publication
from tests import desks
from tests.browser.composing import TIMEOUT_MS, fits, log_in, open_issue, until

SUBJECT = "#id_subject"
WIDTH = "() => window.innerWidth"
HEADLINE = "input[name$=-headline]"
#: What Wagtail does a second time on a slow machine.
LOOK_AGAIN = """
window.wagtail.app
  .getControllerForElementAndIdentifier(document.querySelector("[data-edit-form]"), "w-unsaved")
  .setInitialFormData();
"""

#: Whether Wagtail has seen, and asked to save, what was typed while a draft is on its way.
KNOWS_MORE = """
(() => {
  const saving = window.wagtail.app.getControllerForElementAndIdentifier(
    document.querySelector("[data-edit-form]"), "w-autosave");
  return saving.submitPromise && saving.lastTriggerEvent !== window.deskFirstTrigger;
})()
"""
#: Notes what the draft on its way was asked for by.
NOTE_TRIGGER = """
window.deskFirstTrigger = window.wagtail.app.getControllerForElementAndIdentifier(
  document.querySelector("[data-edit-form]"), "w-autosave").lastTriggerEvent;
"""
#: Whether no draft is on its way.
AT_REST = """
!window.wagtail.app.getControllerForElementAndIdentifier(
  document.querySelector("[data-edit-form]"), "w-autosave").submitPromise
"""


@pytest.fixture
def publication(live_server: LiveServer, settings: Settings, tmp_path: Path) -> Publication:
    """A publication that readers can open."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return create_publication("Tideline Digest", postal_address="1 Quay Street")


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A window as wide as a desk's; what the pages complain about fails the test."""
    context = browser.new_context(
        base_url=live_server.url, viewport={"width": 1500, "height": 1000}
    )
    opened = context.new_page()
    opened.set_default_timeout(TIMEOUT_MS)
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    assert complaints == []


def edit(page: Page, issue: Issue) -> None:
    """Open an issue in the composer, and wait until its preview stands."""
    page.goto(f"/admin/pages/{issue.pk}/edit/")
    expect(mail(page).locator("body")).to_contain_text("Tideline Digest", timeout=TIMEOUT_MS)


def mail(page: Page) -> FrameLocator:
    """Return what the preview shows."""
    return page.frame_locator("[data-side-panel=preview] iframe").last


def write(page: Page, field: str, words: str) -> None:
    """Type words into a field, key by key, in place of what stands there."""
    place = page.locator(field).first
    place.fill("")
    place.press_sequentially(words)


def test_from_the_first_login_to_a_draft(page: Page, publication: Publication) -> None:
    """Whoever gets the welcome link can set a password, start an issue, and see its mail."""
    link = welcome_link()
    assert link is not None
    page.goto(link.partition("8000")[2])
    page.fill("#id_new_password1", desks.PASSWORD)
    page.fill("#id_new_password2", desks.PASSWORD)
    page.click("input[type=submit], button[type=submit]")

    page.get_by_role("link", name="New issue").click()
    write(page, HEADLINE, "Reed beds clean a harbour")

    heading = mail(page).get_by_role("heading", name="Reed beds clean a harbour")
    expect(heading).to_be_visible(timeout=TIMEOUT_MS)
    assert until(page, lambda: Issue.objects.filter(number=1).exists())
    issue = Issue.objects.get()
    assert until(
        page,
        lambda: (
            draft_of(issue_again(issue)).body[0].value["items"][0]["headline"]
            == "Reed beds clean a harbour"
        ),
    )


def test_the_mail_stands_beside_the_editor(page: Page, publication: Publication) -> None:
    """The composer opens with the mail beside it, as wide as in a mail program or on a phone."""
    greeting = ("text", "<p>Good morning, [first_name|reader].</p>")
    issue = desks.draft(publication, body=[greeting, desks.digest("Ferries")])
    log_in(page)

    edit(page, issue)

    expect(mail(page).get_by_text("Good morning, Robin.").first).to_be_visible()
    body = mail(page).locator("body")
    for size, width in (("Desktop", 680), ("Phone", 375)):
        page.get_by_role("radio", name=size).check(force=True)
        assert until(page, lambda width=width: body.evaluate(WIDTH) == width), size


def test_typing_moves_the_mail(page: Page, publication: Publication) -> None:
    """What is typed appears in the mail without anything being pressed."""
    issue = desks.draft(publication)
    log_in(page)
    edit(page, issue)

    write(page, HEADLINE, "Cranes find a second life")

    expect(mail(page).get_by_role("heading", name="Cranes find a second life")).to_be_visible(
        timeout=TIMEOUT_MS
    )


def test_a_fault_is_explained_and_fixed(page: Page, publication: Publication) -> None:
    """A misspelt merge tag is explained in place of the mail, which comes back once fixed."""
    issue = desks.draft(publication)
    log_in(page)
    edit(page, issue)

    write(page, SUBJECT, "For [first_nme|you]")
    expect(mail(page).get_by_role("alert")).to_contain_text(
        "is not a merge tag", timeout=TIMEOUT_MS
    )

    write(page, SUBJECT, "For [first_name|you]")
    expect(mail(page).get_by_text("About Reed beds.").first).to_be_visible(timeout=TIMEOUT_MS)


def test_nothing_typed_at_once_is_lost(page: Page, publication: Publication) -> None:
    """What is typed before Wagtail begins to watch the form is saved all the same."""
    issue = desks.draft(publication)
    log_in(page)

    page.goto(f"/admin/pages/{issue.pk}/edit/")
    write(page, SUBJECT, "Quick")

    assert until(page, lambda: draft_of(issue_again(issue)).subject == "Quick")


def test_nothing_typed_between_two_looks_is_lost(page: Page, publication: Publication) -> None:
    """What is typed just before Wagtail takes the form for saved once more is saved too."""
    issue = desks.draft(publication)
    log_in(page)
    open_issue(page, issue)

    page.fill(SUBJECT, "Between")
    page.evaluate(LOOK_AGAIN)

    assert until(page, lambda: draft_of(issue_again(issue)).subject == "Between")


def test_nothing_typed_during_a_save_is_lost(page: Page, publication: Publication) -> None:
    """Words typed while a draft is on its way to the server are saved after it.

    Wagtail itself takes them for saved; the guard in autosave-guard.js knows better.
    """
    issue = desks.draft(publication)
    log_in(page)
    edit(page, issue)
    held: list[Route] = []
    saves: list[str] = []

    def hold_the_first(route: Route) -> None:
        saves.append(route.request.method)
        if route.request.method == "POST" and not held:
            held.append(route)
        else:
            route.continue_()

    page.route(f"**/admin/pages/{issue.pk}/edit/", hold_the_first)
    write(page, SUBJECT, "Reed beds")
    assert until(page, lambda: bool(held))
    page.evaluate(NOTE_TRIGGER)
    write(page, SUBJECT, "Reed beds and ferries")
    assert until(page, lambda: page.evaluate(KNOWS_MORE))
    held[0].continue_()

    assert until(page, lambda: draft_of(issue_again(issue)).subject == "Reed beds and ferries")
    # The same words are not saved again: that draft would have to be checked once more.
    assert until(page, lambda: page.evaluate(AT_REST))
    assert saves == ["POST", "POST"]


def issue_again(issue: Issue) -> Issue:
    """Return an issue as it is stored now."""
    return Issue.objects.get(pk=issue.pk)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 375, 1200])
def test_public_pages_fit(
    browser: Browser, live_server: LiveServer, publication: Publication, width: int, scheme: str
) -> None:
    """No public page needs scrolling sideways, and none asks another site for anything."""
    table = "| " + " | ".join("abcdefghijkl") + " |\n" + "|---" * 12 + "|"
    long = ("markdown", f"{'long' * 60}\n\n{table}\n\n```\n{'code ' * 60}\n```")
    desks.on_the_web(publication, body=[long, desks.digest("Reed beds", "Ferries")])
    context = browser.new_context(
        base_url=live_server.url,
        viewport={"width": width, "height": 700},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    for path in ("/", "/vol-1-1/", "/privacy/", "/nowhere/"):
        page.goto(path)
        assert fits(page, width), path

    context.close()
    assert [url for url in asked if not url.startswith(live_server.url)] == []
