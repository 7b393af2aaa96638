"""The provider's clock: measured, compared with ours, and gone by where ours is wrong."""

from __future__ import annotations

import datetime as dt
import logging
import time

from django.utils import timezone

from newsletter.errors import TransportError
from newsletter.phrases import phrase
from newsletter.sending.prescheduled import provider_batches
from newsletter.transports.cancellation import Cancellation, ClockReading
from newsletter.transports.deadline import SLEEP_AWARE_CLOCK

log = logging.getLogger(__name__)

#: A clock that differs by more cannot decide what may still be cancelled.
MAX_SKEW = dt.timedelta(minutes=1)
#: How often the clock is measured if it does not agree at first.
MAX_READINGS = 3
#: Seconds after which the provider's clock is measured again.
CLOCK_INTERVAL_SECONDS = 60.0


def read_best_clock(canceller: Cancellation) -> ClockReading:
    """Measure the provider's clock; if it seems to differ, measure again and take the best."""
    best = canceller.read_clock()
    for _ in range(MAX_READINGS - 1):
        if best.agrees(MAX_SKEW):
            break
        best = min(best, canceller.read_clock(), key=lambda reading: reading.uncertainty)
    return best


class ProviderTime:
    """Tells the time by the provider's clock if ours is wrong, for mail that waits there.

    Ours may be wrong for a long time.  To cancel by it, or to delete a cancellation by it, could
    let mail leave, or leave twice.  The provider's is measured every minute while anything waits
    there.
    """

    def __init__(self) -> None:
        self._at: dt.datetime | None = None
        self._read = self._asked = -CLOCK_INTERVAL_SECONDS
        self._is_off = False

    @property
    def is_outdated(self) -> bool:
        """Whether the provider will be asked, which may take minutes."""
        return time.clock_gettime(SLEEP_AWARE_CLOCK) - self._asked >= CLOCK_INTERVAL_SECONDS

    def now(self, canceller: Cancellation, ours: dt.datetime) -> dt.datetime:
        """Return the time to go by."""
        if not provider_batches.any_live():
            return ours
        if self.is_outdated:
            self._measure(canceller)
        if self._at is None:
            return ours
        theirs = self._at + dt.timedelta(seconds=time.clock_gettime(SLEEP_AWARE_CLOCK) - self._read)
        was_off, self._is_off = self._is_off, abs(theirs - ours) > 2 * MAX_SKEW
        if self._is_off and not was_off:
            log.warning("this clock is off; mail that waits at SendGrid goes by SendGrid's clock")
        return theirs if self._is_off else ours

    def _measure(self, canceller: Cancellation) -> None:
        self._asked = time.clock_gettime(SLEEP_AWARE_CLOCK)
        try:
            reading = read_best_clock(canceller)
        except TransportError as error:
            log.warning("SendGrid does not tell its time: %s", error)
            return
        if reading.uncertainty <= MAX_SKEW:
            self._at = timezone.now() + reading.offset
            self._read = time.clock_gettime(SLEEP_AWARE_CLOCK)


def describe_skew(off: dt.timedelta) -> str:
    """Log that nothing is pre-scheduled, because the clocks do not agree."""
    minutes = f"{abs(off) / dt.timedelta(minutes=1):.0f}"
    if off > dt.timedelta():
        return phrase(
            "This machine's clock is {minutes} minutes slow, so nothing is pre-scheduled."
            " Set the clock (NTP).",
            minutes=minutes,
        )
    return phrase(
        "This machine's clock is {minutes} minutes fast, so nothing is pre-scheduled."
        " Set the clock (NTP).",
        minutes=minutes,
    )
