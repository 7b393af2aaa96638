"""How the people on some lists became more and fewer, day by day, and where they came from.

All of it is told by what is kept of each subscription.  Who left and came back counts as if they
had never left, and whose data was erased is not counted at all: nothing is kept of that.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Count

from subscribers.list_suppressions import not_suppressed
from subscribers.models import Subscription, Suppression

#: Everybody on the lists once: since when, and whether and since when they are gone.  A day is one
#: of UTC: both databases write a time so that it begins with it.
PEOPLE = """
WITH person AS (
    SELECT s.subscriber_id AS id, MIN(s.created_at) AS joined_at,
           MAX(CASE WHEN s.state = 'active' THEN 1 ELSE 0 END) AS is_active,
           MAX(s.changed_at) AS changed_at
      FROM subscribers_subscription AS s
     WHERE s.list_id IN ({lists}) AND s.state <> 'pending'
     GROUP BY s.subscriber_id
)
"""
JOINED = """
SELECT 'joined', SUBSTR(CAST(joined_at AS TEXT), 1, 10) AS day, COUNT(*) FROM person GROUP BY day
"""
LEFT = """
SELECT 'left', SUBSTR(CAST(changed_at AS TEXT), 1, 10) AS day, COUNT(*) FROM person
 WHERE is_active = 0 GROUP BY day
"""
# Who is suppressed for each list that they are on is gone as well, since the last of them.
SUPPRESSED = """
SELECT p.reason, p.day, COUNT(*)
  FROM (SELECT stopped.reason AS reason,
               SUBSTR(CAST(CASE WHEN stopped.at < person.joined_at
                                THEN person.joined_at ELSE stopped.at END AS TEXT), 1, 10) AS day,
               ROW_NUMBER() OVER (PARTITION BY person.id ORDER BY stopped.at) AS place
          FROM (SELECT subscriber.id AS id, suppression.reason AS reason,
                       suppression.created_at AS at
                  FROM subscribers_suppression AS suppression
                  JOIN subscribers_subscriber AS subscriber ON subscriber.key = suppression.key
                 UNION ALL
                SELECT subscriber.id, MIN(here.reason), MAX(here.created_at)
                  FROM subscribers_listsuppression AS here
                  JOIN subscribers_subscriber AS subscriber ON subscriber.key = here.key
                  JOIN subscribers_subscription AS s
                    ON s.subscriber_id = subscriber.id AND s.list_id = here.list_id
                 WHERE here.list_id IN ({lists}) AND s.state = 'active'
                 GROUP BY subscriber.id
                HAVING COUNT(*) = (SELECT COUNT(*) FROM subscribers_subscription AS w
                                    WHERE w.subscriber_id = subscriber.id
                                      AND w.list_id IN ({lists}) AND w.state = 'active')
               ) AS stopped
          JOIN person ON person.id = stopped.id
         WHERE person.is_active = 1) AS p
 WHERE p.place = 1
 GROUP BY p.reason, p.day
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """How many people came and went on a day, or in a longer time that begins with it."""

    day: dt.date
    joined: int = 0
    left: int = 0
    bounced: int = 0
    suppressed: int = 0  #: for any other reason

    @property
    def net(self) -> int:
        """By how many there are more afterwards."""
        return self.joined - self.left - self.bounced - self.suppressed


@dataclass(frozen=True, kw_only=True, slots=True)
class Growth:
    """The changes of each day on which there was one, the first first."""

    days: Sequence[Change] = field(default_factory=tuple)

    @property
    def people(self) -> int:
        """How many get mail of these lists now."""
        return sum(change.net for change in self.days)

    @property
    def since(self) -> dt.date | None:
        """The first day on which anybody joined, as far as is known."""
        return self.days[0].day if self.days else None


def read_growth(lists: Collection[int]) -> Growth:
    """Return how lists grew, read from their subscriptions in three statements."""
    if not lists:
        return Growth()
    counted: dict[dt.date, Counter[str]] = {}
    for what, day, people in read_rows(lists):
        kept = counted.setdefault(dt.date.fromisoformat(day), Counter())
        kept[what if what in ("joined", "left", "bounced") else "suppressed"] += people
    days = [Change(day=day, **kept) for day, kept in sorted(counted.items())]
    return Growth(days=days)


def read_rows(lists: Collection[int]) -> list[tuple[str, str, int]]:
    """Return what happened (`joined`, `left`, a reason to suppress), on which day, to how many."""
    places = ", ".join(["%s"] * len(lists))
    found: list[tuple[str, str, int]] = []
    with connection.cursor() as cursor:
        for select in (JOINED, LEFT, SUPPRESSED):
            statement = PEOPLE + select
            times = statement.count("{lists}")
            cursor.execute(statement.format(lists=places), list(lists) * times)
            found += cursor.fetchall()
    return found


def count_sources(lists: Collection[int]) -> Mapping[str, int]:
    """Return where the people came from who are on the lists, the most frequent source first.

    Who is on two lists by two ways counts for both.
    """
    suppressed = Suppression.objects.values("key")
    rows = Subscription.objects.filter(list__in=lists, state=Subscription.State.ACTIVE)
    rows = not_suppressed(rows.exclude(subscriber__key__in=suppressed)).order_by()
    counted = rows.values_list("source").annotate(people=Count("subscriber", distinct=True))
    return dict(counted.order_by("-people", "source"))


def add_up(changes: Sequence[Change]) -> Change:
    """Return several changes as one that begins with the first."""
    return Change(
        day=changes[0].day,
        joined=sum(each.joined for each in changes),
        left=sum(each.left for each in changes),
        bounced=sum(each.bounced for each in changes),
        suppressed=sum(each.suppressed for each in changes),
    )
