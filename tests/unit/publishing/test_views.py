"""Small public pages: privacy, pictures, and what is not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client, RequestFactory

from newsletter.publishing.bootstrap import create_publication
from newsletter.publishing.models import Publication
from newsletter.publishing.web import views
from tests import desks


def test_privacy(client: Client, publication: Publication) -> None:
    """The privacy page says what is stored and who answers for it."""
    page = client.get("/privacy/").content.decode()

    assert "What is stored" in page
    assert "newsletter@example.org" in page
    assert "1 Quay Street" in page


def test_privacy_of_a_site_with_two(client: Client, publication: Publication) -> None:
    """With several publications the page speaks for the site."""
    create_publication("Night Trains")

    page = client.get("/privacy/").content.decode()

    assert "What is stored" in page
    assert "newsletter@example.org" not in page


def test_not_there(client: Client, publication: Publication) -> None:
    """An address that leads nowhere gets a page that leads on."""
    response = client.get("/nowhere/")

    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()


def test_a_fault_needs_no_database() -> None:
    """The page for our own faults is shown even while there is no database."""
    response = views.server_error(RequestFactory().get("/"))

    assert response.status_code == 500
    assert "Something broke on our side" in response.content.decode()


@pytest.mark.django_db
def test_pictures_are_served(client: Client) -> None:
    """A stored picture is sent, to be kept for a day, and cannot run as a page."""
    image = desks.stored_picture()

    response = client.get(image.file.url)

    assert b"".join(response.streaming_content) == desks.picture()
    assert response["Cache-Control"] == "public, max-age=86400"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    ["../secret", "images/../../secret", "%2e%2e/secret", "/etc/passwd", "images/", "none.png"],
)
def test_nothing_else_is_served(client: Client, media: Path, path: str) -> None:
    """Nothing outside the folder for pictures is sent, and no list of what is in it."""
    (media / "images").mkdir(parents=True)
    (media.parent / "secret").write_text("s3cret")

    assert client.get(f"/media/{path}").status_code in {301, 400, 404}
