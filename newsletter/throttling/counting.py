"""Count tries, and refuse those that are too many.

One statement counts and looks, so that a try counts before it is made: a hundred at the same
time, in any number of processes, are a hundred.  A window begins with its first try and ends by
itself; tries while it is full do not prolong it.  One that ends later than any that begins now
was begun by a clock that was ahead, and starts again.
"""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection
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
RETURNING key, count, ends_at
"""


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
    now = int(time.time())
    if wait := seconds_to_wait(limits, now):
        return wait
    waits = count_all(limits, now)
    Counter.objects.filter(ends_at__lte=now).delete()
    return max(waits, default=0)


def seconds_to_wait(limits: Sequence[Limit], now: int) -> int:
    """Return how many seconds are left of the window that is full and ends last, or 0."""
    asked = {limit.key: limit for limit in limits}
    counters = Counter.objects.filter(key__in=asked, ends_at__gt=now)
    full = [each for each in counters if each.count >= asked[each.key].tries]
    waits = [each.ends_at - now for each in full if each.ends_at - now <= asked[each.key].seconds]
    return max(waits, default=0)


def count_all(limits: Sequence[Limit], now: int) -> list[int]:
    """Count a try under all limits by one statement.

    Return for each how many seconds are left of its window if it was one too many, else 0.
    """
    if not limits:
        return []
    # In one order, so that no two of them wait for each other.
    asked = dict(sorted({limit.key: limit for limit in limits}.items()))
    values: list[str | int] = []
    for key, limit in asked.items():
        account = hash_name("account", limit.account) if limit.account else ""
        values += [key, account, now + limit.seconds]
    rows = ", ".join(["(%s, %s, 1, %s)"] * len(asked))
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(rows=rows, now=int(now)), values)
        counted = cursor.fetchall()
    return [
        int(ends_at) - now if tries > asked[key].tries else 0 for key, tries, ends_at in counted
    ]


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
