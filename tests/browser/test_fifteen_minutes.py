"""From a Word file to the queue and back, with the keyboard alone, in English and in Japanese."""

from __future__ import annotations

import email
import re
from collections import Counter
from collections.abc import Callable, Iterator
from email.policy import default
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.utils.translation import gettext, override
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer
from wagtail.users.models import UserProfile

from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.models import Issue, Publication
from newsletter.sending.models import Send
from subscribers.models import Subscriber, Subscription
from tests import desks, word_files
from tests.browser.composing import TIMEOUT_MS, until
from tests.browser.keyboard import Keyboard, Watch

#: Wagtail leaves the files in which it makes thumbnails to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
HEADLINES = (
    "The ice-breaker is back",
    "Who clears the snow?",
    "A crane finds a second life",
    "Ferries sail again",
    "Reed beds clean the harbour",
)
#: Whether Wagtail knows of something that is not saved.
HAS_EDITS = """
window.wagtail.app
  .getControllerForElementAndIdentifier(document.querySelector("[data-edit-form]"), "w-unsaved")
  .hasEditsValue
"""
SUBJECT = "[first_name|Reader], the quay in winter"
#: What an editor may need for all of it, with Tab, letters and Enter; and how often they act.
MOST_KEYS, MOST_ACTIONS = 600, 20
#: A quarter of an hour.
MOST_SECONDS = 900


def word_file(folder: Path) -> Path:
    """Return an issue as it is written in Word, with a misspelt merge tag in its subject.

    Nobody has said what its picture shows.
    """
    document = word_files.new()
    document.add_paragraph("Tideline Digest Vol 3.12", style="Title")
    document.add_paragraph("Subject: [first_nme|Reader], the quay in winter")
    word_files.add_picture(document, "")
    document.add_paragraph("Photo: The Tideline desk", style="Caption")
    for headline in HEADLINES:
        document.add_heading(headline, 1)
        document.add_paragraph(f"What there is to say about it: {headline.lower()}.")
    path = folder / "vol-3-12.docx"
    path.write_bytes(word_files.written(document))
    return path


@pytest.fixture
def newsletter(desk: Publication, settings: Settings, tmp_path: Path) -> Publication:
    """A publication that a second person approves, with a reader; its mail goes to files."""
    config = settings.CONFIG
    settings.CONFIG = config.model_copy(
        update={
            "sending": config.sending.model_copy(update={"transport": "maildir"}),
            "maildir": config.maildir.model_copy(update={"folder": str(tmp_path / "mail")}),
        }
    )
    settings.CONFIG._path = tmp_path / "config.toml"
    Publication.objects.update(needs_approval=True, second_person=True)
    person = Subscriber.objects.create(email="aiko@tideline.example", name="Aiko Abe")
    Subscription.objects.create(subscriber=person, list=desk.lists.get())
    desk.refresh_from_db()
    return desk


def member(group: str, name: str, language: str) -> User:
    """Return somebody of the desk with an address and a language."""
    user = desks.member(group, name)
    user.email = f"{name}@tideline.example"
    user.save()
    UserProfile.objects.create(user=user, preferred_language=language)
    return user


@pytest.fixture
def open_window(browser: Browser, live_server: LiveServer) -> Iterator[Callable[[], Page]]:
    """Open windows of several people; what their pages complain about fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one() -> Page:
        context = browser.new_context(
            base_url=live_server.url, viewport={"width": 1400, "height": 900}
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(TIMEOUT_MS)
        page.set_default_navigation_timeout(TIMEOUT_MS)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []


def log_in(keys: Keyboard, user: User) -> None:
    """Log somebody in by the keyboard."""
    keys.page.goto("/admin/login/")
    expect(keys.page.locator("#id_username")).to_be_focused()
    keys.write(user.username)
    keys.press("Tab", "walked")
    keys.write(desks.PASSWORD)
    keys.press("Enter", "acted")
    keys.page.wait_for_url("**/admin/")


class Editor:
    """Somebody with a keyboard, who reads the desk in a language."""

    def __init__(self, page: Page, pressed: Counter[str], user: User, language: str) -> None:
        self.page, self.language = page, language
        self.keys = Keyboard(page, pressed)
        log_in(self.keys, user)

    def words(self, message: str) -> str:
        """Return a message as this person reads it."""
        with override(self.language):
            return gettext(message)

    def follow(self, message: str, key: str = "Tab") -> None:
        """Walk to the link of these words, and follow it."""
        link = self.page.get_by_role("link", name=self.words(message), exact=True).first
        expect(link).to_be_visible()
        before = self.page.url
        self.keys.use(link, key)
        self.page.wait_for_url(lambda url: url != before)

    def push(self, message: str) -> None:
        """Walk to the button of these words, and push it."""
        button = self.page.get_by_role("button", name=self.words(message), exact=True).first
        expect(button).to_be_visible()
        with self.page.expect_navigation():
            self.keys.use(button)

    def sees(self, message: str) -> None:
        """Wait until these words are on the page."""
        expect(self.page.get_by_text(self.words(message)).first).to_be_visible()


def bring_in(editor: Editor, file: Path) -> Issue:
    """Make a draft of a Word file, and say what its picture shows."""
    editor.follow("Bring in a text")
    expect(editor.page.locator("html[data-bring-in-ready]")).to_be_attached()
    editor.keys.choose_file(editor.page.locator("#bring-in-files"), file)
    editor.push("See what becomes of it")
    editor.keys.fill(editor.page.locator("#bring-in-alt"), "Snow on an empty quay")
    editor.push("Bring it in")
    editor.page.wait_for_url("**/edit/")
    return Issue.objects.get()


def fix_the_subject(editor: Editor) -> None:
    """Follow the finding of the check to its field, and write the merge tag as it is spelt."""
    page = editor.page
    mail = page.frame_locator("[data-side-panel=preview] iframe").last
    expect(mail.get_by_role("alert")).to_be_visible()
    editor.follow("Check it")
    place = page.locator(".desk-finding--error .desk-finding__where a").first
    editor.keys.use(place)
    page.wait_for_url("**/edit/**")
    expect(page.locator("#id_subject")).to_be_focused()
    editor.keys.press("Control+A")
    editor.keys.write(SUBJECT)
    expect(mail.get_by_role("heading", name=HEADLINES[4])).to_be_visible()
    expect(mail.get_by_role("img", name="Snow on an empty quay")).to_be_visible()
    expect(mail.get_by_text("The Tideline desk")).to_be_visible()
    # All that was typed is a draft before the page is left: a later one would not be checked.
    assert until(page, lambda: draft_of(Issue.objects.get()).subject == SUBJECT)
    assert until(page, lambda: not page.evaluate(HAS_EDITS))


def go_to_approval(editor: Editor) -> None:
    """Follow the next button; it leads by the check where a draft was saved once more since."""
    again = editor.page.get_by_role("link", name=editor.words("Check it"), exact=True)
    if again.count():
        editor.follow("Check it")
        editor.sees("Nothing stands in the way.")
    editor.follow("Have it approved")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_from_word_to_the_queue(
    newsletter: Publication,
    open_window: Callable[[], Page],
    tmp_path: Path,
    language: str,
    record_property: Callable[[str, object], None],
) -> None:
    """An editor brings in a Word file, fixes it, tests it, has it approved, queues and undoes it.

    A second person approves it. Neither touches a mouse, and it takes no quarter of an hour.
    """
    pressed: Counter[str] = Counter()
    watch = Watch()
    writer = member("Senders", "sana", language)
    approver = member("Approvers", "aro", language)
    editor = Editor(open_window(), pressed, writer, language)

    issue = bring_in(editor, word_file(tmp_path))
    fix_the_subject(editor)
    editor.follow("Check it", key="Shift+Tab")
    editor.sees("Nothing stands in the way.")
    editor.follow("Send a test…")
    editor.push("Send to me")
    [test] = (tmp_path / "mail" / "new").iterdir()
    subject = email.message_from_bytes(test.read_bytes(), policy=default)["subject"]
    assert "the quay in winter" in subject
    go_to_approval(editor)
    editor.push("Ask for approval")

    second = Editor(open_window(), pressed, approver, language)
    title = second.page.get_by_role("link", name="Tideline Digest Vol 3.12")
    second.keys.use(title.first)
    second.page.wait_for_url("**/approval/")
    second.push("Approve")
    expect(second.page.locator(".desk-approval__status--approved")).to_be_visible()

    editor.keys.press("F5")
    editor.page.reload()
    editor.follow("Queue for sending…")
    editor.push("Queue it")
    send = Send.objects.get(issue=issue)
    assert (send.state, send.at > send.edition.approved_at) == (Send.State.QUEUED, True)
    expect(editor.page.locator(".desk-send__state")).to_contain_text(re.compile(r"\d{4}"))
    undo = editor.page.locator("#do-undo, #do-cancel").first
    with editor.page.expect_navigation():
        editor.keys.use(undo)
    if "/cancel/" in editor.page.url:
        editor.push("Cancel the send")
    send.refresh_from_db()
    assert send.state == Send.State.CANCELLED

    keys = sum(pressed.values())
    record_property("path", "from Word to the queue and back, by keyboard, in " + language)
    record_property("keys", keys)
    for kind, number in pressed.items():
        record_property(kind, number)
    record_property("seconds", round(watch.seconds, 1))
    assert (keys <= MOST_KEYS, pressed["acted"] <= MOST_ACTIONS) == (True, True), pressed
    assert watch.seconds <= MOST_SECONDS
