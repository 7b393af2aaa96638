"""Count tries, and refuse those that are too many.

One statement counts and looks, so that a try counts before it is made: a hundred at the same
time, in any number of processes, are a hundred.  A window begins with its first try and ends by
itself; tries while it is full do not prolong it.  One that ends later than any that begins now
was begun by a clock that was ahead, and starts again.
"""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from newsletter.throttling.models import Counter

_COUNT: Final = """
INSERT INTO throttling_counter (key, account, count, ends_at) VALUES {rows}
ON CONFLICT (key) DO UPDATE SET
  count = CASE WHEN throttling_counter.ends_at > {now}
                    AND throttling_counter.ends_at <= excluded.ends_at
               THEN throttling_counter.count + 1 ELSE 1 END,
  ends_at = CASE WHEN throttling_counter.ends_at > {now}
                      AND throttling_counter.ends_at <= excluded.ends_at
                 THEN throttling_counter.ends_at ELSE excluded.ends_at END
RETURNING key, count, ends_at{early}
"""
#: Lets the transaction of a statement of PostgreSQL end before the disk has it.
_EARLY: Final = ", set_config('synchronous_commit', 'off', true)"

_LOOK_UP: Final = """
SELECT key, count, ends_at FROM throttling_counter WHERE key IN ({places}) AND ends_at > %s
"""
#: Seconds between two times that a process deletes what is over, and when it did last.
PRUNE_SECONDS: Final = 10
_pruned: Final = [0]


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """At most `tries` of what `kind` names in `seconds`, for each `subject` by itself."""

    kind: str
    tries: int
    seconds: int
    subject: tuple[str, ...] = ()
    account: str = ""

    @property
    def key(self) -> str:
        """What is counted under."""
        return hash_name(self.kind, *self.subject)


def hash_name(*parts: str) -> str:
    """Return a name for something that does not say what it is."""
    text = "\0".join(parts)
    return salted_hmac("newsletter.throttling", text, algorithm="sha256").hexdigest()


def account_name(name: str) -> str:
    """Return a name such that all spellings that could mean one account are one."""
    return unicodedata.normalize("NFKC", name).strip().casefold()[:150]


def count_attempt(limits: Sequence[Limit]) -> int:
    """Count a try under all limits; return after how many seconds to come again, or 0.

    What is refused already is only looked up: it costs the database nothing to write.
    """
    now, asked = int(time.time()), by_key(limits)
    if wait := longest_wait(asked, now):
        return wait
    wait = count_all(asked, now)
    prune(now)
    return wait


def count_attempt_with(limits: Sequence[Limit], act: Callable[[], None]) -> int:
    """Count a try as `count_attempt` does, and act if it is not one too many.

    SQLite waits for the disk once for both.  On PostgreSQL the counting does not wait at all, so
    that those who count under the same limit do not wait for each other's; what is counted in the
    last second may be forgotten when the server crashes.
    """
    now, asked = int(time.time()), by_key(limits)
    if wait := longest_wait(asked, now):
        return wait
    if connection.vendor == "postgresql":
        # One statement is one transaction; in one of somebody else's nothing is let go.
        wait = count_all(asked, now, early="" if connection.in_atomic_block else _EARLY)
        if not wait:
            act()
    else:
        with transaction.atomic():
            wait = count_all(asked, now)
            if not wait:
                act()
    prune(now)
    return wait


def by_key(limits: Sequence[Limit]) -> dict[str, Limit]:
    """Return limits by their keys, in one order, so that no two tries wait for each other."""
    return dict(sorted((limit.key, limit) for limit in limits))


def seconds_to_wait(limits: Sequence[Limit], now: int) -> int:
    """Return how many seconds are left of the window that is full and ends last, or 0."""
    return longest_wait(by_key(limits), now)


def longest_wait(asked: Mapping[str, Limit], now: int) -> int:
    """Return what `seconds_to_wait` does, of limits by their keys."""
    if not asked:
        return 0
    places = ", ".join(["%s"] * len(asked))
    with connection.cursor() as cursor:
        cursor.execute(_LOOK_UP.format(places=places), [*asked, now])
        counters = cursor.fetchall()
    full = [(key, ends_at - now) for key, count, ends_at in counters if count >= asked[key].tries]
    return max((wait for key, wait in full if wait <= asked[key].seconds), default=0)


def prune(now: int) -> None:
    """Delete the counters whose window is over, once in a while.

    It is a transaction by itself and waits for nobody, so that it stands in nobody's way.
    """
    if _pruned[0] <= now < _pruned[0] + PRUNE_SECONDS:
        return
    _pruned[0] = now
    over = Counter.objects.filter(ends_at__lte=now)
    if connection.vendor == "postgresql":
        with transaction.atomic():
            keys = list(over.select_for_update(skip_locked=True).values_list("key", flat=True))
            Counter.objects.filter(key__in=keys).delete()
    else:
        over.delete()


def count_all(asked: Mapping[str, Limit], now: int, early: str = "") -> int:
    """Count a try under limits by their keys, in one statement; `early` is more that it returns.

    Return how many seconds are left of the longest window in which it was one too many, else 0.
    """
    if not asked:
        return 0
    values: list[str | int] = []
    for key, limit in asked.items():
        account = hash_name("account", limit.account) if limit.account else ""
        values += [key, account, now + limit.seconds]
    rows = ", ".join(["(%s, %s, 1, %s)"] * len(asked))
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(rows=rows, now=int(now), early=early), values)
        counted = cursor.fetchall()
    waits = [int(ends_at) - now for key, tries, ends_at, *_ in counted if tries > asked[key].tries]
    return max(waits, default=0)


def give_back(limits: Sequence[Limit]) -> None:
    """Take back a try that turned out to be a good one."""
    keys = [limit.key for limit in limits]
    Counter.objects.filter(key__in=keys, count__gt=0).update(count=F("count") - 1)


def unlock(account: str = "") -> int:
    """Forget the tries at an account, or at all of them; return how many counters there were."""
    counters = Counter.objects.all()
    if account:
        counters = counters.filter(account=hash_name("account", account_name(account)))
    forgotten, _ = counters.delete()
    return forgotten
