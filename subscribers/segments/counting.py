"""How many people a filter finds: exactly, or about, in a time that does not grow with the list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection
from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Value, When

from subscribers.importing.unfinished import is_there, leave_out
from subscribers.models import Subscriber, Subscription
from subscribers.segments.expressions import Expression
from subscribers.segments.queries import build_query

#: Two looks: SQLite finds either by its index, and both only by reading them all.
FIRST_AND_LAST = """
SELECT (SELECT MIN(id) FROM subscribers_subscriber), (SELECT MAX(id) FROM subscribers_subscriber)
"""
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
    looked_at = look_at_people()
    people = looked_at.people.filter(build_query(expression) & on_any(lists)).count()
    return Found(round(people * looked_at.scale), exact=looked_at.exact)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """Everybody, or a sample; each in it stands for `scale` people."""

    people: QuerySet[Subscriber]
    scale: float = 1.0

    @property
    def exact(self) -> bool:
        """Whether it is everybody."""
        return self.scale == 1.0


def look_at_people() -> Sample:
    """Return everybody where they are few, else a sample that is always of the same size."""
    with connection.cursor() as cursor:
        cursor.execute(FIRST_AND_LAST)
        first, last = cursor.fetchone()
    if first is None:
        return Sample(people=Subscriber.objects.none())
    span = last - first + 1
    if span <= EXACT_IDS:
        return Sample(people=Subscriber.objects.all())
    sample = Subscriber.objects.filter(spread(first, span))
    return Sample(people=sample, scale=span / (RANGES * RANGE_IDS))


def count_by_reason(
    people: Q, reasons: Mapping[str, Q], *, rest: str, marks: Mapping[str, Q]
) -> tuple[dict[str, int], bool]:
    """Count people by the first of some reasons that applies to them, in one look.

    Those to whom none applies are counted under `rest`, and of these also those with each of the
    marks.  Says besides whether everybody was looked at.  Each condition is asked once for each
    person, and only where none before it applies.
    """
    looked_at = look_at_people()
    cases = (When(condition, then=Value(reason)) for reason, condition in reasons.items())
    names = {f"mark_{number}": name for number, name in enumerate(marks)}
    marked = {key: Case(When(marks[name], then=1), default=0) for key, name in names.items()}
    found = looked_at.people.filter(people).annotate(reason=Case(*cases, default=Value(rest)))
    rows = found.annotate(**marked).order_by().values("reason", *names).annotate(n=Count("pk"))
    counts = dict.fromkeys([*reasons, rest, *marks], 0)
    for row in rows:
        counts[row["reason"]] += row["n"]
        for key, name in names.items():
            if row["reason"] == rest:
                counts[name] += row["n"] * row[key]
    return {name: round(each * looked_at.scale) for name, each in counts.items()}, looked_at.exact


def count_exactly(expression: Expression, lists: frozenset[int] = frozenset()) -> int:
    """Count the people a filter finds, looking at everybody."""
    return Subscriber.objects.filter(build_query(expression) & on_any(lists)).count()


def on_any(lists: frozenset[int]) -> Q:
    """Return the condition of being active on one of some lists; no list asks for nothing."""
    if not lists:
        return is_there()
    mine = Subscription.objects.filter(subscriber=OuterRef("pk"), state=Subscription.State.ACTIVE)
    return Q(Exists(leave_out(mine.filter(list__in=lists))))


def spread(first: int, span: int) -> Q:
    """Return the condition of being in one of some ranges, spread evenly over all ids."""
    looked_at = Q()
    for number in range(RANGES):
        start = first + number * (span - RANGE_IDS) // (RANGES - 1)
        looked_at |= Q(pk__gte=start, pk__lt=start + RANGE_IDS)
    return looked_at
