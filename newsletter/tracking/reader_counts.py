"""Take in opens and clicks: each once, summed up by person, where the send counts them.

What is not to be counted leaves nothing behind: mail of a send or a publication that does not
count, and of people who refuse or were erased.  So do late reports of what is summed up already.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import Exists, OuterRef

from newsletter.sending.models import Delivery
from newsletter.tracking.models import CountedLink, CountedSum
from newsletter.transports.events import Counted
from subscribers.models import ERASED_DOMAIN
from subscribers.preferences.models import CountingRefusal

#: Rows of one statement.
ROWS = 500
INSERT_EVENTS = """
INSERT INTO tracking_countedevent (key, delivery_id, kind, at, link) VALUES {rows}
ON CONFLICT DO NOTHING RETURNING key
"""
ADD_OPENS = """
INSERT INTO tracking_countedopens AS known
    (delivery_id, send_id, count, by_machines, only_machines, first_at, last_at)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (delivery_id) DO UPDATE SET
    count = known.count + excluded.count,
    by_machines = known.by_machines + excluded.by_machines,
    only_machines = known.only_machines AND excluded.only_machines,
    first_at = CASE WHEN excluded.first_at < known.first_at
        THEN excluded.first_at ELSE known.first_at END,
    last_at = CASE WHEN excluded.last_at > known.last_at
        THEN excluded.last_at ELSE known.last_at END
"""
ADD_CLICKS = """
INSERT INTO tracking_countedclicks AS known (link_id, delivery_id, count, first_at, last_at)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (link_id, delivery_id) DO UPDATE SET
    count = known.count + excluded.count,
    first_at = CASE WHEN excluded.first_at < known.first_at
        THEN excluded.first_at ELSE known.first_at END,
    last_at = CASE WHEN excluded.last_at > known.last_at
        THEN excluded.last_at ELSE known.last_at END
"""


class Act(NamedTuple):
    """An open or a click of one delivery; `url` is the link of a click."""

    delivery: int
    kind: Counted
    key: str
    at: dt.datetime
    url: str
    machine: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """How many acts were counted, were known, and were not to be counted."""

    new: int = 0
    repeated: int = 0
    ignored: int = 0

    @property
    def total(self) -> int:
        """How many there were."""
        return self.new + self.repeated + self.ignored


def count_readers(acts: Sequence[Act]) -> Taken:
    """Count what is to be counted.  Call it in a transaction."""
    sends = find_counting(acts)
    wanted = [act for act in acts if act.kind in sends.get(act.delivery, NOTHING).kinds]
    wanted = [act for act in wanted if not is_own_page(act.url)]
    new = keep_new(wanted)
    add_opens([act for act in new if act.kind == Counted.OPEN], sends)
    add_clicks([act for act in new if act.kind == Counted.CLICK], sends)
    return Taken(new=len(new), repeated=len(wanted) - len(new), ignored=len(acts) - len(wanted))


class Counting(NamedTuple):
    """The send of a delivery, and what it counts."""

    send: int
    kinds: frozenset[Counted]


NOTHING = Counting(0, frozenset())


def find_counting(acts: Iterable[Act]) -> dict[int, Counting]:
    """Return what is counted of each delivery; those of whom nothing is are missing."""
    refusals = CountingRefusal.objects.filter(subscriber=OuterRef("subscriber"), ended_at=None)
    sums = CountedSum.objects.filter(send=OuterRef("send"))
    rows = Delivery.objects.filter(~Exists(refusals), pk__in={act.delivery for act in acts})
    # Who was erased has a row without a name, and is not counted under it.
    rows = rows.exclude(address__endswith=f"@{ERASED_DOMAIN}")
    # As it began, and as the publication says now: each may say no.
    said = rows.filter(~Exists(sums)).values_list(
        "pk",
        "send",
        "send__count_opens",
        "send__issue__publication__count_opens",
        "send__count_clicks",
        "send__issue__publication__count_clicks",
    )
    found = {}
    for pk, send, opens, opens_now, clicks, clicks_now in said:
        asked = {Counted.OPEN: opens and opens_now, Counted.CLICK: clicks and clicks_now}
        found[pk] = Counting(send, frozenset(kind for kind, yes in asked.items() if yes))
    return found


def is_own_page(url: str) -> bool:
    """Say whether a link is one person's own: it names them, and is never kept."""
    base = settings.CONFIG.site.base_url
    return url.startswith((f"{base}/u/", f"{base}/p/"))


def keep_new(acts: Sequence[Act]) -> list[Act]:
    """Note the acts that are new, and return them."""
    # In one order, so that two processes with the same reports wait for each other.
    ordered = sorted(acts, key=lambda act: act.key)
    new: list[Act] = []
    for start in range(0, len(ordered), ROWS):
        portion = ordered[start : start + ROWS]
        noted = insert_events(portion)
        for act in portion:
            if act.key in noted:
                noted.remove(act.key)
                new.append(act)
    return new


def insert_events(acts: Sequence[Act]) -> set[str]:
    """Write the ids of acts; return those that were not known, by id or by all the rest."""
    adapt = connection.ops.adapt_datetimefield_value
    values: list[str | int | None] = []
    for act in acts:
        values += (act.key, act.delivery, str(act.kind), adapt(act.at), hash_url(act.url))
    places = ", ".join(["(%s, %s, %s, %s, %s)"] * len(acts))
    with connection.cursor() as cursor:
        cursor.execute(INSERT_EVENTS.format(rows=places), values)
        return {key for (key,) in cursor.fetchall()}


def hash_url(url: str) -> str:
    """Return what stands for a link in an index; empty for none."""
    return hashlib.sha256(url.encode()).hexdigest()[:32] if url else ""


def add_opens(acts: Iterable[Act], sends: Mapping[int, Counting]) -> None:
    """Add opens to the counts of their deliveries."""
    groups: defaultdict[int, list[Act]] = defaultdict(list)
    for act in acts:
        groups[act.delivery].append(act)
    rows = []
    for delivery, opens in sorted(groups.items()):
        machines = sum(act.machine for act in opens)
        only = machines == len(opens)
        send = sends[delivery].send
        rows.append((delivery, send, len(opens), machines, only, *span_of(opens)))
    with connection.cursor() as cursor:
        cursor.executemany(ADD_OPENS, rows)


def add_clicks(acts: Iterable[Act], sends: Mapping[int, Counting]) -> None:
    """Add clicks to the counts of their deliveries, by link."""
    groups: defaultdict[tuple[int, str, int], list[Act]] = defaultdict(list)
    for act in acts:
        groups[sends[act.delivery].send, act.url, act.delivery].append(act)
    links = find_links({(send, url) for send, url, _delivery in groups})
    rows = sorted(
        (links[send, url], delivery, len(clicks), *span_of(clicks))
        for (send, url, delivery), clicks in groups.items()
    )
    with connection.cursor() as cursor:
        cursor.executemany(ADD_CLICKS, rows)


def find_links(wanted: Collection[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """Return the rows of links of sends, new ones if necessary."""
    known = CountedLink.objects.filter(
        send__in={send for send, _url in wanted}, url__in={url for _send, url in wanted}
    )
    found = {(send, url): pk for send, url, pk in known.values_list("send_id", "url", "pk")}
    for send, url in sorted(set(wanted) - set(found)):
        link, _made = CountedLink.objects.get_or_create(send_id=send, url=url)
        found[send, url] = link.pk
    return found


def span_of(acts: Sequence[Act]) -> tuple[str | None, str | None]:
    """Return the first and the last time of some acts, as the database takes them."""
    adapt = connection.ops.adapt_datetimefield_value
    times = [act.at for act in acts]
    return adapt(min(times)), adapt(max(times))
