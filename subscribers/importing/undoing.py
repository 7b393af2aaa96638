"""Undo a run: take back what it changed, unless somebody changed it since.

Three rules.  Nobody comes back who left, by the file or since.  Who has been in a send since keeps
their rows, so that the ledger's sums and the links in their mail hold: their subscription waits for
their own confirmation, and they are not mailed.  What a person or a later import changed stays.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

import orjson
from django.db import connection, models
from django.db.models.functions import Coalesce
from django.utils import timezone

from subscribers.history.models import Actor, SubscriptionChange
from subscribers.importing import staging
from subscribers.importing.models import ImportChange, ImportRun
from subscribers.importing.staging import CHUNK
from subscribers.models import Subscriber, Subscription
from subscribers.preferences.models import AddressChange, Pause
from subscribers.sign_up.models import Consent

#: People dealt with in one transaction on SQLite: some 50 ms of the write lock.
PART_PEOPLE = 1000
Rows = TypeVar("Rows", bound=models.QuerySet[Any])


@dataclass(slots=True)
class UndoResult:
    """What became of what a run had changed.

    `restored` have the name and attributes they had; `removed` are off the list again, and
    `deleted` of them gone altogether; `waiting` were in a send since; `kept` changed since.
    """

    restored: int = 0
    removed: int = 0
    deleted: int = 0
    waiting: int = 0
    kept: int = 0

    def figures(self) -> dict[str, int]:
        """Return all figures as plain values."""
        return asdict(self)


def undo_changes(
    run: ImportRun, people: Collection[int] | None = None, *, mailed: bool = True
) -> UndoResult:
    """Take back the changes of a run; call it in a transaction that holds the run.

    With `people`, only their changes.  `mailed` says that they may have been in a send since.
    """
    result = UndoResult()
    changes = of_people(ImportChange.objects.filter(run=run), people)
    for some in changed_people(changes):
        restored, kept = restore_people(some)
        result.restored += restored
        result.kept += kept
    joined = changes.filter(joined=True).count()
    result.waiting = let_mailed_wait(run, people) if mailed else 0
    result.removed = remove_subscriptions(run, people)
    result.kept += joined - result.waiting - result.removed
    result.deleted = delete_people(run, people)
    changes.delete()
    return result


def of_people(rows: Rows, people: Collection[int] | None) -> Rows:
    """Return those of some rows that are about some people; of all where none are named."""
    return rows if people is None else rows.filter(subscriber_id__in=people)


def next_people(run: ImportRun, after: int = 0) -> list[int]:
    """Return the next people, by number, whom a run has changed: as many as one part takes."""
    rows = ImportChange.objects.filter(run=run, subscriber_id__gt=after).order_by("subscriber_id")
    return list(rows.values_list("subscriber_id", flat=True)[:PART_PEOPLE])


def takes_parts(run: ImportRun) -> bool:
    """Whether a run changed too many people to undo it in one transaction on this database."""
    if connection.features.has_select_for_update:
        return False
    return len(next_people(run)) == PART_PEOPLE


def changed_people(changes: models.QuerySet[ImportChange]) -> Iterator[list[ImportChange]]:
    """Yield the changes of names and attributes, some at a time."""
    rows = changes.filter(before__isnull=False).order_by("pk")
    last = 0
    while some := list(rows.filter(pk__gt=last)[:CHUNK]):
        yield some
        last = some[-1].pk


def restore_people(changes: list[ImportChange]) -> tuple[int, int]:
    """Give people back what they had, where it is as the run left it; return both counts."""
    # Locked on PostgreSQL: what a person changes meanwhile is not written over.
    rows = Subscriber.objects.select_for_update(no_key=True).order_by("pk")
    people = rows.in_bulk([change.subscriber_id for change in changes])
    back = []
    for change in changes:
        person, before, after = people.get(change.subscriber_id), change.before, change.after
        if person is None or person.erased or before is None or after is None:
            continue
        # Runs of earlier versions say nothing of languages.
        language = after.get("language", person.language)
        left = (after["name"], after["attributes"], language)
        if (person.name, person.attributes, person.language) == left:
            attributes = orjson.dumps(before["attributes"]).decode()
            language = before.get("language", person.language)
            back.append((before["name"], attributes, language, person.pk))
    staging.update_people(back)
    return len(back), len(changes) - len(back)


def untouched(
    run: ImportRun, people: Collection[int] | None = None
) -> models.QuerySet[Subscription]:
    """Return the subscriptions that the run made, and that nobody changed or wanted since."""
    applied_at = models.Value(run.applied_at, models.DateTimeField())
    joined = (
        ImportChange.objects.filter(run=run, joined=True, subscriber=models.OuterRef("subscriber"))
        .annotate(at=Coalesce("joined_at", applied_at))
        .filter(at=models.OuterRef("created_at"))
    )
    unchanged = models.Q(changed_at=models.F("created_at")) | models.Q(
        state=Subscription.State.PENDING, changed_at=run.applied_at
    )
    rows = of_people(Subscription.objects.filter(list_id=run.list_id), people)
    rows = rows.filter(unchanged, models.Exists(joined)).exclude(
        state=Subscription.State.UNSUBSCRIBED
    )
    for act in own_acts(run.list_id, run.applied_at):
        rows = rows.exclude(models.Exists(act))
    return rows


def own_acts(list_id: int | None, since: dt.datetime | None) -> Iterator[models.QuerySet[Any]]:
    """Yield what shows that the person of a subscription to a list wants mail since a time.

    They consented to the list, or used it as theirs: with a pause, a new address, or a change.
    Leaving some list, and downloading what is kept, show no such wish.
    """
    person = models.OuterRef("subscriber_id")
    consents = Consent.objects.filter(subscriber=person, list=list_id, given_at__gt=since)
    yield consents.exclude(kind=Consent.Kind.IMPORTED)
    yield AddressChange.objects.filter(subscriber=person, confirmed_at__gt=since)
    yield Pause.objects.filter(subscriber=person, created_at__gt=since)
    kinds = SubscriptionChange.Kind
    changes = SubscriptionChange.objects.filter(subscriber=person, by=Actor.PERSON, at__gt=since)
    yield changes.exclude(kind__in=(kinds.LEFT, kinds.DOWNLOADED))


def let_mailed_wait(run: ImportRun, people: Collection[int] | None = None) -> int:
    """Stop mail to those who have been in a send since, and keep their rows; return how many."""
    now, waiting = timezone.now(), 0
    for model, column in ledger_rows():
        referring = model._default_manager.filter(**{column: models.OuterRef("subscriber_id")})
        mailed = untouched(run, people).filter(models.Exists(referring))
        waiting += mailed.update(state=Subscription.State.PENDING, changed_at=now)
    return waiting


def remove_subscriptions(run: ImportRun, people: Collection[int] | None = None) -> int:
    """Delete the subscriptions that the run made and nobody changed since; return how many."""
    rows = untouched(run, people)
    return rows._raw_delete(rows.db)  # noqa: SLF001  a million rows are not loaded first


def delete_people(run: ImportRun, some: Collection[int] | None = None) -> int:
    """Delete the people whom the run made and nothing else refers to; return how many."""
    person = models.OuterRef("pk")
    made = ImportChange.objects.filter(run=run, made=True, subscriber=person)
    people = Subscriber.objects.filter(models.Exists(made))
    if some is not None:
        people = people.filter(pk__in=some)
    others = ImportChange.objects.exclude(run=run)
    for rows in (Subscription.objects.all(), others):
        people = people.exclude(models.Exists(rows.filter(subscriber=person)))
    for model, column in referring_rows():
        people = people.exclude(models.Exists(model._default_manager.filter(**{column: person})))
    return people._raw_delete(people.db)  # noqa: SLF001  a million rows are not loaded first


def ledger_rows() -> Iterator[tuple[type[models.Model], str]]:
    """Yield each model of another app that points at a person, as the ledger of sends does."""
    for model, column in referring_rows():
        if model._meta.app_label != Subscriber._meta.app_label:
            yield model, column


def referring_rows() -> Iterator[tuple[type[models.Model], str]]:
    """Yield each model that points at a person, with the column; other packages have some.

    They are found by their keys, so that nothing here must know them.
    """
    for relation in Subscriber._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel):
            model: Any = relation.related_model
            if model not in (Subscription, ImportChange):
                yield model, relation.field.attname
