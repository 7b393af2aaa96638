"""Who gets which list: every change of a subscription, in one place.

Two rules apply.  Others (an editor, an import, a program) can never bring back a person who has
left: only the person can.  And a suppression is stronger than any subscription, whoever
made it: there is no mail until `subscribers.suppressions.lift_suppression`.

Each change locks the rows it is about, so that two at the same time work correctly, and is
recorded in the history in the same transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from subscribers.history.models import Actor, SubscriptionChange
from subscribers.history.recording import Change, record, record_all
from subscribers.importing import unfinished
from subscribers.list_suppressions import (
    is_suppressed_for_list,
    lift_for_lists,
    lists_suppressed_for,
)
from subscribers.models import List, Subscriber, Subscription
from subscribers.sources import PREFERENCES
from subscribers.suppressions import is_suppressed

State = Subscription.State
Kind = SubscriptionChange.Kind


@transaction.atomic
def subscribe(subscriber: Subscriber, to: List, *, source: str, by: str = "") -> bool:
    """Subscribe a person to a list for somebody else; return whether they will be mailed.

    Nothing changes for a person who has left the list, or every list, or is suppressed, for all
    mail or for the list, or if the list is archived; a pending person stays pending.
    """
    if to.archived_at is not None or is_suppressed(subscriber.key) or has_left(subscriber, to):
        return False
    if is_suppressed_for_list(subscriber.key, to.pk):
        return False
    one, made = Subscription.objects.get_or_create(
        subscriber=subscriber, list=to, defaults={"source": source}
    )
    if not made:
        unfinished.keep(one)
    else:
        added = Change(
            subscriber_id=subscriber.pk,
            list_id=to.pk,
            kind=Kind.ADDED,
            to_state=one.state,
            by=by,
            detail={"source": source},
        )
        record(added)
    return one.state == State.ACTIVE


def has_left(subscriber: Subscriber, to: List) -> bool:
    """Whether a person has left a list, or is not on it and has left all they were on."""
    states = dict(subscriber.subscriptions.values_list("list_id", "state"))
    if to.pk in states:
        return states[to.pk] == State.UNSUBSCRIBED
    return set(states.values()) == {State.UNSUBSCRIBED}


def unsubscribe(
    subscriber_id: int, list_ids: Collection[int] = (), *, by: str = "", reason: str = ""
) -> int:
    """Unsubscribe a person from these lists, or from all if none is named; return how many."""
    return unsubscribe_people((subscriber_id,), list_ids, by=by, reason=reason)


def unsubscribe_people(
    subscriber_ids: Collection[int],
    list_ids: Collection[int] = (),
    *,
    by: str = "",
    reason: str = "",
) -> int:
    """Unsubscribe people from these lists, or from all; return how many subscriptions ended."""
    rows = Subscription.objects.filter(subscriber_id__in=subscriber_ids)
    wanted = rows.filter(list_id__in=list_ids) if list_ids else rows
    return end_subscriptions(wanted, by=by, reason=reason)


@transaction.atomic(savepoint=False)
def end_subscriptions(wanted: QuerySet[Subscription], *, by: str = "", reason: str = "") -> int:
    """Unsubscribe: end these subscriptions; return how many had not ended."""
    end = Ending(state=State.UNSUBSCRIBED, kind=Kind.LEFT, by=by, reason=reason)
    # Locked: an undo that goes on at the same time sees what is recorded, or is waited for.
    rows = list(wanted.select_for_update().order_by("pk"))
    if by and (ended := [row.pk for row in rows if row.state == end.state]):
        record_leaving_again(ended, end)
    changed = change_rows([row for row in rows if row.state != end.state], end)
    # Where there is one writer, nothing came while this one waited.
    again = connection.features.has_select_for_update
    return changed + (change_state(wanted, end) if again and changed else 0)


def record_leaving_again(ended: Collection[int], end: Ending) -> None:
    """Record that who had been unsubscribed by another is asked to be it once more.

    So that no undo of what the other did brings them back.  What bulk actions record has a source.
    """
    told = SubscriptionChange.objects.filter(
        subscriber=OuterRef("subscriber_id"),
        list=OuterRef("list_id"),
        kind=end.kind,
        by=end.by,
        at__gte=OuterRef("changed_at"),
    ).exclude(detail__has_key="source")
    rows = Subscription.objects.filter(pk__in=ended, state=end.state).exclude(Exists(told))
    record_end(rows.order_by("pk"), end)


def resubscribe(subscriber_id: int, list_ids: Collection[int], *, by: str = Actor.PERSON) -> int:
    """Subscribe a person again to former lists, by their own act; return how many.

    It ends what kept them from these lists alone (`list_suppressions`).
    """
    if by == Actor.PERSON and list_ids:
        lift_own(subscriber_id, list_ids)
    wanted = Subscription.objects.filter(subscriber_id=subscriber_id, list_id__in=list_ids)
    return change_state(wanted, Ending(state=State.ACTIVE, kind=Kind.RETURNED, by=by))


def lift_own(subscriber_id: int, list_ids: Collection[int]) -> None:
    """End the suppressions of a person for lists that they want, by their own act."""
    for key in Subscriber.objects.filter(pk=subscriber_id).values_list("key", flat=True):
        lift_for_lists(key, list_ids)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ending:
    """The state that subscriptions get, and what the history says of it."""

    state: Subscription.State
    kind: SubscriptionChange.Kind
    by: str = ""
    reason: str = ""
    detail: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic(savepoint=False)
def change_state(wanted: QuerySet[Subscription], end: Ending) -> int:
    """Give subscriptions a state and record each change; return how many had another one.

    Whoever had to wait for an import that adds the person to another list looks again: what the
    import added is there only now.
    """
    changed = 0
    while now_changed := change_found(wanted, end):
        changed += now_changed
        if not connection.features.has_select_for_update:
            break  # there is one writer
    return changed


def change_found(wanted: QuerySet[Subscription], end: Ending) -> int:
    """Give those subscriptions a state that are there now; return how many had another one."""
    # Locked: of two at the same time, one changes and records, and the other finds nothing to do.
    rows = list(wanted.exclude(state=end.state).select_for_update().order_by("pk"))
    return change_rows(rows, end)


def change_rows(rows: Sequence[Subscription], end: Ending) -> int:
    """Give locked subscriptions a state that they do not have, and record it; return how many."""
    if not rows:
        return 0
    Subscription.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=end.state, changed_at=timezone.now()
    )
    record_end(rows, end)
    return len(rows)


def record_end(rows: Iterable[Subscription], end: Ending) -> None:
    """Record that subscriptions, as they were until now, get the state of an ending."""
    record_all(
        Change(
            subscriber_id=row.subscriber_id,
            list_id=row.list_id,
            kind=end.kind,
            from_state=row.state,
            to_state=end.state,
            by=end.by,
            reason=end.reason,
            detail=dict(end.detail),
        )
        for row in rows
    )


@transaction.atomic
def choose_lists(subscriber: Subscriber, list_ids: Iterable[int], *, reason: str = "") -> None:
    """Set the lists of a person to exactly these of the open ones, by their own act only.

    Lists that are not open to the person are ignored, whatever a form contains.  One that the
    person is suppressed for is never shown as chosen, so that not to choose it says nothing.
    """
    open_ids = set(open_lists(subscriber).values_list("pk", flat=True))
    wanted = open_ids.intersection(list_ids)
    if unwanted := open_ids - wanted - lists_suppressed_for(subscriber.key):
        unsubscribe(subscriber.pk, unwanted, by=Actor.PERSON, reason=reason)
    resubscribe(subscriber.pk, wanted)
    join_new_lists(subscriber, wanted)


def join_new_lists(subscriber: Subscriber, list_ids: Collection[int]) -> None:
    """Subscribe a person to those of the lists that they were never on, by their own act."""
    known = set(subscriber.subscriptions.values_list("list_id", flat=True))
    new = sorted(set(list_ids) - known)
    Subscription.objects.bulk_create(
        (
            Subscription(subscriber=subscriber, list_id=list_id, source=PREFERENCES)
            for list_id in new
        ),
        ignore_conflicts=True,
    )
    record_all(
        Change(
            subscriber_id=subscriber.pk,
            list_id=list_id,
            kind=Kind.ADDED,
            to_state=State.ACTIVE,
            by=Actor.PERSON,
        )
        for list_id in new
    )


def open_lists(subscriber: Subscriber | int) -> QuerySet[List]:
    """Return the lists a person may choose from: the public ones, and any they were ever on.

    Archived ones are not offered.
    """
    # Not by a join: that reads the subscriptions of everybody else, too.
    theirs = Subscription.objects.filter(subscriber=subscriber).values("list")
    return List.objects.filter(Q(public=True) | Q(pk__in=theirs), archived_at=None)


def of_person(subscriber_id: int, list_ids: Collection[int]) -> QuerySet[Subscription]:
    """Return a person's subscriptions to these lists; no lists means all of them."""
    subscriptions = Subscription.objects.filter(subscriber_id=subscriber_id)
    return subscriptions.filter(list_id__in=list_ids) if list_ids else subscriptions
