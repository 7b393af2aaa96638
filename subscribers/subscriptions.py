"""Who gets which list: every change of a subscription, in one place.

Two rules apply.  Others (an editor, an import, a program) can never bring back a person who has
left: only the person can.  And a suppression is stronger than any subscription, whoever
made it: there is no mail until `subscribers.suppressions.lift_suppression`.

Each change is one conditional statement, so that two at the same time work correctly.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from subscribers.models import List, Subscriber, Subscription
from subscribers.suppressions import is_suppressed

State = Subscription.State


def subscribe(subscriber: Subscriber, to: List, *, source: str) -> bool:
    """Subscribe a person to a list for somebody else; return whether they will be mailed.

    Nothing changes for a person who has left the list, or every list, or is suppressed, or if
    the list is archived; a pending person stays pending.
    """
    if to.archived_at is not None or is_suppressed(subscriber.key) or has_left(subscriber, to):
        return False
    made, _ = Subscription.objects.get_or_create(
        subscriber=subscriber, list=to, defaults={"source": source}
    )
    return made.state == State.ACTIVE


def has_left(subscriber: Subscriber, to: List) -> bool:
    """Whether a person has left a list, or is not on it and has left all they were on."""
    states = dict(subscriber.subscriptions.values_list("list_id", "state"))
    if to.pk in states:
        return states[to.pk] == State.UNSUBSCRIBED
    return set(states.values()) == {State.UNSUBSCRIBED}


def unsubscribe(subscriber_id: int, list_ids: Collection[int] = ()) -> int:
    """Unsubscribe a person from these lists, or from all if none is named; return how many."""
    wanted = of_person(subscriber_id, list_ids).exclude(state=State.UNSUBSCRIBED)
    return wanted.update(state=State.UNSUBSCRIBED, changed_at=timezone.now())


def unsubscribe_people(subscriber_ids: Collection[int], list_ids: Collection[int] = ()) -> int:
    """Unsubscribe people from these lists, or from all; return how many subscriptions ended."""
    rows = Subscription.objects.filter(subscriber_id__in=subscriber_ids)
    wanted = rows.filter(list_id__in=list_ids) if list_ids else rows
    return wanted.exclude(state=State.UNSUBSCRIBED).update(
        state=State.UNSUBSCRIBED, changed_at=timezone.now()
    )


def resubscribe(subscriber_id: int, list_ids: Collection[int]) -> int:
    """Subscribe a person again to former lists, by their own act; return how many."""
    wanted = Subscription.objects.filter(subscriber_id=subscriber_id, list_id__in=list_ids)
    back = wanted.exclude(state=State.ACTIVE)
    return back.update(state=State.ACTIVE, changed_at=timezone.now())


@transaction.atomic
def choose_lists(subscriber: Subscriber, list_ids: Iterable[int]) -> None:
    """Set the lists of a person to exactly these of the open ones, by their own act only.

    Lists that are not open to the person are ignored, whatever a form contains.
    """
    open_ids = set(open_lists(subscriber).values_list("pk", flat=True))
    wanted = open_ids.intersection(list_ids)
    if unwanted := open_ids - wanted:
        unsubscribe(subscriber.pk, unwanted)
    resubscribe(subscriber.pk, wanted)
    Subscription.objects.bulk_create(
        (
            Subscription(subscriber=subscriber, list_id=list_id, source="preferences page")
            for list_id in sorted(wanted)
        ),
        ignore_conflicts=True,
    )


def open_lists(subscriber: Subscriber) -> QuerySet[List]:
    """Return the lists a person may choose from: the public ones, and any they were ever on.

    Archived ones are not offered.
    """
    shown = Q(public=True) | Q(subscriptions__subscriber=subscriber)
    return List.objects.filter(shown, archived_at=None).distinct()


def of_person(subscriber_id: int, list_ids: Collection[int]) -> QuerySet[Subscription]:
    """Return a person's subscriptions to these lists; no lists means all of them."""
    subscriptions = Subscription.objects.filter(subscriber_id=subscriber_id)
    return subscriptions.filter(list_id__in=list_ids) if list_ids else subscriptions
