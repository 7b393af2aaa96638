"""All that we hold of a person (GDPR articles 15 and 20): as a page to read, and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from subscribers import suppressions
from subscribers.models import ListSuppression, Subscriber, SuppressionRemoval
from subscribers.privacy.references import (
    list_further_references,
    list_references,
    row_values,
)
from subscribers.privacy.sections import Fact, all_sections
from subscribers.sign_up.models import SignUp


@dataclass(frozen=True, kw_only=True, slots=True)
class Held:
    """The facts of one kind, under a title."""

    title: str
    facts: tuple[Fact, ...]


def export_person(subscriber: Subscriber) -> dict[str, Any]:
    """Return all we hold of a person: plain values by kind, fit for JSON."""
    suppression = suppressions.find_suppression(subscriber.key)
    return {
        "subscriber": row_values(subscriber),
        "suppression": row_values(suppression) if suppression else None,
        "list_suppressions": list(ListSuppression.objects.filter(key=subscriber.key).values()),
        "sign_ups": list(SignUp.objects.filter(key=subscriber.key).values()),
        "suppressions_taken_back": list(
            SuppressionRemoval.objects.filter(key=subscriber.key).values()
        ),
    } | {model._meta.label_lower: rows for model, rows in list_rows(subscriber)}


def list_rows(subscriber: Subscriber) -> Iterator[tuple[type[models.Model], list[Any]]]:
    """Yield each model that points at the person, directly or by another, with its rows."""
    found: dict[type[models.Model], models.Q] = {}
    for model, field in (*list_references(), *list_further_references()):
        found[model] = found.get(model, models.Q()) | models.Q(**{field: subscriber})
    for model, condition in found.items():
        yield model, [without_secrets(row) for row in of_model(model, condition)]


def of_model(model: type[models.Model], condition: models.Q) -> list[dict[str, Any]]:
    """Return the rows of a model that are about the person, in their order."""
    return list(model._default_manager.filter(condition).order_by("pk").distinct().values())


def without_secrets(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row without what only serves to check a link."""
    return {name: value for name, value in row.items() if name != "secret_hash"}


def as_json(subscriber: Subscriber) -> str:
    """Return the export as a JSON text that other programs read."""
    held = export_person(subscriber)
    return json.dumps(held, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2) + "\n"


def describe_person(subscriber: Subscriber) -> list[Held]:
    """Return all we hold of a person in the reader's language; empty kinds are left out."""
    sections = all_sections()
    told = [
        Held(title=str(each.title), facts=tuple(each.list_facts(subscriber))) for each in sections
    ]
    spoken_for = {label for each in sections for label in each.models}
    rest = [
        Held(title=str(model._meta.verbose_name_plural), facts=tuple(map(describe_row, rows)))
        for model, rows in list_rows(subscriber)
        if model._meta.label_lower not in spoken_for
    ]
    return [each for each in (*told, *rest) if each.facts]


def describe_row(row: dict[str, Any]) -> Fact:
    """Return a row that no section speaks for, column by column."""
    told = (f"{name}: {value}" for name, value in row.items() if value not in (None, "", {}))
    return Fact(text=", ".join(told))
