"""A lead picture is cut around its focal point, for the mail, the web and the card of a link."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from PIL import Image as Pillow

from newsletter.publishing.content import pictures
from newsletter.publishing.models import Publication
from newsletter.rendering.pipeline.mail_pictures import Crop, mail_picture
from tests import desks


def two_colours(size: tuple[int, int] = (400, 100)) -> bytes:
    """Return a picture that is red on its left, and blue on its right."""
    drawn = Pillow.new("RGB", size, "blue")
    drawn.paste("red", (0, 0, size[0] // 2, size[1]))
    file = io.BytesIO()
    drawn.save(file, "PNG")
    return file.getvalue()


def colour_of(data: bytes) -> Any:
    """Return the colour in the middle of a picture."""
    with Pillow.open(io.BytesIO(data)) as picture:
        return picture.convert("RGB").getpixel((picture.width // 2, picture.height // 2))


@pytest.fixture
def image(media: Path, db: None) -> Any:
    """A wide picture that was uploaded."""
    return pictures.store_picture(two_colours(), name="quay.png", description="A quay")


@pytest.mark.parametrize(
    ("ratio", "x", "size", "colour"),
    [
        (1.0, 0.0, (100, 100), (255, 0, 0)),
        (1.0, 1.0, (100, 100), (0, 0, 255)),
        (16 / 9, 0.5, (178, 100), (0, 0, 255)),
        (8.0, 0.0, (400, 50), (0, 0, 255)),
    ],
)
def test_a_part_is_left(ratio: float, x: float, size: tuple[int, int], colour: Any) -> None:
    """A picture is cut to a shape on the side of its focal point, as a browser would show it."""
    data, _ = mail_picture(two_colours(), 1_200, Crop(ratio=ratio, x=x))

    with Pillow.open(io.BytesIO(data)) as cut:
        assert cut.size == size
    assert colour_of(data) == colour


def test_the_mail_shows_the_shape(image: Any) -> None:
    """A block with a shape gives a picture of that shape; without one it stays whole."""
    image.focal_point_x, image.focal_point_y = 400, 50
    image.focal_point_width = image.focal_point_height = 1
    image.save()
    value = {"image": image, "address": "", "alt": "", "decorative": False, "credit": ""}

    whole = pictures.lead_image(value, "https://example.org")
    square = pictures.lead_image({**value, "shape": "1:1"}, "https://example.org")

    assert whole
    assert square
    assert (whole.width, whole.height) == (400, 100)
    assert (square.width, square.height) == (100, 100)
    with pictures.as_shown(image, 1.0).file.open("rb") as file:
        assert colour_of(file.read()) == (0, 0, 255)


def test_another_focal_point_is_another_file(image: Any) -> None:
    """Mail that was sent keeps the picture that it shows."""
    before = pictures.as_shown(image, 1.0)
    image.focal_point_x, image.focal_point_y = 10, 10
    image.save()

    after = pictures.as_shown(image, 1.0)

    assert after.file.name != before.file.name
    assert pictures.as_shown(image, 1.0) == after


def test_the_card_of_a_link(image: Any, publication: Publication, client: Client) -> None:
    """What other sites show beside a link to an issue has the shape that they ask for."""
    issue = desks.on_the_web(publication, body=[("lead_image", {"image": image})])

    page = client.get(issue.url).content.decode()

    address = re.search(r'<meta property="og:image" content="([^"]+)"', page)
    assert address
    answer = client.get(urlsplit(address[1]).path)
    with Pillow.open(io.BytesIO(b"".join(answer))) as card:
        assert card.size == (1200, 630)
