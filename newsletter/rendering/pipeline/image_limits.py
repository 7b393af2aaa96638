"""The largest picture that is decoded, read from its header before any pixel is.

A file of 21 KB can hold 177 megapixels, which take a gigabyte once decoded.  Every way in asks
here first: uploads, imports, what a mail, a thumbnail or a PDF is made of.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from PIL import Image as Pillow
from PIL import UnidentifiedImageError
from PIL.ImageFile import ImageFile
from pillow_heif import register_heif_opener

from newsletter.errors import BadInput, ImageTooLarge
from newsletter.phrases import Phrase, phrase

#: Width × height × frames: about 200 MB while it is decoded.  Large cameras and phones have 50.
MAX_PIXELS: Final = 50_000_000
#: Every frame costs time, however small it is.
MAX_FRAMES: Final = 1_000
#: Scans of a JPEG, each of which goes through all pixels (about ten are usual).
MAX_SCANS: Final = 200
#: Parts of a PNG; programs write one for every 8 KB or more.
MAX_CHUNKS: Final = 50_000
#: What is read at all.  Others that Pillow knows, such as EPS, start programs or are rare.
FORMATS: Final = ("AVIF", "BMP", "GIF", "HEIF", "JPEG", "PNG", "TIFF", "WEBP")
#: Of these all frames are decoded; of others (pages of a TIFF, the second view of a JPEG) one.
_ANIMATED: Final = frozenset({"AVIF", "GIF", "PNG", "WEBP"})
#: What Pillow raises for a file that is broken, according to how it is.
BROKEN: Final = (
    AttributeError,
    EOFError,
    IndexError,
    KeyError,
    OSError,
    OverflowError,
    SyntaxError,
    TypeError,
    ValueError,
    ZeroDivisionError,
    struct.error,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageHeader:
    """What the header of a picture says; `format` as Pillow calls it, sizes in pixels."""

    format: str
    width: int
    height: int
    frames: int = 1

    @property
    def pixels(self) -> int:
        """All that have to be decoded."""
        return self.width * self.height * self.frames

    def require_decodable(self) -> None:
        """Raise `ImageTooLarge` if decoding it takes more than a picture may."""
        if self.frames > MAX_FRAMES:
            message = phrase("has more than {number} frames", number=f"{MAX_FRAMES:,}")
            raise ImageTooLarge(message, hint=_HINT)
        if self.pixels > MAX_PIXELS:
            raise ImageTooLarge(self._too_many_pixels(), hint=_HINT)

    def _too_many_pixels(self) -> Phrase:
        sizes = {
            "pixels": f"{self.pixels / 1e6:,.0f}",
            "width": f"{self.width:,}",
            "height": f"{self.height:,}",
            "most": f"{MAX_PIXELS / 1e6:.0f}",
        }
        if self.frames == 1:
            return phrase(
                "has {pixels} megapixels ({width} × {height}); at most {most} are taken", **sizes
            )
        return phrase(
            "has {pixels} megapixels ({width} × {height}, {frames} frames);"
            " at most {most} are taken",
            frames=f"{self.frames:,}",
            **sizes,
        )


_SAVE = phrase("Save it as JPEG, PNG or GIF.")
_SAVE_ONCE_MORE = phrase("Save it once more.")
_HINT = phrase("Make it smaller first: a mail shows 1,200 pixels in width at most.")


def check_image(data: bytes) -> ImageHeader:
    """Return the header of a picture that may be decoded.

    Raises `ImageTooLarge`, whose message goes on behind "the picture X", and `BadInput` for
    what is not a picture, or a broken one.
    """
    _require_few_parts(data)
    header = read_header(data)
    header.require_decodable()
    return header


def read_header(data: bytes) -> ImageHeader:
    """Return what the header of a picture says, or raise `BadInput`; no pixel is decoded."""
    try:
        with _opened(data) as opened:
            kind = "JPEG" if opened.format == "MPO" else opened.format or ""
            width, height = opened.size
            # Pillow counts frames of a GIF, and pages of a TIFF, by walking through all of them.
            walked = kind == "GIF" or kind not in _ANIMATED
            counted = 1 if walked else getattr(opened, "n_frames", 1)
    except Pillow.DecompressionBombError as error:
        raise ImageTooLarge(
            phrase("says of a part of it that it is larger than a picture may be"), hint=_HINT
        ) from error
    except BROKEN as error:
        raise BadInput(_what_it_is(data), hint=_SAVE) from error
    if kind == "GIF":
        counted = count_gif_frames(data, limit=MAX_FRAMES + 1)
    frames = counted if kind in _ANIMATED else 1
    return ImageHeader(format=kind, width=width, height=height, frames=max(1, frames))


#: Pictures that are not read here, by how their files begin.
_UNREAD: Final = (
    (re.compile(rb"\xff\x0a|\0\0\0\x0cJXL "), phrase("a JPEG XL picture")),
    (re.compile(rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51"), phrase("a JPEG 2000 picture")),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--[^>]{0,500}>\s*)?<svg\b"),
     phrase("an SVG drawing")),
    (re.compile(rb"8BPS"), phrase("a Photoshop file")),
    (re.compile(rb"%PDF-"), phrase("a PDF")),
    (re.compile(rb"%!PS"), phrase("an EPS drawing")),
    (re.compile(rb"\x00\x00\x01\x00"), phrase("an icon file (ICO)")),
)  # fmt: skip


def _what_it_is(data: bytes) -> str:
    """Say what a file is that is not read here; goes on behind "the picture X"."""
    for beginning, name in _UNREAD:
        if beginning.match(data[:2_000]):
            return phrase("is {kind}, which mail programs do not show", kind=name)
    return phrase("is not a picture, or it is broken")


def _require_few_parts(data: bytes) -> None:
    """Raise `ImageTooLarge` for a file with too many parts: reading their heads alone is slow."""
    # Between its markers, the bytes of a JPEG never have that of a scan.
    if data.startswith(b"\xff\xd8") and data.count(b"\xff\xda") > MAX_SCANS:
        raise ImageTooLarge(
            phrase("has more than {number} scans", number=MAX_SCANS), hint=_SAVE_ONCE_MORE
        )
    if data.startswith(b"\x89PNG") and _has_many_chunks(data):
        message = phrase("has more than {number} chunks", number=f"{MAX_CHUNKS:,}")
        raise ImageTooLarge(message, hint=_SAVE_ONCE_MORE)


def _has_many_chunks(data: bytes) -> bool:
    """Say whether a PNG has more than `MAX_CHUNKS` (PNG, 5.3): each is a length and 12 bytes."""
    at = 8
    for _ in range(MAX_CHUNKS):
        if at + 12 > len(data):
            return False
        at += 12 + int.from_bytes(data[at : at + 4], "big")
    return at + 12 <= len(data)


def _opened(data: bytes) -> ImageFile:
    """Return a picture as Pillow opens it, whatever its size: `Image.open` asks about that, too.

    That has another limit, and warns or raises without saying how large the picture is.
    """
    Pillow.init()
    # Once more does no harm: what phones take is not among the formats of Pillow itself.
    register_heif_opener(thumbnails=False)
    for kind in FORMATS:
        factory, accepts = Pillow.OPEN.get(kind, (None, None))
        # An answer in words says why this kind cannot be read on this machine.
        if factory and accepts and accepts(data[:16]) is True:
            return factory(io.BytesIO(data), "")
    raise UnidentifiedImageError


def count_gif_frames(data: bytes, *, limit: int) -> int:
    """Return how many pictures a GIF has, at most `limit` (GIF89a, sections 18 to 26).

    Counts up to where the file ends, whether it was to end there or not.
    """
    found = 0
    for _ in _gif_images(data):
        found += 1
        if found >= limit:
            break
    return found


def _gif_images(data: bytes) -> Iterator[int]:
    """Yield where the image descriptors of a GIF are."""
    at = 13 + _colour_table(data, 10)
    while at < len(data):
        if data[at] == 0x21:  # an extension: a label, then sub-blocks
            at = _after_blocks(data, at + 2)
        elif data[at] == 0x2C:  # a picture: a descriptor, a code size, then sub-blocks
            yield at
            at = _after_blocks(data, at + 11 + _colour_table(data, at + 9))
        elif data[at] == 0x3B:
            return
        else:
            at += 1  # as Pillow, which skips what it does not know


def _colour_table(data: bytes, at: int) -> int:
    """Return the size in bytes of the colour table that the flags at a place announce."""
    if at >= len(data) or not data[at] & 0x80:
        return 0
    return int(3 * 2 ** ((data[at] & 0x07) + 1))


def _after_blocks(data: bytes, at: int) -> int:
    """Return the place behind the sub-blocks that begin at a place."""
    while at < len(data) and data[at]:
        at += data[at] + 1
    return at + 1
