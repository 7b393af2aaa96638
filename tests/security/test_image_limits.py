"""No picture is decoded that takes more memory than a picture may, whatever way it comes in."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Pillow
from wagtail.images import get_image_model

from newsletter.errors import BadInput, ImageTooLarge, ImportRejected, PdfError
from newsletter.publishing.content import pdfs, pictures
from newsletter.publishing.content.issue_content import content_of
from newsletter.publishing.importing.saving import import_issue
from newsletter.publishing.models import Publication
from newsletter.rendering.pdf.document import picture_ending
from newsletter.rendering.pipeline import image_limits
from newsletter.rendering.pipeline.image_limits import (
    MAX_FRAMES,
    MAX_PIXELS,
    check_image,
    read_header,
)
from tests import desks
from tests.security.conftest import LogIn


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, frames: int = 1) -> bytes:
    """Return a PNG of one bit a pixel of which not all rows are there: a few KB."""
    row = b"\0" * (1 + (width + 7) // 8)
    packed = zlib.compress(row * min(height, 2_000), 9)
    parts = [chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0))]
    if frames > 1:
        parts += [chunk(b"acTL", struct.pack(">II", frames, 0))]
    parts += [chunk(b"IDAT", packed), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def gif(width: int, height: int, frames: int) -> bytes:
    """Return a GIF of which every frame is one dot on a canvas."""
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    frame = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02D\x01\0"
    return head + frame * frames + b"\x3b"


def drawn(form: str, size: tuple[int, int], frames: int = 1) -> bytes:
    """Return a picture that Pillow writes, each frame in another colour."""
    many = [Pillow.new("RGB", size, (5 * number % 255, 9, 9)) for number in range(frames)]
    written = io.BytesIO()
    options: dict[str, Any] = {"save_all": True, "append_images": many[1:]} if frames > 1 else {}
    many[0].save(written, form, **options)
    return written.getvalue()


BOMBS = {
    "png": png(13_300, 13_300),
    "png of 3,600 megapixels": png(60_000, 60_000),
    "apng": png(1_000, 1_000, frames=60),
    "gif": gif(5_000, 5_000, 3),
    "gif with many frames": gif(1, 1, MAX_FRAMES + 1),
    "jpeg": drawn("JPEG", (7_100, 7_100)).replace(
        struct.pack(">HH", 7_100, 7_100), struct.pack(">HH", 65_000, 65_000), 1
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_by_its_header(name: str) -> None:
    """Width, height and frames are multiplied before a pixel is decoded."""
    with pytest.raises(ImageTooLarge, match=r"megapixels|frames") as caught:
        check_image(BOMBS[name])

    assert "smaller" in caught.value.hint


def webp(width: int, height: int) -> bytes:
    """Return the head of a WebP file that says how large its canvas is."""
    canvas = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    return b"RIFF\x64\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + canvas + bytes(80)


FRAME_OF_FOUR_GIGAPIXELS = struct.pack("<HHHHB", 0, 0, 65_535, 65_535, 0)


@pytest.mark.parametrize(
    "data",
    [
        webp(16_383, 16_383),
        gif(10, 10, 1).replace(struct.pack("<HHHHB", 0, 0, 1, 1, 0), FRAME_OF_FOUR_GIGAPIXELS),
        drawn("JPEG", (10, 10)).replace(b"\xff\xda", b"\xff\xda\0\x02" * 300 + b"\xff\xda"),
        png(10, 10).replace(
            chunk(b"IEND", b""), chunk(b"tEXt", b"a\0b") * 60_000 + chunk(b"IEND", b"")
        ),
    ],
    ids=["canvas of a WebP", "frame of a GIF", "scans of a JPEG", "chunks of a PNG"],
)
def test_parts_may_be_bombs(data: bytes) -> None:
    """What Pillow itself finds too large, or walks through for minutes, is refused in words."""
    with pytest.raises((ImageTooLarge, BadInput), match=r"larger|scans|chunks|not a picture"):
        check_image(data)


def test_pages_are_not_walked_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a TIFF one page is decoded, so nobody counts the others."""
    from PIL.TiffImagePlugin import TiffImageFile

    sought: list[int] = []
    seek = TiffImageFile._seek
    monkeypatch.setattr(
        TiffImageFile, "_seek", lambda self, at: (sought.append(at), seek(self, at))
    )

    assert read_header(drawn("TIFF", (10, 10), frames=5)).frames == 1
    assert not any(sought)


@pytest.mark.parametrize("form", ["PNG", "GIF", "WEBP", "AVIF"])
def test_frames_are_counted(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every format that moves is counted with all its frames."""
    data = drawn(form, (100, 100), frames=12)

    assert (read_header(data).format, read_header(data).frames) == (form, 12)
    monkeypatch.setattr(image_limits, "MAX_PIXELS", 12 * 100 * 100 - 1)
    with pytest.raises(ImageTooLarge, match="12 frames"):
        check_image(data)


@pytest.mark.parametrize("form", ["PNG", "GIF", "JPEG", "WEBP", "AVIF", "BMP", "TIFF"])
def test_the_limit_holds_for_every_format(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture that is just small enough is taken, one row more is refused."""
    monkeypatch.setattr(image_limits, "MAX_PIXELS", 64 * 64)

    assert check_image(drawn(form, (64, 64))).pixels == 64 * 64
    with pytest.raises(ImageTooLarge):
        check_image(drawn(form, (64, 65)))


def test_only_the_first_page_of_a_tiff_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of pages that nothing decodes there may be any number."""
    monkeypatch.setattr(image_limits, "MAX_PIXELS", 64 * 64)

    assert check_image(drawn("TIFF", (64, 64), frames=5)).frames == 1


@pytest.mark.parametrize(
    "data",
    [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%!PS"],
)
def test_what_is_no_picture(data: bytes) -> None:
    """It is refused in words, whatever Pillow makes of it."""
    with pytest.raises(BadInput, match=r"is not a picture|which mail programs do not show"):
        check_image(data)


@pytest.mark.parametrize("cut", range(10, 60, 7))
def test_a_gif_that_breaks_off(cut: int) -> None:
    """Frames are counted up to the end of the file, wherever that is."""
    assert image_limits.count_gif_frames(gif(9, 9, 3)[:cut], limit=9) <= 3


#: Wagtail leaves the files in which it makes thumbnails to the garbage collector.
THUMBNAILS = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def upload(data: bytes, name: str = "bomb.png") -> SimpleUploadedFile:
    """Return a file as a browser sends it."""
    return SimpleUploadedFile(name, data, content_type="image/png")


@pytest.mark.parametrize("name", [each for each in BOMBS if "gif" not in each and each != "jpeg"])
@pytest.mark.parametrize(
    "address",
    ["/admin/images/add/", "/admin/images/multiple/add/", "/admin/images/chooser/create/"],
)
def test_uploads_at_the_desk(log_in: LogIn, address: str, name: str) -> None:
    """Every form for pictures says what is wrong, and stores nothing."""
    prefix = "image-chooser-upload-" if "chooser" in address else ""
    given = {f"{prefix}title": "Bomb", f"{prefix}file": upload(BOMBS[name])}
    if "multiple" in address:
        given = {"title": "Bomb", "files[]": upload(BOMBS[name])}
    headers = {"X-Requested-With": "XMLHttpRequest"}

    answer = log_in("Writers").post(address, given, headers=headers)

    assert answer.status_code == 200
    assert "megapixels" in answer.content.decode()
    assert not get_image_model().objects.exists()


@THUMBNAILS
def test_a_new_file_for_a_picture(log_in: LogIn) -> None:
    """The file of a stored picture is looked at as the first one was."""
    image = desks.stored_picture()
    before = image.file.name

    answer = log_in("").post(
        f"/admin/images/{image.pk}/", {"title": "Quay", "file": upload(BOMBS["png"])}
    )

    assert "177 megapixels" in answer.content.decode()
    image.refresh_from_db()
    assert image.file.name == before


def test_a_persons_own_picture(log_in: LogIn) -> None:
    """The picture of a person at the desk is no way in either."""
    browser = log_in("Writers")
    given = {
        "name_email-first_name": "Aiko",
        "name_email-last_name": "Mori",
        "name_email-email": "aiko@example.org",
        "theme-theme": "system",
        "theme-density": "default",
        "theme-contrast": "system",
        "theme-keyboard_shortcuts": "on",
    }

    refused = browser.post("/admin/account/", {**given, "avatar-avatar": upload(BOMBS["png"])})
    small = upload(desks.picture(size=(30, 30)), "me.png")
    taken = browser.post("/admin/account/", {**given, "avatar-avatar": small})

    assert "177 megapixels" in refused.content.decode()
    assert taken.status_code == 302


def test_an_import(publication: Publication, tmp_path: Path) -> None:
    """A file that names a bomb is refused with its line, and nothing is stored."""
    (tmp_path / "bomb.png").write_bytes(BOMBS["png"])
    path = tmp_path / "issue.md"
    path.write_text("title: B\nnumber: 5.1\nimage: bomb.png\nalt: x\n\nHello\n\n## A\n\nb\n")

    with pytest.raises(
        ImportRejected, match=r"issue.md:3: the picture bomb.png has 177 megapixels"
    ):
        import_issue(path, publication)

    assert not get_image_model().objects.exists()


def stored_before_there_was_a_limit() -> Any:
    """Return a picture that is in the library although it is too large."""
    image = desks.stored_picture()
    Path(image.file.path).write_bytes(BOMBS["png"])
    get_image_model().objects.update(title="Old bomb", width=13_300, height=13_300)
    return get_image_model().objects.get()


@THUMBNAILS
def test_what_is_stored_already(publication: Publication, log_in: LogIn) -> None:
    """No size of it is made for a mail, a thumbnail or a PDF; the fault is said in words."""
    image = stored_before_there_was_a_limit()
    lead = {"image": image, "address": "", "alt": "x", "credit": ""}
    issue = desks.draft(publication, body=[("lead_image", lead)])

    with pytest.raises(BadInput, match="“Old bomb” has 177 megapixels"):
        content_of(issue)
    assert log_in("").get("/admin/images/").status_code == 200


def test_a_pdf(publication: Publication) -> None:
    """A PDF that shows a stored bomb is not made, and the picture is named."""
    image = stored_before_there_was_a_limit()
    address = f"http://127.0.0.1:8000{image.file.url}"
    lead = {"image": None, "address": address, "alt": "x", "credit": ""}

    with pytest.raises(PdfError, match="177 megapixels"):
        pdfs.pdf_of(desks.draft(publication, body=[("lead_image", lead)]))
    assert picture_ending(BOMBS["png"]) == ""


def test_the_library_keeps_none(db: None) -> None:
    """Nothing that stores a picture gets round the limit."""
    with pytest.raises(ImageTooLarge, match="177 megapixels"):
        pictures.store_picture(BOMBS["png"], name="a.png", description="")


def test_the_limit() -> None:
    """Fifty megapixels: cameras and phones make them, and 200 MB hold them."""
    assert MAX_PIXELS == 50_000_000
