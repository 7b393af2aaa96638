"""A picture as it is kept: upright, in sRGB, no larger than mails need, and without what it tells.

Cameras write the place, the time and their number into a picture; whoever gets the mail could read
that.  What needs no other change keeps its pixels exactly as they are.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from PIL import Image as Pillow
from PIL import ImageCms, ImageOps
from PIL.Image import Image

from newsletter.errors import BadInput
from newsletter.phrases import Phrase, phrase
from newsletter.rendering.pipeline.image_limits import BROKEN, FORMATS
from newsletter.rendering.pipeline.mail_pictures import check_whole, in_srgb, narrow

#: In pixels, the widest picture that is kept: twice what a mail shows, so that it can be cropped.
MAX_WIDTH: Final = 2_400
#: The quality of a JPEG that is written again; what a mail gets is made of it once more.
JPEG_QUALITY: Final = 90
#: How formats are called, and how their files end, where a picture is kept as it is.
KEPT: Final = {"GIF": ".gif", "JPEG": ".jpg", "PNG": ".png"}
#: The tag of EXIF that says how a camera was held.
_ORIENTATION: Final = 0x0112
#: Segments of a JPEG that pictures need: JFIF, colour profiles, and what Adobe says of colours.
_NEEDED_SEGMENTS: Final = (b"JFIF\0", b"ICC_PROFILE\0", b"Adobe")
#: Chunks of a PNG that tell of its origin.
_TELLING_CHUNKS: Final = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredPicture:
    """The bytes of a picture, how its file ends, and sentences on what was changed."""

    data: bytes
    suffix: str
    changes: tuple[Phrase, ...] = ()

    def rename(self, name: str) -> str:
        """Return the name of a file with the ending of this format."""
        path = PurePath(name)
        known = path.suffix.lower() == self.suffix or {path.suffix.lower(), self.suffix} <= {
            ".jpg",
            ".jpeg",
        }
        return path.name if known else f"{path.stem or 'picture'}{self.suffix}"


def store_form(data: bytes) -> StoredPicture:
    """Return a picture as it is kept.  Raises as `check_whole`, for what cannot be used."""
    header = check_whole(data)
    suffix = KEPT.get(header.format, "")
    if header.frames > 1:
        return StoredPicture(data=data, suffix=suffix or f".{header.format.lower()}")
    try:
        with Pillow.open(io.BytesIO(data), formats=FORMATS) as picture:
            changes = tuple(changes_of(picture, header.format))
            if suffix and not changes and (bare := without_origin(data, header.format)):
                return StoredPicture(data=bare, suffix=suffix)
            picture.load()
            made = narrow(in_srgb(ImageOps.exif_transpose(picture)), MAX_WIDTH)
    except BROKEN:
        raise BadInput(phrase("is broken, or cut off"), hint=phrase("Save it again.")) from None
    return written(made, header.format, changes)


def changes_of(picture: Image, kind: str) -> Iterator[Phrase]:
    """Yield what has to be changed in a picture, as sentences."""
    if kind not in KEPT:
        yield phrase("It was converted from {format}.", format=kind.replace("HEIF", "HEIC"))
    if picture.getexif().get(_ORIENTATION, 1) not in {0, 1}:
        yield phrase("It was turned upright.")
    if picture.mode == "CMYK" or has_other_colours(picture):
        yield phrase("Its colours were converted for screens (sRGB).")
    if picture.width > MAX_WIDTH:
        yield phrase(
            "It was scaled down from {width} to {most} pixels in width.",
            width=f"{picture.width:,}",
            most=f"{MAX_WIDTH:,}",
        )


def has_other_colours(picture: Image) -> bool:
    """Say whether a picture has a profile that is not that of the web."""
    profile = picture.info.get("icc_profile")
    if not profile:
        return False
    try:
        name = ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile)))
    except (ImageCms.PyCMSError, OSError, ValueError):
        return True
    return "srgb" not in name.lower()


def written(made: Image, kind: str, changes: tuple[Phrase, ...]) -> StoredPicture:
    """Return a picture in a format that mails show; its profile and all it tells are gone."""
    file = io.BytesIO()
    if kind in {"GIF", "PNG"} or "A" in made.getbands():
        # A copy of the pixels alone: what was read with them would be written again.
        bare = made.copy()
        bare.info = {key: made.info[key] for key in ("transparency",) if key in made.info}
        bare.save(file, "PNG", optimize=True)
        return StoredPicture(data=file.getvalue(), suffix=".png", changes=changes)
    bare = made.convert("RGB")
    bare.info = {}
    bare.save(file, "JPEG", quality=JPEG_QUALITY, progressive=True, optimize=True)
    return StoredPicture(data=file.getvalue(), suffix=".jpg", changes=changes)


def without_origin(data: bytes, kind: str) -> bytes:
    """Return a picture with the same pixels, without what it tells; nothing if that fails."""
    if kind == "GIF":
        return data
    bare = b"".join(png_parts(data) if kind == "PNG" else jpeg_parts(data))
    # A second picture behind the first one, as phones write it, has an origin of its own.
    return b"" if b"Exif\0\0" in bare or b"http://ns.adobe.com/xap" in bare else bare


def png_parts(data: bytes) -> Iterator[bytes]:
    """Yield the head and the chunks of a PNG that it needs (PNG, 5.3)."""
    yield data[:8]
    at = 8
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        kind = data[at + 4 : at + 8]
        if kind not in _TELLING_CHUNKS:
            yield data[at:end]
        at = end
        if kind == b"IEND":
            return


def jpeg_parts(data: bytes) -> Iterator[bytes]:
    """Yield the segments of a JPEG that it needs, then its pixels (T.81, B.1.1)."""
    yield data[:2]
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        kind = data[at + 1]
        if kind == 0xFF:
            at += 1
            continue
        if kind == 0xDA:
            break
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        told = kind == 0xFE or 0xE0 <= kind <= 0xEF
        if not told or data[at + 4 : end].startswith(_NEEDED_SEGMENTS):
            yield data[at:end]
        at = end
    yield data[at:]
