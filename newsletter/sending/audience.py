"""Count and freeze the audience of a send: candidates = planned + excluded.

It is done by the database, a chunk of subscribers at a time, so that a million people take
seconds and nobody else waits long for the write lock.  A chunk is one transaction; a process
that dies is followed by one that goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Max

from newsletter.sending import rates
from newsletter.sending.models import Batch, Send
from newsletter.sending.queries import QUERIES
from newsletter.sending.states import step
from subscribers.models import Subscriber

#: Subscribers looked at in one transaction: about 50 ms of the write lock on SQLite.
CHUNK = 20_000
#: What stands behind the @ of a candidate's key.
DOMAIN: Mapping[str, str] = {
    "sqlite": "SUBSTR(candidate.key, INSTR(candidate.key, '@') + 1)",
    "postgresql": "SUBSTR(candidate.key, STRPOS(candidate.key, '@') + 1)",
}


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
        values = {"send": send.pk, "base": send.batches.count()}
        cursor.execute(QUERIES["batches_of_chunk"])
        Batch.objects.bulk_create(
            Batch(
                send=send,
                number=values["base"] + number,
                state=first_state(send, canary=bool(canary)),
                canary=bool(canary),
                domain=domain,
            )
            for number, canary, domain in cursor.fetchall()
        )
        cursor.execute(QUERIES["insert_deliveries"], values)
        cursor.execute(QUERIES["insert_exclusions"], values)
        cursor.execute(QUERIES["drop_chunk"])


def first_state(send: Send, *, canary: bool) -> Batch.State:
    """Return how a batch begins: where a canary goes first, the others wait for it."""
    waits = send.canary == Send.Canary.FIRST and not canary
    return Batch.State.WAITING if waits else Batch.State.PLANNED


def judge(cursor: CursorWrapper, send: Send, through: int) -> Chunk:
    """Decide about each candidate of a chunk in one statement, so at one moment."""
    cursor.execute(QUERIES["drop_chunk"])
    domain, size, values = parted(send)
    cursor.execute(
        QUERIES["judge_chunk"].format(domain=domain, size=size),
        values
        | {
            "send": send.pk,
            "issue": send.issue_id,
            "after": send.planned_through,
            "through": through,
            "canary": int(send.canary == Send.Canary.FIRST),
            "share": round(settings.CONFIG.canary.percent * 100),
            "seeds": send.seeds_id,
            "only": None if send.newcomers else send.follows_id,
        },
    )
    cursor.execute(QUERIES["count_chunk"])
    candidates, planned = cursor.fetchone()
    return Chunk(
        after=send.planned_through, through=through, candidates=candidates, planned=planned
    )


def parted(send: Send) -> tuple[str, str, dict[str, Any]]:
    """Return what SQL calls the limited domain of a person and the size of a batch; the values.

    People at domains with rates of their own get batches of their own, no larger than the rate
    lets go at once.
    """
    groups = rates.groups()
    values: dict[str, Any] = {"size": rates.largest("", send.batch_size)}
    if not groups:
        return "''", "%(size)s", values
    domains, sizes = [], []
    for place, (domain, group) in enumerate(groups.items()):
        values |= {f"domain{place}": domain, f"group{place}": group}
        domains.append(f"WHEN %(domain{place})s THEN %(group{place})s")
    for place, group in enumerate(sorted(set(groups.values()))):
        values |= {f"limited{place}": group, f"size{place}": rates.largest(group, send.batch_size)}
        sizes.append(f"WHEN %(limited{place})s THEN %(size{place})s")
    at = DOMAIN[connection.vendor]
    return (
        f"CASE {at} {' '.join(domains)} ELSE '' END",
        f"CASE domain {' '.join(sizes)} ELSE %(size)s END",
        values,
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
