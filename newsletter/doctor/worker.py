"""A thread of the service that checks everything once a day, and keeps what it found."""

from __future__ import annotations

import datetime as dt

from newsletter.conf.config import Config
from newsletter.doctor.kept import examine_and_keep, read_kept
from newsletter.runtime.background import BackgroundThread

#: After a start everything else comes first, and a proxy may start as well.
FIRST_SECONDS = 300.0
EVERY = dt.timedelta(days=1)


class SystemCheckWorker(BackgroundThread):
    """Works from `start` to `stop`."""

    def __init__(self, config: Config, *, first_seconds: float = FIRST_SECONDS) -> None:
        super().__init__("system-check", self._check, retry_seconds=3600.0)
        self._config, self._first_seconds = config, first_seconds

    def _check(self) -> float:
        """Check, unless it is too early; return the seconds until the next time."""
        if seconds := self._first_seconds:
            self._first_seconds = 0.0
            return seconds
        now = dt.datetime.now(dt.UTC)
        known = read_kept(self._config)
        # A time to come is that of a clock which was ahead.
        if known and known.at <= now < known.at + EVERY:
            return (known.at + EVERY - now).total_seconds()
        examine_and_keep(self._config)
        return EVERY.total_seconds()
