"""Count and freeze the audience of a send: candidates = planned + excluded.

It is done by the database, a chunk of subscribers at a time, so that a million people take
seconds and nobody else waits long for the write lock.  A chunk is one transaction; a process
that dies is followed by one that goes on where it stopped.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Max

from newsletter.sending.models import Batch, Send
from newsletter.sending.queries import QUERIES
from newsletter.sending.states import step
from subscribers.models import Subscriber

#: Subscribers looked at in one transaction: about 50 ms of the write lock on SQLite.
CHUNK = 20_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Chunk:
    """What became of the candidates with ids in (after, through]."""

    after: int
    through: int
    candidates: int
    planned: int


def plan(send_id: int) -> None:
    """Plan the whole audience of a send in state `planning`, then let it go to `sending`."""
    while (send := Send.objects.get(pk=send_id)).state == Send.State.PLANNING:
        through = upper_bound(send.planned_through)
        if through is None:
            step(Send, send_id, start=Send.State.PLANNING, end=Send.State.SENDING)
            return
        plan_chunk(send, through)


def upper_bound(after: int) -> int | None:
    """Return the id that closes the chunk behind `after`; None when nobody is left."""
    ids = Subscriber.objects.filter(pk__gt=after).order_by("pk").values("pk")[:CHUNK]
    last: int | None = Subscriber.objects.filter(pk__in=ids).aggregate(last=Max("pk"))["last"]
    return last


@transaction.atomic
def plan_chunk(send: Send, through: int) -> None:
    """Plan one chunk and move the mark, unless another process did."""
    with connection.cursor() as cursor:
        chunk = judge(cursor, send, through)
        if not move_mark(send, chunk):
            transaction.set_rollback(True)
            return
        number = send.batches.count()
        count = -(-chunk.planned // send.batch_size)
        Batch.objects.bulk_create(Batch(send=send, number=number + n + 1) for n in range(count))
        values = {"send": send.pk, "base": number + 1, "size": send.batch_size}
        cursor.execute(QUERIES["insert_deliveries"], values)
        cursor.execute(QUERIES["insert_exclusions"], values)
        cursor.execute(QUERIES["drop_chunk"])


def judge(cursor: CursorWrapper, send: Send, through: int) -> Chunk:
    """Decide about each candidate of a chunk in one statement, so at one moment."""
    cursor.execute(QUERIES["drop_chunk"])
    cursor.execute(
        QUERIES["judge_chunk"],
        {
            "send": send.pk,
            "issue": send.issue_id,
            "after": send.planned_through,
            "through": through,
        },
    )
    cursor.execute(QUERIES["count_chunk"])
    candidates, planned = cursor.fetchone()
    return Chunk(
        after=send.planned_through, through=through, candidates=candidates, planned=planned
    )


def move_mark(send: Send, chunk: Chunk) -> bool:
    """Add the chunk to the send's sums; return False when another process was quicker."""
    rows = Send.objects.filter(pk=send.pk, state=Send.State.PLANNING, planned_through=chunk.after)
    return bool(
        rows.update(
            planned_through=chunk.through,
            candidates=send.candidates + chunk.candidates,
            planned=send.planned + chunk.planned,
            excluded=send.excluded + chunk.candidates - chunk.planned,
        )
    )
