"""Exchange files and folders for others, all or nothing, also where the power goes in the middle.

What is to be done is written into a journal and forced to the disk, before the first name changes.
From then on it is finished, by this program or by the next (`finish`).  Every step is a rename
within a folder: what was there goes into a folder `before-restore-…` beside it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from newsletter.backup.failures import told_in_words
from newsletter.backup.interrupted import JOURNAL
from newsletter.backup.making import force_folder
from newsletter.conf.file_modes import make_private_folder
from newsletter.errors import BackupFailed
from newsletter.phrases import phrase

#: What SQLite keeps beside a database file.
COMPANIONS = ("-wal", "-shm")
FAILED = phrase("the backup cannot be put in place")


@dataclass(frozen=True, kw_only=True, slots=True)
class Exchange:
    """What comes from `new` to `place`; what is there goes to `old`.  All on one disk."""

    new: Path
    place: Path
    old: Path


def write_journal(folder: Path, exchanges: Sequence[Exchange]) -> Path:
    """Write down what is to be done, in the folder with what is new; return the journal."""
    journal = folder / JOURNAL
    draft = folder / f".{JOURNAL}"
    rows = [{name: str(path) for name, path in asdict(each).items()} for each in exchanges]
    with draft.open("wb") as file:
        file.write(orjson.dumps(rows, option=orjson.OPT_INDENT_2))
        os.fsync(file.fileno())
    draft.replace(journal)
    force_folder(folder)
    return journal


def read_journal(journal: Path) -> list[Exchange]:
    """Return what a journal says; raises `BackupFailed` where it cannot be read."""
    try:
        rows = orjson.loads(journal.read_bytes())
        return [Exchange(**{name: Path(path) for name, path in row.items()}) for row in rows]
    except (OSError, ValueError, TypeError, AttributeError):
        raise BackupFailed(
            phrase("{path} cannot be read", path=str(journal)),
            hint=phrase("What was there before lies in the folders before-restore-…"),
        ) from None


def exchange_all(journal: Path, last: Callable[[], None] = lambda: None) -> None:
    """Do what a journal says, then `last`, then remove it; where a step fails, undo them all."""
    exchanges = read_journal(journal)
    done: list[Exchange] = []
    with told_in_words(FAILED, journal.parent):
        try:
            for each in exchanges:
                done.append(each)
                exchange(each)
            last()
        except BaseException:
            # Also where a person stops it: while a server does not answer, that is likely.
            for each in reversed(done):
                undo(each)
            journal.unlink()
            raise
        for folder in {each.place.parent for each in exchanges}:
            force_folder(folder)
        journal.unlink()
        shutil.rmtree(journal.parent, ignore_errors=True)


def exchange(each: Exchange) -> None:
    """Put one thing in place; nothing happens where that was done before."""
    if not exists(each.new):
        return
    if exists(each.place):
        put_aside(each.place, each.old)
    # A log of the old database must not be applied to the new one.
    for end in COMPANIONS:
        if exists(beside(each.place, end)):
            put_aside(beside(each.place, end), beside(each.old, end))
    make_private_folder(each.place.parent)
    each.new.rename(each.place)


def put_aside(place: Path, old: Path) -> None:
    """Move what is there out of the way."""
    make_private_folder(old.parent)
    place.rename(old)


def undo(each: Exchange) -> None:
    """Have everything be as it was before one exchange, wherever it stopped."""
    if exists(each.place) and not exists(each.new):
        each.place.rename(each.new)
    for old, place in [(each.old, each.place)] + [
        (beside(each.old, end), beside(each.place, end)) for end in COMPANIONS
    ]:
        if exists(old) and not exists(place):
            old.rename(place)
    remove_empty([each.old.parent])


def remove_empty(folders: Iterable[Path]) -> None:
    """Remove folders in which nothing is."""
    for folder in folders:
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


def beside(path: Path, end: str) -> Path:
    """Return the path of a file that SQLite keeps beside a database."""
    return path.with_name(f"{path.name}{end}")


def exists(path: Path) -> bool:
    """Say whether there is anything by that name, a broken link included."""
    return os.path.lexists(path)
