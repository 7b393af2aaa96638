"""Pictures are kept once, and shown in a form that mail programs know."""

from __future__ import annotations

import pytest
from wagtail.images import get_image_model

from newsletter.errors import BadInput
from newsletter.publishing import pictures
from tests import desks


@pytest.mark.django_db
def test_the_same_picture_once() -> None:
    """The same bytes are stored once, whatever the file is called."""
    first = pictures.keep(desks.picture(), name="a.png", description="A")
    again = pictures.keep(desks.picture(), name="b.png", description="B")
    other = pictures.keep(desks.picture(colour="red"), name="a.png", description="A")

    assert first == again != other
    assert get_image_model().objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("data", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture(data: bytes) -> None:
    """What cannot be read as a picture is refused, and not stored."""
    with pytest.raises(BadInput, match="is not a picture"):
        pictures.keep(data, name="a.png", description="")

    assert not get_image_model().objects.exists()


@pytest.mark.parametrize(
    ("filename", "recipe"),
    [
        ("a.png", "width-1200"),
        ("a.JPG", "width-1200"),
        ("a.gif", "width-1200"),
        ("a.webp", "width-1200|format-jpeg"),
        ("a.avif", "width-1200|format-jpeg"),
    ],
)
def test_forms(filename: str, recipe: str) -> None:
    """Forms that mail programs do not show become JPEG."""
    assert pictures.recipe(filename) == recipe


@pytest.mark.django_db
def test_a_webp_is_shown_as_jpeg() -> None:
    """A picture in a newer form is really written out as JPEG."""
    image = pictures.keep(desks.picture(form="WEBP"), name="a.webp", description="")

    shown = pictures.stored(image.pk, "https://example.org")

    assert shown
    assert shown.src.endswith(".jpg")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("size", "shown"), [((1800, 900), (540, 270)), ((300, 100), (300, 100)), ((540, 1), (540, 1))]
)
def test_size_inside_a_text(size: tuple[int, int], shown: tuple[int, int]) -> None:
    """A picture inside a text is no wider than the text, and never made larger."""
    image = desks.stored_picture(size=size)

    picture = pictures.stored(image.pk, "https://example.org")

    assert picture
    assert (picture.width, picture.height) == shown


@pytest.mark.django_db
def test_a_deleted_picture() -> None:
    """Once it is deleted there is nothing to show."""
    assert pictures.stored(4711, "https://example.org") is None
