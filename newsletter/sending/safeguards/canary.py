"""Send to a few people first: the rest waits in the ledger until their results are good.

The batches of the rest are planned as *waiting*, which no sender can claim.  So a process that dies
changes nothing, and there is one place that releases them.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from newsletter import counted
from newsletter.errors import InvalidTransition
from newsletter.phrases import phrase
from newsletter.sending import trusted_time
from newsletter.sending.ledger import audit_log, job_queue
from newsletter.sending.models import Attempt, AuditEntry, Batch, Delivery, Send
from newsletter.sending.safeguards import auto_pause

#: With this many people or more, this share of delivered mail ends the wait.
MIN_PEOPLE = 100
MIN_DELIVERED_SHARE = 0.95

#: States in which no answer is expected any more.
ANSWERED = (Batch.State.ACCEPTED, Batch.State.EMPTY)


def plan_canary(send: Send) -> dict[str, Any]:
    """Add the people who go first to the audience of a send; return what the send stores.

    A resend has none.  A publication with a canary pre-schedules nothing
    (`provider_batches.lead_time`).
    """
    publication = send.issue.publication
    if not publication.canary or send.resend_of_id:
        return {}
    segment, seeds = publication.seed_segment, publication.seeds
    kept = {
        "canary": Send.Canary.FIRST,
        "seeds": None,
        "seed_filter": segment.filter if segment else "",
    }
    if seeds is None or seeds.archived_at is not None:
        return kept
    send.lists.add(seeds)
    return kept | {"seeds": seeds.pk}


def check_canaries() -> None:
    """Check every send whose canary was submitted."""
    for send in Send.objects.filter(state=Send.State.SENDING, canary=Send.Canary.FIRST):
        check(send)


def check(send: Send) -> None:
    """Release the rest of a send, or hold it, as the results of the canary say."""
    states = set(canary_batches(send).values_list("state", flat=True))
    if states & {Batch.State.PLANNED, Batch.State.CLAIMED}:
        return
    if states - set(ANSWERED):
        if Batch.State.REFUSED in states:
            why = phrase("The canary was refused; the rest has not gone.")
        else:
            why = phrase("The canary was left without an answer; the rest has not gone.")
        auto_pause.hold_send(send, Send.AutoPause.CANARY, why)
        return
    over = waits_until(send)
    if over is None or trusted_time.now() >= over:
        release(
            send,
            AuditEntry.Kind.CANARY_PASSED,
            note=phrase("{people} had it first.", people=counted.people_phrase(count_people(send))),
        )
    elif came_back_well(send):
        release(send, AuditEntry.Kind.CANARY_PASSED, note=phrase("Good news of it came early."))


def canary_batches(send: Send) -> Any:
    """Return the batches that go first."""
    return Batch.objects.filter(send=send, canary=True)


def count_people(send: Send) -> int:
    """Return how many people go first."""
    return Delivery.objects.filter(batch__in=canary_batches(send)).count()


def waits_until(send: Send) -> dt.datetime | None:
    """Return when the wait is over; None if nobody has been mailed."""
    accepted = Attempt.objects.filter(batch__in=canary_batches(send), state=Attempt.State.ACCEPTED)
    last: dt.datetime | None = accepted.aggregate(last=Max("answered_at"))["last"]
    return last and last + dt.timedelta(minutes=settings.CONFIG.canary.minutes)


def came_back_well(send: Send) -> bool:
    """Return whether enough people have a good result, and nobody complained."""
    mailed = Delivery.objects.filter(
        batch__in=canary_batches(send).filter(state=Batch.State.ACCEPTED)
    )
    total = mailed.exclude(outcome=Delivery.Outcome.EXCLUDED).count()
    if total < MIN_PEOPLE or mailed.filter(outcome=Delivery.Outcome.COMPLAINED).exists():
        return False
    return mailed.filter(outcome=Delivery.Outcome.DELIVERED).count() >= MIN_DELIVERED_SHARE * total


@transaction.atomic
def release(send: Send, kind: AuditEntry.Kind, *, by: str = "", note: str = "") -> bool:
    """Let the rest of a send be claimed; False if somebody else did before."""
    first = Send.objects.filter(pk=send.pk, canary=Send.Canary.FIRST)
    if not first.update(canary=Send.Canary.PASSED):
        return False
    waiting = Batch.objects.filter(send=send, state=Batch.State.WAITING)
    waiting.update(state=Batch.State.PLANNED)
    job_queue.enqueue_send(send.pk)
    audit_log.record(send.pk, kind, by=by, note=note)
    return True


def release_rest(send: Send, *, by: str = "") -> Send:
    """Release the rest at once, without waiting for the results of the canary."""
    send.refresh_from_db()
    going = send.state in (Send.State.SENDING, Send.State.PAUSED)
    if not going or not release(send, AuditEntry.Kind.RELEASED, by=by):
        raise InvalidTransition(phrase("no mail of send {send} waits for a canary", send=send.pk))
    send.refresh_from_db()
    return send
