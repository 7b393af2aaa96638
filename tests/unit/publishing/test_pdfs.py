"""The PDF of an issue on the web: where it is, what is in it, and that it is made once."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.test import Client
from pypdf import PdfReader

from newsletter.conf.config import Config, load
from newsletter.conf.schema import Pdf
from newsletter.publishing.content import issue_content, pdfs
from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.content.issue_content import content_of
from newsletter.publishing.content.issue_files import write_files
from newsletter.publishing.models import Issue, Publication
from newsletter.publishing.web import views
from newsletter.rendering.findings import Severity
from newsletter.sending.planning.readiness import require_ready
from tests import desks

UNPRINTABLE = [desks.digest("A private letter: \U000ffffd")]


@pytest.fixture(autouse=True)
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """Settings whose data folder is empty."""
    config = load().model_copy()
    monkeypatch.setattr(Config, "data", property(lambda _self: tmp_path / "var"))
    return config


@pytest.fixture
def issue(publication: Publication) -> Issue:
    """An issue on the web, with a picture."""
    lead = {"image": desks.stored_picture(), "address": "", "alt": "A quay", "credit": "N. Lund"}
    greeting = ("text", "<p>Dear [first_name|reader], welcome.</p>")
    body = [("lead_image", lead), greeting, desks.digest("Reed beds", "Ferries")]
    return desks.on_the_web(publication, body=body)


def path_of(issue: Issue) -> str:
    """Where the PDF is, on this site."""
    return content_of(issue).pdf_url.removeprefix(load().site.base_url)


def test_the_page_offers_the_pdf(client: Client, issue: Issue) -> None:
    """The page links to the PDF beside it, and the link works."""
    page = client.get(issue.url).content.decode()
    response = client.get(path_of(issue))
    reader = PdfReader(io.BytesIO(response.getvalue()))

    assert f'href="{content_of(issue).pdf_url}">Download this publication (PDF)</a>' in page
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'inline; filename="vol-1-1.pdf"'
    text = " ".join(page.extract_text() for page in reader.pages)
    assert "Dear reader, welcome." in text
    assert "N. Lund" in text


def test_made_once(client: Client, issue: Issue, tmp_path: Path) -> None:
    """The second reader gets the file of the first; another text makes another file."""
    for _ in range(2):
        client.get(path_of(issue)).getvalue()
    [kept] = (tmp_path / "var" / "pdf").iterdir()
    before = kept.stat().st_mtime_ns
    client.get(path_of(issue)).getvalue()

    assert kept.stat().st_mtime_ns == before
    issue.title = "Another"
    assert pdfs.pdf_of(issue) != kept


def test_readers_see_what_was_published(client: Client, issue: Issue) -> None:
    """A later draft is not in the PDF that readers get."""
    published = pdfs.pdf_of(draft_of(issue))
    draft = draft_of(issue)
    draft.title = "Unfinished"
    draft.save_revision()

    response = client.get(path_of(issue))

    assert response.getvalue() == published.read_bytes()


def test_the_editors_own_pdf_wins(issue: Issue) -> None:
    """An address that an editor gave is offered instead."""
    issue.pdf_url = "https://example.org/own.pdf"

    assert content_of(issue).pdf_url == "https://example.org/own.pdf"


@pytest.mark.parametrize("path", ["nothing/nothing.pdf", "other.pdf"])
def test_no_such_pdf(client: Client, issue: Issue, path: str) -> None:
    """Only issues on the web have PDFs, and each only one."""
    assert client.get(f"{issue.url}{path}").status_code == 404


def test_drafts_have_none(client: Client, publication: Publication) -> None:
    """What is not on the web cannot be read as PDF either."""
    assert client.get(path_of(desks.draft(publication))).status_code == 404


def test_none_is_offered(client: Client, issue: Issue, monkeypatch: pytest.MonkeyPatch) -> None:
    """A house may do without: no link, no file, no check."""
    path, without = path_of(issue), load().model_copy(update={"pdf": Pdf(offer=False)})
    for module in (issue_content, pdfs, views):
        monkeypatch.setattr(module, "load", lambda: without)
    issue.body = UNPRINTABLE
    assert not pdfs.pdf_problem(issue)
    assert content_of(issue).pdf_url == ""
    assert client.get(path).status_code == 404


def test_what_cannot_be_printed_is_found_before_the_send(publication: Publication) -> None:
    """The check names the letter; the mail is made without a link to a PDF, and can be queued."""
    report = require_ready(desks.draft(publication, body=UNPRINTABLE))

    [found] = [each for each in report.findings if each.code == "pdf-missing"]
    assert "U+FFFFD" in found.message
    assert found.severity == Severity.WARNING
    assert ".pdf" not in report.edition.variants[0].html


def test_the_page_offers_no_pdf_that_is_not_there(client: Client, publication: Publication) -> None:
    """The web page of such an issue has no link to it either."""
    issue = desks.on_the_web(publication, body=UNPRINTABLE)

    assert ".pdf" not in client.get(issue.url or "").content.decode()


def test_files_without_a_pdf(publication: Publication, tmp_path: Path) -> None:
    """The other files are written where there can be no PDF."""
    files = write_files(desks.draft(publication, body=UNPRINTABLE), tmp_path / "out")

    assert [path.suffix for path in files] == [".mjml", ".html", ".txt", ".eml"]


def test_what_cannot_be_printed_is_not_found(client: Client, publication: Publication) -> None:
    """Once it is on the web nevertheless, there is no such page rather than a broken one."""
    issue = desks.on_the_web(publication, body=UNPRINTABLE)

    assert client.get(path_of(issue)).status_code == 404


def test_written_beside_the_mail(issue: Issue, tmp_path: Path) -> None:
    """Rendering an issue to files writes the PDF, too."""
    files = write_files(issue, tmp_path / "out")

    assert [path.suffix for path in files] == [".mjml", ".html", ".txt", ".pdf", ".eml"]
    assert files[3].read_bytes().startswith(b"%PDF-")
