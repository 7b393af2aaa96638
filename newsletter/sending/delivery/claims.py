"""Claim a batch: at most one sender has it, and only until its lease ends."""

from __future__ import annotations

import datetime as dt
import os
import secrets
import socket
import threading
from functools import cache

from django.db import connection, transaction
from django.db.models import Expression, Value
from django.db.models.functions import Greatest, Now

from newsletter.sending import trusted_time
from newsletter.sending.delivery import decisions, results
from newsletter.sending.ledger.queries import QUERIES
from newsletter.sending.ledger.states import transition
from newsletter.sending.limits import throttling
from newsletter.sending.models import Attempt, Batch, Send
from newsletter.sending.prescheduled import provider_batches
from newsletter.sending.restores import heartbeats
from newsletter.sending.restores.identity import submission_log
from subscribers.preferences.merges import has_merged_people

#: The relations that a batch needs from its claim to its answer.
NEEDED = (
    "number",
    "domain",
    "send__issue",
    "send__edition",
    "send__delivery_mode",
    "send__at",
    "send__batch_size",
    "send__note",
)


#: The time of the database's clock, the end of a lease that begins now, how old the last
#: heartbeat may be, and how a send is locked: SQLite has one writer at a time anyway.
CLOCK = {
    "sqlite": {
        "now": "STRFTIME('%%Y-%%m-%%d %%H:%%M:%%f', 'now')",
        "later": "STRFTIME('%%Y-%%m-%%d %%H:%%M:%%f', 'now', %(lease)s)",
        "stale": "STRFTIME('%%Y-%%m-%%d %%H:%%M:%%f', 'now', %(gap)s)",
        "locked": "",
    },
    "postgresql": {
        "now": "STATEMENT_TIMESTAMP()",
        "later": "STATEMENT_TIMESTAMP() + %(lease)s::interval",
        "stale": "STATEMENT_TIMESTAMP() + %(gap)s::interval",
        "locked": "FOR SHARE OF s",
    },
}


def name_owner() -> str:
    """Return the name of this sender, for people who read the ledger."""
    return f"{socket.gethostname()}:{os.getpid()}:{threading.get_native_id()}"[:80]


def next_batch() -> int | None:
    """Return a batch that waits for a sender. Another sender may claim it first.

    The first of each send goes before the second of any, so that no send waits for a large one.
    """
    with connection.cursor() as cursor:
        cursor.execute(*in_order())
        found = cursor.fetchone()
    return found[0] if found else None


def is_in_progress() -> bool:
    """Say whether a send is in progress, so that a batch of it may wait for its time."""
    return Send.objects.in_progress().exists()


@cache
def in_order() -> tuple[str, tuple[str | int, ...]]:
    """Return the SQL statement. Django needs ten times as long to build it as to run it."""
    first = Batch.objects.claimable().order_by("number", "send_id").values_list("pk", flat=True)[:1]
    text, values = first.query.sql_with_params()
    return text, values


@transaction.atomic
def claim_batch(batch_id: int, *, lease: dt.timedelta) -> Attempt | None:
    """Claim a batch and reserve an attempt; None if it is taken, must wait, or is empty by now.

    People who left since the audience was counted are taken out here. This is the last time that
    the database alone decides.
    """
    if not transition(Batch, batch_id, start=Batch.State.PLANNED, end=Batch.State.CLAIMED):
        return None
    batch = Batch.objects.select_related("send").only(*NEEDED).get(pk=batch_id)
    if seconds := throttling.seconds_to_wait(batch):
        put_back(batch, Now() + dt.timedelta(seconds=seconds))
        return None
    gate = provider_batches.choose_delivery(batch, trusted_time.now(), trusted_time.latest())
    if gate.wait_until:
        # Never a time that is past by the clock of the database, which checks it.
        put_back(batch, Greatest(Value(gate.wait_until), Now() + provider_batches.POLL_INTERVAL))
        return None
    size = still_wanted(batch)
    if not size:
        transition(Batch, batch_id, start=Batch.State.CLAIMED, end=Batch.State.EMPTY)
        return None
    return Attempt.objects.create(
        key=secrets.token_hex(16),
        batch=batch,
        owner=name_owner(),
        lease_until=Now() + lease,
        size=size,
        provider_batch=gate.provider_batch,
    )


def still_wanted(batch: Batch) -> int:
    """Take out the people who may not be mailed any more; return how many are left."""
    merged = int(has_merged_people())
    numbers = {
        "batch": batch.pk,
        "send": batch.send_id,
        "issue": batch.send.issue_id,
        "merged": merged,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            QUERIES["exclude_late"].format(
                wanted=QUERIES["wanted"], unsuppressed=QUERIES["unsuppressed"]
            ),
            numbers,
        )
        cursor.execute(QUERIES["count_waiting"], numbers)
        (left,) = cursor.fetchone()
    return int(left)


def put_back(batch: Batch, until: Expression) -> None:
    """Return a claimed batch of which nothing was submitted, to wait until a time."""
    planned = Batch.State.PLANNED
    transition(Batch, batch.pk, start=Batch.State.CLAIMED, end=planned, not_before=until)


def begin_submission(attempt: Attempt, *, lease: dt.timedelta) -> bool:
    """Commit that the provider may have the batch from now on; False if the lease is over.

    Also False if a rate asks to wait for more than a second; then the batch waits in the ledger.
    Also False if the warm-up has room only for a part of it, which is split off.
    The clock is the database's, so that machines whose clocks differ agree.  The send must
    still be in progress: a pause or a cancellation in between wins.  So does a provider batch
    that is being cancelled, or that leaves too little time by now.
    """
    with throttling.admit(attempt) as admission:
        if admission.people == attempt.size:
            return mark_in_flight(attempt, lease)
    if admission.people:
        rows = attempt.batch.deliveries.filter(outcome=None).order_by("pk")
        people = list(rows.values_list("pk", flat=True))
        groups = [people[: admission.people], people[admission.people :]]
        results.apply_decision(attempt, decisions.split_batch(groups))
    else:
        return_claim(attempt, admission.wait)
    return False


@transaction.atomic
def return_claim(attempt: Attempt, seconds: float) -> None:
    """Return a batch that is not admitted yet. Its attempt does not count as a try."""
    if Attempt.objects.filter(pk=attempt.pk, state=Attempt.State.RESERVED).delete()[0]:
        put_back(attempt.batch, Now() + dt.timedelta(seconds=seconds))


def mark_in_flight(attempt: Attempt, lease: dt.timedelta) -> bool:
    """Change the attempt from reserved to in flight, if everything still allows it."""
    clock = CLOCK[connection.vendor]
    certain = trusted_time.latest() + provider_batches.MIN_WAIT
    with connection.cursor() as cursor:
        cursor.execute(
            QUERIES["mark_in_flight"].format(**clock),
            {
                "attempt": attempt.pk,
                "lease": f"{lease.total_seconds()} seconds",
                "previous": submission_log().previous,
                "heartbeats": heartbeats.get_process().last,
                "gap": f"-{heartbeats.MAX_GAP.total_seconds()} seconds",
                "certain": connection.ops.adapt_datetimefield_value(certain),
            },
        )
        return bool(cursor.rowcount)
