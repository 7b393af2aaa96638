"""How many people a filter finds: exactly, or about, in a time that does not grow with the list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, Max, Min, OuterRef, Q

from subscribers.models import Subscriber, Subscription
from subscribers.segments.expressions import Expression
from subscribers.segments.queries import build_query

#: With this many ids or fewer, everybody is looked at.
EXACT_IDS = 50_000
#: Else this many ranges of ids, spread evenly, with the ids of each.
RANGES = 40
RANGE_IDS = 250


@dataclass(frozen=True, slots=True)
class Found:
    """How many people a filter finds; `exact` is false where a sample was looked at."""

    people: int
    exact: bool


def count_people(expression: Expression, lists: frozenset[int] = frozenset()) -> Found:
    """Count the people a filter finds, or estimate them from a sample.

    With `lists`, only those count who want the mail of one of these lists.
    """
    counted, exact = count_groups({"found": build_query(expression) & on_any(lists)})
    return Found(counted["found"], exact=exact)


def count_groups(groups: Mapping[str, Q]) -> tuple[dict[str, int], bool]:
    """Count the people of each group in one look; say whether everybody was looked at."""
    first = Subscriber.objects.aggregate(first=Min("pk"))["first"]
    if first is None:
        return dict.fromkeys(groups, 0), True
    # One at a time: SQLite finds either by its index, and both only by reading them all.
    last: int = Subscriber.objects.aggregate(last=Max("pk"))["last"]
    span = last - first + 1
    exact = span <= EXACT_IDS
    people = Subscriber.objects.all() if exact else Subscriber.objects.filter(spread(first, span))
    names = {f"group_{number}": name for number, name in enumerate(groups)}
    counts = people.aggregate(
        **{key: Count("pk", filter=groups[name]) for key, name in names.items()}
    )
    scale = 1 if exact else span / (RANGES * RANGE_IDS)
    return {name: round(counts[key] * scale) for key, name in names.items()}, exact


def count_exactly(expression: Expression, lists: frozenset[int] = frozenset()) -> int:
    """Count the people a filter finds, looking at everybody."""
    return Subscriber.objects.filter(build_query(expression) & on_any(lists)).count()


def on_any(lists: frozenset[int]) -> Q:
    """Return the condition of being active on one of some lists; no list asks for nothing."""
    if not lists:
        return Q()
    mine = Subscription.objects.filter(subscriber=OuterRef("pk"), state=Subscription.State.ACTIVE)
    return Q(Exists(mine.filter(list__in=lists)))


def spread(first: int, span: int) -> Q:
    """Return the condition of being in one of some ranges, spread evenly over all ids."""
    looked_at = Q()
    for number in range(RANGES):
        start = first + number * (span - RANGE_IDS) // (RANGES - 1)
        looked_at |= Q(pk__gte=start, pk__lt=start + RANGE_IDS)
    return looked_at
