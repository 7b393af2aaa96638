"""The picture files that lie beside an imported file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from newsletter.errors import BadInput, ImportRejected
from newsletter.publishing.importing.manuscript import Manuscript, Picture
from newsletter.rendering.image_limits import read_header
from newsletter.rendering.mail_pictures import LARGEST_ANIMATION, animation, check_whole

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
        check_whole(data)
    except BadInput as error:
        raise rejected(named, path, str(error), hint=error.hint) from None
    return data


def rejected(named: Picture, path: Path, problem: str, *, hint: str = "") -> ImportRejected:
    """Return the error to raise about a picture."""
    return ImportRejected(
        f"the picture {named.file} {problem}",
        path=str(path),
        line=named.line,
        hint=hint or "Put it beside this file as GIF, JPEG, PNG or WebP, or give an https address.",
    )


def stopped(files: Mapping[str, bytes], width: int) -> Iterator[str]:
    """Say which moving pictures are too large to move in a mail."""
    for name, data in files.items():
        moves = read_header(data).frames > 1
        if moves and animation(data, width) is None:
            yield (
                f"The animation {name} would have more than {LARGEST_ANIMATION / 1e6:.0f} MB:"
                " only its first picture is shown."
            )
