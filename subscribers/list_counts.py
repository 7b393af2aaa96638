"""How many people each list has in each state, without counting them on each page.

Triggers of the database keep the states in the transactions that change subscriptions (migration
0011), so that no statement can forget to.  Those of the active who are suppressed are counted when
somebody asks, from the suppressions: they are few, and depend on three tables.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Count, Exists, OuterRef, Q, Sum

from subscribers.importing.unfinished import count_added
from subscribers.list_suppressions import suppressed_here
from subscribers.models import (
    List,
    ListCount,
    ListSuppression,
    Subscriber,
    Subscription,
    Suppression,
)

State = Subscription.State
#: With more rows than these, they are joined to one for each list and state.
MAX_ROWS = 1000

# Adds what is missing, or too much, on PostgreSQL: a row of a difference, as the triggers write it.
ADD_DIFFERENCES = """
INSERT INTO subscribers_listcount (list_id, state, people)
SELECT list_id, state, SUM(people)
  FROM (SELECT list_id, state, COUNT(*) AS people FROM subscribers_subscription
         GROUP BY list_id, state
         UNION ALL
        SELECT list_id, state, -people FROM subscribers_listcount) AS each
 GROUP BY list_id, state HAVING SUM(people) <> 0
"""
CORRECT_ROWS = """
UPDATE subscribers_listcount
   SET people = (SELECT COUNT(*) FROM subscribers_subscription AS w
                  WHERE w.list_id = subscribers_listcount.list_id
                    AND w.state = subscribers_listcount.state)
"""
JOIN_ROWS = """
WITH gone AS (DELETE FROM subscribers_listcount RETURNING list_id, state, people)
INSERT INTO subscribers_listcount (list_id, state, people)
SELECT list_id, state, SUM(people) FROM gone GROUP BY list_id, state
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Counts:
    """How many people a list has in each state; `suppressed` of the active are not mailed."""

    active: int = 0
    pending: int = 0
    unsubscribed: int = 0
    suppressed: int = 0

    @property
    def mailable(self) -> int:
        """Those whom a mail would go to now."""
        return self.active - self.suppressed

    @property
    def everybody(self) -> int:
        """All who are on the list, or left it."""
        return self.active + self.pending + self.unsubscribed


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A list and state of which another number was kept than there are people."""

    slug: str
    state: str
    kept: int
    counted: int


def count_lists(
    lists: Iterable[List], suppressed: Mapping[int, int] | None = None
) -> dict[int, Counts]:
    """Return the counts of lists by id, in four statements, without half-written imports.

    `suppressed` is what `count_suppressed` returned before, if anything: with very many
    suppressions, that takes longest.
    """
    ids = [one.pk for one in lists]
    kept = kept_states(ids)
    suppressed = count_suppressed(ids) if suppressed is None else suppressed
    added = count_added(ids)
    return {
        pk: Counts(
            active=kept[pk].get(State.ACTIVE, 0) - added.get((pk, State.ACTIVE), 0),
            pending=kept[pk].get(State.PENDING, 0) - added.get((pk, State.PENDING), 0),
            unsubscribed=kept[pk].get(State.UNSUBSCRIBED, 0),
            suppressed=suppressed.get(pk, 0),
        )
        for pk in ids
    }


def count_list(of: List) -> Counts:
    """Return the counts of one list."""
    return count_lists([of])[of.pk]


def kept_states(list_ids: Iterable[int]) -> Mapping[int, Mapping[str, int]]:
    """Return how many people are kept in each state, by list."""
    found: defaultdict[int, dict[str, int]] = defaultdict(dict)
    rows = ListCount.objects.filter(list__in=list_ids).values_list("list", "state")
    for pk, state, people in rows.annotate(Sum("people")):
        found[pk][state] = people
    return found


def count_suppressed(list_ids: Iterable[int]) -> dict[int, int]:
    """Return how many of the active of each list are suppressed, for all mail or for that list."""
    active = Subscription.objects.filter(state=State.ACTIVE, list__in=list(list_ids))
    barred = Subscriber.objects.filter(key__in=Suppression.objects.values("key"))
    everywhere = active.filter(subscriber__in=barred.values("pk"))
    counted = dict(everywhere.values_list("list").annotate(Count("pk")))
    if ListSuppression.objects.exists():
        barred_here = Subscriber.objects.filter(key__in=ListSuppression.objects.values("key"))
        here = suppressed_here(active.filter(subscriber__in=barred_here.values("pk")))
        also = Exists(Suppression.objects.filter(key=OuterRef("subscriber__key")))
        only_here = here.filter(~Q(also)).values_list("list").annotate(Count("pk"))
        for pk, people in only_here:
            counted[pk] = counted.get(pk, 0) + people
    return counted


def find_differences() -> list[Difference]:
    """Compare what is kept with a count of everybody; nothing is written."""
    slugs = dict(List.objects.values_list("pk", "slug"))
    kept = kept_states(slugs)
    counted: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for pk, state, people in Subscription.objects.values_list("list", "state").annotate(
        Count("pk")
    ):
        counted[pk][state] = people
    return [
        Difference(slug=slugs[pk], state=state, kept=before, counted=after)
        for pk in slugs
        for state in State.values
        if (before := kept[pk].get(state, 0)) != (after := counted[pk].get(state, 0))
    ]


@transaction.atomic
def recount() -> list[Difference]:
    """Count everybody, correct what is kept, and return what differed."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # Of two at the same time, the second finds nothing to correct.
            cursor.execute("LOCK TABLE subscribers_listcount IN SHARE ROW EXCLUSIVE MODE")
    found = find_differences()
    with connection.cursor() as cursor:
        cursor.execute(ADD_DIFFERENCES if connection.vendor == "postgresql" else CORRECT_ROWS)
    return found


def join_rows() -> bool:
    """Join the rows of PostgreSQL where they became many; return whether it was done.

    Whoever reads meanwhile sees the old rows or the new ones, and whoever writes does not wait.
    """
    if connection.vendor != "postgresql" or ListCount.objects.count() <= MAX_ROWS:
        return False
    with connection.cursor() as cursor:
        cursor.execute(JOIN_ROWS)
    return True
