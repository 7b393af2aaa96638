"""What we hold of a person, given to them or erased (GDPR articles 15, 17 and 20).

Other packages keep rows about a person, each with a foreign key to the subscriber, or
to such a row.  They are found by these keys, so that nothing here needs to know their names, and
nothing new can be forgotten.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from typing import Any

from django.db import models, transaction
from django.db.models.functions import Lower

from subscribers import suppressions
from subscribers.addresses import MAX_LENGTH
from subscribers.models import ERASED_DOMAIN, Subscriber, Subscription, SuppressionRemoval
from subscribers.subscriptions import unsubscribe


class Erasure(enum.StrEnum):
    """What became of the row."""

    DELETED = "deleted"  #: nothing pointed at the person; the row is gone
    ANONYMISED = "anonymised"  #: the ledger counts the person, so an empty row stays


def export_person(subscriber: Subscriber) -> dict[str, Any]:
    """Return all we hold of a person: plain values by kind, fit for JSON."""
    suppression = suppressions.find_suppression(subscriber.key)
    return {
        "subscriber": row_values(subscriber),
        "suppression": row_values(suppression) if suppression else None,
        "suppressions_taken_back": list(
            SuppressionRemoval.objects.filter(key=subscriber.key).values()
        ),
    } | {
        model._meta.label_lower: list(model._default_manager.filter(**{field: subscriber}).values())
        for model, field in (*list_references(), *told_of(Subscriber))
    }


@transaction.atomic
def erase_person(subscriber: Subscriber) -> Erasure:
    """Remove what identifies a person; a suppression of the address stays, and still holds.

    Where a ledger points at the person the row stays in its place, empty, so that its sums
    remain true; what is only told about a row of the ledger goes.
    """
    person = Subscriber.objects.select_for_update().get(pk=subscriber.pk)
    unsubscribe(person.pk)
    SuppressionRemoval.objects.filter(key=person.key).delete()
    for model, path in told_of(Subscriber):
        model._default_manager.filter(**{path: person}).delete()
    for model, field in list_references():
        if model is not Subscription and is_own(model):
            model._default_manager.filter(**{field: person}).delete()
    if not is_referenced(person):
        person.delete()
        return Erasure.DELETED
    anonymise_row(person)
    return Erasure.ANONYMISED


def anonymise_row(person: Subscriber) -> None:
    """Empty a row in place, and wherever rows that point at it repeat its address."""
    known = person.key
    person.email = f"erased-{person.pk}@{ERASED_DOMAIN}"
    person.name, person.language, person.attributes = "", "", {}
    person.save()
    for model, field in list_references():
        rows = model._default_manager.filter(**{field: person})
        for column in address_columns(model):
            repeated = rows.alias(spelling=Lower(column)).filter(spelling=known)
            repeated.update(**{column: person.email})


def is_referenced(person: Subscriber) -> bool:
    """Whether another app has rows that point at the person, as the ledger has."""
    return any(
        model._default_manager.filter(**{field: person}).exists()
        for model, field in list_references()
        if not is_own(model)
    )


def is_own(model: type[models.Model]) -> bool:
    """Whether rows of a model go with the person: those of this app; others count the person."""
    return model._meta.app_label == Subscriber._meta.app_label


def list_references(
    to: type[models.Model] = Subscriber,
) -> Iterator[tuple[type[models.Model], str]]:
    """Yield each model that points at another one, with the name of the field that does."""
    # With the hidden ones: a model may give no name to the way back.
    for relation in to._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel):
            yield relation.related_model, relation.field.name


def told_of(to: type[models.Model]) -> Iterator[tuple[type[models.Model], str]]:
    """Yield each model that points at one that points at `to`, with the path of fields there."""
    for model, field in list_references(to):
        for further, step in list_references(model):
            yield further, f"{step}__{field}"


def address_columns(model: type[models.Model]) -> list[str]:
    """Return the names of a model's columns that are wide enough for any address."""
    return [
        field.name
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField) and (field.max_length or MAX_LENGTH) >= MAX_LENGTH
    ]


def row_values(row: models.Model) -> dict[str, Any]:
    """Return the columns of a row by name."""
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
