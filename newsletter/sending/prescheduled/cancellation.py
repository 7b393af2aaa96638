"""Ask the provider for fences, to call mail back, and to let it go; the ledger decides what.

Every step is asked again until there is a clear answer, and may be asked by several clocks at
once: what counts is a compare-and-set in the ledger, before or after the question as is safe.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Collection, Iterable

from django.utils import timezone

from newsletter.errors import OutcomeUnknown, TransportError
from newsletter.sending.ledger.states import step
from newsletter.sending.models import Fence, Send
from newsletter.sending.prescheduled import contradictions, leavers, provider_batches
from newsletter.transports.cancellation import CERTAIN, Cancellation, ClockReading, Status
from newsletter.transports.deadline import SLEEP_AWARE_CLOCK

log = logging.getLogger(__name__)

#: A clock that is further off cannot tell what may still be called back.
MOST_SKEW = dt.timedelta(minutes=1)
#: So often the clock is measured, if at first it does not agree.
MOST_READINGS = 3
#: Seconds after which the provider's clock is measured again.
READ_AGAIN_SECONDS = 60.0
#: Opening fences takes no longer than this at a time: who leaves is to be looked for meanwhile.
OPENING_SECONDS = 20.0
#: Seconds between two tries to call back before a stop.
BETWEEN_TRIES = 0.2
#: Deleting a cancellation before the mail was discarded would let it go.
KEEP_MARK = dt.timedelta(hours=1)
#: Mail that was paused beyond its moment is discarded after 72 hours at the latest.
KEEP_LATE_MARK = dt.timedelta(hours=73)

NOT_AHEAD = (
    "Nothing is handed over ahead: mail that had been called back went out after all in the last"
    f" {contradictions.LASTS.days} days."
)


def always() -> bool:
    """Go on for as long as it takes."""
    return True


def tend(recall: Cancellation, now: dt.datetime, go_on: Callable[[], bool] = always) -> None:
    """Take every fence one step further, as far as the provider answers.

    What has the least time is asked first: calling back, then letting go, then opening.  `go_on`
    says, between two questions, whether to ask on.
    """
    current = counting_from(now)
    start_cancelling(now, list(Send.Way))
    for fence in provider_batches.expired(now):
        provider_batches.expire(fence, now)
    closing = live(Fence.State.CLOSING)
    each(closing, lambda fence: call_back(recall, fence, current()), go_on)
    for fence in provider_batches.passing(now):
        provider_batches.let_pass(fence)
    for fence in provider_batches.to_release(now):
        provider_batches.begin_release(fence)
    each(live(Fence.State.RELEASING), lambda fence: release(recall, fence, current()), go_on)
    leavers.name_late(now)
    provider_batches.publish_in_time(now)
    each(outlived(now), lambda fence: forget(recall, fence), go_on)
    build(recall, now)
    open_all(recall, now, go_on)


def start_cancelling(now: dt.datetime, ways: Collection[Send.Way]) -> None:
    """Decide what is to be cancelled; nobody is asked, and nothing more is posted under it."""
    for fence in (*provider_batches.doubtful(now), *leavers.fences_to_close(now)):
        if fence.send.way in ways:
            provider_batches.close(fence, now)


def counting_from(now: dt.datetime) -> Callable[[], dt.datetime]:
    """Return what tells the time from now on, by the clock that only runs forward."""
    began = time.monotonic()
    return lambda: now + dt.timedelta(seconds=time.monotonic() - began)


def take_out_leavers(recall: Cancellation, seconds: float, now: dt.datetime) -> None:
    """Before a stop, call back what waits for people who left: it may be the last chance.

    Their waves are submitted again after the next start, without them.
    """
    deadline = time.monotonic() + seconds
    current = counting_from(now)
    for fence in leavers.fences_to_close_before_a_stop(now):
        provider_batches.close(fence, now)

    def in_time() -> bool:
        return time.monotonic() < deadline

    while in_time() and (left := quiet_closing(now)):
        each(left, lambda fence: call_back(recall, fence, current()), in_time)
        time.sleep(BETWEEN_TRIES)


def quiet_closing(now: dt.datetime) -> list[Fence]:
    """Return the closing fences that can be called back at once."""
    return [fence for fence in live(Fence.State.CLOSING) if provider_batches.quiet(fence, now)]


def each(
    rows: Iterable[Fence], work: Callable[[Fence], None], go_on: Callable[[], bool] = always
) -> None:
    """Do some work on each fence; what has no clear answer is done again next time."""
    for fence in rows:
        if not go_on():
            return
        try:
            work(fence)
        except TransportError as error:
            log.warning("%s: %s", fence, error)


def live(state: Fence.State) -> list[Fence]:
    """Return the fences in a state, the first due first."""
    return list(Fence.objects.filter(state=state).select_related("send").order_by("at", "pk"))


def build(recall: Cancellation, now: dt.datetime) -> None:
    """Give fences to the waves that lack one, as far as the account has room."""
    lacking = provider_batches.lacking(now)
    if not lacking:
        return
    try:
        marked = recall.marked()
    except TransportError as error:
        log.warning("SendGrid does not say what is cancelled: %s", error)
        return
    for send in lacking:
        provider_batches.build(send, marked)


def open_all(recall: Cancellation, now: dt.datetime, go_on: Callable[[], bool]) -> None:
    """Open the new fences, if the clocks agree; for a while, then others have their turn."""
    new, deadline = live(Fence.State.NEW), time.monotonic() + OPENING_SECONDS
    if not new:
        return
    if contradictions.stands(now):
        give_up(new, NOT_AHEAD)
        return
    try:
        reading = read_clock(recall)
    except TransportError as error:
        log.warning("SendGrid does not tell its time: %s", error)
        return
    if reading.is_off(MOST_SKEW):
        give_up(new, skewed(reading.offset))
    elif reading.agrees(MOST_SKEW):
        each(
            new,
            lambda fence: open_up(recall, fence),
            lambda: go_on() and time.monotonic() < deadline,
        )
    else:
        log.warning(
            "the answers of SendGrid are too slow to compare the clocks by (to %s s); asked again",
            round(reading.uncertainty.total_seconds()),
        )


def read_clock(recall: Cancellation) -> ClockReading:
    """Measure the provider's clock; where it does not seem to agree, again, and take the best."""
    best = recall.clock()
    for _ in range(MOST_READINGS - 1):
        if best.agrees(MOST_SKEW):
            break
        best = min(best, recall.clock(), key=lambda reading: reading.uncertainty)
    return best


class ProviderTime:
    """Tells the time by the provider's clock where ours is off, for mail that waits there.

    Ours may be wrong for long: to cancel by it, or to forget a cancellation by it, could let mail
    go, or go twice.  The provider's is measured again each minute while anything waits there.
    """

    def __init__(self) -> None:
        self._at: dt.datetime | None = None
        self._read = self._asked = -READ_AGAIN_SECONDS
        self._is_off = False

    @property
    def is_outdated(self) -> bool:
        """Whether the provider will be asked, which may take minutes."""
        return time.clock_gettime(SLEEP_AWARE_CLOCK) - self._asked >= READ_AGAIN_SECONDS

    def now(self, recall: Cancellation, ours: dt.datetime) -> dt.datetime:
        """Return the time to go by."""
        if not provider_batches.any_at_the_provider():
            return ours
        if self.is_outdated:
            self._measure(recall)
        if self._at is None:
            return ours
        theirs = self._at + dt.timedelta(seconds=time.clock_gettime(SLEEP_AWARE_CLOCK) - self._read)
        was_off, self._is_off = self._is_off, abs(theirs - ours) > 2 * MOST_SKEW
        if self._is_off and not was_off:
            log.warning("this clock is off; mail that waits at SendGrid goes by SendGrid's clock")
        return theirs if self._is_off else ours

    def _measure(self, recall: Cancellation) -> None:
        self._asked = time.clock_gettime(SLEEP_AWARE_CLOCK)
        try:
            reading = read_clock(recall)
        except TransportError as error:
            log.warning("SendGrid does not tell its time: %s", error)
            return
        if reading.uncertainty <= MOST_SKEW:
            self._at = timezone.now() + reading.offset
            self._read = time.clock_gettime(SLEEP_AWARE_CLOCK)


def give_up(new: Iterable[Fence], why: str) -> None:
    """Submit what these fences were for at the scheduled time itself."""
    for send in {fence.send for fence in new}:
        provider_batches.give_up(send, why)
        log.error("send %s: %s", send.pk, why)


def open_up(recall: Cancellation, fence: Fence) -> None:
    """Get a number for a new fence; where mail is held until released, pause it first."""
    if not fence.number:
        Fence.objects.filter(pk=fence.pk, number="").update(number=recall.number())
        fence.refresh_from_db()
    if fence.send.way == Send.Way.HELD:
        Fence.objects.filter(pk=fence.pk).update(marked=True)
        recall.mark(fence.number, Status.PAUSE)
    step(Fence, fence.pk, start=Fence.State.NEW, end=Fence.State.OPEN)


def skewed(off: dt.timedelta) -> str:
    """Say that nothing is handed over ahead, because the clocks do not agree."""
    minutes = abs(off) / dt.timedelta(minutes=1)
    way = "slow" if off > dt.timedelta() else "fast"
    return (
        f"This machine's clock is {minutes:.0f} minutes {way}, so nothing is handed over ahead."
        " Set the clock (NTP)."
    )


def call_back(recall: Cancellation, fence: Fence, now: dt.datetime) -> None:
    """Cancel what waits under a closing fence, once no request under it is under way."""
    held = fence.send.way == Send.Way.HELD
    if not provider_batches.quiet(fence, now):
        return
    if held and recall.status(fence.number) is None:
        let_go_already(fence)
        return
    if not held and now > certain_until(fence):
        provider_batches.abandon(fence, in_doubt=fence.marked)
        return
    Fence.objects.filter(pk=fence.pk).update(marked=True)
    try:
        at = recall.mark(fence.number, Status.CANCEL)
    except OutcomeUnknown:
        raise
    except TransportError:
        # It was not taken; what was asked before, if anything, is as it was.
        Fence.objects.filter(pk=fence.pk).update(marked=fence.marked)
        raise
    if held or at <= certain_until(fence):
        provider_batches.void(fence)
    else:
        provider_batches.abandon(fence, in_doubt=True)


def close_cancelled(recall: Cancellation) -> int:
    """Close the open fences that the provider has as cancelled; return how many.

    A database that was set back may have forgotten that they were: what is submitted under such a
    number is discarded.  So is one that the provider does not tell of: calling it back is safe.
    """
    closed = 0
    for fence in live(Fence.State.OPEN):
        try:
            over = recall.status(fence.number) is Status.CANCEL
        except TransportError as error:
            log.warning("%s: %s", fence, error)
            over = True
        if over:
            provider_batches.close(fence, timezone.now())
            closed += 1
    return closed


def let_go_already(fence: Fence) -> None:
    """Record that the provider holds nothing back any more, so that nothing can be called back.

    If we did ask it to let go, that is what it did.  If not, somebody else took the pause away,
    or it is forgotten because all was discarded: then nobody knows whether the mail went out.
    """
    provider_batches.abandon(fence, in_doubt=fence.release_asked_at is None)
    Fence.objects.filter(pk=fence.pk).update(marked=False)


def release(recall: Cancellation, fence: Fence, asked: dt.datetime) -> None:
    """Have the provider let go of what it holds under a fence, unless somebody left meanwhile.

    Each time it is asked first whether it holds it still: an earlier question may have been
    carried out though its answer was lost.
    """
    status = recall.status(fence.number)
    if status is None:
        provider_batches.end_release(fence)
        return
    if status is Status.CANCEL or leavers.is_among(fence):
        before = fence.release_asked_at
        if before is None or asked - before >= provider_batches.LATE_ARRIVAL:
            provider_batches.take_back_release(fence, asked)
        return
    Fence.objects.filter(pk=fence.pk).update(release_asked_at=asked)
    recall.release(fence.number)
    provider_batches.end_release(fence)


def certain_until(fence: Fence) -> dt.datetime:
    """Return until when calling back is certain; the provider is told whole seconds."""
    return fence.at.replace(microsecond=0) - CERTAIN


def outlived(now: dt.datetime) -> list[Fence]:
    """Return the fences whose cancellation has done its work."""
    marked = Fence.objects.filter(marked=True, at__lte=now - KEEP_MARK).exclude(
        state__in=provider_batches.LIVE
    )
    return [fence for fence in marked.select_related("send") if now >= fence.at + kept(fence)]


def kept(fence: Fence) -> dt.timedelta:
    """Return how long after its moment the provider must remember a cancellation."""
    late = fence.closing_since is not None and fence.closing_since >= fence.at
    return KEEP_LATE_MARK if late else KEEP_MARK


def forget(recall: Cancellation, fence: Fence) -> None:
    """Take the provider's mark away: what is held goes its way, and there is room for another."""
    recall.release(fence.number)
    Fence.objects.filter(pk=fence.pk).update(marked=False)
