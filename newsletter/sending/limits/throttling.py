"""A batch that a rate or the warm-up keeps back waits in the ledger, not in a sender."""

from __future__ import annotations

import datetime as dt
import math
import time

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from newsletter.sending.ledger import job_queue
from newsletter.sending.ledger.states import transition
from newsletter.sending.limits import rates, warmup
from newsletter.sending.models import Attempt, Batch, Send

#: However many stand before it, a batch looks whether it may go after so many seconds more.
MAX_WAIT_SECONDS = 60.0
#: Those who wait for the same moment come so many seconds apart.
MIN_GAP_SECONDS = 0.05


def delay_batch(batch_id: int) -> bool:
    """Let a planned batch wait if a limit is used up; return whether it has to."""
    if not rates.any_set() and not warmup.is_set():
        return False
    batch = Batch.objects.select_related("send").filter(pk=batch_id).first()
    if batch is None or not (seconds := seconds_closed(batch.domain)):
        return False
    later = Now() + dt.timedelta(seconds=seconds_until_turn(batch, seconds))
    if Batch.objects.filter(pk=batch_id, state=Batch.State.PLANNED).update(not_before=later):
        job_queue.enqueue([batch_id])
    return True


def seconds_closed(domain: str) -> float:
    """Return for how many seconds nobody at a domain may be mailed; 0 where somebody may."""
    today = warmup.until_tomorrow() if warmup.remaining_today() == 0 else 0.0
    return max(rates.seconds_closed(domain), today)


def seconds_until_turn(batch: Batch, seconds: float) -> float:
    """Return when it is the batch's turn, in seconds, where the limit has room in `seconds`.

    Those before it go first, so that they do not all come at the same moment for one place.
    """
    people = rates.max_batch(batch.domain, batch.send.batch_size)
    gap = max(MIN_GAP_SECONDS, rates.seconds_between(batch.domain, people))
    return seconds + min(
        MAX_WAIT_SECONDS, gap * batches_before(batch)[: math.ceil(MAX_WAIT_SECONDS / gap)].count()
    )


def batches_before(batch: Batch) -> QuerySet[Batch]:
    """Return the batches that wait for the same limit and go before this one."""
    first = Q(number__lt=batch.number) | Q(number=batch.number, send__lt=batch.send_id)
    waiting = Batch.objects.filter(state=Batch.State.PLANNED, send__state=Send.State.SENDING)
    return waiting.filter(first, domain=batch.domain)


def wait_for_rate(attempt: Attempt) -> bool:
    """Ask the rates for the people of a reserved attempt; False when its batch waits again."""
    answer = rates.reserve(attempt.batch.domain, attempt.size)
    if answer.granted:
        time.sleep(answer.seconds)
    else:
        put_back(attempt, seconds_until_turn(attempt.batch, answer.seconds))
    return answer.granted


def room_today(attempt: Attempt) -> int | None:
    """Return for how many people of an attempt the warm-up has room; None where for all.

    To be called in the transaction in which the attempt begins to post.
    """
    if warmup.daily_limit(warmup.today()) is None:
        return None
    warmup.lock()
    room = warmup.remaining_today()
    return None if room is None or attempt.size <= room else room


def wait_for_tomorrow(attempt: Attempt) -> None:
    """Put a batch back until the warm-up has room again."""
    put_back(attempt, seconds_until_turn(attempt.batch, warmup.until_tomorrow()))


@transaction.atomic
def put_back(attempt: Attempt, seconds: float) -> None:
    """Return a batch of which nothing was submitted, and forget the attempt at it."""
    if Attempt.objects.filter(pk=attempt.pk, state=Attempt.State.RESERVED).delete()[0]:
        later = Now() + dt.timedelta(seconds=seconds)
        start, end = Batch.State.CLAIMED, Batch.State.PLANNED
        transition(Batch, attempt.batch_id, start=start, end=end, not_before=later)
