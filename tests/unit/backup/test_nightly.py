"""A backup is made each night, once, and the oldest of those nights goes."""

from __future__ import annotations

import datetime as dt
import logging

import pytest
import time_machine

from newsletter.backup import kept_backups
from newsletter.backup.kept_backups import Reason, backup_folder, list_backups
from newsletter.backup.making import make_backup
from newsletter.backup.nightly import BackupWorker, back_up_tonight, is_due
from newsletter.conf.config import Config
from newsletter.doctor.backups import MAX_AGE_NIGHTLY, judge_backup
from newsletter.doctor.results import Status
from tests.unit.backup.conftest import write

NOW = dt.datetime(2026, 11, 28, 4, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def with_settings(config: Config, **changes: object) -> Config:
    """Return the same settings, with others for backups."""
    backup = config.backup.model_copy(update=changes)
    return config.model_copy(update={"backup": backup}).placed_at(config.path)


def keep_nights(config: Config, *ages: int) -> None:
    """Have backups of some nights, by how many days ago they were."""
    for age in ages:
        name = f"fortnight-{NOW - age * DAY:{kept_backups.TIME}}-nightly.tar.gz"
        write(backup_folder(config) / name, "a backup")


@pytest.mark.parametrize(
    ("hour", "zone", "ages", "due"),
    [
        (4, "UTC", (), True),
        (2, "UTC", (), False),
        (4, "UTC", (1, 2), True),
        (4, "UTC", (0, 1), False),
        (23, "UTC", (0,), False),
        (16, "Asia/Tokyo", (), False),
        (18, "Asia/Tokyo", (), True),
        (4, "UTC", (-3,), True),
    ],
)
def test_when_it_is_due(
    config: Config, hour: int, zone: str, ages: tuple[int, ...], due: bool
) -> None:
    """Once a day from three in the morning on, in the zone of the site; the future never counts."""
    site = config.site.model_copy(update={"time_zone": zone})
    there = config.model_copy(update={"site": site}).placed_at(config.path)
    keep_nights(there, *ages)

    assert is_due(there, NOW.replace(hour=hour)) is due


def test_the_oldest_goes_when_the_new_one_is_whole(config: Config) -> None:
    """Of the nights, as many stay as the settings say; what a person made stays anyway."""
    by_hand = make_backup(config).path
    keep_nights(config, 3, 4, 5)
    now = dt.datetime.now(dt.UTC).replace(hour=4)

    assert back_up_tonight(with_settings(config, keep=2), now)

    kept = list_backups(backup_folder(config))
    assert [each.reason for each in kept].count(Reason.NIGHTLY) == 2
    assert by_hand in [each.path for each in kept]


def test_a_clock_that_was_ahead(config: Config) -> None:
    """A backup with a time to come takes no place of one that was made now."""
    keep_nights(config, -900)
    now = dt.datetime.now(dt.UTC).replace(hour=23, minute=59, second=59)
    alone = with_settings(config, keep=1)

    assert back_up_tonight(alone, now)

    assert not is_due(alone, now), "the new one is there"


def test_none_is_made_unless_wanted(config: Config) -> None:
    """`nightly = false` leaves it to others."""
    assert not back_up_tonight(with_settings(config, nightly=False), NOW)
    assert not backup_folder(config).exists()


def test_a_night_without_one_is_told(config: Config, caplog: pytest.LogCaptureFixture) -> None:
    """It cannot be made: the log says why, the older ones stay, and it is tried again."""
    keep_nights(config, 1)
    (config.data / "newsletter.sqlite3").unlink()
    worker = BackupWorker(config, first_seconds=5)

    with time_machine.travel(NOW, tick=False), caplog.at_level(logging.ERROR):
        assert [worker._back_up(), worker._back_up()] == [5, 3600]

    assert "no backup was made this night: there is no database" in caplog.text
    assert len(list_backups(backup_folder(config))) == 1


def test_the_system_check_judges_its_age(config: Config) -> None:
    """None, or one that is too old, is worth a look."""
    keep_nights(config, 1, 2)
    newest = list_backups(backup_folder(config))[0]

    def status(age: dt.timedelta) -> Status:
        return judge_backup(newest, "var", MAX_AGE_NIGHTLY, newest.made_at + age).status

    assert status(dt.timedelta(hours=25)) is Status.RIGHT
    assert status(dt.timedelta(hours=37)) is Status.LOOK
    assert judge_backup(None, "var", MAX_AGE_NIGHTLY, NOW).status is Status.LOOK
