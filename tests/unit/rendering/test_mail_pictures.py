"""Pictures become what mail programs show, or are refused in words."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image as Pillow
from PIL import ImageCms

from newsletter.errors import BadInput
from newsletter.rendering.pipeline.mail_pictures import LARGEST_ANIMATION, check_whole, mail_picture

WIDTH = 1_200


def drawn(form: str, mode: str = "RGB", colour: Any = "red", size: tuple[int, int] = (80, 40),
          **options: Any) -> bytes:  # fmt: skip
    """Return a picture that Pillow writes."""
    written = io.BytesIO()
    Pillow.new(mode, size, colour).save(written, form, **options)
    return written.getvalue()


def moving(form: str, size: tuple[int, int] = (80, 40), **options: Any) -> bytes:
    """Return a picture of three frames, red, green and blue."""
    frames = [Pillow.new("RGB", size, colour) for colour in ("red", "lime", "blue")]
    written = io.BytesIO()
    frames[0].save(
        written, form, save_all=True, append_images=frames[1:], duration=[50, 60, 70], **options
    )
    return written.getvalue()


def opened(data: bytes) -> Any:
    """Return a picture, read again."""
    return Pillow.open(io.BytesIO(data))


@pytest.mark.parametrize("form", ["GIF", "WEBP"])
@pytest.mark.parametrize("size", [(80, 40), (2_400, 100)])
def test_what_moves_goes_on_moving(form: str, size: tuple[int, int]) -> None:
    """As a GIF with all frames and their times, no wider than it may be."""
    data, made = mail_picture(moving(form, size, loop=0), WIDTH)

    shown = opened(data)
    assert (made, shown.format, shown.n_frames, shown.info["loop"]) == ("gif", "GIF", 3, 0)
    assert shown.width == min(size[0], WIDTH)
    shown.seek(1)
    assert shown.info["duration"] == 60
    # WebP is not exact.
    assert shown.convert("RGB").getpixel((5, 5)) in {(0, 255, 0), (0, 254, 1)}


def test_what_is_too_large_stands_still() -> None:
    """A moving picture of more than a megabyte becomes its first picture."""
    frames = [Pillow.effect_noise((900, 700), 90 + number) for number in range(4)]
    written = io.BytesIO()
    frames[0].save(written, "GIF", save_all=True, append_images=frames[1:])
    assert len(written.getvalue()) > LARGEST_ANIMATION

    data, made = mail_picture(written.getvalue(), WIDTH)

    assert (made, getattr(opened(data), "n_frames", 1)) == ("png", 1)


def test_cmyk_becomes_rgb_by_its_profile() -> None:
    """Without a profile by rule; with one as it says; never CMYK in a mail."""
    plain, form = mail_picture(drawn("JPEG", "CMYK", (0, 255, 255, 0)), WIDTH)
    assert (form, opened(plain).mode) == ("jpeg", "RGB")
    red, green, blue = opened(plain).getpixel((5, 5))
    assert red > 230
    assert max(green, blue) < 30

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    tagged, _ = mail_picture(drawn("JPEG", colour=(200, 30, 40), icc_profile=profile), WIDTH)
    assert "icc_profile" not in opened(tagged).info
    assert opened(tagged).getpixel((5, 5))[0] in range(195, 206)
    # A profile of RGB in a picture of CMYK, as broken programs write it.
    assert opened(mail_picture(drawn("JPEG", "CMYK", icc_profile=profile), WIDTH)[0]).mode == "RGB"


@pytest.mark.parametrize("form", ["PNG", "WEBP", "AVIF", "TIFF"])
def test_alpha_stays(form: str) -> None:
    """What can be seen through stays so, as PNG; a full alpha channel is none."""
    data, made = mail_picture(drawn(form, "RGBA", (255, 0, 0, 100)), WIDTH)
    assert (made, opened(data).mode) == ("png", "RGBA")
    assert abs(opened(data).getpixel((5, 5))[3] - 100) < 3

    made = mail_picture(drawn(form, "RGBA", (255, 0, 0, 255)), WIDTH)[1]
    assert made == ("png" if form == "PNG" else "jpeg")


@pytest.mark.parametrize(
    ("form", "mode", "made"),
    [
        ("PNG", "P", "png"), ("PNG", "LA", "png"), ("PNG", "I;16", "png"), ("PNG", "1", "png"),
        ("GIF", "P", "png"), ("JPEG", "L", "jpeg"), ("TIFF", "CMYK", "jpeg"),
        ("BMP", "RGB", "jpeg"),
        ("TIFF", "LAB", "jpeg"), ("TIFF", "F", "jpeg"), ("AVIF", "RGB", "jpeg"),
    ],
)  # fmt: skip
def test_every_kind_is_shown(form: str, mode: str, made: str) -> None:
    """Whatever the colours are stored as, and in every size."""
    for size in ((80, 40), (1_500, 10)):
        data, written = mail_picture(drawn(form, mode, 0, size), WIDTH)
        assert written == made
        assert opened(data).mode in {"1", "L", "P", "RGB", "RGBA"}
        assert opened(data).width == min(size[0], WIDTH)


def test_turned_by_the_camera() -> None:
    """A photograph stands upright, and says no more where it was taken."""
    exif = Pillow.Exif()
    exif[0x0112] = 6
    data, _ = mail_picture(drawn("JPEG", exif=exif), WIDTH)

    assert opened(data).size == (40, 80)
    assert not opened(data).getexif()


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "AVIF"])
def test_cut_off(form: str) -> None:
    """A file that ends too early is refused in words, wherever it ends."""
    noise = Pillow.effect_noise((300, 200), 80).convert("RGB")
    written = io.BytesIO()
    noise.save(written, form)
    whole = written.getvalue()
    assert check_whole(whole).width == 300

    for part in (0.1, 0.5, 0.9):
        with pytest.raises(BadInput, match=r"broken|cut off"):
            check_whole(whole[: int(len(whole) * part)])


@pytest.mark.parametrize("part", [0.3, 0.7, 0.95])
def test_animated_png_cut_off(part: float) -> None:
    """One that is not all there is refused in words."""
    whole = moving("PNG")

    with pytest.raises(BadInput, match=r"cut off|broken"):
        check_whole(whole[: int(len(whole) * part)])


@pytest.mark.parametrize("default_image", [False, True])
def test_animated_png(default_image: bool) -> None:
    """It moves as a GIF; a picture for programs without animation is no part of it."""
    frames = [Pillow.new("RGB", (60, 40), (value, 20, 90)) for value in (0, 80, 160, 240)]
    written = io.BytesIO()
    options: dict[str, Any] = {"duration": 70, "loop": 0, "default_image": default_image}
    frames[0].save(written, "PNG", save_all=True, append_images=frames[1:], **options)

    assert check_whole(written.getvalue()).frames == 4
    data, form = mail_picture(written.getvalue(), 1200)

    with Pillow.open(io.BytesIO(data)) as made:
        first = 80 if default_image else 0
        assert (form, made.n_frames) == ("gif", 3 if default_image else 4)  # type: ignore[attr-defined]
        assert (made.info["duration"], made.info["loop"]) == (70, 0)
        assert made.convert("RGB").getpixel((1, 1)) == (first, 20, 90)


def test_a_large_animated_png_stands_still() -> None:
    """One that would make a heavy mail shows its first picture."""
    frames = [Pillow.effect_noise((700, 500), 90 + number).convert("RGB") for number in range(8)]
    written = io.BytesIO()
    frames[0].save(written, "PNG", save_all=True, append_images=frames[1:], duration=70)

    data, form = mail_picture(written.getvalue(), 1200)

    with Pillow.open(io.BytesIO(data)) as made:
        assert (form, made.size) == ("jpeg", (700, 500))


@pytest.mark.parametrize(
    ("beginning", "name"),
    [
        (b"\xff\x0a\xfa\x1f", "a JPEG XL picture"),
        (b'<?xml version="1.0"?>\n<svg xmlns="x">', "an SVG drawing"),
        (b"8BPS\0\1", "a Photoshop file"),
        (b"%PDF-1.7", "a PDF"),
    ],
)
def test_refused_by_name(beginning: bytes, name: str) -> None:
    """What mail programs do not show is named."""
    with pytest.raises(BadInput, match=name):
        check_whole(beginning + b"\0" * 100)
