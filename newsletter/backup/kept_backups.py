"""The backups in the folder for them: what there is, how old the newest is, which may go."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from newsletter.conf.config import Config


class Reason(StrEnum):
    """Why a backup was made; it stands in its name."""

    BY_HAND = ""
    NIGHTLY = "nightly"
    UPGRADE = "upgrade"


NAME = re.compile(
    r"fortnight-(?P<at>\d{8}T\d{6}Z)(?:-(?P<reason>nightly|upgrade))?(?:-\d+)?"
    r"(?P<suffix>\.tar\.gz|\.tar\.gz\.age|\.passphrase\.tar)"
)
TIME = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptBackup:
    """A backup in the folder; `size` in bytes."""

    path: Path
    made_at: dt.datetime
    reason: Reason
    size: int
    encrypted: bool


def backup_folder(config: Config) -> Path:
    """Return the folder for backups."""
    return config.root / config.backup.folder


def free_path(folder: Path, at: dt.datetime, reason: Reason, suffix: str) -> Path:
    """Return the path of a new backup in a folder."""
    stem = f"fortnight-{at.astimezone(dt.UTC):{TIME}}" + (f"-{reason}" if reason else "")
    path, number = folder / f"{stem}{suffix}", 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}{suffix}"
    return path


def list_backups(folder: Path) -> list[KeptBackup]:
    """Return the backups in a folder, the newest first; other files are left alone."""
    found = []
    for path in folder.glob("fortnight-*") if folder.is_dir() else ():
        match = NAME.fullmatch(path.name)
        if match and path.is_file():
            found.append(
                KeptBackup(
                    path=path,
                    made_at=dt.datetime.strptime(match["at"], TIME).replace(tzinfo=dt.UTC),
                    reason=Reason(match["reason"] or ""),
                    size=path.stat().st_size,
                    encrypted=match["suffix"] != ".tar.gz",
                )
            )
    return sorted(found, key=lambda each: (each.made_at, each.path.name), reverse=True)


def remove_old(folder: Path, reason: Reason, keep: int) -> Sequence[Path]:
    """Remove all but the newest backups that were made for a reason; return those removed.

    One with a time to come is of a clock that was ahead, so it counts as the oldest: it must not
    outlast the one that was just made.
    """
    made = [each for each in list_backups(folder) if each.reason is reason]
    now = dt.datetime.now(dt.UTC)
    old = [each.path for each in sorted(made, key=lambda each: each.made_at > now)][keep:]
    for path in old:
        path.unlink(missing_ok=True)
    return old
