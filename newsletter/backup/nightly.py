"""A thread of the service that makes a backup each night.

It is no duty of the housekeeper: a large backup takes minutes, and mails would wait for it.
"""

from __future__ import annotations

import datetime as dt
import logging
from zoneinfo import ZoneInfo

from newsletter.backup.kept_backups import Reason, backup_folder, list_backups, remove_old
from newsletter.backup.making import make_backup
from newsletter.conf.config import Config
from newsletter.errors import NewsletterError
from newsletter.runtime.background import BackgroundThread

log = logging.getLogger(__name__)

#: The hour of the night, in the time zone of the site.
HOUR = 3
#: Seconds between two looks at whether it is night; after a start everything else comes first.
LOOK_SECONDS = 600.0
#: Seconds until the next try after one that failed.
RETRY_SECONDS = 3600.0


class BackupWorker(BackgroundThread):
    """Works from `start` to `stop`."""

    def __init__(self, config: Config, *, first_seconds: float = LOOK_SECONDS) -> None:
        super().__init__("backup", self._back_up, retry_seconds=RETRY_SECONDS)
        self._config, self._first_seconds = config, first_seconds

    def _back_up(self) -> float:
        """Make a backup if it is time; return the seconds until the next look."""
        if seconds := self._first_seconds:
            self._first_seconds = 0.0
            return seconds
        try:
            back_up_tonight(self._config, dt.datetime.now(dt.UTC))
        except NewsletterError as error:
            log.error("no backup was made this night: %s. %s", error, error.hint)  # noqa: TRY400
            return RETRY_SECONDS
        return LOOK_SECONDS


def back_up_tonight(config: Config, now: dt.datetime) -> bool:
    """Make a backup if it is night, or was, and there is none of today; say whether it was made.

    Those that are too many go only when the new one is whole.
    """
    if not config.backup.nightly or not is_due(config, now):
        return False
    made = make_backup(config, reason=Reason.NIGHTLY)
    remove_old(backup_folder(config), Reason.NIGHTLY, config.backup.keep)
    log.info("backup made: %s, %d bytes", made.path, made.size)
    return True


def is_due(config: Config, now: dt.datetime) -> bool:
    """Say whether the night's backup is still to be made."""
    zone = ZoneInfo(config.site.time_zone)
    local = now.astimezone(zone)
    if local.hour < HOUR:
        return False
    made = [each for each in list_backups(backup_folder(config)) if each.reason is Reason.NIGHTLY]
    # A time to come is that of a clock which was ahead.
    days = {each.made_at.astimezone(zone).date() for each in made if each.made_at <= now}
    return local.date() not in days
