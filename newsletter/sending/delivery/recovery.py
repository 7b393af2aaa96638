"""Find what dead senders left behind, and finish the sends that have nothing left to do."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from newsletter.sending.delivery import decisions, results
from newsletter.sending.ledger import job_queue
from newsletter.sending.ledger.states import transition
from newsletter.sending.models import Attempt, Batch, Send
from newsletter.sending.prescheduled import provider_batches
from newsletter.sending.safeguards import lost_answers

#: A send in one of these may hand something over.
LIVE = (
    Send.State.QUEUED,
    Send.State.PLANNING,
    Send.State.SENDING,
    Send.State.PAUSED,
    Send.State.HELD,
)


def recover() -> None:
    """Resolve every attempt whose lease is over.

    Reserved: nothing left this machine, so the batch is planned again.  In flight: the process may
    have died with the request in progress, and the kernel finishes what was written, so it is
    unknown, and stays so until there is evidence.
    """
    expired = Attempt.objects.expired()
    for attempt in expired.filter(state=Attempt.State.RESERVED):
        results.apply_decision(
            attempt, decisions.return_batch("the sender stopped before it posted")
        )
    for attempt in expired.filter(state=Attempt.State.IN_FLIGHT):
        results.apply_decision(attempt, decisions.mark_unknown(lost_answers.PROCESS_DIED))


def forget_waits(lease: dt.timedelta) -> None:
    """Put right what waits by a clock that has jumped.

    Batches that wait are looked at again; rates and warm-up have them wait again where they must.
    A sender that holds a batch gets a lease from now: one that lives is not taken for dead, and
    one that died is not waited for until the old time comes again.  A canary that was accepted
    "in the future" was accepted now.
    """
    ends = Now() + lease
    held = Attempt.objects.filter(state__in=(Attempt.State.RESERVED, Attempt.State.IN_FLIGHT))
    held.filter(Q(lease_until__lte=Now()) | Q(lease_until__gt=ends)).update(lease_until=ends)
    first = Attempt.objects.filter(
        batch__in=Batch.objects.filter(canary=True, send__canary=Send.Canary.FIRST)
    )
    first.filter(answered_at__gt=Now()).update(answered_at=Now())
    put_off = Batch.objects.filter(state=Batch.State.PLANNED, not_before__gt=Now())
    waiting = list(put_off.values_list("pk", flat=True))
    put_off.update(not_before=None)
    job_queue.enqueue(waiting)


def reopen() -> None:
    """Go on with every send that was submitted, but has a batch to submit again.

    A resend of it is not disturbed: an issue has one live send at a time.
    """
    planned = Batch.objects.filter(send=OuterRef("pk"), state=Batch.State.PLANNED)
    live = Send.objects.filter(issue=OuterRef("issue"), state__in=LIVE)
    unresolved = Send.objects.filter(state=Send.State.UNRESOLVED).filter(
        Exists(planned), ~Exists(live)
    )
    for send_id in unresolved.values_list("pk", flat=True):
        transition(
            Send,
            send_id,
            start=Send.State.UNRESOLVED,
            end=Send.State.SENDING,
            finished_at=None,
        )


def close_finished_sends() -> None:
    """Close every send in which no batch waits or is in progress.

    One statement sees all that decides it: what is final then stays final, while an unknown batch
    may be planned again at any time.
    """
    reopen()
    theirs = Batch.objects.filter(send=OuterRef("pk"))
    waiting = theirs.filter(
        state__in=(Batch.State.WAITING, Batch.State.PLANNED, Batch.State.CLAIMED)
    )
    finished = (
        Send.objects.filter(state__in=(Send.State.SENDING, Send.State.UNRESOLVED))
        .exclude(Exists(waiting))
        .exclude(provider_batches__state__in=provider_batches.LIVE)
        .annotate(in_doubt=Exists(theirs.filter(state=Batch.State.UNKNOWN)))
    )
    for send_id, in_doubt in finished.values_list("pk", "in_doubt"):
        close(send_id, in_doubt=in_doubt)


@transaction.atomic
def close(send_id: int, *, in_doubt: bool) -> None:
    """Say `sent` only where every answer is known; else `unresolved`."""
    end = Send.State.UNRESOLVED if in_doubt else Send.State.SENT
    for start in (Send.State.SENDING, Send.State.UNRESOLVED):
        if start != end and transition(
            Send, send_id, start=start, end=end, finished_at=Now(), note=""
        ):
            return
