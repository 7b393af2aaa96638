"""What editors bring, and other systems send on as it is, or lose."""

from __future__ import annotations

import http.server
import io
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image as Pillow

from newsletter.publishing.checks.checking import check_issue
from newsletter.publishing.importing.saving import import_issue
from newsletter.publishing.messages import unsubscribe_headers
from newsletter.publishing.models import Issue, Publication
from newsletter.publishing.web.previews import for_sample
from newsletter.rendering.preflight.addresses import Web
from tests import desks
from tests.publications import create_publication

pytestmark = pytest.mark.django_db


@pytest.fixture
def publication() -> Publication:
    """A publication, ready to be written."""
    return create_publication("Tideline Digest", postal_address="1 Quay Street")


def saying(publication: Publication, markdown: str, subject: str = "Reeds") -> Issue:
    """A draft with a text."""
    return desks.draft(publication, subject=subject, body=[("markdown", markdown)])


def errors(issue: Issue) -> dict[str, str]:
    """What stops an issue, by code."""
    report = check_issue(issue, headers=unsubscribe_headers("x"))
    return {each.finding.code: each.finding.message for each in report.errors}


@pytest.mark.parametrize("blank", ["\u3000", "\u3000\u3000", "\u2003", "\xa0"])
def test_commonmark_js_wide_blanks_are_trimmed(publication: Publication, blank: str) -> None:
    """A paragraph that begins with a wide blank does so in the mail and in its text part."""
    parts = for_sample(saying(publication, f"まず。\n\n{blank}港は静かです。"))

    assert f"{blank}港は静かです。" in parts.html.replace("&nbsp;", "\xa0")
    assert f"{blank}港は静かです。" in parts.text


@pytest.mark.parametrize("tag", ["{contactfield=city}", "{unsubscribe_text}", "{webview_url}"])
def test_mautic_unknown_token_is_printed(publication: Publication, tag: str) -> None:
    """A merge tag that nothing fills in stops the issue, in the text and in the subject."""
    in_text = saying(publication, f"Hello {tag}")
    in_subject = desks.draft(publication, 2, subject=f"For {tag}", body=[("markdown", "x")])

    assert tag in errors(in_text)["placeholder-left"]
    assert tag in errors(in_subject)["placeholder-left"]


def test_listmonk_misspelt_field_ends_the_preview(publication: Publication) -> None:
    """A misspelt merge tag is one finding among others, with the right spelling."""
    issue = saying(publication, "Hello [first_nme|reader], {{ .Name }}, [a](#gone)")

    told = errors(issue)

    assert told["merge-tag"] == "[first_nme|reader] is not a merge tag"
    assert "did you mean [name|reader]?" in told["placeholder-left"]
    assert "link-dead" in told


def test_buttondown_footnote_is_taken_for_a_dead_link(publication: Publication) -> None:
    """A footnote is a link inside of the mail that leads somewhere."""
    issue = saying(publication, "Tides[^1] turn.\n\n[^1]: Twice a day.")

    assert errors(issue) == {}
    assert "Twice a day." in for_sample(issue).text


class OnePicture(http.server.BaseHTTPRequestHandler):
    """A site with one picture."""

    def do_GET(self) -> None:
        """Answer with it."""
        drawn = io.BytesIO()
        Pillow.new("RGB", (2400, 1200), "red").save(drawn, "PNG")
        self.send_response(200)
        self.send_header("Content-Length", str(len(drawn.getvalue())))
        self.end_headers()
        self.wfile.write(drawn.getvalue())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    """Serve it."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), OnePicture) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://pictures.example:{server.server_port}"
        server.shutdown()
        thread.join()


def test_ghost_external_picture_overflows_in_outlook(
    publication: Publication, site: str, tmp_path: Path
) -> None:
    """A picture elsewhere has the width of the text in the mail, not that of its file."""
    web = Web(resolve=lambda *_: ["127.0.0.1"], allows=lambda ip: ip == "127.0.0.1")
    file = tmp_path / "issue.md"
    file.write_text(f"# Reeds\n\n![A quay]({site}/quay.png)\n", encoding="utf-8")

    issue = import_issue(file, publication, web=web).issue

    html = for_sample(issue).html
    [picture] = [tag for tag in html.split("<img ")[1:] if f"{site}/quay.png" in tag]
    assert 'width="540"' in picture.partition(">")[0]


def test_static_sites_lose_links_between_issues(publication: Publication, tmp_path: Path) -> None:
    """A link to the file of another issue leads to that issue; one to none is an error."""
    one, two = tmp_path / "one.md", tmp_path / "two.md"
    one.write_text("# One\n\n[Two](./two.md) and [three](./three.md)\n", encoding="utf-8")
    two.write_text("# Two\n\nWords.\n", encoding="utf-8")
    first = import_issue(one, publication).issue
    second = import_issue(two, publication).issue

    assert f'href="{second.full_url}"' in for_sample(first).html
    assert "./three.md would lead to" in errors(first)["link-relative"]
