"""Claim a batch: at most one sender holds it, and only for as long as its lease runs."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import socket
import threading

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from newsletter.sending import fences, turns
from newsletter.sending.models import Attempt, Batch, Send
from newsletter.sending.queries import QUERIES
from newsletter.sending.states import step


def owner() -> str:
    """Name this sender, for people who look into the ledger."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_native_id()}"[:80]


def ready() -> QuerySet[Batch]:
    """Return the batches that may be claimed now."""
    waiting = Batch.objects.filter(state=Batch.State.PLANNED, send__state=Send.State.SENDING)
    return waiting.filter(Q(not_before=None) | Q(not_before__lte=Now()))


def next_batch() -> int | None:
    """Return a batch that waits for a sender; another sender may be quicker to claim it.

    The first of each send goes before the second of any, so that no send waits for a large one.
    """
    return ready().order_by("number", "send_id").values_list("pk", flat=True).first()


@transaction.atomic
def claim(batch_id: int, *, lease: dt.timedelta) -> Attempt | None:
    """Claim a batch and arm an attempt; None when it is taken, must wait, or is empty by now.

    Whoever left since the audience was counted is taken out here, the last moment at which the
    database alone decides.
    """
    if turns.put_off(batch_id):
        return None
    if not step(Batch, batch_id, start=Batch.State.PLANNED, end=Batch.State.CLAIMED):
        return None
    batch = Batch.objects.select_related("send").get(pk=batch_id)
    gate = fences.gate(batch, timezone.now())
    if gate.wait_until:
        put_back(batch, gate.wait_until)
        return None
    with connection.cursor() as cursor:
        cursor.execute(QUERIES["exclude_late"], {"batch": batch_id, "send": batch.send_id})
    size = batch.deliveries.filter(outcome=None).count()
    if not size:
        step(Batch, batch_id, start=Batch.State.CLAIMED, end=Batch.State.EMPTY)
        return None
    return Attempt.objects.create(
        key=secrets.token_hex(16),
        batch=batch,
        owner=owner(),
        lease_until=Now() + lease,
        size=size,
        fence=gate.fence,
    )


def put_back(batch: Batch, until: dt.datetime) -> None:
    """Return a claimed batch of which nothing was handed over, for later."""
    step(
        Batch,
        batch.pk,
        start=Batch.State.CLAIMED,
        end=Batch.State.PLANNED,
        not_before=until,
    )


def begin_posting(attempt: Attempt, *, lease: dt.timedelta) -> bool:
    """Commit that the provider may have the batch from now on; False when the lease is over.

    So it is when a rate asks to wait for longer than a moment; then the batch waits in the ledger.
    The clock is the database's, so that machines whose clocks differ agree.  The send must
    still be going: a pause or a cancellation that came in between wins.  So does a fence that
    was closed, or that leaves too little time by now.
    """
    if not turns.await_rate(attempt):
        return False
    with transaction.atomic():
        return turns.fits_today(attempt) and post(attempt, lease)


def post(attempt: Attempt, lease: dt.timedelta) -> bool:
    """Take the step from armed to posting, if everything still allows it."""
    mine = Attempt.objects.filter(
        fences.holds(timezone.now()),
        pk=attempt.pk,
        state=Attempt.State.ARMED,
        lease_until__gt=Now(),
        batch__send__state=Send.State.SENDING,
    )
    return bool(
        mine.update(state=Attempt.State.POSTING, lease_until=Now() + lease, posted_at=Now())
    )
