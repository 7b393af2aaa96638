"""The draft beside the editor; faults in words."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from django.http import HttpResponse
from pytest_django.fixtures import Settings

from newsletter.conf.config import load
from newsletter.publishing.content.drafts import draft_of, render_draft
from newsletter.publishing.models import Issue, Publication
from newsletter.publishing.web import previews
from tests import desks

#: Of work: a preview follows the editor's pauses; see the speeds that the project promises.
MAX_SECONDS = 0.2


def preview(issue: Issue, mode: str) -> HttpResponse:
    """Return what the composer shows."""
    response: HttpResponse = issue.make_preview_request(None, mode)
    return response


def page(issue: Issue, mode: str) -> str:
    """Return what the composer shows, as text."""
    return preview(issue, mode).content.decode()


@pytest.fixture
def issue(publication: Publication) -> Issue:
    """A draft that greets its reader."""
    greeting = ("text", "<p>Good morning, [first_name|reader].</p>")
    return desks.draft(publication, subject="Reed beds", body=[greeting, desks.digest("Ferries")])


@pytest.mark.parametrize(
    ("mode", "words"),
    [
        ("email", "Good morning, Robin."),
        ("text", "Good morning, Robin."),
        ("web", "Good morning, reader."),
    ],
)
def test_modes(issue: Issue, mode: str, words: str) -> None:
    """The mail and its text are shown as one reader gets them, the web page as anybody does.

    No script is in them: where they are shown none runs, and the browser would complain.
    """
    assert words in page(issue, mode)
    assert "<script" not in page(issue, mode)


def test_the_mail_comes_first(issue: Issue) -> None:
    """The composer opens with the mail, as wide as in a mail program."""
    assert (issue.default_preview_mode, issue.default_preview_size) == ("email", "desktop")
    widths = {size["name"]: size["device_width"] for size in issue.preview_sizes}
    assert widths == {"mobile": 375, "desktop": 680}


def test_what_is_not_saved_is_shown(issue: Issue) -> None:
    """The preview is of the instance, not of what is stored."""
    issue.body = [desks.digest("Typed a second ago")]

    assert "Typed a second ago" in page(issue, "email")
    assert "Typed a second ago" in page(issue, "web")


def test_text_is_not_markup(issue: Issue) -> None:
    """The plain text is shown as it is, whatever it looks like."""
    issue.subject = "<b>Reed</b> beds"
    issue.body = [("text", "<p>1 &lt; 2</p>")]

    shown = page(issue, "text")

    assert "&lt;b&gt;Reed&lt;/b&gt; beds" in shown
    assert "1 &lt; 2" in shown


@pytest.mark.parametrize("mode", ["email", "text"])
def test_a_fault_of_the_editor(issue: Issue, mode: str) -> None:
    """A merge tag that is misspelt is shown with what was meant."""
    issue.subject = "For [first_nme|reader]"

    response = preview(issue, mode)

    assert response.status_code == 200
    assert "[first_nme|reader] is not a merge tag" in response.content.decode()
    assert "[first_name|reader]" in response.content.decode()


def test_a_fault_of_the_template(
    issue: Issue, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A broken template is shown with its file and line."""
    folder = tmp_path / "templates" / "email" / "broken"
    folder.mkdir(parents=True)
    for name, source in {
        "broken.mjml": "<mjml><mj-body>\n{{ content.nothing }}\n</mj-body></mjml>",
        "broken.txt": "",
        "subject.txt": "x",
        "theme.toml": "",
    }.items():
        (folder / name).write_text(source)
    config = load()
    templates = config.templates.model_copy(update={"folder": str(tmp_path / "templates")})
    elsewhere = config.model_copy(update={"templates": templates})
    monkeypatch.setattr("newsletter.publishing.content.looks.load", lambda: elsewhere)
    issue.publication.template = "broken"

    shown = page(issue, "email")

    assert "The email template cannot be rendered" in shown
    assert "broken.mjml:2" in shown


def test_a_missing_template(issue: Issue) -> None:
    """A template that is gone is said to be gone."""
    issue.publication.template = "vanished"

    assert "the email template &#x27;vanished&#x27;" in page(issue, "email")


def test_a_fault_of_ours(issue: Issue, caplog: pytest.LogCaptureFixture) -> None:
    """Even a bug leaves the composer standing, says that nothing is lost, and is in the log."""

    def break_down(*_: object) -> HttpResponse:
        raise ZeroDivisionError("a bug")

    response = previews.preview(issue, issue_request(), "web", web=break_down)

    assert response.status_code == 200
    assert "This is a fault of the program" in response.content.decode()
    assert "a bug" in caplog.text


def issue_request() -> object:
    """Return a request such as a browser makes."""
    from django.test import RequestFactory

    return RequestFactory().get("/")


def test_quick_enough(issue: Issue) -> None:
    """Once warm, a preview takes the server less than a fifth of a second."""
    preview(issue, "email")
    times = []
    for _ in range(5):
        begin = time.process_time()
        preview(issue, "email")
        times.append(time.process_time() - begin)

    assert min(times) < MAX_SECONDS


def test_the_latest_draft_is_rendered(publication: Publication, settings: Settings) -> None:
    """An edition is made from the latest draft, also when an older one is on the web."""
    issue = desks.on_the_web(publication)
    draft = draft_of(issue)
    draft.subject = "Written since"
    draft.save_revision()

    edition = render_draft(Issue.objects.get(pk=issue.pk))

    person = previews.sample_reader()
    assert edition.variant(person).parts(person).subject == "Written since"
