"""Who is subscribed to a publication, suppressed addresses among them, in times of a page.

A list of a million is never read: its number is kept (`subscribers.list_counts`), and what is known
of people is looked up in some of them first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from subscribers.list_counts import kept_states
from subscribers.models import Subscriber, Subscription

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from newsletter.publishing.models import Publication

ACTIVE = Subscription.State.ACTIVE


@dataclass(frozen=True, slots=True)
class Readers:
    """The people who are active on some lists, by the ids of these."""

    list_ids: tuple[int, ...]

    def _active(self) -> QuerySet[Subscription]:
        return Subscription.objects.filter(list__in=self.list_ids, state=ACTIVE)

    def count_subscriptions(self) -> int:
        """Return how many subscriptions they have: at least as many as there are people."""
        kept = kept_states(self.list_ids)
        return sum(kept[pk].get(ACTIVE, 0) for pk in self.list_ids)

    def count(self) -> int:
        """Return how many they are; people on several lists count once."""
        if len(self.list_ids) < 2:
            return self.count_subscriptions()
        return self._active().values("subscriber").distinct().count()

    def attributes_of_some(self, most: int) -> list[Mapping[str, Any]]:
        """Return what is known of some of them."""
        return list(self._active().values_list("subscriber__attributes", flat=True)[:most])

    def have_attribute(self, name: str) -> bool:
        """Say whether anybody has a field; looks at everybody where nobody has."""
        people = Subscriber.objects.filter(pk__in=self._active().values("subscriber"))
        return people.filter(attributes__has_key=name).exists()


def readers_of(publication: Publication) -> Readers:
    """Return who is subscribed to a publication: to those of its lists that are not archived."""
    lists = publication.lists.filter(archived_at=None)
    return Readers(tuple(lists.order_by("pk").values_list("pk", flat=True)))
