"""The picture files that lie beside an imported file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from newsletter.errors import BadInput, ImportRejected
from newsletter.publishing.importing import embedded
from newsletter.publishing.importing.parsed_issue import ParsedIssue, Picture
from newsletter.rendering.pipeline.image_limits import read_header
from newsletter.rendering.pipeline.mail_pictures import LARGEST_ANIMATION, check_whole, make_gif

#: A photograph of a large camera; more makes a mail nobody waits for.
LARGEST = 20_000_000


def gather_pictures(
    parsed_issue: ParsedIssue, path: Path, site_root: Path | None = None
) -> Mapping[str, bytes]:
    """Return the bytes of every picture file, by its name in the parsed_issue.

    `path` is the file that names them; names such as `/img/quay.jpg` are looked up in
    `site_root`, the folder of a static site.  Raises `ImportRejected` with the line that names
    one that is missing, broken or elsewhere; nothing has been stored by then.
    """
    lead = [parsed_issue.image] if parsed_issue.image and parsed_issue.image.file else []
    return {
        named.file: decoded(named, parsed_issue.embedded[named.file], path)
        if named.file in parsed_issue.embedded
        else checked(named, path, site_root)
        for named in [*lead, *parsed_issue.pictures]
    }


def decoded(named: Picture, address: str, path: Path) -> bytes:
    """Return the bytes of a picture that stands in the text, or raise `ImportRejected`."""
    try:
        data = embedded.decode_picture(address)
        check_whole(data)
    except BadInput as error:
        problem = f"the picture that stands here as {address[:22]}… {error}"
        raise ImportRejected(problem, path=str(path), line=named.line, hint=error.hint) from None
    return data


def place_of(named: Picture, path: Path, site_root: Path | None) -> Path:
    """Return where a picture file is, or raise `ImportRejected`; it may not be there."""
    from_root = named.file.startswith("/")
    if from_root and site_root is None:
        problem = "lies outside the folder of this file: its name begins with a slash"
        raise rejected(named, path, problem, hint="Say which folder that is: --site-root DIR")
    folders = [path.parent] if not from_root else []
    if from_root and site_root is not None:
        # Where Hugo and others keep what is copied as it is.
        folders = [site_root, site_root / "static", site_root / "public"]
    allowed = [each.resolve() for each in (path.parent, site_root) if each is not None]
    names = [named.file.lstrip("/"), named.file.lstrip("/").partition("?")[0]]
    files = [(folder / name).resolve() for folder in folders for name in names]
    inside = [file for file in files if any(map(file.is_relative_to, allowed))]
    if not inside:
        raise rejected(named, path, "lies outside the folder of this file")
    return next((file for file in inside if file.is_file()), inside[0])


def checked(named: Picture, path: Path, site_root: Path | None = None) -> bytes:
    """Return the bytes of a picture file, or raise `ImportRejected`."""
    try:
        file = place_of(named, path, site_root)
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


def find_stopped(files: Mapping[str, bytes], width: int) -> Iterator[str]:
    """Say which moving pictures are too large to move in a mail."""
    for name, data in files.items():
        moves = read_header(data).frames > 1
        if moves and make_gif(data, width) is None:
            yield (
                f"The animation {name} would have more than {LARGEST_ANIMATION / 1e6:.0f} MB:"
                " only its first picture is shown."
            )
