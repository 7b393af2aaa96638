"""Runs of which some people are written and committed, and others are not, as others see them.

There are such runs on SQLite only, for the seconds that a large import or its undo takes, and after
its process was killed until somebody takes it back.  Who decides by the people of a list waits for
them (`is_any`), or leaves out whom they have brought in so far (`leave_out`): a run that is taken
back was never seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from newsletter.errors import InvalidTransition
from subscribers.importing.models import ImportChange, ImportRun
from subscribers.models import Subscription

State = ImportRun.State


def is_any() -> bool:
    """Whether a run is being written or undone in parts, or was left half-way."""
    return half_way().exists()


def must_be_none() -> None:
    """Raise `InvalidTransition`, with the run, while one is half-way."""
    if run := half_way().first():
        raise InvalidTransition(
            _("import {number} is being written or undone").format(number=run.pk),
            hint=_("Try again when it is done: newsletter import show {number}").format(
                number=run.pk
            ),
        )


def half_way() -> QuerySet[ImportRun]:
    """Return the runs that are being written or undone in parts, or were left half-way."""
    return ImportRun.objects.filter(is_half_way()).order_by("pk")


def is_half_way() -> Q:
    """Return the condition of such a run.

    On PostgreSQL none is undone in parts; one may have been left half-written on SQLite, before a
    move.
    """
    if connection.features.has_select_for_update:
        return Q(state=State.WRITING)
    return Q(state=State.WRITING) | Q(state=State.UNDOING, worked_at__isnull=False)


def leave_out(rows: QuerySet[Subscription]) -> QuerySet[Subscription]:
    """Return subscriptions without those that a run has written which is not finished."""
    if connection.features.has_select_for_update:
        return rows
    added = ImportChange.objects.filter(
        run__state=State.WRITING,
        run__list=OuterRef("list_id"),
        joined=True,
        subscriber=OuterRef("subscriber_id"),
    )
    return rows.exclude(Exists(writing()), Exists(added))


def is_there() -> Q:
    """Return the condition that no such run has made a person."""
    if connection.features.has_select_for_update:
        return Q()
    made = ImportChange.objects.filter(
        run__state=State.WRITING, made=True, subscriber=OuterRef("pk")
    )
    return ~(Q(Exists(writing())) & Q(Exists(made)))


def writing() -> QuerySet[ImportRun]:
    """Return the runs that are being written: asked first, and once for all rows of a query."""
    return ImportRun.objects.filter(state=State.WRITING)


def keep(one: Subscription) -> None:
    """Have a subscription that somebody else wants, too, stay where its run is taken back."""
    for run in half_written():
        if run.list_id == one.list_id:
            rows = ImportChange.objects.filter(run=run, subscriber=one.subscriber_id)
            rows.update(joined=False)


def half_written() -> list[ImportRun]:
    """Return the runs that are being written."""
    return list(ImportRun.objects.filter(state=State.WRITING).only("pk", "list_id"))


def added_by(run: ImportRun) -> QuerySet[ImportChange]:
    """Return what says that a run added a subscription, of the query around it."""
    person = OuterRef("subscriber_id")
    return ImportChange.objects.filter(run=run, joined=True, subscriber_id=person)


def count_added(list_ids: Iterable[int]) -> Mapping[tuple[int, str], int]:
    """Return how many people such runs have added so far, by list and state."""
    found: dict[tuple[int, str], int] = {}
    ids = frozenset(list_ids)
    # Nearly always there is none, and pages ask.
    for run in half_written() if ids else ():
        if run.list_id in ids:
            rows = Subscription.objects.filter(Exists(added_by(run)), list_id=run.list_id)
            for state, people in rows.values_list("state").annotate(Count("pk")).order_by():
                found[run.list_id, state] = found.get((run.list_id, state), 0) + people
    return found
