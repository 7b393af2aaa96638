"""Make a backup: a consistent copy of the database, then the files, all into one new file.

The copy comes first: what it names, such as a picture, is there when the files are read.  The file
has another name until it is whole and on the disk, so there is never half a backup.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from newsletter.backup.archive import Source, measure, write_archive
from newsletter.backup.disk_room import require_room
from newsletter.backup.encryption import Protection, encrypted
from newsletter.backup.failures import told_in_words
from newsletter.backup.kept_backups import Reason, backup_folder, free_path
from newsletter.backup.manifest import DATABASE, FORMAT, WORKSPACE, DatabaseContents, Manifest
from newsletter.backup.sqlite_copy import copy_sqlite
from newsletter.backup.workspace_files import Found, find_files
from newsletter.conf.config import Config
from newsletter.conf.data_files import sqlite_file
from newsletter.conf.file_modes import follow_owner, make_private_folder
from newsletter.errors import BackupFailed, BadInput
from newsletter.phrases import phrase

FAILED = phrase("the backup cannot be made")
#: Scratch folders in the folder for data; whoever has the lock removes those of killed programs.
SCRATCH = ".backup-"
LOCK = ".backup.lock"
#: The ending of a file that is being written.
PART = ".part"


@dataclass(frozen=True, kw_only=True, slots=True)
class MadeBackup:
    """A backup that was made; `size` in bytes."""

    path: Path
    size: int
    manifest: Manifest


def make_backup(
    config: Config,
    *,
    out: Path | None = None,
    reason: Reason = Reason.BY_HAND,
    how: Protection | None = None,
    wait: bool = False,
) -> MadeBackup:
    """Make a backup of the workspace; programs may run and send meanwhile.

    `out` is the file or an existing folder; without it the folder of the settings is used.  `wait`
    waits for another backup that is being made; otherwise that is refused.  Raises `BackupFailed`
    or `BadInput`; then nothing is left of it.
    """
    how = how or Protection(recipients=config.backup.encrypt_to)
    at = dt.datetime.now(dt.UTC).replace(microsecond=0)
    with told_in_words(FAILED, out or backup_folder(config)):
        path = choose_path(config, out, at, reason, how)
        with scratch_folder(config, wait=wait) as scratch:
            contents, database = copy_database(config, scratch)
            found = find_files(config)
            sources = [*measure_files(found), *database]
            manifest = Manifest(
                format=FORMAT,
                version=version("fortnight"),
                made_at=at,
                reason=reason,
                config=config.path.name,
                database=contents,
                members=tuple(source.member for source in sources),
                left_out=tuple(map(str, found.left_out)),
            )
            size = write_whole(path, manifest, sources, how)
    return MadeBackup(path=path, size=size, manifest=manifest)


def choose_path(
    config: Config, out: Path | None, at: dt.datetime, reason: Reason, how: Protection
) -> Path:
    """Return the path of the new file; raises `BadInput` for one that is there already."""
    if out is None or out.is_dir():
        folder = out or backup_folder(config)
        make_private_folder(folder)
        return free_path(folder, at, reason, how.suffix)
    if not out.parent.is_dir():
        raise BadInput(
            phrase("there is no folder {folder}", folder=str(out.parent)),
            hint=phrase("Make it, or choose another path: --out FILE"),
        )
    if out.exists():
        raise BadInput(
            phrase("{path} is there already", path=str(out)),
            hint=phrase("Choose another name: a backup replaces no file."),
        )
    return out


@contextlib.contextmanager
def scratch_lock(data: Path, *, wait: bool) -> Iterator[None]:
    """Have this program alone make or restore backups of a workspace, by its folder for data."""
    handle = os.open(data / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    follow_owner(data / LOCK)
    with os.fdopen(handle, "wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise BackupFailed(
                phrase("another backup of this workspace is being made or restored"),
                hint=phrase("Wait until it is done, then try again."),
            ) from None
        yield


@contextlib.contextmanager
def scratch_folder(config: Config, *, wait: bool) -> Iterator[Path]:
    """Make a folder for the copy, in the folder for data."""
    make_private_folder(config.data)
    with scratch_lock(config.data, wait=wait):
        for left in config.data.glob(f"{SCRATCH}*/"):
            shutil.rmtree(left, ignore_errors=True)
        for part in backup_folder(config).glob(f".fortnight-*{PART}"):
            part.unlink(missing_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=SCRATCH, dir=config.data))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def copy_database(config: Config, scratch: Path) -> tuple[DatabaseContents, list[Source]]:
    """Copy the database into a folder; return what is in it, and the members for the archive."""
    path = sqlite_file(config)
    if path is None:
        # Imported here: with SQLite nothing of PostgreSQL is loaded.
        from newsletter.backup.postgresql_rows import copy_rows, measure_tables

        require_room(config.data, measure_tables(config.database.url), FAILED)
        contents, files = copy_rows(config.database.url, scratch)
        return contents, [measure(f"{DATABASE}/{file.name}", file) for file in files]
    if not path.exists():
        raise BackupFailed(
            phrase("there is no database at {path}", path=str(path)),
            hint=phrase("Correct [database] url, or name the workspace: --config FILE"),
        )
    require_room(config.data, path.stat().st_size, FAILED)
    copy = scratch / "newsletter.sqlite3"
    contents = copy_sqlite(path, copy)
    return contents, [measure(f"{DATABASE}/{copy.name}", copy)]


def measure_files(found: Found) -> Iterator[Source]:
    """Yield the files as members; one that was removed meanwhile is left out."""
    for name, path in found.files:
        with contextlib.suppress(FileNotFoundError):
            yield measure(f"{WORKSPACE}/{name}", path)


def write_whole(path: Path, manifest: Manifest, sources: list[Source], how: Protection) -> int:
    """Write the file under another name, force it to the disk, then name it; return its bytes."""
    part = path.with_name(f".{path.name}.{os.getpid()}{PART}")
    try:
        handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "w+b") as file:
            with encrypted(file, how) as sink:
                write_archive(sink, manifest, sources)
            file.flush()
            os.fsync(file.fileno())
            size = os.fstat(file.fileno()).st_size
        part.replace(path)
        force_folder(path.parent)
    finally:
        part.unlink(missing_ok=True)
    return size


def force_folder(folder: Path) -> None:
    """Force the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
