"""Who may read our files: nobody but the account that runs us.

The database, its log, mails in files and backups hold addresses; the key file signs links.  With a
umask of 077 whatever a program makes is its owner's alone, and SQLite gives its `-wal` and `-shm`
the mode of the database file.  Files that are open already, from an older version or a copy, are
named with the command that closes them: their owner decides who reads them, not we.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path

#: What nobody but the owner may do.
OTHERS = 0o077
#: At most this many open files are named; more are of the same kind.
MAX_NAMED = 10
#: In a folder with a mail in each file, at most this many are looked at.
MAX_LOOKED_AT = 1000


def restrict() -> None:
    """Let whatever this process makes from now on, and what it starts, be its owner's alone."""
    os.umask(OTHERS)


def make_private_folder(path: Path) -> None:
    """Make a folder that its owner alone can enter; one that is there stays as it is."""
    missing = [each for each in (path, *path.parents) if not each.exists()]
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    for each in reversed(missing):
        follow_owner(each)


def follow_owner(path: Path) -> None:
    """Give what root has made to the account that owns the folder around it.

    A command that was once run as root must not shut the account of the service out.
    """
    if os.geteuid() == 0:
        owner = path.parent.stat()
        with suppress(PermissionError):  # a disk that does not obey root
            os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def is_open(path: Path) -> bool:
    """Say whether anybody but the owner may read, write or enter what is there."""
    try:
        return bool(path.stat().st_mode & OTHERS)
    except OSError:
        return False


def open_paths(folders: Iterable[Path], paths: Iterable[Path]) -> Iterator[Path]:
    """Yield those of the paths that others may read, and of the folders with what lies in them."""
    yield from filter(is_open, paths)
    for folder in folders:
        if is_open(folder):
            yield folder
        yield from filter(is_open, islice(walk_files(folder), MAX_LOOKED_AT))


def walk_files(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder and below it."""
    try:
        inside = list(os.scandir(folder))
    except OSError:
        return
    for entry in inside:
        if entry.is_symlink():
            continue
        if entry.is_dir():
            yield from walk_files(Path(entry.path))
        else:
            yield Path(entry.path)


def check_file_modes(folders: Iterable[Path], paths: Iterable[Path]) -> list[str]:
    """Return in words what others on this machine may read, with the command that ends it."""
    named = list(dict.fromkeys(open_paths(folders, paths)))
    lines = [
        f"others on this machine can read {path}: chmod {'700' if path.is_dir() else '600'} {path}"
        for path in named[:MAX_NAMED]
    ]
    if more := named[MAX_NAMED:]:
        tops = " ".join(dict.fromkeys(str(path.parent) for path in more))
        lines.append(f"and {len(more)} more: chmod -R go= {tops}")
    return lines
