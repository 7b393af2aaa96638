"""A thread for what may wait a little: mails about addresses, cleaning at night, kept counts.

Any number of processes may run one: each mail, and each night, is done by one of them.
"""

from __future__ import annotations

from django.db import connection
from django.utils import timezone

from newsletter.publishing.web.entries import write_missing
from newsletter.publishing.web.tidying import tidy_tonight
from newsletter.runtime.background import AfterChange, BackgroundThread, Pause
from newsletter.sending import trusted_time
from newsletter.sqlite.upkeep import look_after
from subscribers.list_counts import join_rows
from subscribers.preferences.mails import has_waiting, write_due_mails
from subscribers.privacy.retention import clean_tonight

#: Seconds between two looks for mails that wait while the database does not change.
MAIL_SECONDS = 15.0
#: Seconds between two looks at whether it is night.
CLEAN_SECONDS = 600.0
#: Seconds between two looks for issues on the web that cannot be searched yet.
ENTRIES_SECONDS = 600.0
#: Seconds between two looks at a SQLite file, and between two steps of giving pages back.
DATABASE_SECONDS, MORE_SECONDS = 600.0, 5.0


class Housekeeper(BackgroundThread):
    """Works from `start` to `stop`."""

    def __init__(self) -> None:
        super().__init__(
            "housekeeper",
            self._mail,
            self._clean,
            self._write_entries,
            self._tidy,
            self._look_after_database,
            retry_seconds=60.0,
            has_work=has_waiting,
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
