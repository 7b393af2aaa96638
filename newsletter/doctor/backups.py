"""Backups: is there one, and how old is it?"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from newsletter.backup.kept_backups import KeptBackup, backup_folder, list_backups
from newsletter.doctor.results import Result, Topic
from newsletter.doctor.surroundings import Surroundings
from newsletter.phrases import counted_phrase, phrase

BACKUP = Topic("backup", phrase("Last backup"))
#: A night was missed, with some hours to spare; without nightly backups, a week may pass.
MAX_AGE_NIGHTLY, MAX_AGE = dt.timedelta(hours=36), dt.timedelta(days=7)


def check_backup(around: Surroundings) -> Iterator[Result]:
    """Check the age of the newest backup in the folder for them."""
    settings = around.config.backup
    folder = backup_folder(around.config)
    newest = next(iter(list_backups(folder)), None)
    limit = MAX_AGE_NIGHTLY if settings.nightly else MAX_AGE
    yield judge_backup(newest, str(folder), limit, dt.datetime.now(dt.UTC))


def judge_backup(
    newest: KeptBackup | None, folder: str, limit: dt.timedelta, now: dt.datetime
) -> Result:
    """Judge the newest backup by its age."""
    fix = phrase(
        "Make one: newsletter backup. If others are made elsewhere, leave it: docs/how-to/backup.md"
    )
    if newest is None:
        return BACKUP.look(phrase("there is none in {folder}", folder=folder), fix)
    age = now - newest.made_at
    hours = max(0, int(age.total_seconds() // 3600))
    found = counted_phrase(
        "{number} hour old: {name}", "{number} hours old: {name}", hours, name=newest.path.name
    )
    return BACKUP.look(found, fix) if age > limit else BACKUP.right(found)
