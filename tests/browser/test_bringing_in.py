"""A Word file, a paste and a dropped picture become parts of a draft, on a desktop and a phone."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings
from wagtail.images import get_image_model
from wagtail.users.models import UserProfile

from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.models import Issue, Publication
from tests import desks, word_files
from tests.browser.composing import log_in, open_issue

#: Wagtail leaves the files in which it makes thumbnails to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
SIZES = [{"width": 1500, "height": 1000}, {"width": 390, "height": 844}]
PASTE = """([element, html]) => {
  const data = new DataTransfer();
  data.setData("text/html", html);
  const options = { clipboardData: data, bubbles: true, cancelable: true };
  element.dispatchEvent(new ClipboardEvent("paste", options));
}"""
DROP = """([element, data]) => {
  const bytes = Uint8Array.from(atob(data), (each) => each.charCodeAt(0));
  const held = new DataTransfer();
  held.items.add(new File([bytes], "quay.png", { type: "image/png" }));
  for (const name of ["dragenter", "dragover", "drop"]) {
    const options = { dataTransfer: held, bubbles: true, cancelable: true };
    element.dispatchEvent(new DragEvent(name, options));
  }
}"""


@pytest.fixture(autouse=True)
def data_folder(settings: Settings, tmp_path: Path) -> None:
    """Keep texts that wait in a folder of one's own."""
    settings.CONFIG = settings.CONFIG.model_copy()
    settings.CONFIG._path = tmp_path / "config.toml"


def faults(page: Page, place: str) -> list[str]:
    """Return what axe-core finds in a part of a page."""
    found = Axe().run(page, context={"include": [[place]]}).response["violations"]
    grave = [each for each in found if each["impact"] in {"serious", "critical"}]
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in grave]


@pytest.mark.parametrize("window", SIZES, ids=["desktop", "phone"], indirect=True)
def test_a_word_file_becomes_a_draft(window: Page, desk: Publication, tmp_path: Path) -> None:
    """Three clicks lead from the home page to the draft; axe finds nothing on the way."""
    file = tmp_path / "issue.docx"
    file.write_bytes(word_files.written(word_files.volume()))
    log_in(window)
    window.goto("/admin/")

    window.get_by_role("link", name="Bring in a text").click()
    expect(window.locator("html[data-bring-in-ready]")).to_be_attached()
    assert faults(window, ".desk-bring-in") == []
    window.set_input_files("#bring-in-files", file)
    expect(window.locator("[data-chosen]")).to_have_text("issue.docx")
    window.get_by_role("button", name="See what becomes of it").click()
    expect(window.get_by_text("Who clears the snow?")).to_be_visible()
    assert faults(window, ".desk-bring-in") == []
    window.get_by_role("button", name="Bring it in").click()
    window.wait_for_url("**/edit/")

    assert draft_of(Issue.objects.get()).subject == "The quay in winter"


@pytest.mark.parametrize("window", SIZES[1:], ids=["phone"], indirect=True)
def test_in_japanese(window: Page, desk: Publication) -> None:
    """The pages and an error on them are in the language of the account."""
    log_in(window)
    UserProfile.objects.create(user=User.objects.get(), preferred_language="ja")

    window.goto("/admin/bring-in/")
    window.get_by_role("button", name="取り込む内容を確認する").click()

    expect(window.get_by_role("alert")).to_contain_text("取り込むものがまだありません。")


def test_a_paste_keeps_its_formatting(window: Page, desk: Publication) -> None:
    """What is pasted with headings is named, can be taken away, and becomes items."""
    log_in(window)
    window.goto("/admin/bring-in/")
    expect(window.locator("html[data-bring-in-ready]")).to_be_attached()
    text = window.locator("#bring-in-text")
    pasted = "<h2>Ferries</h2><p>They <b>sail</b> again.</p>"

    window.evaluate(PASTE, [text.element_handle(), pasted])
    expect(window.get_by_text("“FerriesThey sail again.…”")).to_be_visible()
    window.get_by_role("button", name="Take it away").click()
    expect(text).to_be_focused()
    window.evaluate(PASTE, [text.element_handle(), pasted])
    window.get_by_role("button", name="See what becomes of it").click()

    expect(window.locator(".desk-bring-in__rows")).to_contain_text("They sail again.")


@pytest.mark.parametrize("window", SIZES, ids=["desktop", "phone"], indirect=True)
def test_a_picture_is_dropped_on_the_lead_picture(window: Page, desk: Publication) -> None:
    """A dialog asks what it shows and whose it is; a fault is said in it, and nothing is lost."""
    lead = {"image": None, "address": "", "alt": "", "decorative": False, "credit": ""}
    issue = desks.draft(desk, body=[("lead_image", lead)])
    log_in(window)
    open_issue(window, issue)
    expect(window.locator("html[data-picture-drop-ready]")).to_be_attached()
    chooser = window.locator("[id$='-value-image-chooser']")
    data = base64.b64encode(desks.picture(size=(400, 200))).decode()

    window.evaluate(DROP, [chooser.element_handle(), data])
    dialog = window.get_by_role("dialog", name="A picture for the top")
    dialog.get_by_label("Credit").fill("The Tideline desk")
    dialog.get_by_role("button", name="Use this picture").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Say what the picture shows")
    assert faults(window, "dialog") == []
    dialog.get_by_label("What it shows").fill("A quay at dusk")
    dialog.get_by_role("button", name="Use this picture").click()

    expect(dialog).to_be_hidden()
    stored = get_image_model().objects.get()
    expect(window.locator("[name$='-value-image']")).to_have_value(str(stored.pk))
    expect(window.locator("[name$='-value-alt']")).to_have_value("A quay at dusk")
    expect(window.locator("[name$='-value-credit']")).to_have_value("The Tideline desk")


def test_an_upload_without_words_keeps_its_file(window: Page, desk: Publication) -> None:
    """What the picture shows is asked for before the file is sent, which stays chosen."""
    lead = {"image": None, "address": "", "alt": "", "decorative": False, "credit": ""}
    issue = desks.draft(desk, body=[("lead_image", lead)])
    log_in(window)
    open_issue(window, issue)
    window.get_by_role("button", name="Choose an image").first.click()
    window.get_by_role("tab", name="Upload").click()
    form = window.locator("[data-chooser-modal-creation-form]")
    picture = {"name": "a.png", "mimeType": "image/png", "buffer": desks.picture(size=(40, 20))}
    form.locator("[type=file]").set_input_files(picture)  # type: ignore[arg-type]
    form.get_by_role("button", name="Upload").click()

    words = form.get_by_label("What it shows")
    expect(words).to_be_focused()
    expect(form.locator("[type=file]")).to_have_value(re.compile(r"a\.png$"))
    words.fill("A quay at dusk")
    form.get_by_role("button", name="Upload").click()
    expect(window.locator("[name$='-value-image']")).not_to_have_value("")
