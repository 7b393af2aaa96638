"""Take back what a run changed of some people, unless they or somebody else changed it since.

Nobody comes back who left since: by their own act, by the provider, or by somebody here.  Who was
added and has been in a send since keeps the row, and waits for their own confirmation.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models
from django.db.models import Exists, Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter.errors import InvalidTransition
from subscribers.bulk.actions import attribute_change, with_attribute
from subscribers.bulk.models import PREVIEWS, BulkChange, BulkRun
from subscribers.history.models import SubscriptionChange
from subscribers.history.recording import Change, record_all
from subscribers.importing.models import UNDO_DAYS, ImportRun
from subscribers.importing.undoing import ledger_rows, own_acts
from subscribers.models import List, Subscriber, Subscription
from subscribers.sources import BULK

State, Kind, Action = Subscription.State, SubscriptionChange.Kind, BulkRun.Action
Progress = BulkRun.State


def must_be_undoable(run: BulkRun) -> None:
    """Raise `InvalidTransition` for what cannot be undone, is too old, or was followed."""
    number = run.pk
    if run.action == Action.DELETE:
        raise InvalidTransition(_("who was deleted cannot be brought back"))
    if run.state not in (Progress.APPLIED, Progress.FAILED, Progress.UNDOING):
        raise InvalidTransition(
            _("bulk action {number} is {state}").format(
                number=number, state=run.get_state_display()
            )
        )
    if timezone.now() - run.applied_at >= dt.timedelta(days=UNDO_DAYS):
        raise InvalidTransition(
            _("bulk action {number} is older than {days} days").format(
                number=number, days=UNDO_DAYS
            )
        )
    must_not_be_followed(run)


def must_not_be_followed(run: BulkRun) -> None:
    """Raise `InvalidTransition` if people may have been taken off by something later, too.

    A later import may say that they left, and a later bulk action unsubscribe them: of who had been
    unsubscribed already no trace is in their subscriptions.
    """
    if run.action != Action.UNSUBSCRIBE:
        return
    others = BulkRun.objects.filter(action=Action.UNSUBSCRIBE, pk__gt=run.pk)
    others = others.exclude(state__in=(Progress.UNDONE, *PREVIEWS)).order_by("-pk")
    if run.list_id:
        others = others.filter(Q(list=run.list_id) | Q(list=None))
    if (other := others.first()) is not None:
        raise InvalidTransition(
            _("bulk action {later} came after it, and unsubscribes, too").format(later=other.pk),
            hint=_("Undo bulk action {later} first.").format(later=other.pk),
        )
    later = ImportRun.objects.filter(applied_at__gt=run.applied_at, state=ImportRun.State.APPLIED)
    blocking = (later.filter(list=run.list_id) if run.list_id else later).first()
    if blocking is not None:
        raise InvalidTransition(
            _("import {later} came after it, and may say who left").format(later=blocking.pk),
            hint=_("Undo import {later} first.").format(later=blocking.pk),
        )


def undo_chunk(run: BulkRun, changes: Sequence[BulkChange]) -> dict[str, int]:
    """Take back some changes of a run, in a transaction that holds it and the people.

    Returns what became of them: `undone` are as before, `waiting` were in a send since, `kept` were
    changed since.
    """
    if run.action == Action.SET:
        undone, waiting = restore_attributes(run, changes), 0
    elif run.action == Action.ADD:
        undone, waiting = take_off(run, changes)
    else:
        undone, waiting = bring_back(run, changes), 0
    kept = len(changes) - undone - waiting
    return dict(+Counter(undone=undone, waiting=waiting, kept=kept))


def restore_attributes(run: BulkRun, changes: Sequence[BulkChange]) -> int:
    """Give people the value they had, where it is as the run left it; return how many."""
    people = Subscriber.objects.in_bulk([change.subscriber_id for change in changes])
    restored = []
    for change in changes:
        person = people.get(change.subscriber_id)
        if person is None or person.erased:
            continue
        if person.attributes.get(run.attribute, "") == run.value:
            person.attributes = with_attribute(person, run.attribute, change.before or "")
            restored.append(person)
    Subscriber.objects.bulk_update(restored, ["attributes"])
    record_all(attribute_change(run, person) for person in restored)
    return len(restored)


def take_off(run: BulkRun, changes: Sequence[BulkChange]) -> tuple[int, int]:
    """Take people off the list whom the run added; return how many are off, and how many wait."""
    at = {change.subscriber_id: change.at for change in changes}
    rows = Subscription.objects.filter(list=run.list_id, subscriber__in=at, state=State.ACTIVE)
    for act in own_acts(run.list_id, run.applied_at):
        rows = rows.exclude(Exists(act))
    untouched = [row for row in rows.order_by("pk") if row.changed_at == at[row.subscriber_id]]
    mailed = mailed_since(run, at)
    off = [row for row in untouched if row.subscriber_id not in mailed]
    waiting = [row for row in untouched if row.subscriber_id in mailed]
    record_all(undone_change(run, row, "") for row in off)
    record_all(undone_change(run, row, State.PENDING) for row in waiting)
    Subscription.objects.filter(pk__in=[row.pk for row in waiting]).update(
        state=State.PENDING, changed_at=timezone.now()
    )
    Subscription.objects.filter(pk__in=[row.pk for row in off]).delete()
    return len(off), len(waiting)


def mailed_since(run: BulkRun, people: Iterable[int]) -> set[int]:
    """Return who of some people was in a send to the list of a run since it was asked for."""
    mailed: set[int] = set()
    for model, column in ledger_rows():
        wanted = {
            f"{column}__in": list(people),
            "pk__gt": run.ledger_ends.get(model._meta.label, 0),
        }
        if path := path_to_lists(model):
            wanted[path] = run.list_id
        found = model._default_manager.filter(**wanted)
        mailed.update(found.values_list(column, flat=True))
    return mailed


def path_to_lists(model: type[models.Model]) -> str:
    """Return the path of fields from a row of a ledger to the lists of its send, or nothing."""
    for field in model._meta.concrete_fields:
        target: Any = field.related_model
        for lists in target._meta.many_to_many if target else ():
            if lists.related_model is List:
                return f"{field.name}__{lists.name}"
    return ""


def ledger_ends() -> dict[str, int]:
    """Return the last row of each ledger, by the label of its model."""
    models_of = {model for model, _column in ledger_rows()}
    ends = {each: each._default_manager.aggregate(last=Max("pk"))["last"] for each in models_of}
    return {each._meta.label: last or 0 for each, last in ends.items()}


def bring_back(run: BulkRun, changes: Sequence[BulkChange]) -> int:
    """Give people the state they had, unless they left since; return how many have it."""
    before = {(each.subscriber_id, each.list_id): each for each in changes}
    people = {each.subscriber_id for each in changes}
    rows = Subscription.objects.filter(subscriber__in=people, state=State.UNSUBSCRIBED)
    ended = {(row.subscriber_id, row.list_id): row for row in rows.order_by("pk")}
    left = left_again(people)
    back = [
        row
        for place, row in ended.items()
        if place in before
        and before[place].at == row.changed_at
        and left.get(place, row.changed_at) <= row.changed_at
    ]
    now = timezone.now()
    for row in back:
        row.state, row.changed_at = before[row.subscriber_id, row.list_id].before or "", now
    record_all(undone_change(run, row, row.state) for row in back)
    Subscription.objects.bulk_update(back, ["state", "changed_at"])
    return len(back)


def left_again(people: Iterable[int]) -> dict[tuple[int, int | None], dt.datetime]:
    """Return when people were last unsubscribed who had been it already, by person and list."""
    rows = SubscriptionChange.objects.filter(
        subscriber__in=people, kind=Kind.LEFT, from_state=State.UNSUBSCRIBED
    )
    return {(row.subscriber_id, row.list_id): row.at for row in rows.order_by("at", "pk")}


def undone_change(run: BulkRun, row: Subscription, state: str) -> Change:
    """Return the change of history of a subscription whose change is taken back."""
    return Change(
        subscriber_id=row.subscriber_id,
        list_id=row.list_id,
        kind=Kind.UNDONE,
        from_state=State.UNSUBSCRIBED if run.action == Action.UNSUBSCRIBE else row.state,
        to_state=state,
        by=run.by,
        detail={"source": f"{BULK}{run.pk}"},
    )
