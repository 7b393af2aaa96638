"""Where the file of a run lies: in the data folder, for its owner only, no longer than needed."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import shutil
from collections.abc import Iterable
from pathlib import Path, PurePath
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _

from newsletter.errors import ImportRejected

#: Bytes of a file that may be uploaded; ten million people take half.
MAX_BYTES: Final = 1 << 30
#: Seconds for which a file waits that nobody applies, and for which refused rows are kept.
MAX_AGE_SECONDS: Final = 7 * 24 * 3600
#: The name of the table of refused rows.
REFUSED: Final = "refused.csv"
#: The name of the lines that a check read, for the applying.
LINES: Final = "lines.jsonl"
BLOCK: Final = 1 << 20


def folder(run_id: int) -> Path:
    """Return the folder of a run; no page serves what is in it."""
    return Path(settings.CONFIG.data) / "imports" / str(run_id)


def plain_name(name: str) -> str:
    """Return the name of a file without folders, as it is shown and kept; its meaning counts."""
    plain = PurePath(name.replace("\\", "/")).name.replace("\0", "")[-150:]
    return plain if plain not in {"", ".", "..", REFUSED, LINES} else "people.csv"


def keep_file(run_id: int, name: str, blocks: Iterable[bytes]) -> tuple[Path, str, int]:
    """Keep the bytes of a file; return where, their SHA-256, and how many they are.

    Raises `ImportRejected` when there are too many; then nothing is kept.
    """
    place = folder(run_id)
    place.mkdir(parents=True, mode=0o700, exist_ok=True)
    path, digest, size = place / plain_name(name), hashlib.sha256(), 0
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        for block in blocks:
            size += len(block)
            if size > MAX_BYTES:
                delete_run(run_id)
                raise ImportRejected(
                    _("it is larger than {size} MB").format(size=MAX_BYTES >> 20),
                    path=plain_name(name),
                    hint=_("Cut it into several files, each with the line of titles."),
                )
            digest.update(block)
            file.write(block)
    return path, digest.hexdigest(), size


def hash_file(path: Path) -> tuple[str, int]:
    """Return the SHA-256 and the size of a file."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size


def find_file(run_id: int, name: str) -> Path | None:
    """Return where the file of a run lies; None when it is not kept any more."""
    path = folder(run_id) / plain_name(name)
    return path if path.is_file() else None


def find_refused(run_id: int) -> Path | None:
    """Return where the refused rows of a run lie; None when there are none."""
    path = folder(run_id) / REFUSED
    return path if path.is_file() else None


def forget_file(run_id: int, name: str) -> None:
    """Delete the file of a run and what was read of it, and leave its refused rows."""
    for each in (plain_name(name), LINES):
        (folder(run_id) / each).unlink(missing_ok=True)


def delete_run(run_id: int) -> None:
    """Delete all that is kept of a run."""
    shutil.rmtree(folder(run_id), ignore_errors=True)


def prune(now: dt.datetime) -> None:
    """Delete what is older than it is needed."""
    oldest = now.timestamp() - MAX_AGE_SECONDS
    for place in (Path(settings.CONFIG.data) / "imports").glob("*"):
        if place.is_dir() and place.stat().st_mtime < oldest:
            shutil.rmtree(place, ignore_errors=True)
