"""An address of a picture leads to a picture below the media folder, or to nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.test import Client

from newsletter.publishing.content import media as files
from newsletter.publishing.content import pdfs
from newsletter.publishing.content.issue_content import content_of
from newsletter.publishing.importing.saving import import_issue
from newsletter.publishing.models import Publication
from tests import desks

SITE = "http://127.0.0.1:8000/media/"

#: Names that lead out, to a folder, to something that is no file, or to nothing.
NAMES = [
    "../signing.key",
    "..%2fsigning.key",
    "..%2Fsigning.png",
    "%2e%2e/signing.png",
    "images/%2e%2e/%2e%2e/signing.png",
    "images/..%5c..%5csigning.png",
    "..\\signing.png",
    "images",
    "images/",
    "images/folder.png",
    "/images/quay.png",
    "images//quay.png",
    "./images/quay.png",
    "%00.png",
    "images/quay.png%00",
    "images/quay.png%0a",
    "images/link.png",
    "images/loop.png",
    "images/pipe.png",
    "images/page.html",
    "images/page.svg",
    "images/page.png",
    "images/program.exe",
    "images/none.png",
    "images/" + "a" * 300 + ".png",
    "images/" + "a/" * 3000 + "a.png",
    "%ff%fe.png",
    "",
    "?x=1",
]


@pytest.fixture
def folder(media: Path) -> Path:
    """A media folder with a picture, and with much that is none."""
    images = media / "images"
    images.mkdir()
    (images / "quay.png").write_bytes(desks.picture())
    (media.parent / "signing.key").write_text("s3cret")
    (media.parent / "signing.png").write_bytes(desks.picture())
    (images / "folder.png").mkdir()
    (images / "link.png").symlink_to(media.parent / "signing.png")
    (images / "loop.png").symlink_to(images / "loop.png")
    os.mkfifo(images / "pipe.png")
    for name in ("page.html", "page.svg", "page.png", "program.exe"):
        (images / name).write_text("<svg onload='alert(1)'><script>alert(1)</script></svg>")
    return media


@pytest.mark.parametrize("name", NAMES)
def test_nothing_else_is_served(folder: Path, client: Client, name: str, db: None) -> None:
    """Whoever asks for anything else is told that there is nothing."""
    assert client.get(f"/media/{name}").status_code in {301, 404}


@pytest.mark.parametrize("name", NAMES)
def test_nothing_else_is_read(folder: Path, publication: Publication, name: str) -> None:
    """In an issue such an address is one of a picture elsewhere: its PDF goes without."""
    lead = {"image": None, "address": f"{SITE}{name}", "alt": "x", "credit": ""}
    issue = desks.draft(publication, body=[("lead_image", lead), desks.digest("Reed beds")])

    assert files.at_address(f"{SITE}{name}") is None
    assert pdfs.pictures_of(content_of(issue)) == {}
    assert not pdfs.pdf_problem(issue)


def test_the_picture_itself(folder: Path, client: Client, db: None) -> None:
    """It is read at its address, also with a query, and served with its own type."""
    found = files.at_address(f"{SITE}images/quay.png?v=2#x")
    answer = client.get("/media/images/quay.png")

    assert found
    assert found.path == (folder / "images/quay.png").resolve()
    assert b"".join(answer.streaming_content) == desks.picture()
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]


@pytest.mark.parametrize("kind", ["GIF", "JPEG", "PNG", "WEBP", "AVIF", "BMP", "TIFF"])
def test_types(media: Path, client: Client, kind: str, db: None) -> None:
    """Each kind of picture has the type of its content."""
    (media / f"a.{kind.lower()}").write_bytes(desks.picture(size=(9, 9), form=kind))

    answer = client.get(f"/media/a.{kind.lower()}")

    assert answer["Content-Type"] == f"image/{kind.lower()}"
    assert b"".join(answer.streaming_content)


def test_only_to_be_read(folder: Path, client: Client, db: None) -> None:
    """There is nothing to post to."""
    head = client.head("/media/images/quay.png")

    assert client.post("/media/images/quay.png").status_code == 405
    assert head.status_code == 200
    head.close()


@pytest.mark.parametrize("address", [f"{SITE}..%2fsigning.key", f"{SITE}images"])
def test_an_imported_issue_can_be_queued(
    folder: Path, publication: Publication, tmp_path: Path, address: str
) -> None:
    """A text that names such an address is like any other text."""
    path = tmp_path / "issue.md"
    path.write_text(
        f"title: P1\nnumber: 2.1\ndate: 2026-11-26\n\nHello ![x]({address})\n\n## A\n\nb"
    )

    assert not pdfs.pdf_problem(import_issue(path, publication).issue)
