"""If cancelled mail goes out after all, nothing more is submitted that relies on a cancellation.

Cancelling works only if the provider does what it confirms.  After a contradiction, all sends
are held until a person has looked, and for some days nothing is pre-scheduled.  Then there is
nothing to cancel, and nothing to submit again.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Collection

from django.db.models import QuerySet

from newsletter.phrases import phrase
from newsletter.sending.ledger.states import transition
from newsletter.sending.models import Attempt, Delivery, Evidence, Send

log = logging.getLogger(__name__)

#: For this time the provider's confirmations are not trusted.
SUSPENSION = dt.timedelta(days=7)


def is_suspended(now: dt.datetime) -> bool:
    """Return whether the provider contradicted itself lately."""
    caught = Evidence.objects.filter(
        kind=Evidence.Kind.CONTRADICTION,
        attempt__state=Attempt.State.CANCELLED,
        at__gt=now - SUSPENSION,
    )
    return caught.exists()


def reason_of(send: int) -> str:
    """Return why a send is held whose cancelled mail went out."""
    return phrase(
        "Mail that had been cancelled went out after all, so people may have it twice."
        " Who: newsletter send who {send} --state twice",
        send=send,
    )


def reason_of_others(send: int) -> str:
    """Return why a send is held when that happened to another."""
    return phrase(
        "Mail of another send went out that had been cancelled, so the provider's word is not"
        " relied on. When you know why: newsletter send resume {send}",
        send=send,
    )


def hold_if_contradicted(attempts: Collection[int]) -> None:
    """Hold every send in progress if mail of a cancelled attempt went out."""
    cancelled = Attempt.objects.filter(pk__in=attempts, state=Attempt.State.CANCELLED)
    theirs = set(cancelled.values_list("batch__send_id", flat=True))
    if not theirs:
        return
    for pk in Send.objects.in_progress().values_list("pk", flat=True):
        why = reason_of(pk) if pk in theirs else reason_of_others(pk)
        if transition(Send, pk, start=Send.State.SENDING, end=Send.State.HELD, note=why):
            log.error("send %s is held. %s", pk, why)
    for pk in theirs:
        Send.objects.filter(pk=pk, note="").update(note=reason_of(pk))


def reached_twice(send: Send) -> QuerySet[Delivery]:
    """Return the deliveries of people who may have the mail of a send twice."""
    given_up = Attempt.objects.filter(
        batch__send=send, evidence__kind=Evidence.Kind.CONTRADICTION
    ).values("batch")
    again = Attempt.objects.filter(batch__in=given_up, state__in=Attempt.TAKEN).values("batch")
    return Delivery.objects.filter(batch__in=again)
