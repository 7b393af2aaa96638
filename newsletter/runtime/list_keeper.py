"""A thread that reads the provider's suppression lists, and gives it ours.

It is no duty of the housekeeper: long lists take minutes, and mails would wait for them.  Any
number of processes may run one: each reading is done by one of them.
"""

from __future__ import annotations

from django.conf import settings

from newsletter.runtime.background import AfterChange, BackgroundThread, Pause
from newsletter.sending import trusted_time
from newsletter.tracking import list_runs
from newsletter.tracking.daily_pull import pull_if_due

#: Seconds between two looks at whether the lists are to be read.
PULL_SECONDS = 600.0
#: Seconds between two looks at whether somebody asked for them while the database does not change.
ASKED_SECONDS = 60.0


def is_asked() -> bool:
    """Say whether somebody asked for the lists."""
    return list_runs.is_asked(settings.CONFIG)


class ListKeeper(BackgroundThread):
    """Works from `start` to `stop`."""

    def __init__(self) -> None:
        super().__init__(
            "list-keeper",
            self._pull,
            self._pull_or_push_when_asked,
            retry_seconds=60.0,
            has_work=is_asked,
        )

    def _pull(self) -> float:
        pull_if_due(settings.CONFIG, trusted_time.now())
        return PULL_SECONDS

    def _pull_or_push_when_asked(self) -> Pause:
        again = list_runs.run_oldest(settings.CONFIG, trusted_time.now())
        return 0.0 if again else AfterChange(ASKED_SECONDS)
