"""Where reminders come from, by the tables as they are now; nothing is written there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from newsletter.scheduling.reminders.outcomes import (
    list_finished,
    list_held,
    list_skipped,
    list_tomorrow,
)
from newsletter.scheduling.reminders.preparation import list_lacking, list_opened
from newsletter.scheduling.reminders.reminder import Reminder

#: Each works even if another fails.
SOURCES: tuple[Callable[[dt.datetime], Iterator[Reminder]], ...] = (
    list_opened,
    list_lacking,
    list_tomorrow,
    list_finished,
    list_held,
    list_skipped,
)
