"""People who leave by the link of a mail: one of them, or many at the same time.

After a send to a million people mail programs post hundreds of one-clicks a second.  With SQLite,
which has one writer, those that come at the same time leave in one transaction; each is answered
when the disk has it.  PostgreSQL writes many transactions to the disk at once by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from django.db import connection, transaction
from django.db.models import QuerySet

from newsletter.gathering import Gathering
from newsletter.runtime.availability import is_unavailable
from subscribers.history.models import Actor
from subscribers.models import Subscriber, Subscription
from subscribers.preferences.merges import find_merged, list_merged
from subscribers.subscriptions import end_subscriptions, of_person

#: A person and the lists of the link; none means all of them.
Departure = tuple[int, tuple[int, ...]]


def to_leave(subscriber_id: int, list_ids: Collection[int]) -> QuerySet[Subscription]:
    """Return what leaving is about: also what went to whoever the person became.

    Of those only the lists of the link are known here, else those that the person was on.
    """
    mine = of_person(subscriber_id, list_ids)
    if not (merged := list_merged(subscriber_id)):
        return mine
    lists = list_ids or mine.values_list("list_id", flat=True)
    return mine | Subscription.objects.filter(subscriber_id__in=merged, list_id__in=lists)


@transaction.atomic
def leave_together(departures: Sequence[Departure]) -> None:
    """Unsubscribe people, each from the lists of the link; doing it twice is not an error."""
    # Locked, in one order: lists that go to somebody else just now are found there.
    rows = Subscriber.objects.select_for_update().filter(pk__in={pk for pk, _lists in departures})
    known = {person.pk for person in rows.order_by("pk") if not person.erased}
    merged = find_merged(known)
    by_lists: defaultdict[tuple[int, ...], set[int]] = defaultdict(set)
    for pk, lists in departures:
        if pk in merged:
            end_subscriptions(to_leave(pk, lists), by=Actor.PERSON)
        elif pk in known:
            by_lists[lists].add(pk)
    for lists, people in by_lists.items():
        theirs = Subscription.objects.filter(subscriber_id__in=people)
        wanted = theirs.filter(list_id__in=lists) if lists else theirs
        end_subscriptions(wanted, by=Actor.PERSON)


_GATHERING = Gathering(leave_together, of_all=is_unavailable)


def leave(subscriber_id: int, list_ids: tuple[int, ...]) -> None:
    """Unsubscribe a person from the lists of the link; who is not known, or erased, is on none."""
    if connection.features.has_select_for_update:
        leave_together([(subscriber_id, list_ids)])
    else:
        _GATHERING.ask((subscriber_id, list_ids))
