"""The picture files that lie beside an imported file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath

from django.utils.translation import gettext as _

from newsletter.errors import BadInput, ImportRejected
from newsletter.phrases import translate
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
    return {
        named.file: enclosed_in(parsed_issue, named, path) or read_picture(named, path, site_root)
        for named in picture_files(parsed_issue)
    }


def gather_chosen(
    parsed_issue: ParsedIssue, name: str, beside: Mapping[str, bytes]
) -> Mapping[str, bytes]:
    """Return the bytes of every picture file, out of those that were chosen with a text.

    A browser tells the names of files without their folders.  Raises `ImportRejected` as
    `gather_pictures` does; `name` is that of the text.
    """
    path = Path(name)
    return {
        named.file: enclosed_in(parsed_issue, named, path)
        or chosen(named, path, beside.get(PurePath(named.file).name))
        for named in picture_files(parsed_issue)
    }


def chosen(named: Picture, path: Path, data: bytes | None) -> bytes:
    """Return the bytes of a picture that was chosen with a text, or raise `ImportRejected`."""
    if data is None:
        hint = _("Choose it together with the text.")
        raise build_rejection(named, path, _("did not come with the text"), hint=hint)
    return whole(named, path, data)


def picture_files(parsed_issue: ParsedIssue) -> list[Picture]:
    """Return all pictures that are files, the lead picture first."""
    lead = [parsed_issue.image] if parsed_issue.image and parsed_issue.image.file else []
    return [*lead, *parsed_issue.pictures]


def enclosed_in(parsed_issue: ParsedIssue, named: Picture, path: Path) -> bytes:
    """Return the bytes of a picture that came inside of the file, or nothing."""
    if address := parsed_issue.embedded.get(named.file):
        return decode_picture(named, address, path)
    return parsed_issue.enclosed.get(named.file, b"")


def decode_picture(named: Picture, address: str, path: Path) -> bytes:
    """Return the bytes of a picture that stands in the text, or raise `ImportRejected`."""
    try:
        data = embedded.decode_picture(address)
        check_whole(data)
    except BadInput as error:
        problem = _("the picture that stands here as {address} {problem}").format(
            address=f"{address[:22]}…", problem=translate(error.message)
        )
        hint = translate(error.hint)
        raise ImportRejected(problem, path=str(path), line=named.line, hint=hint) from None
    return data


def place_of(named: Picture, path: Path, site_root: Path | None) -> Path:
    """Return where a picture file is, or raise `ImportRejected`; it may not be there."""
    from_root = named.file.startswith("/")
    if from_root and site_root is None:
        problem = _("lies outside the folder of this file: its name begins with a slash")
        hint = _("Say which folder that is: --site-root DIR")
        raise build_rejection(named, path, problem, hint=hint)
    folders = [path.parent] if not from_root else []
    if from_root and site_root is not None:
        # Where Hugo and others keep what is copied as it is.
        folders = [site_root, site_root / "static", site_root / "public"]
    allowed = [each.resolve() for each in (path.parent, site_root) if each is not None]
    names = [named.file.lstrip("/"), named.file.lstrip("/").partition("?")[0]]
    files = [(folder / name).resolve() for folder in folders for name in names]
    inside = [file for file in files if any(map(file.is_relative_to, allowed))]
    if not inside:
        raise build_rejection(named, path, _("lies outside the folder of this file"))
    return next((file for file in inside if file.is_file()), inside[0])


def read_picture(named: Picture, path: Path, site_root: Path | None = None) -> bytes:
    """Return the bytes of a picture file, or raise `ImportRejected`."""
    try:
        file = place_of(named, path, site_root)
        if not file.is_file():
            raise build_rejection(named, path, _("is not there"))
        if file.stat().st_size > LARGEST:
            raise build_rejection(
                named, path, _("is larger than {size} bytes").format(size=f"{LARGEST:,}")
            )
        data = file.read_bytes()
    except (OSError, ValueError):
        raise build_rejection(named, path, _("cannot be read")) from None
    return whole(named, path, data)


def whole(named: Picture, path: Path, data: bytes) -> bytes:
    """Return the bytes of a picture of which everything is there, or raise `ImportRejected`."""
    try:
        check_whole(data)
    except BadInput as error:
        problem, hint = translate(error.message), translate(error.hint)
        raise build_rejection(named, path, problem, hint=hint) from None
    return data


def build_rejection(named: Picture, path: Path, problem: str, *, hint: str = "") -> ImportRejected:
    """Return the error to raise about a picture."""
    return ImportRejected(
        _("the picture {name} {problem}").format(name=named.file, problem=problem),
        path=str(path),
        line=named.line,
        hint=hint
        or _("Put it beside this file as GIF, JPEG, PNG or WebP, or give an https address."),
    )


def find_stopped(files: Mapping[str, bytes], width: int) -> Iterator[str]:
    """Say which moving pictures are too large to move in a mail."""
    for name, data in files.items():
        moves = read_header(data).frames > 1
        if moves and make_gif(data, width) is None:
            yield _(
                "The animation {name} would have more than {size} MB: only its first picture is"
                " shown."
            ).format(name=name, size=f"{LARGEST_ANIMATION / 1e6:.0f}")
