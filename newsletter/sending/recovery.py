"""Find what dead senders left behind, and finish the sends that have nothing left to do."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from newsletter.sending import fences, records
from newsletter.sending.models import Attempt, Batch, Send
from newsletter.sending.states import step

#: A send in one of these may hand something over.
LIVE = (
    Send.State.QUEUED,
    Send.State.PLANNING,
    Send.State.SENDING,
    Send.State.PAUSED,
    Send.State.HELD,
)


def recover() -> None:
    """Settle every attempt whose lease is over.

    Armed: nothing left this machine, so the batch is planned again.  Posting: the process may
    have died with the request under way, and the kernel finishes what was written, so it is
    unknown, and stays so until there is evidence.
    """
    expired = Attempt.objects.filter(lease_until__lte=Now())
    for attempt in expired.filter(state=Attempt.State.ARMED):
        records.give_back(attempt, "the sender stopped before it posted", wait=0)
    for attempt in expired.filter(state=Attempt.State.POSTING):
        records.unknown(attempt, "the sender stopped before it had an answer")


def reopen() -> None:
    """Go on with every send that was handed over, but has a batch to hand over again.

    A send to the others of it is not disturbed: an issue has one live send at a time.
    """
    planned = Batch.objects.filter(send=OuterRef("pk"), state=Batch.State.PLANNED)
    live = Send.objects.filter(issue=OuterRef("issue"), state__in=LIVE)
    unsettled = Send.objects.filter(state=Send.State.UNSETTLED).filter(
        Exists(planned), ~Exists(live)
    )
    for send_id in unsettled.values_list("pk", flat=True):
        step(
            Send,
            send_id,
            start=Send.State.UNSETTLED,
            end=Send.State.SENDING,
            finished_at=None,
        )


def finish() -> None:
    """Close every send in which no batch waits or is under way."""
    reopen()
    open_batches = Batch.objects.filter(
        send=OuterRef("pk"),
        state__in=(Batch.State.WAITING, Batch.State.PLANNED, Batch.State.CLAIMED),
    )
    for send_id in (
        Send.objects.filter(state__in=(Send.State.SENDING, Send.State.UNSETTLED))
        .exclude(Exists(open_batches))
        .exclude(fences__state__in=fences.LIVE)
        .values_list("pk", flat=True)
    ):
        close(send_id)


@transaction.atomic
def close(send_id: int) -> None:
    """Say `sent` only where every answer is known; else `unsettled`."""
    in_doubt = Batch.objects.filter(send=send_id, state=Batch.State.UNKNOWN).exists()
    end = Send.State.UNSETTLED if in_doubt else Send.State.SENT
    for start in (Send.State.SENDING, Send.State.UNSETTLED):
        if start != end and step(Send, send_id, start=start, end=end, finished_at=Now(), note=""):
            return
