"""The lists of one person: those they are on or left, and those for which they are suppressed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from subscribers.models import List, ListSuppression, Subscription
from subscribers.sources import describe_source


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonList:
    """One list: the subscription, if there is one, and the suppression for this list alone."""

    list: List
    subscription: Subscription | None = None
    suppression: ListSuppression | None = None

    @property
    def source(self) -> str:
        """Where the subscription came from, in words."""
        return describe_source(self.subscription.source) if self.subscription else ""

    @property
    def wanted(self) -> bool:
        """Whether the person is on the list, or has yet to confirm it."""
        on = self.subscription
        return on is not None and on.state != Subscription.State.UNSUBSCRIBED


def merge_lists(
    subscriptions: Iterable[Subscription], suppressions: Iterable[ListSuppression]
) -> list[PersonList]:
    """Return the lists that a person has to do with, by name."""
    mine = {each.list_id: each for each in subscriptions}
    stopped = {each.list_id: each for each in suppressions}
    lists = {number: each.list for number, each in mine.items()}
    lists |= {number: each.list for number, each in stopped.items()}
    return [
        PersonList(
            list=lists[number], subscription=mine.get(number), suppression=stopped.get(number)
        )
        for number in sorted(lists, key=lambda number: lists[number].name.casefold())
    ]
