"""Put a backup in place: everything is unpacked and checked first, then exchanged at once.

What was there is kept beside it, in folders `before-restore-…`.  The evidence of what was submitted
(`var/submissions`) stays where it is: it says what the backup does not know.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import filecmp
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from newsletter.backup import sqlite_copy
from newsletter.backup.archive import read_archive
from newsletter.backup.encryption import Unlocking, decrypted
from newsletter.backup.failures import told_in_words
from newsletter.backup.interrupted import JOURNAL, SCRATCH, find_interrupted
from newsletter.backup.making import scratch_lock
from newsletter.backup.manifest import DATABASE, NAME, WORKSPACE, Manifest, Member, read_manifest
from newsletter.backup.placing import Exchange, exchange_all, write_journal
from newsletter.conf.config import Config, read_config
from newsletter.conf.data_files import sqlite_file
from newsletter.conf.file_modes import make_private_folder
from newsletter.conf.shipped import newer_migrations
from newsletter.errors import BackupFailed, BadInput
from newsletter.phrases import phrase

FAILED = phrase("the backup cannot be restored")
ASIDE = "before-restore-"
#: Before the name of what is no folder.
SCHEMA = "PostgreSQL, schema "
STOP_ALL = phrase("Stop newsletter serve and every newsletter worker, then restore again.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Unpacked:
    """A backup that is unpacked in a folder, and its settings as they will be."""

    folder: Path
    manifest: Manifest
    config: Config
    stamp: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What a restore is about to do; `replaced` is there now and will be put aside."""

    manifest: Manifest
    config: Config
    replaced: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Restored:
    """What was restored; `aside` names the folders with what was there before."""

    manifest: Manifest
    config: Config
    aside: tuple[str, ...]


def restore_backup(
    file: Path, root: Path, by: Unlocking, confirm: Callable[[Plan], None] = lambda _: None
) -> Restored:
    """Restore a backup into a workspace, or a new or empty folder.

    `confirm` is asked when all is checked, and may raise.  Raises `BackupFailed` or `BadInput`;
    then nothing has changed.
    """
    require_folder(root)
    data = root / "var"
    make_private_folder(data)
    with told_in_words(FAILED, root), scratch_lock(data, wait=False):
        require_finished(root)
        remove_left(data)
        with unpacked(file, root, by) as new:
            check_database(new)
            pairs = plan_pairs(new)
            there = tuple(str(place) for _, place in pairs if os.path.lexists(place))
            there += tuple(name_tables(new))
            confirm(Plan(manifest=new.manifest, config=new.config, replaced=there))
            (new.folder / NAME).write_bytes(new.manifest.as_json())
            with built_database(new), staged(pairs, new) as exchanges:
                # Somebody may have started a program while the question stood there.
                require_unused(new)
                give_to_owner(root, exchanges)
                # Whatever was unpacked is on the disk before the journal says so.
                os.sync()
                journal = write_journal(new.folder, exchanges)
                exchange_all(journal, lambda: use_database(new.config, new.stamp))
    aside = [str(each.old.parent) for each in exchanges if os.path.lexists(each.old)]
    aside += [name for name in there if name.startswith(SCHEMA)]
    return Restored(manifest=new.manifest, config=new.config, aside=tuple(dict.fromkeys(aside)))


def finish_restore(root: Path) -> Manifest | None:
    """Finish a restore that was interrupted in the middle; None where there is none."""
    journal = find_interrupted(root)
    if journal is None:
        return None
    with told_in_words(FAILED, root), scratch_lock(root / "var", wait=False):
        manifest = read_manifest(journal.with_name(NAME).read_bytes())
        stamp = journal.parent.name.removeprefix(SCRATCH)
        exchange_all(journal, lambda: use_database(read_config(root / manifest.config), stamp))
    return manifest


def require_finished(root: Path) -> None:
    """Raise `BackupFailed` where a restore was interrupted in the middle."""
    if find_interrupted(root):
        raise BackupFailed(
            phrase("a restore of {folder} was interrupted in the middle", folder=str(root)),
            hint=phrase("Finish it first: newsletter restore --finish"),
        )


def require_folder(root: Path) -> None:
    """Raise `BadInput` for a folder with things that are no workspace."""
    if not root.exists() or (root / "var").exists() or any(root.glob("*.toml")):
        return
    if not root.is_dir() or any(root.iterdir()):
        raise BadInput(
            phrase("{folder} is not empty, and is no workspace", folder=str(root)),
            hint=phrase("Name a folder that is new or empty, or one that is a workspace already."),
        )


def remove_left(data: Path) -> None:
    """Remove what killed programs have unpacked and never put in place."""
    for left in data.glob(f"{SCRATCH}*/"):
        shutil.rmtree(left, ignore_errors=True)


@contextlib.contextmanager
def unpacked(file: Path, root: Path, by: Unlocking) -> Iterator[Unpacked]:
    """Unpack a backup and compare it with its manifest; it is removed unless put in place."""
    stamp = f"{dt.datetime.now(dt.UTC):%Y%m%d-%H%M%S-%f}"
    folder = root / "var" / f"{SCRATCH}{stamp}"

    def place(member: Member) -> Path:
        return folder.joinpath(*member.name.split("/"))

    folder.mkdir(mode=0o700)
    try:
        with decrypted(file, by) as stream:
            manifest = read_archive(stream, require_known, place)
        settings = read_config(folder / WORKSPACE / manifest.config)
        config = settings.placed_at(root / manifest.config)
        yield Unpacked(folder=folder, manifest=manifest, config=config, stamp=stamp)
    finally:
        if not is_begun(folder):
            shutil.rmtree(folder, ignore_errors=True)


def require_known(manifest: Manifest) -> None:
    """Raise `BackupFailed` for a backup of a newer release: its tables are not known here."""
    if newer_migrations(manifest.database.migrations):
        raise BackupFailed(
            phrase(
                "the backup is of a newer release ({theirs}) than this one ({ours})",
                theirs=manifest.version,
                ours=version("fortnight"),
            ),
            hint=phrase("Install that release, or a newer one, then restore."),
        )


def check_database(new: Unpacked) -> None:
    """Check the database of a backup, and that nobody uses the one that it replaces."""
    place = sqlite_file(new.config)
    if (place is None) is not new.manifest.database.kind.is_postgresql:
        raise wrong_kind(new)
    if place is None:
        return
    with sqlite_copy.opened(unpacked_database(new)) as connection:
        found = sqlite_copy.examine(connection)
    if dict(found.rows) != dict(new.manifest.database.rows):
        raise BackupFailed(phrase("the database in the backup does not have the rows it had"))
    require_unused(new)


def require_unused(new: Unpacked) -> None:
    """Raise `BackupFailed` while a program has the SQLite file open that is replaced.

    PostgreSQL is asked when its tables are exchanged.
    """
    place = sqlite_file(new.config)
    if place and place.exists() and sqlite_copy.is_in_use(place):
        raise BackupFailed(
            phrase("a program has the database open: {path}", path=str(place)), hint=STOP_ALL
        )


def name_tables(new: Unpacked) -> list[str]:
    """Return where the tables of PostgreSQL go that are replaced; none where there are none."""
    if sqlite_file(new.config):
        return []
    from newsletter.backup.postgresql_rows import has_tables, name_aside

    return [f"{SCHEMA}{name_aside(new.stamp)}"] if has_tables(new.config.database.url) else []


@contextlib.contextmanager
def built_database(new: Unpacked) -> Iterator[None]:
    """Build a database of PostgreSQL beside the one in use; a SQLite file is one already."""
    if sqlite_file(new.config):
        yield
        return
    from newsletter.backup import postgresql_rows

    url, settings = new.config.database.url, new.folder / WORKSPACE / new.manifest.config
    try:
        folder = new.folder / DATABASE
        postgresql_rows.build_beside(url, settings, folder, new.manifest.database)
        yield
    except BaseException:
        if not is_begun(new.folder):
            postgresql_rows.drop_scratch(url)
        raise


def is_begun(folder: Path) -> bool:
    """Say whether names are being exchanged: then all that is new is needed to finish."""
    return (folder / JOURNAL).exists()


def use_database(config: Config, stamp: str) -> None:
    """Have the database of PostgreSQL that was built be the one in use."""
    if sqlite_file(config):
        return
    from newsletter.backup.postgresql_rows import put_in_use

    put_in_use(config.database.url, stamp)


def wrong_kind(new: Unpacked) -> BackupFailed:
    """Return the error about a backup whose database the settings do not name."""
    theirs = "PostgreSQL" if new.manifest.database.kind.is_postgresql else "SQLite"
    return BackupFailed(
        phrase(
            "{place}: the backup has a database of {kind}, and this names another one",
            place=new.config.place("database", "url"),
            kind=theirs,
        ),
        hint=phrase(
            "Restore with an address of that kind, then run newsletter move --to the other one."
        ),
    )


def unpacked_database(new: Unpacked) -> Path:
    """Return the file of the database in the scratch folder."""
    return new.folder / DATABASE / "newsletter.sqlite3"


def plan_pairs(new: Unpacked) -> list[tuple[Path, Path]]:
    """Return what is new, each with its place; the database comes last.

    What is the same already stays: some of it may be on a disk that cannot be written.
    """
    tops = list(list_tops(new))
    pairs = [(new.folder / WORKSPACE / top, new.config.root / top) for top in tops]
    pairs = [(source, place) for source, place in pairs if not is_same(source, place)]
    if place := sqlite_file(new.config):
        pairs.append((unpacked_database(new), place))
    return pairs


def list_tops(new: Unpacked) -> Iterator[Path]:
    """Yield the paths that are exchanged whole: the settings, what they name, each part of data."""
    workspace, config = new.folder / WORKSPACE, new.config
    named = (config.templates.folder, config.pdf.fonts, config.smtp.ca_file)
    yield Path(new.manifest.config)
    for name in dict.fromkeys(named):
        if name and not Path(name).is_absolute() and (workspace / name).exists():
            yield Path(name)
    data = workspace / config.data.name
    for path in sorted(data.iterdir()) if data.is_dir() else ():
        yield path.relative_to(workspace)


def is_same(one: Path, other: Path) -> bool:
    """Say whether two files, or folders with all files in them, have the same content."""
    if not one.is_dir():
        return other.is_file() and filecmp.cmp(one, other, shallow=False)
    names = files_below(one)
    if names != files_below(other):
        return False
    return all(filecmp.cmp(one / name, other / name, shallow=False) for name in names)


def files_below(folder: Path) -> set[Path]:
    """Return the files in a folder and below it; a backup has no empty folders."""
    return {path.relative_to(folder) for path in folder.rglob("*") if not path.is_dir()}


@contextlib.contextmanager
def staged(pairs: Sequence[tuple[Path, Path]], new: Unpacked) -> Iterator[list[Exchange]]:
    """Give the exchanges, each within one disk: a rename does not lead to another."""
    exchanges: list[Exchange] = []
    stamp = new.stamp
    try:
        for source, place in pairs:
            old = place.parent / f"{ASIDE}{stamp}" / place.name
            exchanges.append(Exchange(new=stage(source, place, stamp), place=place, old=old))
        yield exchanges
    finally:
        if not is_begun(new.folder):
            for folder in {beside_folder(each.place, stamp) for each in exchanges}:
                shutil.rmtree(folder, ignore_errors=True)


def beside_folder(place: Path, stamp: str) -> Path:
    """Return a folder on the disk of a place."""
    return next(folder for folder in place.parents if folder.exists()) / f"{SCRATCH}{stamp}"


def stage(source: Path, place: Path, stamp: str) -> Path:
    """Return where something is on the disk of its place, to which it is copied if need be."""
    folder = beside_folder(place, stamp)
    if folder.parent.stat().st_dev == source.stat().st_dev:
        return source
    folder.mkdir(mode=0o700, exist_ok=True)
    copy = folder / source.name
    shutil.copytree(source, copy) if source.is_dir() else shutil.copy2(source, copy)
    return copy


def give_to_owner(root: Path, exchanges: Sequence[Exchange]) -> None:
    """Give what root has unpacked to the account that owns the workspace: its programs need it."""
    if os.geteuid() != 0:
        return
    owner = root.stat()
    for each in exchanges:
        for path in (each.new, *each.new.rglob("*")):
            os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)
