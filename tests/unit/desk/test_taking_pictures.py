"""A picture that is dropped on a draft is stored with what it shows, or refused in words."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image as Pillow
from wagtail.images import get_image_model
from wagtail.users.models import UserProfile

from newsletter.publishing.content.uploads import MAX_UPLOAD_BYTES
from tests import desks
from tests.unit.desk.conftest import LogIn

#: Wagtail leaves the files in which it makes thumbnails to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def drop(client: Client, data: bytes, name: str = "quay.png", **fields: str) -> Any:
    """Send a picture as the dialog does."""
    file = SimpleUploadedFile(name, data, content_type="image/png")
    given = {"title": "", "description": "A quay at dusk", **fields}
    return client.post("/admin/bring-in-picture/", {"file": file, **given})


def test_a_picture_is_stored_with_its_description(log_in: LogIn) -> None:
    """The answer has what the chooser of the draft shows."""
    answer = drop(log_in("Writers"), desks.picture(size=(400, 200))).json()

    image = get_image_model().objects.get()
    assert (image.description, image.uploaded_by_user) == ("A quay at dusk", User.objects.get())
    assert answer["picture"]["id"] == image.pk
    assert answer["picture"]["preview"]["width"] == 165


def test_what_was_changed_is_said(log_in: LogIn) -> None:
    """A wide WebP becomes a JPEG that is smaller, and a sentence says both."""
    file = io.BytesIO()
    Pillow.new("RGB", (3_000, 60), "teal").save(file, "WEBP")

    answer = drop(log_in("Writers"), file.getvalue(), "quay.webp").json()

    assert answer["said"] == (
        "It was converted from WEBP. It was scaled down from 3,000 to 2,400 pixels in width."
    )
    assert get_image_model().objects.get().filename.endswith(".jpg")


def test_the_same_picture_is_used_again(log_in: LogIn) -> None:
    """A picture that is here already is not stored twice, and nobody is asked a riddle."""
    client = log_in("Writers")
    first = drop(client, desks.picture(size=(40, 20))).json()

    again = drop(client, desks.picture(size=(40, 20)), "other.png").json()

    assert again["picture"]["id"] == first["picture"]["id"]
    assert again["said"] == "It was here already, and is used again."
    assert get_image_model().objects.count() == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"fake", "is not a picture, or it is broken"),
        (b"<svg><script>alert(1)</script></svg>", "is an SVG drawing"),
        (desks.picture(size=(600, 600), form="JPEG")[:1000], "is broken, or cut off"),
        (b"\x89PNG" + bytes(MAX_UPLOAD_BYTES), "Make it smaller first"),
    ],
    ids=["fake", "svg", "cut", "large"],
)
def test_bad_pictures_are_refused_in_words(log_in: LogIn, data: bytes, words: str) -> None:
    """Each answer is a sentence for the dialog; nothing is stored."""
    answer = drop(log_in("Writers"), data)

    assert answer.status_code == 422
    assert words in " ".join(answer.json()["errors"]["file"])
    assert not get_image_model().objects.exists()


def test_a_description_or_a_choice_is_asked(log_in: LogIn) -> None:
    """Without a description somebody has to say that the picture only decorates."""
    client = log_in("Writers")

    refused = drop(client, desks.picture(size=(40, 20)), description="")

    assert "Say what the picture shows" in refused.json()["errors"]["description"][0]
    assert (
        drop(client, desks.picture(size=(40, 20)), description="", decorative="on").status_code
        == 200
    )


def test_the_answer_is_in_the_language_of_the_person(log_in: LogIn) -> None:
    """Who works in Japanese is told in Japanese."""
    client = log_in("Writers")
    UserProfile.objects.create(user=User.objects.get(), preferred_language="ja")

    answer = drop(client, b"fake")

    assert "画像でないか、壊れています" in answer.json()["errors"]["file"][0]


def test_only_who_may_add_pictures(client: Client) -> None:
    """Nobody else can send a picture."""
    assert drop(client, desks.picture(size=(4, 2))).status_code == 302
