"""What is kept of a picture: upright, in sRGB, as large as mails need, without its origin."""

from __future__ import annotations

import io
import struct
from typing import Any

import pytest
from PIL import Image as Pillow
from PIL import ImageCms
from PIL.PngImagePlugin import PngInfo
from pillow_heif import register_heif_opener

from newsletter.errors import BadInput, ImageTooLarge
from newsletter.rendering.pipeline.stored_pictures import MAX_WIDTH, store_form

register_heif_opener(thumbnails=False)


def drawn(form: str, size: tuple[int, int] = (60, 40), mode: str = "RGB", **options: Any) -> bytes:
    """Return a picture that is red on its left, and blue on its right."""
    picture = Pillow.new("RGB", size, "blue")
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    written = io.BytesIO()
    picture.convert(mode).save(written, form, **options)
    return written.getvalue()


def located(orientation: int = 1) -> Pillow.Exif:
    """Return what a phone writes into a picture: where it was, and how it was held."""
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Phone of Mary"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (35.0, 39.0, 31.0)
    return exif


def opened(data: bytes) -> Pillow.Image:
    """Return a picture, decoded."""
    picture = Pillow.open(io.BytesIO(data))
    picture.load()
    return picture


@pytest.mark.parametrize("form", ["WEBP", "AVIF", "HEIF", "BMP", "TIFF"])
def test_formats_that_mails_do_not_show_are_converted(form: str) -> None:
    """Whatever phones and programs write becomes a JPEG, with a sentence that says so."""
    kept = store_form(drawn(form))

    assert opened(kept.data).format == "JPEG"
    assert (kept.rename("quay.heic"), opened(kept.data).size) == ("quay.jpg", (60, 40))
    assert str(kept.changes[0]).startswith("It was converted from")


def test_what_can_be_seen_through_becomes_a_png() -> None:
    """A WebP with a clear background keeps it."""
    clear = io.BytesIO()
    Pillow.new("RGBA", (10, 10), (255, 0, 0, 100)).save(clear, "WEBP")

    kept = store_form(clear.getvalue())

    assert kept.suffix == ".png"
    assert opened(kept.data).mode == "RGBA"


def test_a_picture_is_turned_upright() -> None:
    """How a camera was held is in the pixels afterwards, for programs that do not know the tag."""
    kept = store_form(drawn("JPEG", exif=located(6)))

    assert opened(kept.data).size == (40, 60)
    assert "turned upright" in str(kept.changes)


@pytest.mark.parametrize("orientation", [1, 6])
@pytest.mark.parametrize("form", ["JPEG", "WEBP", "PNG", "TIFF", "AVIF", "HEIF"])
def test_place_and_camera_are_removed(form: str, orientation: int) -> None:
    """Nobody who gets a mail can read where its picture was taken, and with what."""
    given = drawn(form, exif=located(orientation))

    kept = store_form(given)

    assert not opened(kept.data).getexif()
    assert b"Mary" not in kept.data


def test_texts_in_a_png_and_comments_in_a_jpeg_are_removed() -> None:
    """Programs write authors and paths into pictures; the pixels stay exactly as they are."""
    info = PngInfo()
    info.add_text("Author", "Mary")
    info.add_itxt("XML:com.adobe.xmp", "<x>Mary</x>")
    png, jpeg = drawn("PNG", pnginfo=info), drawn("JPEG", comment=b"Mary")

    for given in (png, jpeg):
        kept = store_form(given)
        assert b"Mary" in given
        assert b"Mary" not in kept.data
        assert kept.changes == ()
        assert opened(kept.data).tobytes() == opened(given).tobytes()


def test_colours_of_print_become_those_of_screens() -> None:
    """A CMYK JPEG is shown by no old mail program, or in wrong colours."""
    kept = store_form(drawn("JPEG", mode="CMYK"))

    assert opened(kept.data).mode == "RGB"
    assert "sRGB" in str(kept.changes)


def test_a_profile_of_other_colours_is_applied() -> None:
    """A picture with a profile of its own is converted by it; one in sRGB stays as it is."""
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ")).tobytes()
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    assert "sRGB" in str(store_form(drawn("JPEG", icc_profile=lab)).changes)
    assert store_form(drawn("JPEG", icc_profile=srgb)).changes == ()


def test_what_is_too_wide_is_scaled_down() -> None:
    """A picture of a camera is kept as wide as mails need, with room to crop."""
    kept = store_form(drawn("JPEG", size=(4_000, 1_000)))

    assert opened(kept.data).size == (MAX_WIDTH, 600)
    assert str(kept.changes[0]) == "It was scaled down from 4,000 to 2,400 pixels in width."


def test_what_moves_stays_as_it_is() -> None:
    """An animation is kept with all its frames."""
    frames = [Pillow.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])

    kept = store_form(file.getvalue())

    assert (kept.data, kept.suffix) == (file.getvalue(), ".gif")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a.jpeg", "a.jpeg"),
        ("a.JPG", "a.JPG"),
        ("a.heic", "a.jpg"),
        ("a", "a.jpg"),
        ("", "picture.jpg"),
    ],
)
def test_names_end_as_their_format(given: str, kept: str) -> None:
    """A file is called by what is in it: some programs go by the name."""
    assert store_form(drawn("JPEG")).rename(given) == kept


#: A JPEG that says of itself that it has 4,225 megapixels.
BOMB = drawn("JPEG", size=(700, 700)).replace(
    struct.pack(">HH", 700, 700), struct.pack(">HH", 65_000, 65_000), 1
)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"not a picture", BadInput),
        (drawn("JPEG", size=(900, 900))[:900], BadInput),
        (drawn("HEIF")[:300], BadInput),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", BadInput),
        (BOMB, ImageTooLarge),
    ],
    ids=["text", "cut jpeg", "cut heic", "svg", "bomb"],
)  # fmt: skip
def test_what_is_no_picture_is_refused(data: bytes, error: type[BadInput]) -> None:
    """Each is refused in words, with what to do."""
    with pytest.raises(error) as caught:
        store_form(data)

    assert caught.value.hint
