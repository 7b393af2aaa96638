"""Resolve the attempts of dead senders, and close the sends that have nothing left to do."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from newsletter.phrases import phrase
from newsletter.sending.delivery import decisions, results
from newsletter.sending.ledger import job_queue
from newsletter.sending.ledger.states import transition
from newsletter.sending.models import Attempt, Batch, Send
from newsletter.sending.prescheduled import provider_batches
from newsletter.sending.safeguards import lost_answers

#: A send in one of these states may submit something.
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
    have died during the request, and the kernel still sends what was written.  So it is
    unknown, and stays so until there is evidence.
    """
    expired = Attempt.objects.expired()
    for attempt in expired.filter(state=Attempt.State.RESERVED):
        give_back(attempt)
    for attempt in expired.filter(state=Attempt.State.IN_FLIGHT):
        results.apply_decision(attempt, decisions.mark_unknown(lost_answers.PROCESS_DIED))


@transaction.atomic
def give_back(attempt: Attempt) -> None:
    """Plan a batch again that its sender has reserved, unless that one lives after all.

    It is checked again and locked in one statement: if the clock was set back since, the sender may
    have begun to post.
    """
    dead = Attempt.objects.expired().filter(pk=attempt.pk, state=Attempt.State.RESERVED)
    if dead.update(answered_at=Now()):
        results.apply_decision(
            attempt, decisions.return_batch(phrase("the sender stopped before it posted"))
        )


def forget_waits(lease: dt.timedelta) -> None:
    """Correct what waits for a time, after the clock has jumped.

    Waiting batches are checked again; rates and warm-up make them wait again if they must.
    A sender with a batch gets a lease from now: a live one does not count as dead, and for
    a dead one nobody waits until the old time comes again.  A canary that was accepted
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
    """Reopen every send that was submitted, but has a batch to submit again.

    Not while a resend of it is live: an issue has one live send at a time.
    """
    planned = Batch.objects.filter(send=OuterRef("pk"), state=Batch.State.PLANNED)
    live = Send.objects.filter(issue=OuterRef("issue"), state__in=LIVE)
    unresolved = Send.objects.filter(state=Send.State.UNRESOLVED).filter(
        Exists(planned), ~Exists(live)
    )
    for send_id in unresolved.values_list("pk", flat=True):
        # Another one of the issue may have become live since; then this one waits for it.
        with suppress(IntegrityError), transaction.atomic():
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
    """Close a send as `sent` if every answer is known, else as `unresolved`."""
    end = Send.State.UNRESOLVED if in_doubt else Send.State.SENT
    for start in (Send.State.SENDING, Send.State.UNRESOLVED):
        if start != end and transition(
            Send, send_id, start=start, end=end, finished_at=Now(), note=""
        ):
            return
