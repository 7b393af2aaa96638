"""A thread for what may wait a little: mails about addresses, cleaning at night, kept counts.

Any number of processes may run one: each mail, and each night, is done by one of them.
"""

from __future__ import annotations

from django.conf import settings
from django.db import connection
from django.utils import timezone

from newsletter.publishing.web.entries import write_missing
from newsletter.publishing.web.tidying import tidy_tonight
from newsletter.runtime.background import AfterChange, BackgroundThread, Pause
from newsletter.sending import trusted_time
from newsletter.sqlite.upkeep import look_after
from newsletter.tracking import list_runs
from newsletter.tracking.daily_pull import pull_if_due
from subscribers.list_counts import join_rows
from subscribers.preferences.mails import has_waiting, write_due_mails
from subscribers.privacy.retention import clean_tonight

#: Seconds between two looks for mails that wait while the database does not change.
MAIL_SECONDS = 15.0
#: Seconds between two looks at whether it is night.
CLEAN_SECONDS = 600.0
#: Seconds between two looks for issues on the web that cannot be searched yet.
ENTRIES_SECONDS = 600.0
#: Seconds between two looks at whether the provider's suppression lists are to be read.
PULL_SECONDS = 600.0
#: Seconds between two looks at whether somebody asked for them while the database does not change.
ASKED_SECONDS = 60.0
#: Seconds between two looks at a SQLite file, and between two steps of giving pages back.
DATABASE_SECONDS, MORE_SECONDS = 600.0, 5.0


def waits() -> bool:
    """Say whether a mail waits, or somebody asked for the provider's lists."""
    return has_waiting() or list_runs.is_asked(settings.CONFIG)


class Housekeeper(BackgroundThread):
    """Works from `start` to `stop`."""

    def __init__(self) -> None:
        super().__init__(
            "housekeeper",
            self._mail,
            self._clean,
            self._write_entries,
            self._pull,
            self._pull_or_push_when_asked,
            self._tidy,
            self._look_after_database,
            retry_seconds=60.0,
            has_work=waits,
        )

    def _write_entries(self) -> float:
        write_missing()
        return ENTRIES_SECONDS

    def _mail(self) -> Pause:
        write_due_mails()
        return AfterChange(MAIL_SECONDS)

    def _clean(self) -> float:
        # A clock that was just set wrong erases nobody.
        clean_tonight(trusted_time.now())
        join_rows()
        return CLEAN_SECONDS

    def _tidy(self) -> float:
        tidy_tonight(timezone.now())
        return CLEAN_SECONDS

    def _look_after_database(self) -> float:
        return MORE_SECONDS if look_after(connection) else DATABASE_SECONDS

    def _pull(self) -> float:
        pull_if_due(settings.CONFIG, trusted_time.now())
        return PULL_SECONDS

    def _pull_or_push_when_asked(self) -> Pause:
        again = list_runs.work(settings.CONFIG, trusted_time.now())
        return 0.0 if again else AfterChange(ASKED_SECONDS)
