"""What goes wrong while somebody works: an answer on the spot, in their language, and nothing lost.

On a desktop in English, and on a phone in Japanese.
"""

from __future__ import annotations

import base64
import mimetypes
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.fixtures import Settings
from pytest_django.live_server_helper import LiveServer
from wagtail.images import get_image_model

from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.models import Issue, Publication
from newsletter.scheduling.slots import upcoming_slots
from newsletter.sending import trusted_time
from tests import desks, word_files
from tests.browser.composing import open_issue, open_window, until

#: Wagtail leaves the files in which it makes thumbnails to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
LOOKS = ((1500, "en"), (390, "ja"))
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>window.ran = true</script></svg>'
DROP = """([element, data, name, type, padding]) => {
  const bytes = Uint8Array.from(atob(data), (each) => each.charCodeAt(0));
  const held = new DataTransfer();
  held.items.add(new File([bytes, new Uint8Array(padding)], name, { type }));
  for (const kind of ["dragenter", "dragover", "drop"]) {
    const options = { dataTransfer: held, bubbles: true, cancelable: true };
    element.dispatchEvent(new DragEvent(kind, options));
  }
}"""
#: A picture: its name, its bytes, how many more bytes follow, and what is said of it.
PICTURES = (
    ("quay.png", desks.picture(size=(60, 40)), 30_000_000, ("Make it smaller", "小さくして")),
    ("fake.png", b"no picture at all", 0, ("is not a picture", "画像でないか")),
    (
        "cut.jpg",
        desks.picture(size=(600, 600), form="JPEG")[:1000],
        0,
        ("is broken, or cut off", "途中で切れています"),
    ),
    ("drawing.svg", SVG, 0, ("SVG", "SVG")),
)
#: Whether this browser keeps what was typed.
KEPT = "Object.values(localStorage).some((each) => each.includes('Typed+at+sea'))"
FIVE_FOR_FOUR = "<ol>{}</ol><ol>{}</ol>".format(
    "".join(f"<li>Headline {number}</li>" for number in range(1, 6)),
    "".join(f"<li><p>{'What there is to say about it. ' * 9}</p></li>" for _ in range(4)),
)


class Person:
    """Somebody at a window, who reads a language."""

    def __init__(self, page: Page, language: str) -> None:
        self.page, self.language = page, language

    def words(self, english: str, japanese: str) -> str:
        """Return what this person reads."""
        return japanese if self.language == "ja" else english


@pytest.fixture(params=LOOKS, ids=lambda look: f"{look[0]}-{look[1]}")
def person(
    request: pytest.FixtureRequest,
    browser: Browser,
    live_server: LiveServer,
    desk: Publication,
    settings: Settings,
    tmp_path: Path,
) -> Iterator[Person]:
    """An admin at a window."""
    settings.CONFIG = settings.CONFIG.model_copy()
    settings.CONFIG._path = tmp_path / "config.toml"
    width, language = request.param
    with open_window(browser, live_server.url, width=width, language=language) as page:
        yield Person(page, language)


def subject_of(issue: Issue) -> str:
    """Return the subject of the draft as it is stored now."""
    return draft_of(Issue.objects.get(pk=issue.pk)).subject


def test_pictures(person: Person, desk: Publication) -> None:
    """A picture that cannot be used is refused with the reason; what was typed stays."""
    page = person.page
    lead = {"image": None, "address": "", "alt": "", "decorative": False, "credit": ""}
    issue = desks.draft(desk, body=[("lead_image", lead)])
    open_issue(page, issue)
    expect(page.locator("html[data-picture-drop-ready]")).to_be_attached()
    page.fill("#id_subject", "Typed before")

    for name, data, padding, (english, japanese) in PICTURES:
        chooser = page.locator("[id$='-value-image-chooser']")
        kind = mimetypes.guess_type(name)[0]
        encoded = base64.b64encode(data).decode()
        page.evaluate(DROP, [chooser.element_handle(), encoded, name, kind, padding])
        dialog = page.locator("dialog.desk-picture")
        answer = page.locator("dialog.desk-picture [role=alert], .desk-pasted[role=status]").last
        if dialog.count():
            dialog.locator("#desk-picture-alt").fill("A quay")
            dialog.locator("button[type=submit]").click()
        expect(answer).to_contain_text(person.words(english, japanese))
        if dialog.count():
            assert dialog.locator("#desk-picture-alt").input_value() == "A quay"
            page.keyboard.press("Escape")
            expect(dialog).to_be_hidden()

    assert page.evaluate("window.ran") is None
    assert not get_image_model().objects.exists()
    assert until(page, lambda: subject_of(issue) == "Typed before")


def bad_files(folder: Path) -> list[tuple[Path, str, str]]:
    """Return files that are refused, with what is said of them in English and Japanese."""
    document = word_files.written(word_files.volume())
    bomb = b"<" + b" " * 150_000_000

    def add_macros(parts: dict[str, bytes]) -> None:
        parts["word/vbaProject.bin"] = b"\xd0\xcf"

    def add_bomb(parts: dict[str, bytes]) -> None:
        parts["word/media/bomb.xml"] = bomb

    return [
        (
            write(folder, "macros.docx", word_files.replaced(document, add_macros)),
            "macros",
            "マクロ",
        ),
        (
            write(folder, "bomb.docx", word_files.replaced(document, add_bomb)),
            "unpacks to more than any issue needs",
            "必要な大きさをはるかに超えます",
        ),
        (
            write(folder, "five.html", FIVE_FOR_FOUR.encode()),
            "Every headline needs its item",
            "見出し",
        ),
    ]


def write(folder: Path, name: str, data: bytes) -> Path:
    """Write a file, and return where it is."""
    path = folder / name
    path.write_bytes(data)
    return path


def test_texts(person: Person, desk: Publication, tmp_path: Path) -> None:
    """A file that cannot be brought in is refused with the reason; no draft is made of it."""
    page = person.page
    for path, english, japanese in bad_files(tmp_path):
        page.goto("/admin/bring-in/")
        page.set_input_files("#bring-in-files", path)
        with page.expect_navigation():
            page.locator(".desk-bring-in__ways button[type=submit]").click()
        expect(page.get_by_role("alert")).to_contain_text(person.words(english, japanese))

    assert not Issue.objects.exists()


def test_odd_lines(person: Person, desk: Publication) -> None:
    """A subject becomes one line, a title may be an emoji, and no slot is moved into the past."""
    page = person.page
    issue = desks.draft(desk)
    open_issue(page, issue)

    page.locator("#id_subject").focus()
    page.keyboard.insert_text("Reeds\r\nBcc: everybody@example.org\nFerries")
    page.fill("#id_title", "🎉")
    assert until(page, lambda: draft_of(Issue.objects.get(pk=issue.pk)).title == "🎉")
    stored = draft_of(Issue.objects.get(pk=issue.pk))
    assert ("\n" in stored.subject, "\r" in stored.subject) == (False, False)
    assert stored.slug

    slot = upcoming_slots(desk, trusted_time.now(), 1)[0]
    address = f"/admin/calendar/{desk.slug}/{slot.date}/"
    page.goto(address)
    page.fill("#slot-at", "2020-01-02T09:00")
    page.locator("button[value=move]").click()
    expect(page.get_by_text(person.words("has passed", "過ぎています"))).to_be_visible()
    expect(page.locator("#slot-at")).to_have_value("2020-01-02T09:00")


def test_a_lost_session_while_typing(person: Person, desk: Publication) -> None:
    """Whoever is logged out while they type is told so; once logged in again, it is saved."""
    page, context = person.page, person.page.context
    issue = desks.draft(desk)
    open_issue(page, issue)
    context.clear_cookies()

    page.fill("#id_subject", "Typed while logged out")
    bar = page.locator(".desk-bar--connection")
    expect(bar).to_contain_text(person.words("You are logged out", "ログアウト"))
    with context.expect_page() as opened:
        bar.get_by_role("link").click()
    other = opened.value
    other.fill("#id_username", "chief")
    other.fill("#id_password", desks.PASSWORD)
    other.keyboard.press("Enter")
    other.wait_for_url("**/admin/")

    assert until(page, lambda: subject_of(issue) == "Typed while logged out")


def test_a_restart_while_typing(person: Person, desk: Publication) -> None:
    """While the desk starts again it is said so; what was typed is saved once it answers."""
    page = person.page
    issue = desks.draft(desk)
    open_issue(page, issue)
    answers = ["502", "refused"]

    def restart(route: Route) -> None:
        if route.request.method != "POST" and "session" not in route.request.url:
            route.continue_()
        elif answers[0] == "502":
            route.fulfill(status=502, content_type="text/html", body="<h1>Bad gateway</h1>")
        else:
            route.abort("connectionrefused")

    for state in ("502", "refused"):
        answers[0] = state
        page.route("**/admin/**", restart)
        page.fill("#id_subject", f"Typed during {state}")
        bar = page.locator(".desk-bar--connection")
        expect(bar).to_contain_text(person.words("No connection", "接続"))
        page.unroute("**/admin/**")
        assert until(page, lambda state=state: subject_of(issue) == f"Typed during {state}")


def test_words_of_a_closed_page_come_back(person: Person, desk: Publication) -> None:
    """Who closes the page without a connection is offered their words at the next visit."""
    page = person.page
    issue = desks.draft(desk)
    open_issue(page, issue)
    page.context.set_offline(True)
    page.fill("#id_subject", "Typed at sea")
    expect(page.locator(".desk-bar--connection")).to_be_visible()
    assert until(page, lambda: page.evaluate(KEPT))
    page.context.set_offline(False)
    page.goto("about:blank")

    open_issue(page, issue)
    bar = page.locator(".desk-bar--connection")
    bar.get_by_role("button", name=person.words("Put them back", "戻す")).click()

    expect(page.locator("#id_subject")).to_have_value("Typed at sea")
    assert until(page, lambda: subject_of(issue) == "Typed at sea")
