"""A thread of the service that looks for what needs a person, and tells it."""

from __future__ import annotations

from django.utils import timezone

from newsletter.monitoring.alarms.conditions import find_conditions
from newsletter.monitoring.alarms.messages import send_due
from newsletter.monitoring.alarms.rows import record
from newsletter.runtime.background import BackgroundThread

#: Seconds between two looks.
LOOK_SECONDS = 30.0


class AlarmWorker(BackgroundThread):
    """Works from `start` to `stop`."""

    def __init__(self) -> None:
        super().__init__("alarms", self._look, retry_seconds=60.0)

    def _look(self) -> float:
        """Record what needs a person, and send the messages that are due."""
        now = timezone.now()
        record(find_conditions(now), now)
        send_due(now)
        return LOOK_SECONDS
