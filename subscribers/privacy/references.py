"""The rows that point at a person, found by their foreign keys.

Nothing here needs to know the names of other packages, and nothing new can be forgotten.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models

from subscribers.addresses import MAX_LENGTH
from subscribers.models import Subscriber


def list_references(
    to: type[models.Model] = Subscriber,
) -> Iterator[tuple[type[models.Model], str]]:
    """Yield each model that points at another one, with the name of the field that does."""
    # With the hidden ones: a model may give no name to the way back.
    for relation in to._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ManyToOneRel):
            yield relation.related_model, relation.field.name


def list_further_references(
    to: type[models.Model] = Subscriber,
) -> Iterator[tuple[type[models.Model], str]]:
    """Yield each model that points at one that points at `to`, with the path of fields there."""
    for model, field in list_references(to):
        for further, step in list_references(model):
            yield further, f"{step}__{field}"


def is_own(model: type[models.Model]) -> bool:
    """Whether rows of a model go with the person: those of this app; others count the person."""
    return model._meta.app_label == Subscriber._meta.app_label


def is_referenced(person: Subscriber) -> bool:
    """Whether another app has rows that point at the person, as the ledger has."""
    return any(
        model._default_manager.filter(**{field: person}).exists()
        for model, field in list_references()
        if not is_own(model)
    )


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
