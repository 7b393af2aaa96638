"""Ask the provider to create, cancel and release batches; the ledger decides which.

Every request is repeated until the answer is clear, and several clocks may send it at the same
time.  A compare-and-set in the ledger decides, before or after the request, whichever is safe.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Collection, Iterable

from django.utils import timezone

from newsletter.errors import OutcomeUnknown, TransportError
from newsletter.phrases import phrase
from newsletter.sending.ledger.states import transition
from newsletter.sending.models import ProviderBatch, Send
from newsletter.sending.prescheduled import (
    contradictions,
    leavers,
    provider_batches,
    provider_time,
    releases,
    reversals,
)
from newsletter.transports.cancellation import MIN_CANCEL_LEAD, Cancellation, Status

log = logging.getLogger(__name__)

#: Opening takes no longer than this at a time, so that people who leave are found meanwhile.
MAX_OPENING_SECONDS = 20.0
#: Seconds between two tries to cancel before a stop.
RETRY_SECONDS = 0.2
#: If a cancellation were deleted before the mail was discarded, the mail would leave.
KEEP_CANCELLATION = dt.timedelta(hours=1)
#: Mail that was paused beyond its scheduled time is discarded after 72 hours at the latest.
KEEP_LATE_CANCELLATION = dt.timedelta(hours=73)

NOT_PRESCHEDULED = phrase(
    "Nothing is pre-scheduled: mail that had been cancelled went out after all in the last"
    " {days} days.",
    days=contradictions.SUSPENSION.days,
)


def go_on_always() -> bool:
    """Return true: go on for as long as it takes."""
    return True


def advance_provider_batches(
    canceller: Cancellation, now: dt.datetime, go_on: Callable[[], bool] = go_on_always
) -> None:
    """Advance every provider batch by one transition, as far as the provider answers.

    The most urgent comes first: cancelling, then releasing, then opening.  `go_on`
    says, between two requests, whether to go on.
    """
    current = counting_from(now)
    choose_what_to_cancel(now, list(Send.DeliveryMode))
    for provider_batch in releases.expired_provider_batches(now):
        releases.expire_provider_batch(provider_batch, now)
    closing = list_live(ProviderBatch.State.CANCELLING)
    work_on_each(
        closing,
        lambda provider_batch: cancel_provider_batch(canceller, provider_batch, current()),
        go_on,
    )
    for provider_batch in releases.leaving_by_themselves(now):
        releases.record_released(provider_batch)
    for provider_batch in releases.to_release(now):
        releases.begin_release(provider_batch)
    work_on_each(
        list_live(ProviderBatch.State.RELEASING),
        lambda provider_batch: release(canceller, provider_batch, current()),
        go_on,
    )
    leavers.name_late(now)
    provider_batches.publish_in_time(now)
    work_on_each(
        finished_provider_batches(now),
        lambda provider_batch: delete_status(canceller, provider_batch),
        go_on,
    )
    create_missing(canceller, now)
    open_all(canceller, now, go_on)


def choose_what_to_cancel(now: dt.datetime, modes: Collection[Send.DeliveryMode]) -> None:
    """Decide what to cancel, without the provider; nothing more is submitted under it."""
    for provider_batch in (*reversals.to_cancel(now), *leavers.to_cancel(now)):
        if provider_batch.send.delivery_mode in modes:
            reversals.start_cancelling(provider_batch, now)


def counting_from(now: dt.datetime) -> Callable[[], dt.datetime]:
    """Return a function that returns the time from now on, by the monotonic clock."""
    began = time.monotonic()
    return lambda: now + dt.timedelta(seconds=time.monotonic() - began)


def take_out_leavers(canceller: Cancellation, seconds: float, now: dt.datetime) -> None:
    """Before a stop, cancel mail that waits for people who left: it may be the last chance.

    Their groups are submitted again after the next start, without them.
    """
    deadline = time.monotonic() + seconds
    current = counting_from(now)
    for provider_batch in leavers.to_cancel_before_stop(now):
        reversals.start_cancelling(provider_batch, now)

    def in_time() -> bool:
        return time.monotonic() < deadline

    while in_time() and (left := quiet_closing(now)):
        work_on_each(
            left,
            lambda provider_batch: cancel_provider_batch(canceller, provider_batch, current()),
            in_time,
        )
        time.sleep(RETRY_SECONDS)


def quiet_closing(now: dt.datetime) -> list[ProviderBatch]:
    """Return the provider batches in `cancelling` that can be cancelled at once."""
    return [
        provider_batch
        for provider_batch in list_live(ProviderBatch.State.CANCELLING)
        if reversals.is_quiet(provider_batch, now)
    ]


def work_on_each(
    rows: Iterable[ProviderBatch],
    work: Callable[[ProviderBatch], None],
    go_on: Callable[[], bool] = go_on_always,
) -> None:
    """Do some work on each provider batch; repeat it next time if the answer is not clear."""
    for provider_batch in rows:
        if not go_on():
            return
        try:
            work(provider_batch)
        except TransportError as error:
            log.warning("%s: %s", provider_batch, error)


def list_live(state: ProviderBatch.State) -> list[ProviderBatch]:
    """Return the provider batches in a state, the first due first."""
    return list(
        ProviderBatch.objects.filter(state=state).select_related("send").order_by("at", "pk")
    )


def create_missing(canceller: Cancellation, now: dt.datetime) -> None:
    """Give provider batches to the groups that lack one, as far as the account has room."""
    lacking = provider_batches.sends_to_cover(now)
    if not lacking:
        return
    try:
        marked = canceller.list_batch_ids_with_status()
    except TransportError as error:
        log.warning("SendGrid does not say what is cancelled: %s", error)
        return
    for send in lacking:
        provider_batches.create_provider_batches(send, marked)


def open_all(canceller: Cancellation, now: dt.datetime, go_on: Callable[[], bool]) -> None:
    """Open the new ones, if the clocks agree; stop after a while for more urgent work."""
    new, deadline = list_live(ProviderBatch.State.NEW), time.monotonic() + MAX_OPENING_SECONDS
    if not new:
        return
    if contradictions.is_suspended(now):
        give_up(new, NOT_PRESCHEDULED)
        return
    try:
        reading = provider_time.read_best_clock(canceller)
    except TransportError as error:
        log.warning("SendGrid does not tell its time: %s", error)
        return
    if reading.is_off(provider_time.MAX_SKEW):
        give_up(new, provider_time.describe_skew(reading.offset))
    elif reading.agrees(provider_time.MAX_SKEW):
        work_on_each(
            new,
            lambda provider_batch: open_up(canceller, provider_batch),
            lambda: go_on() and time.monotonic() < deadline,
        )
    else:
        log.warning(
            "the answers of SendGrid are too slow to compare the clocks by (to %s s); asked again",
            round(reading.uncertainty.total_seconds()),
        )


def give_up(new: Iterable[ProviderBatch], why: str) -> None:
    """Submit the mail of these provider batches at the scheduled time itself."""
    for send in {provider_batch.send for provider_batch in new}:
        provider_batches.give_up(send, why)
        log.error("send %s: %s", send.pk, why)


def open_up(canceller: Cancellation, provider_batch: ProviderBatch) -> None:
    """Get a batch id for a new provider batch; if its mail is on hold until released, pause it."""
    if not provider_batch.provider_id:
        ProviderBatch.objects.filter(pk=provider_batch.pk, provider_id="").update(
            provider_id=canceller.create_batch_id()
        )
        provider_batch.refresh_from_db()
    if provider_batch.send.delivery_mode == Send.DeliveryMode.ON_HOLD:
        ProviderBatch.objects.filter(pk=provider_batch.pk).update(has_status=True)
        canceller.set_status(provider_batch.provider_id, Status.PAUSE)
    transition(
        ProviderBatch,
        provider_batch.pk,
        start=ProviderBatch.State.NEW,
        end=ProviderBatch.State.OPEN,
    )


def cancel_provider_batch(
    canceller: Cancellation, provider_batch: ProviderBatch, now: dt.datetime
) -> None:
    """Cancel what waits under a closing provider batch, once no request under it is in progress."""
    held = provider_batch.send.delivery_mode == Send.DeliveryMode.ON_HOLD
    if not reversals.is_quiet(provider_batch, now):
        return
    if held and canceller.get_status(provider_batch.provider_id) is None:
        let_go_already(provider_batch)
        return
    if not held and now > cancellation_deadline(provider_batch):
        reversals.record_not_cancelled(provider_batch, in_doubt=provider_batch.has_status)
        return
    ProviderBatch.objects.filter(pk=provider_batch.pk).update(has_status=True)
    try:
        at = canceller.set_status(provider_batch.provider_id, Status.CANCEL)
    except OutcomeUnknown:
        raise
    except TransportError:
        # It was not taken; what was asked before, if anything, is as it was.
        ProviderBatch.objects.filter(pk=provider_batch.pk).update(
            has_status=provider_batch.has_status
        )
        raise
    if held or at <= cancellation_deadline(provider_batch):
        reversals.record_cancelled(provider_batch)
    else:
        reversals.record_not_cancelled(provider_batch, in_doubt=True)


def cancel_forgotten(canceller: Cancellation) -> int:
    """Close the open provider batches that the provider has as cancelled; return how many.

    A database that was set back may have forgotten that they were: what is submitted under such a
    number is discarded.  So is one that the provider does not tell of: cancelling it is safe.
    """
    closed = 0
    for provider_batch in list_live(ProviderBatch.State.OPEN):
        try:
            over = canceller.get_status(provider_batch.provider_id) is Status.CANCEL
        except TransportError as error:
            log.warning("%s: %s", provider_batch, error)
            over = True
        if over:
            reversals.start_cancelling(provider_batch, timezone.now())
            closed += 1
    return closed


def let_go_already(provider_batch: ProviderBatch) -> None:
    """Record that the provider holds nothing back any more, so that nothing can be cancelled.

    If we did ask it to let go, that is what it did.  If not, somebody else took the pause away,
    or it is forgotten because all was discarded: then nobody knows whether the mail went out.
    """
    reversals.record_not_cancelled(provider_batch, in_doubt=provider_batch.release_asked_at is None)
    ProviderBatch.objects.filter(pk=provider_batch.pk).update(has_status=False)


def release(canceller: Cancellation, provider_batch: ProviderBatch, asked: dt.datetime) -> None:
    """Have the provider release what it holds under its batch, unless somebody left meanwhile.

    Each time it is asked first whether it holds it still: an earlier question may have been
    carried out though its answer was lost.
    """
    status = canceller.get_status(provider_batch.provider_id)
    if status is None:
        releases.end_release(provider_batch)
        return
    if status is Status.CANCEL or leavers.is_among(provider_batch):
        before = provider_batch.release_asked_at
        if before is None or asked - before >= reversals.LATE_ARRIVAL:
            releases.cancel_release(provider_batch, asked)
        return
    ProviderBatch.objects.filter(pk=provider_batch.pk).update(release_asked_at=asked)
    canceller.clear_status(provider_batch.provider_id)
    releases.end_release(provider_batch)


def cancellation_deadline(provider_batch: ProviderBatch) -> dt.datetime:
    """Return until when cancelling is certain; the provider is told whole seconds."""
    return provider_batch.at.replace(microsecond=0) - MIN_CANCEL_LEAD


def finished_provider_batches(now: dt.datetime) -> list[ProviderBatch]:
    """Return the provider batches whose cancellation has done its work."""
    marked = ProviderBatch.objects.filter(has_status=True, at__lte=now - KEEP_CANCELLATION).exclude(
        state__in=provider_batches.LIVE
    )
    return [
        provider_batch
        for provider_batch in marked.select_related("send")
        if now >= provider_batch.at + status_lifetime(provider_batch)
    ]


def status_lifetime(provider_batch: ProviderBatch) -> dt.timedelta:
    """Return how long after its scheduled time the provider must keep a cancellation."""
    late = (
        provider_batch.cancelling_since is not None
        and provider_batch.cancelling_since >= provider_batch.at
    )
    return KEEP_LATE_CANCELLATION if late else KEEP_CANCELLATION


def delete_status(canceller: Cancellation, provider_batch: ProviderBatch) -> None:
    """Delete the provider's pause or cancellation, to make room for another one."""
    canceller.clear_status(provider_batch.provider_id)
    ProviderBatch.objects.filter(pk=provider_batch.pk).update(has_status=False)
