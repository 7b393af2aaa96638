"""Files that save the work of making something again: written whole, or not at all."""

from __future__ import annotations

import logging
import secrets
from functools import lru_cache
from pathlib import Path

log = logging.getLogger(__name__)


def keep_file(path: Path, data: bytes) -> bool:
    """Write a file and say whether it is there; a full disk is logged once for each folder.

    Readers get what was made all the same: nothing but time is lost where it cannot be kept.
    """
    try:
        write_whole(path, data)
    except OSError as error:
        if path.parent not in _refusing():
            log.warning("nothing can be kept in %s: %s", path.parent, error)
        _refusing().add(path.parent)
        return False
    _refusing().discard(path.parent)
    return True


@lru_cache(maxsize=1)
def _refusing() -> set[Path]:
    """Return the folders that took nothing when they were last written to."""
    return set()


def delete_old(folder: Path, before: float, *, keep: set[Path]) -> int:
    """Delete the files of a folder that were written before a time; return how many.

    `before` is in seconds of the epoch; what is in `keep` stays.  A file that cannot be deleted
    stays without a word: it only takes room.
    """
    deleted = 0
    for path in folder.iterdir() if folder.is_dir() else ():
        try:
            if path in keep or not path.is_file() or path.stat().st_mtime >= before:
                continue
            path.unlink()
        except OSError:
            continue
        deleted += 1
    return deleted


def write_whole(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, whoever else writes it at the same time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(f".{secrets.token_hex(4)}")
    try:
        fresh.write_bytes(data)
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise
