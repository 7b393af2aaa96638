"""The picture files that lie beside an imported file."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path

from PIL import Image as Pillow

from newsletter.errors import BadInput, ImageTooLarge, ImportRejected
from newsletter.publishing.importing.manuscript import Manuscript, Picture
from newsletter.rendering.image_limits import BROKEN, FORMATS, check_image

#: A photograph of a large camera; more makes a mail nobody waits for.
LARGEST = 20_000_000


def gather(manuscript: Manuscript, path: Path) -> Mapping[str, bytes]:
    """Return the bytes of every picture file, by its name in the manuscript.

    `path` is the file that names them.  Raises `ImportRejected` with the line that names one
    that is missing, broken or elsewhere; nothing has been stored by then.
    """
    lead = [manuscript.image] if manuscript.image and manuscript.image.file else []
    return {named.file: checked(named, path) for named in [*lead, *manuscript.pictures]}


def checked(named: Picture, path: Path) -> bytes:
    """Return the bytes of a picture file, or raise `ImportRejected`."""
    try:
        file = (path.parent / named.file).resolve()
        if not file.is_relative_to(path.parent.resolve()):
            raise rejected(named, path, "lies outside the folder of this file")
        if not file.is_file():
            raise rejected(named, path, "is not there")
        if file.stat().st_size > LARGEST:
            raise rejected(named, path, f"is larger than {LARGEST:,} bytes")
        data = file.read_bytes()
    except (OSError, ValueError):
        raise rejected(named, path, "cannot be read") from None
    try:
        check_image(data)
        with Pillow.open(io.BytesIO(data), formats=FORMATS) as picture:
            picture.verify()
    except ImageTooLarge as error:
        raise rejected(named, path, str(error), hint=error.hint) from None
    except (BadInput, *BROKEN):
        raise rejected(named, path, "is not a picture, or it is broken") from None
    return data


def rejected(named: Picture, path: Path, problem: str, *, hint: str = "") -> ImportRejected:
    """Return the error to raise about a picture."""
    return ImportRejected(
        f"the picture {named.file} {problem}",
        path=str(path),
        line=named.line,
        hint=hint or "Put it beside this file as GIF, JPEG, PNG or WebP, or give an https address.",
    )
