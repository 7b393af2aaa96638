"""Who became whom, by changes to addresses that somebody had already: they are one person."""

from __future__ import annotations

from collections.abc import Collection

from newsletter.statements import Statement
from subscribers.preferences.models import AddressChange

#: How often one person becomes another before it is not followed any more.
MAX_STEPS = 10
MERGED = Statement(
    lambda pk: (
        AddressChange.objects.filter(subscriber=pk)
        .exclude(merged_into=None)
        .values_list("merged_into")
    ),
    int,
)
ANY_MERGED = Statement(
    lambda: AddressChange.objects.exclude(merged_into=None).order_by().values_list("pk")[:1]
)


def has_merged_people() -> bool:
    """Say whether anybody ever moved to an address that somebody had already."""
    return bool(ANY_MERGED.rows())


def find_merged(people: Collection[int]) -> set[int]:
    """Return who of some people became another one, by their ids."""
    if not has_merged_people():
        return set()
    changes = AddressChange.objects.filter(subscriber__in=people).exclude(merged_into=None)
    return set(changes.values_list("subscriber_id", flat=True))


def list_merged(subscriber_id: int) -> list[int]:
    """Return whom a person became, by changes to addresses that were known; nearest first."""
    found: list[int] = []
    latest = {subscriber_id}
    for _step in range(MAX_STEPS):
        into = {each for one in latest for (each,) in MERGED.rows(one)}
        latest = into - {subscriber_id, *found}
        if not latest:
            break
        found += sorted(latest)
    return found


def list_former(subscriber_id: int) -> list[int]:
    """Return who became a person, by changes to addresses that were known."""
    found: set[int] = set()
    latest = {subscriber_id}
    for _step in range(MAX_STEPS):
        changes = AddressChange.objects.filter(merged_into_id__in=latest)
        latest = set(changes.values_list("subscriber_id", flat=True)) - {subscriber_id, *found}
        if not latest:
            break
        found |= latest
    return sorted(found)
