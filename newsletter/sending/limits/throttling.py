"""Admit a batch: rates and warm-up decide how many may leave now, and when the rest may ask."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet

from newsletter.sending.limits import rates, warmup
from newsletter.sending.models import Attempt, Batch, Send

#: A batch asks again after at most this many seconds, however many batches are before it.
MAX_WAIT_SECONDS = 60.0
#: The seconds between batches that wait for the same time.
MIN_GAP_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Admission:
    """How many people of a batch may leave now, and after how many seconds the rest may ask."""

    people: int
    wait: float = 0.0


def seconds_to_wait(batch: Batch) -> float:
    """Return for how many seconds a batch cannot be admitted; 0 if it may ask now.

    It is called before the batch is composed and reserves nothing.  It saves useless composing.
    """
    if not rates.any_set() and not warmup.is_set():
        return 0.0
    seconds = seconds_closed(batch.domain)
    return seconds_until_turn(batch, seconds) if seconds else 0.0


@contextmanager
def admit(attempt: Attempt) -> Iterator[Admission]:
    """Ask rates and warm-up, once, for the people of a reserved attempt.

    The answer is valid while the context is open.  No other sender is counted until then.  In it,
    the attempt goes into flight, in one transaction.
    """
    batch = attempt.batch
    rate = rates.reserve(batch.domain, attempt.size)
    if not rate.granted:
        yield Admission(people=0, wait=seconds_until_turn(batch, rate.seconds))
        return
    time.sleep(rate.seconds)
    with transaction.atomic():
        room = room_today(attempt)
        wait = 0.0 if room else seconds_until_turn(batch, warmup.until_tomorrow())
        yield Admission(people=room, wait=wait)


def room_today(attempt: Attempt) -> int:
    """Return for how many people of an attempt the warm-up has room.  Call it in a transaction."""
    if warmup.daily_limit(warmup.site_date()) is None:
        return attempt.size
    warmup.lock_counts()
    room = warmup.remaining_today()
    return attempt.size if room is None else min(attempt.size, room)


def seconds_closed(domain: str) -> float:
    """Return for how many seconds nobody at a domain may be mailed; 0 if somebody may."""
    today = warmup.until_tomorrow() if warmup.remaining_today() == 0 else 0.0
    return max(rates.seconds_closed(domain), today)


def seconds_until_turn(batch: Batch, seconds: float) -> float:
    """Return in how many seconds it is the batch's turn, if the limit has room in `seconds`.

    The batches before it go first, so that they do not all compete for the same room.
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
