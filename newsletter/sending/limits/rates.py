"""How fast mail may leave, over all senders of all machines together.

Each limit is a row with the time until which everything submitted is paid for: the generic cell
rate algorithm (ITU-T I.371), in one statement, by the database's clock.  A batch that asks while
nothing is owed may go, as a whole, and then owes for everybody in it.  So in any period no more
leaves than the limit plus one batch, and small batches cannot delay a large one for ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from newsletter.conf.schema import LIMIT
from newsletter.sending.ledger.queries import QUERIES
from newsletter.sending.models import Rate

#: A sender waits at most this many seconds itself. For more, the batch goes back.
MAX_WAIT_SECONDS = 1.0

#: No batch holds more people (`batch_size` in the settings).
MAX_BATCH_SIZE = 1000

#: The seconds of each unit, and for how many seconds of the limit a batch may have people.
UNIT_SECONDS: Mapping[str, int] = {"second": 1, "minute": 60, "hour": 3600}
MAX_BATCH_SECONDS: Mapping[str, int] = {"second": 1, "minute": 10, "hour": 60}

#: The seconds since 1970 by the database's clock.
NOW: Mapping[str, str] = {
    "sqlite": "((julianday('now') - 2440587.5) * 86400.0)",
    "postgresql": "EXTRACT(EPOCH FROM clock_timestamp())::float8",
}


@dataclass(frozen=True, slots=True)
class Limit:
    """A number of people in each second, minute or hour (`unit`)."""

    key: str
    people: int
    unit: str

    def seconds(self, people: int) -> float:
        """Return the seconds of the limit that this many people use up."""
        return people * UNIT_SECONDS[self.unit] / self.people

    @property
    def largest(self) -> int:
        """How many people one batch may have, so that mail leaves evenly."""
        return max(1, self.people * MAX_BATCH_SECONDS[self.unit] // UNIT_SECONDS[self.unit])


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a batch: leave after `seconds` if granted, else ask again after them."""

    granted: bool
    seconds: float


class LimitReached(Exception):
    """A limit has no room.  Used only inside this module."""


def group_domains() -> dict[str, str]:
    """Return the domains with limits; those that share one have the name of the first."""
    named = [names.lower().split() for names in settings.CONFIG.rates.domains]
    return {domain: names[0] for names in named for domain in names}


def find_limits(domain: str = "") -> list[Limit]:
    """Return the limits for a batch of people at a domain (empty: at any other domain)."""
    rates = settings.CONFIG.rates
    asked = {"second": rates.per_second, "minute": rates.per_minute, "hour": rates.per_hour}
    found = [Limit(f"all per {unit}", count, unit) for unit, count in asked.items() if count]
    for names, text in rates.domains.items():
        if domain and names.lower().split()[0] == domain:
            found.append(parse_limit(domain, text))
    # Always in the same order, so that two processes that lock the same rows cannot deadlock.
    return sorted(found, key=lambda limit: limit.key)


def any_set() -> bool:
    """Return whether any limit is set, for all or for a domain."""
    return bool(find_limits() or settings.CONFIG.rates.domains)


def parse_limit(domain: str, text: str) -> Limit:
    """Return the limit of a domain from the settings, such as `20 per second`."""
    match = LIMIT.fullmatch(text)
    if match is None:
        raise ValueError(text)
    return Limit(f"{domain} per {match[2]}", int(match[1]), match[2])


def max_batch(domain: str, size: int) -> int:
    """Return how many people a batch of a domain may hold, at most `size`."""
    return min([size, *(limit.largest for limit in find_limits(domain))])


def reserve(domain: str, people: int) -> Answer:
    """Reserve room for all people under every limit; reserve nothing if one has no room."""
    asked = find_limits(domain)
    if not asked:
        return Answer(granted=True, seconds=0.0)
    try:
        with transaction.atomic():
            waits = reserve_each(asked, people)
    except LimitReached as shut:
        return Answer(granted=False, seconds=shut.args[0])
    return Answer(granted=True, seconds=max(0.0, *waits))


def reserve_each(asked: Sequence[Limit], people: int) -> list[float]:
    """Take people from each limit; return how long each asks to wait, or raise `LimitReached`."""
    costs = {limit.key: limit.seconds(people) for limit in asked}
    rows = run("take_rates", asked, costs)
    if refused := [due for _, granted, due in rows if not granted]:
        raise LimitReached(max(refused))
    return [due - costs[key] for key, _, due in rows]


def run(name: str, asked: Sequence[Limit], costs: Mapping[str, float]) -> list[Any]:
    """Run a statement over limits; return its rows."""
    now = NOW[connection.vendor]
    row = f"(%s, {now} + %s, TRUE)"
    text = QUERIES[name].format(
        now=now, max_wait=MAX_WAIT_SECONDS, rows=", ".join([row] * len(asked))
    )
    with connection.cursor() as cursor:
        cursor.execute(text, [value for limit in asked for value in (limit.key, costs[limit.key])])
        rows: list[Any] = cursor.fetchall()
    return rows


def seconds_closed(domain: str) -> float:
    """Return how many seconds a batch of a domain should wait before it is tried; 0: try it now."""
    asked = find_limits(domain)
    wait = seconds_owed(asked)
    if any(wait > max_owed(limit) for limit in asked):
        for limit in asked:
            forget_impossible(limit)
        wait = seconds_owed(asked)
    return wait if wait > MAX_WAIT_SECONDS else 0.0


def seconds_owed(asked: Sequence[Limit]) -> float:
    """Return the most seconds that any limit still owes; 0 if nothing is owed."""
    if not asked:
        return 0.0
    places = ", ".join(["%s"] * len(asked))
    text = QUERIES["look_at_rates"].format(now=NOW[connection.vendor], keys=places)
    with connection.cursor() as cursor:
        cursor.execute(text, [limit.key for limit in asked])
        (wait,) = cursor.fetchone()
    return max(0.0, wait or 0.0)


def max_owed(limit: Limit) -> float:
    """Return the most seconds that can be owed: a short wait plus one batch."""
    return MAX_WAIT_SECONDS + limit.seconds(MAX_BATCH_SIZE)


def forget_impossible(limit: Limit) -> None:
    """Delete impossible debts: the database's clock was set back since they were written."""
    wait = seconds_owed([limit])
    if wait > max_owed(limit):
        Rate.objects.filter(key=limit.key).update(due=F("due") - wait)


def seconds_between(domain: str, people: int) -> float:
    """Return the seconds between two batches of this many people, when there is no room."""
    return max([limit.seconds(people) for limit in find_limits(domain)], default=0.0)


def describe_limits(domain: str = "") -> str:
    """Describe the limits for people; empty if there is none."""
    return ", ".join(
        f"{limit.people:,} {limit.key.removeprefix('all ')}" for limit in find_limits(domain)
    )
