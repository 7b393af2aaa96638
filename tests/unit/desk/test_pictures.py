"""Uploading a picture at the desk asks what it shows, and for nothing of a CMS."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image as Pillow
from wagtail.images import get_image_model
from wagtail.users.models import UserProfile

from newsletter.publishing.content import pictures
from newsletter.publishing.content.drafts import draft_of
from newsletter.publishing.content.issue_content import content_of
from newsletter.publishing.content.media import at_address
from newsletter.publishing.models import Issue, Publication
from tests import desks
from tests.unit.desk.conftest import LogIn

#: Wagtail leaves the files in which it makes thumbnails to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

ADDRESSES = ["/admin/images/add/", "/admin/images/chooser/create/"]


def upload(client: Client, address: str, **fields: Any) -> str:
    """Send the form of a picture as a browser does, and return the answer."""
    file = SimpleUploadedFile("quay_2024.png", desks.picture(), content_type="image/png")
    given = {"title": "", "description": "", "file": file} | fields
    prefix = "image-chooser-upload-" if "chooser" in address else ""
    headers = {"X-Requested-With": "XMLHttpRequest"} if prefix else {}
    data = {f"{prefix}{name}": value for name, value in given.items()}
    return client.post(address, data, headers=headers).content.decode()


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_description_is_asked_for(log_in: LogIn, address: str) -> None:
    """A picture without a description is not stored before somebody said that it needs none."""
    client = log_in("Writers")

    answer = upload(client, address)

    assert "Say what the picture shows, or that it only decorates." in answer
    assert not get_image_model().objects.exists()
    upload(client, address, decorative="on")
    assert get_image_model().objects.get().description == ""


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("words", ["quay_2024", "quay_2024.png", "IMG 1.JPG"])
def test_the_name_of_a_file_is_no_description(log_in: LogIn, address: str, words: str) -> None:
    """The name of a file says nothing to whoever does not see the picture."""
    answer = upload(log_in("Writers"), address, description=words)

    assert "This is the name of a file. Say what the picture shows." in answer
    assert not get_image_model().objects.exists()


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_title_is_the_name_of_the_file(log_in: LogIn, address: str) -> None:
    """Nobody is asked for a title: the name of the file is one."""
    upload(log_in("Writers"), address, description="A quay at dusk")

    image = get_image_model().objects.get()
    assert (image.title, image.description) == ("quay_2024", "A quay at dusk")


def test_nothing_else_is_asked(log_in: LogIn) -> None:
    """The form shows the file, what it shows and whether it decorates; no title, no tags."""
    page = log_in("Writers").get("/admin/images/add/").content.decode()

    assert re.findall(r'<label class="w-field__label" for="id_(\w+)"', page) == [
        "file",
        "description",
        "decorative",
    ]


def test_several_at_once(log_in: LogIn) -> None:
    """Pictures that are dropped together are stored first; then each is asked what it shows."""
    client = log_in("Writers")
    file = SimpleUploadedFile("quay.png", desks.picture(), content_type="image/png")
    headers = {"X-Requested-With": "XMLHttpRequest"}

    answer = client.post("/admin/images/multiple/add/", {"files[]": file}, headers=headers).json()

    image = get_image_model().objects.get()
    assert answer["success"]
    edit = f"/admin/images/multiple/{image.pk}/"
    empty = client.post(edit, {f"image-{image.pk}-description": ""}, headers=headers).json()
    assert not empty["success"]
    words = {f"image-{image.pk}-description": "A quay"}
    assert client.post(edit, words, headers=headers).json()["success"]


def test_in_japanese(log_in: LogIn) -> None:
    """The form speaks the language of the person."""
    client = log_in("Writers")
    UserProfile.objects.create(user=User.objects.get(), preferred_language="ja")

    page = client.get("/admin/images/add/").content.decode()

    assert "画像の説明" in page


def test_the_focal_point_of_a_stored_picture(publication: Publication, log_in: LogIn) -> None:
    """A focal area that is drawn on the page of a picture decides how issues cut it, from then on.

    What was made before stays for the mails that show it.
    """
    image = stored_halves()
    issue = desks.draft(publication, body=[("lead_image", {"image": image, "shape": "1:1"})])
    before = lead_of(issue)
    client, address = log_in("Writers"), f"/admin/images/{image.pk}/"
    page = client.get(address).text
    assert 'class="focal-point-chooser"' in page

    area = {"x": "350", "y": "50", "width": "60", "height": "60"}
    fields = {f"focal_point_{name}": value for name, value in area.items()}
    client.post(address, {"title": image.title, "description": "A quay"} | fields)

    image.refresh_from_db()
    assert (image.focal_point_x, image.focal_point_y) == (350, 50)
    after = lead_of(issue)
    assert after != before
    assert [middle_of(src) for src in (before, after)] == ["purple", "blue"]


def stored_halves() -> Any:
    """Return a stored picture: red, then a purple middle, then blue."""
    drawn = Pillow.new("RGB", (400, 100), "red")
    drawn.paste("purple", (150, 0, 250, 100))
    drawn.paste("blue", (250, 0, 400, 100))
    file = io.BytesIO()
    drawn.save(file, "PNG")
    return pictures.store_picture(file.getvalue(), name="quay.png", description="A quay")


def lead_of(issue: Issue) -> str:
    """Return the address of the lead picture as a mail shows it."""
    lead = content_of(draft_of(issue)).lead
    assert lead is not None
    return lead.src


def middle_of(address: str) -> str:
    """Return the colour in the middle of a stored picture."""
    found = at_address(address)
    assert found is not None
    with Pillow.open(found.path) as made:
        colour = made.convert("RGB").getpixel((made.width // 2, made.height // 2))
    names = {(255, 0, 0): "red", (128, 0, 128): "purple", (0, 0, 255): "blue"}
    return names[colour]  # type: ignore[index]
