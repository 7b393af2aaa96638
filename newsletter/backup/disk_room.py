"""Whether the disk has room for what is to be written, asked before anything is begun."""

from __future__ import annotations

import shutil
from pathlib import Path

from newsletter.errors import BackupFailed
from newsletter.phrases import phrase


def require_room(folder: Path, size: int, failed: str) -> None:
    """Raise `BackupFailed` unless the disk of a folder has that number of bytes free.

    `failed` says what was asked for, such as `the backup cannot be made`.
    """
    free = shutil.disk_usage(folder).free
    if free < size:
        raise BackupFailed(
            phrase(
                "{what}: that needs {size} MB, and {free} MB are free at {place}",
                what=failed,
                size=f"{size / 1e6:,.0f}",
                free=f"{free / 1e6:,.0f}",
                place=str(folder),
            ),
            hint=phrase("Make room on the disk."),
        )
