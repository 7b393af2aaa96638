"""Pictures are kept once, and shown in a form that mail programs know."""

from __future__ import annotations

import io
import random
import re
from typing import Any

import pytest
from PIL import Image as Pillow
from wagtail.images import get_image_model

from newsletter import rendering
from newsletter.errors import BadInput
from newsletter.publishing.content import pictures
from newsletter.publishing.content.credits import without_label
from newsletter.publishing.content.drafts import sample_reader
from newsletter.publishing.content.issue_content import content_of
from newsletter.publishing.content.looks import template_of
from newsletter.publishing.content.media import at_address
from newsletter.publishing.models import Publication
from tests import desks


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Photo: Ann Abe", "Ann Abe"),
        ("写真提供：港の会", "港の会"),
        ("Ann Abe, by the quay: a boat", "Ann Abe, by the quay: a boat"),
        (None, ""),
    ],
)
def test_a_credit_has_one_label(typed: str | None, kept: str) -> None:
    """The label that somebody typed is left out, since the mail writes one of its own."""
    assert without_label(typed) == kept


@pytest.mark.django_db
def test_the_same_picture_once() -> None:
    """The same bytes are stored once, whatever the file is called."""
    first = pictures.store_picture(desks.picture(), name="a.png", description="A")
    again = pictures.store_picture(desks.picture(), name="b.png", description="B")
    other = pictures.store_picture(desks.picture(colour="red"), name="a.png", description="A")

    assert first == again != other
    assert get_image_model().objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("data", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture(data: bytes) -> None:
    """What cannot be read as a picture is refused, and not stored."""
    with pytest.raises(BadInput, match="is not a picture"):
        pictures.store_picture(data, name="a.png", description="")

    assert not get_image_model().objects.exists()


@pytest.mark.django_db
def test_a_webp_is_shown_as_jpeg() -> None:
    """A picture in a newer form is really written out as JPEG."""
    image = pictures.store_picture(desks.picture(form="WEBP"), name="a.webp", description="")

    shown = pictures.find_picture(image.pk, "https://example.org")

    assert shown
    assert shown.src.endswith(".jpg")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("size", "shown"), [((1800, 900), (540, 270)), ((300, 100), (300, 100)), ((540, 1), (540, 1))]
)
def test_size_inside_a_text(size: tuple[int, int], shown: tuple[int, int]) -> None:
    """A picture inside a text is no wider than the text, and never made larger."""
    image = desks.stored_picture(size=size)

    picture = pictures.find_picture(image.pk, "https://example.org")

    assert picture
    assert (picture.width, picture.height) == shown


@pytest.mark.django_db
def test_a_deleted_picture() -> None:
    """Once it is deleted there is nothing to show."""
    assert pictures.find_picture(4711, "https://example.org") is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "ending", "frames", "mode"),
    [("45-animated.gif", ".gif", 3, "P"), ("49-cmyk.jpg", ".jpg", 1, "RGB")],
)
def test_pictures_that_failed_before(name: str, ending: str, frames: int, mode: str) -> None:
    """What moves goes on moving, and the colours of print become those of screens."""
    written = io.BytesIO()
    if ending == ".gif":
        many = [Pillow.new("RGB", (400, 200), colour) for colour in ("red", "lime", "blue")]
        many[0].save(written, "GIF", save_all=True, append_images=many[1:])
    else:
        Pillow.new("CMYK", (800, 400), (0, 200, 200, 0)).save(written, "JPEG")
    image = pictures.store_picture(written.getvalue(), name=name, description="")

    shown = pictures.as_shown(image)

    assert shown.file.name.endswith(ending)
    with Pillow.open(shown.file.path) as made:
        assert (getattr(made, "n_frames", 1), made.mode) == (frames, mode)
    assert pictures.as_shown(image) == shown


def test_ten_large_pictures(publication: Publication) -> None:
    """Ten pictures of 6,000 pixels make a small mail whose pictures are as large as their places.

    Each has twice the dots of its column at most, says how large it is, and weighs little.
    """
    stored = {
        f"{at}.jpg": pictures.store_picture(photo(at), name=f"{at}.jpg", description="Tide")
        for at in range(10)
    }
    lead, *others = stored
    body: list[Any] = [("lead_image", {"image": stored[lead], "alt": "Tide"})]
    body += [("markdown", f"![Tide]({name})") for name in others]
    known = {name: image.pk for name, image in stored.items()}
    issue = desks.draft(publication, body=body, metadata={"_pictures": known})

    content = content_of(issue)
    mail = rendering.render(content, template_of(publication), sample_reader()).html

    shown = re.findall(r'<img[^>]*src="([^"]*/media/[^"]*)"[^>]*>', mail)
    assert len(set(shown)) == 10
    assert len(mail.encode()) < 102_000
    sizes = []
    for address in set(shown):
        found = at_address(address)
        assert found is not None
        with Pillow.open(found.path) as made:
            assert made.width <= 1200
        sizes.append(found.path.stat().st_size)
    assert max(sizes) < 400_000
    assert sum(sizes) < 2_500_000
    assert all(" width=" in tag for tag in re.findall(r"<img[^>]*/media/[^>]*>", mail))


def test_a_photo_that_was_saved_as_png(publication: Publication) -> None:
    """A photo is mailed as JPEG where PNG would be far larger; a drawing stays a PNG."""
    written = io.BytesIO()
    with Pillow.open(io.BytesIO(photo(3))) as drawn:
        drawn.resize((1500, 900)).save(written, "PNG")
    image = pictures.store_picture(written.getvalue(), name="photo.png", description="Tide")

    shown = pictures.as_shown(image)

    assert shown.file.name.endswith(".jpg")
    assert shown.file.size * 2 < image.file.size
    assert pictures.as_shown(desks.stored_picture()).file.name.endswith(".png")


def photo(number: int) -> bytes:
    """Return a photo of 6,000 × 900 pixels as a camera writes it, another one for each number."""
    chance = random.Random(number)
    grain = Pillow.frombytes("RGB", (750, 112), chance.randbytes(750 * 112 * 3))
    written = io.BytesIO()
    grain.resize((6000, 900), Pillow.Resampling.BICUBIC).save(written, "JPEG", quality=92)
    return written.getvalue()
