"""Who became whom, by changes to addresses that somebody had already: they are one person."""

from __future__ import annotations

from subscribers.preferences.models import AddressChange

#: How often one person becomes another before it is not followed any more.
MAX_STEPS = 10


def has_merged_people() -> bool:
    """Say whether anybody ever moved to an address that somebody had already."""
    return AddressChange.objects.exclude(merged_into=None).exists()


def list_merged(subscriber_id: int) -> list[int]:
    """Return whom a person became, by changes to addresses that were known; nearest first."""
    found: list[int] = []
    latest = {subscriber_id}
    for _step in range(MAX_STEPS):
        changes = AddressChange.objects.filter(subscriber_id__in=latest)
        into = changes.exclude(merged_into=None).values_list("merged_into_id", flat=True)
        latest = {each for each in into if each} - {subscriber_id, *found}
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
