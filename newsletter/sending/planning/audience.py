"""Count and freeze the audience of a send: candidates = planned + excluded.

It is done by the database, a chunk of subscribers at a time, so that a million people take
seconds and nobody else waits long for the write lock.  A chunk is one transaction.  If a process
dies, another one goes on where it stopped.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Max, Min

from newsletter.sending.ledger.queries import QUERIES
from newsletter.sending.ledger.states import transition
from newsletter.sending.ledger.statistics import refresh_statistics
from newsletter.sending.limits import rates
from newsletter.sending.models import Batch, Delivery, Send
from subscribers.importing import unfinished
from subscribers.models import ListSuppression, Subscriber, Subscription, Suppression
from subscribers.preferences.merges import has_merged_people
from subscribers.preferences.models import AddressChange
from subscribers.segments.parsing import parse_filter
from subscribers.segments.queries import build_query

#: Subscribers checked in one transaction: about 80 ms of the write lock on SQLite.
CHUNK = 10_000
#: The database and other machines may have somewhat different times.
CLOCKS_DIFFER = dt.timedelta(minutes=10)
#: Of a chunk, those whom the filter of the send finds, and those whom that of its canary finds.
SEGMENT, SEEDS = "sending_segment", "sending_seeds"
#: The part after the @ of a candidate's key.
DOMAIN: Mapping[str, str] = {
    "sqlite": "SUBSTR(candidate.key, INSTR(candidate.key, '@') + 1)",
    "postgresql": "SUBSTR(candidate.key, STRPOS(candidate.key, '@') + 1)",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """People of a chunk who share batches."""

    canary: bool
    domain: str
    people: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Chunk:
    """The result for the candidates with ids in (after, through]."""

    after: int
    through: int
    candidates: int
    parts: tuple[Part, ...]

    @property
    def planned(self) -> int:
        """How many are to be mailed."""
        return sum(part.people for part in self.parts)


def plan_audience(send_id: int) -> None:
    """Plan the whole audience of a send in state `planning`, then let it go to `sending`.

    It stops, to go on later, where an import was begun meanwhile that is written in parts.
    """
    while (send := Send.objects.get(pk=send_id)).state == Send.State.PLANNING:
        through = upper_bound(send.planned_through)
        if through is None:
            refresh_statistics(Batch, Delivery, rows=send.planned)
            transition(Send, send_id, start=Send.State.PLANNING, end=Send.State.SENDING)
            return
        if not send.planned_through:
            refresh_statistics(Subscriber, Subscription, Suppression, rows=last_id())
        # What is written comes from the rows it points to, in one statement: for SQLite to look
        # each of them up again takes a fifth of the time.  (PostgreSQL looks up all at once.)
        with connection.constraint_checks_disabled():
            if not plan_chunk(send, through):
                return


def upper_bound(after: int) -> int | None:
    """Return the last id of the chunk after `after`; None if nobody is left."""
    rest = Subscriber.objects.filter(pk__gt=after)
    # One at a time: SQLite finds either by its index, and both only by reading them all.
    first: int | None = rest.aggregate(first=Min("pk"))["first"]
    if first is None:
        return None
    return min(first + CHUNK - 1, last_id())


def last_id() -> int:
    """Return the largest id of a subscriber; 0 where there is none."""
    last: int | None = Subscriber.objects.aggregate(last=Max("pk"))["last"]
    return last or 0


@transaction.atomic
def plan_chunk(send: Send, through: int) -> bool:
    """Plan one chunk and record the progress, unless another process did.

    Return whether to go on: not while some people of an import are written, and others not.
    """
    if unfinished.is_any():
        return False
    with connection.cursor() as cursor:
        chunk = judge(cursor, send, through)
        if not move_mark(send, chunk):
            transaction.set_rollback(True)
            return True
        for part in chunk.parts:
            plan_part(cursor, send, part)
        cursor.execute(QUERIES["insert_exclusions"], {"send": send.pk})
        cursor.execute(QUERIES["insert_paused_issues"], {"send": send.pk, "issue": send.issue_id})
        cursor.execute(QUERIES["drop_chunk"])
    return True


def keep_found(cursor: CursorWrapper, name: str, source: str, after: int, through: int) -> bool:
    """Keep the ids that a filter finds in (after, through] in a table; say if there is a filter."""
    if not source:
        return False
    found = Subscriber.objects.filter(build_query(parse_filter(source, trusted=True)))
    ids = found.filter(pk__gt=after, pk__lte=through).order_by().values("id")
    select, parameters = ids.query.sql_with_params()
    # Of this connection only; the next chunk makes it again.
    cursor.execute(f"DROP TABLE IF EXISTS {name}")
    cursor.execute(f"CREATE TEMPORARY TABLE {name} AS {select}", parameters)
    return True


def judge(cursor: CursorWrapper, send: Send, through: int) -> Chunk:
    """Decide about each candidate of a chunk in one statement, so at one point in time."""
    cursor.execute(QUERIES["drop_chunk"])
    domain, domains = limited_domain()
    narrowing = keep_found(cursor, SEGMENT, send.segment_filter, send.planned_through, through)
    first = keep_found(cursor, SEEDS, send.seed_filter, send.planned_through, through)
    cursor.execute(
        QUERIES["judge_chunk"].format(
            domain=domain,
            narrowing=QUERIES["only_found"] if narrowing else "",
            first=QUERIES["found_first"] if first else "",
        ),
        domains
        | {
            "send": send.pk,
            "issue": send.issue_id,
            "after": send.planned_through,
            "through": through,
            "canary": int(send.canary == Send.Canary.FIRST),
            "share": round(settings.CONFIG.canary.percent * 100),
            "seeds": send.seeds_id,
            "only": None if send.newcomers else send.resend_of_id,
            "resent": send.resend_of_id,
            "moved": int(has_moved_people(send)),
            "merged": int(has_merged_people()),
            "barred": int(ListSuppression.objects.exists()),
        },
    )
    cursor.execute(QUERIES["count_chunk"])
    rows = cursor.fetchall()
    return Chunk(
        after=send.planned_through,
        through=through,
        candidates=sum(people for _, _, _, people in rows),
        parts=tuple(
            Part(canary=bool(canary), domain=domain, people=people)
            for planned, canary, domain, people in rows
            if planned
        ),
    )


def has_moved_people(send: Send) -> bool:
    """Say whether somebody changed their address since the counting of a send began."""
    since = send.started_at or send.created_at
    return AddressChange.objects.filter(confirmed_at__gte=since - CLOCKS_DIFFER).exists()


def limited_domain() -> tuple[str, dict[str, str]]:
    """Return what SQL calls the domain of a candidate that has a rate of its own; the values."""
    groups = rates.group_domains()
    if not groups:
        return "''", {}
    cases: list[str] = []
    values: dict[str, str] = {}
    for place, (domain, group) in enumerate(groups.items()):
        values |= {f"domain{place}": domain, f"group{place}": group}
        cases.append(f"WHEN %(domain{place})s THEN %(group{place})s")
    return f"CASE {DOMAIN[connection.vendor]} {' '.join(cases)} ELSE '' END", values


def plan_part(cursor: CursorWrapper, send: Send, part: Part) -> None:
    """Create the batches for people who share them, no larger than their rate allows."""
    size = rates.max_batch(part.domain, send.batch_size)
    first = send.batches.count() + 1
    waits = send.canary == Send.Canary.FIRST and not part.canary
    Batch.objects.bulk_create(
        Batch(
            send=send,
            number=first + number,
            state=Batch.State.WAITING if waits else Batch.State.PLANNED,
            canary=part.canary,
            domain=part.domain,
        )
        for number in range(-(-part.people // size))
    )
    cursor.execute(
        QUERIES["insert_deliveries"],
        {
            "send": send.pk,
            "size": size,
            "first": first,
            "canary": int(part.canary),
            "domain": part.domain,
        },
    )


def move_mark(send: Send, chunk: Chunk) -> bool:
    """Add the chunk to the send's totals; return False if another process was quicker."""
    rows = Send.objects.filter(pk=send.pk, state=Send.State.PLANNING, planned_through=chunk.after)
    return bool(
        rows.update(
            planned_through=chunk.through,
            candidates=send.candidates + chunk.candidates,
            planned=send.planned + chunk.planned,
            excluded=send.excluded + chunk.candidates - chunk.planned,
        )
    )
