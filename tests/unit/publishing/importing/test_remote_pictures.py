"""Pictures on the web are asked for their size, and never on a private network."""

from __future__ import annotations

import http.server
import io
import re
import threading
from collections.abc import Iterator

import pytest
from django.test import Client
from PIL import Image as Pillow

from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.content.issue_content import content_of
from newsletter.publishing.forms import IssueForm
from newsletter.publishing.importing.remote_pictures import measure_pictures, sizes_of
from newsletter.publishing.importing.saving import import_issue
from newsletter.publishing.models import Issue, Publication
from newsletter.rendering import content
from newsletter.rendering.preflight.addresses import Web
from tests import desks
from tests.publications import create_publication

LOCAL = Web(resolve=lambda *_: ["127.0.0.1"], allows=lambda address: address == "127.0.0.1")


class Pictures(http.server.BaseHTTPRequestHandler):
    """A site with a picture, a redirect to it, a page and nothing else."""

    def do_GET(self) -> None:
        """Answer by the path."""
        drawn = io.BytesIO()
        Pillow.new("RGB", (900, 300), "red").save(drawn, "PNG")
        bodies = {"/a.png": drawn.getvalue(), "/page": b"<html>"}
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/a.png")
            self.end_headers()
            return
        body = bodies.get(self.path, b"")
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    """Serve it."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pictures)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://pictures.example:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_sizes(site: str) -> None:
    """Redirects are followed; what has no size is named with the reason."""
    known, notes = sizes_of(
        [f"{site}/{name}" for name in ("a.png", "moved", "page", "gone")], LOCAL
    )

    assert known == {f"{site}/a.png": [900, 300], f"{site}/moved": [900, 300]}
    assert notes == (
        f"The size of the picture {site}/page is not known: it is not a picture, or it is broken.",
        f"The size of the picture {site}/gone is not known: status 404.",
    )


def test_private_networks_are_not_asked() -> None:
    """An address in a file is a stranger's text."""
    known, (note,) = sizes_of(
        ["https://pictures.example/a.png"], Web(resolve=lambda *_: ["10.0.0.1"])
    )

    assert known == {}
    assert "is on a private network" in note


@pytest.mark.django_db
def test_an_import_asks(
    site: str, letter: Publication, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The size stands in the mail, no wider than a text; what the author wrote stays."""
    path = tmp_path_factory.mktemp("issue") / "issue.md"
    path.write_text(f'title: X\n\n![A]({site}/a.png) <img src="{site}/a.png" alt="B" width="80">\n')

    issue = draft_of(import_issue(path, letter, web=LOCAL).issue)

    [block] = content_of(issue).blocks
    assert isinstance(block, content.Text)
    assert 'alt="A" width="540" height="180"' in block.body.replace("  ", " ") or (
        f'src="{site}/a.png" width="540" height="180"' in block.body
    )
    assert block.body.count("width=") == 2
    assert import_issue(path, letter).outcome == "unchanged"


@pytest.fixture
def publication(db: None) -> Publication:
    """A publication of a desk."""
    return create_publication("Tideline Digest")


def test_the_desk_asks_when_a_draft_is_saved(publication: Publication, site: str) -> None:
    """Once for each picture; one without an answer is asked again after an hour."""
    text = f"![A]({site}/a.png) ![B]({site}/gone.png) ![C](https://10.0.0.1/c.png)"
    issue = desks.draft(publication, body=[("markdown", text), desks.digest("Reeds")])
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return LOCAL.resolve(host, port)

    web = Web(resolve=resolve, allows=LOCAL.allows)
    for now in (1_000.0, 1_100.0, 9_000.0):
        measure_pictures(issue, web, now=now)

    [block, _] = content_of(issue).blocks
    assert isinstance(block, content.Text)
    assert re.findall(r'width="\d+" height="\d+"', block.body) == ['width="540" height="180"']
    assert len(asked) == 3 + 2


def test_the_form_of_the_desk_asks(
    publication: Publication, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Saving is enough."""
    monkeypatch.setattr(IssueForm, "web", LOCAL)
    client = Client()
    client.force_login(desks.member("", "chief"))
    issue = desks.draft(publication)
    body = {
        "body-count": "1",
        "body-0-deleted": "",
        "body-0-order": "0",
        "body-0-type": "markdown",
        "body-0-value": f"![A]({site}/a.png)",
    }
    comments = {f"comments-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    given = {"title": "Vol 1.1", "slug": "vol-1-1", "volume": "1", "number": "1", "date": ""}

    client.post(f"/admin/pages/{issue.pk}/edit/", {**body, **comments, **given})

    saved = draft_of(Issue.objects.get(pk=issue.pk))
    assert saved.metadata["_sizes"] == {f"{site}/a.png": [900, 300]}
