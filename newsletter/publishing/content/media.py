"""From the address of a picture on this site to its file: below the media folder, or nothing."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings

from newsletter.conf.config import load

#: The types that are served, by the ending of the file, with the bytes that such a file begins
#: with (at an offset).  SVG is not among them: it is a page that can run scripts.
TYPES: dict[str, tuple[str, tuple[tuple[int, bytes], ...]]] = {
    ".avif": ("image/avif", ((4, b"ftypavif"), (4, b"ftypavis"), (4, b"ftypmif1"))),
    ".bmp": ("image/bmp", ((0, b"BM"),)),
    ".gif": ("image/gif", ((0, b"GIF87a"), (0, b"GIF89a"))),
    ".jpeg": ("image/jpeg", ((0, b"\xff\xd8\xff"),)),
    ".jpg": ("image/jpeg", ((0, b"\xff\xd8\xff"),)),
    ".png": ("image/png", ((0, b"\x89PNG\r\n\x1a\n"),)),
    ".tif": ("image/tiff", ((0, b"II*\0"), (0, b"MM\0*"))),
    ".tiff": ("image/tiff", ((0, b"II*\0"), (0, b"MM\0*"))),
    ".webp": ("image/webp", ((8, b"WEBP"),)),
}


@dataclass(frozen=True, slots=True)
class StoredImage:
    """A picture in the media folder; `name` is relative to it, `path` has no links in it."""

    name: str
    path: Path
    content_type: str


def at_address(address: str) -> StoredImage | None:
    """Return the stored picture that a full address on this site leads to, or nothing."""
    here = f"{load().site.origin}{settings.MEDIA_URL}"
    if not address.startswith(here):
        return None
    try:
        path = urlsplit(address).path
    except ValueError:
        return None
    return find_picture(unquote(path.partition(settings.MEDIA_URL)[2]))


def find_picture(name: str) -> StoredImage | None:
    """Return the stored picture of a name, such as `images/quay.width-1200.png`, or nothing.

    A name is relative and has neither `.` nor `..` in it.  Following links, the file must be a
    regular one below the media folder, with the ending of a picture and the first bytes of one.
    """
    ending = Path(name).suffix.lower()
    if ending not in TYPES or not is_plain(name):
        return None
    kind, beginnings = TYPES[ending]
    root = Path(settings.MEDIA_ROOT).resolve()
    try:
        path = (root / name).resolve(strict=True)
        if not path.is_relative_to(root) or not stat.S_ISREG(path.stat().st_mode):
            return None
        with path.open("rb") as file:
            head = file.read(32)
    except (OSError, ValueError, RuntimeError):
        return None
    if not any(head.startswith(begin, at) for at, begin in beginnings):
        return None
    return StoredImage(name, path, kind)


def is_plain(name: str) -> bool:
    """Say whether a name goes straight down: no empty part, no dots, nothing unprintable."""
    parts = name.split("/")
    return name.isprintable() and "\\" not in name and not {"", ".", ".."} & set(parts)
