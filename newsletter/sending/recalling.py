"""Ask the provider for fences, to call mail back, and to let it go; the ledger decides what.

Every step is asked again until there is a clear answer, and may be asked by several clocks at
once: what counts is a compare-and-set in the ledger, before or after the question as is safe.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterable

from newsletter.errors import AnswerLost, TransportError
from newsletter.sending import distrust, fences
from newsletter.sending.models import Fence, Send
from newsletter.sending.states import step
from newsletter.transports.recall import CERTAIN, Recall, Status

log = logging.getLogger(__name__)

#: A clock that is further off cannot tell what may still be called back.
MOST_SKEW = dt.timedelta(minutes=1)
#: Deleting a cancellation before the mail was discarded would let it go.
KEEP_MARK = dt.timedelta(hours=1)
#: Mail that was paused beyond its moment is discarded after 72 hours at the latest.
KEEP_LATE_MARK = dt.timedelta(hours=73)

NOT_AHEAD = (
    "Nothing is handed over ahead: mail that had been called back went out after all in the last"
    f" {distrust.LASTS.days} days."
)


def tend(recall: Recall, now: dt.datetime) -> None:
    """Take every fence one step further, as far as the provider answers."""
    for send in Send.objects.filter(state=Send.State.SENDING, at__gt=now).exclude(
        way=Send.Way.DIRECT
    ):
        fences.build(send, now)
    for fence in (*fences.doubtful(now), *fences.left_behind(now)):
        fences.close(fence, now)
    each(live(Fence.State.NEW), lambda fence: open_up(recall, fence, now))
    each(live(Fence.State.CLOSING), lambda fence: call_back(recall, fence, now))
    for fence in fences.passing(now):
        fences.let_pass(fence)
    each(releasable(), lambda fence: forget(recall, fence))
    each(outlived(now), lambda fence: forget(recall, fence))
    fences.publish_in_time(now)


def each(rows: Iterable[Fence], work: Callable[[Fence], None]) -> None:
    """Do some work on each fence; what has no clear answer is done again next time."""
    for fence in rows:
        try:
            work(fence)
        except TransportError as error:
            log.warning("%s: %s", fence, error)


def live(state: Fence.State) -> list[Fence]:
    """Return the fences in a state."""
    return list(Fence.objects.filter(state=state).select_related("send"))


def open_up(recall: Recall, fence: Fence, now: dt.datetime) -> None:
    """Get a number for a new fence; where mail is held until released, pause it first."""
    if distrust.stands(now):
        fences.give_up(fence.send, NOT_AHEAD)
        return
    if not fence.number:
        issued = recall.number()
        if abs(issued.at - now) > MOST_SKEW:
            why = skewed(issued.at - now)
            fences.give_up(fence.send, why)
            log.error("send %s: %s", fence.send_id, why)
            return
        Fence.objects.filter(pk=fence.pk, number="").update(number=issued.number)
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


def call_back(recall: Recall, fence: Fence, now: dt.datetime) -> None:
    """Cancel what waits under a closing fence, once no request under it is under way."""
    held = fence.send.way == Send.Way.HELD
    if not fences.quiet(fence):
        return
    if not held and now > certain_until(fence):
        fences.abandon(fence, in_doubt=fence.marked)
        return
    Fence.objects.filter(pk=fence.pk).update(marked=True)
    try:
        at = recall.mark(fence.number, Status.CANCEL)
    except AnswerLost:
        raise
    except TransportError:
        # It was not taken; what was asked before, if anything, is as it was.
        Fence.objects.filter(pk=fence.pk).update(marked=fence.marked)
        raise
    if held or at <= certain_until(fence):
        fences.void(fence)
    else:
        fences.abandon(fence, in_doubt=True)


def certain_until(fence: Fence) -> dt.datetime:
    """Return until when calling back is certain; the provider is told whole seconds."""
    return fence.at.replace(microsecond=0) - CERTAIN


def releasable() -> list[Fence]:
    """Return the fences that are to pass and that the provider still holds back."""
    rows = Fence.objects.filter(state=Fence.State.PASSED, marked=True, send__way=Send.Way.HELD)
    return list(rows)


def outlived(now: dt.datetime) -> list[Fence]:
    """Return the fences whose cancellation has done its work."""
    marked = Fence.objects.filter(marked=True, at__lte=now - KEEP_MARK).exclude(
        state__in=fences.LIVE
    )
    return [fence for fence in marked.select_related("send") if now >= fence.at + kept(fence)]


def kept(fence: Fence) -> dt.timedelta:
    """Return how long after its moment the provider must remember a cancellation."""
    late = fence.closing_since is not None and fence.closing_since >= fence.at
    return KEEP_LATE_MARK if late else KEEP_MARK


def forget(recall: Recall, fence: Fence) -> None:
    """Take the provider's mark away: what is held goes its way, and there is room for another."""
    recall.release(fence.number)
    Fence.objects.filter(pk=fence.pk).update(marked=False)
