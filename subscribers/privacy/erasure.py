"""Erase a person (GDPR article 17): a keyed hash of the address stays, so that it is not mailed."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator

from django.apps import apps
from django.db import models, transaction
from django.db.models.functions import Lower

from subscribers import suppressions
from subscribers.models import ERASED_DOMAIN, ListSuppression, Subscriber, Subscription
from subscribers.preferences.merges import list_former
from subscribers.privacy import erased_addresses
from subscribers.privacy.references import (
    address_columns,
    is_own,
    is_referenced,
    list_further_references,
    list_references,
)
from subscribers.subscriptions import unsubscribe

#: Columns with these names hold an address of the person, and nothing else.
ADDRESS_NAMES = frozenset({"address", "email"})

#: Forget an address in what other modules keep in words; each is given the key.
_TEXTS: list[Callable[[str], object]] = []


def register_text(forget: Callable[[str], object]) -> None:
    """Have an address be forgotten in texts, too, that do not belong to the person."""
    _TEXTS.append(forget)


class Erasure(enum.StrEnum):
    """What became of the row."""

    DELETED = "deleted"  #: nothing pointed at the person; the row is gone
    ANONYMISED = "anonymised"  #: the ledger counts the person, so an empty row stays


@transaction.atomic
def erase_person(subscriber: Subscriber, *, remember: bool = True) -> Erasure:
    """Remove what identifies a person; the address stays suppressed, known by a keyed hash.

    Where a ledger points at the person the row stays in its place, empty, so that its sums
    remain true; what is only told about a row of the ledger goes.  Without `remember` an address
    that was not suppressed may come again by an import: for people who never confirmed.
    Doing it twice is not an error.  With a person go those who became that person, and did not
    come back.
    """
    former = list_former(subscriber.pk)
    # All at once, in one order.
    rows = Subscriber.objects.select_for_update().filter(pk__in=[subscriber.pk, *former])
    people = {row.pk: row for row in rows.order_by("pk")}
    person = people.pop(subscriber.pk, None)
    if person is None:
        return Erasure.DELETED
    for each in people.values():
        if not each.subscriptions.filter(state=Subscription.State.ACTIVE).exists():
            erase_row(each, remember=remember)
    return erase_row(person, remember=remember)


def erase_row(person: Subscriber, *, remember: bool) -> Erasure:
    """Erase one person, who is locked."""
    if person.erased:
        return Erasure.ANONYMISED
    suppression = suppressions.find_suppression(person.key)
    # One for a list stops imports by the hash, which knows no list.  But its reason would bar the
    # person from signing up to any: without one they may, and must confirm.
    if remember or suppression or ListSuppression.objects.filter(key=person.key).exists():
        erased_addresses.remember(person.key, suppression)
    unsubscribe(person.pk)
    delete_told(person)
    if not is_referenced(person):
        person.delete()
        return Erasure.DELETED
    anonymise_row(person)
    return Erasure.ANONYMISED


def delete_told(person: Subscriber) -> None:
    """Delete what is only told about the person: our rows, words, and news about a ledger."""
    for model, path in list_further_references():
        model._default_manager.filter(**{path: person}).delete()
    for model, field in list_references():
        if is_own(model) and model is not Subscription and goes_along(model, field):
            model._default_manager.filter(**{field: person}).delete()
    for forget in _TEXTS:
        forget(person.key)
    for model in models_with_keys():
        model._default_manager.filter(key=person.key).delete()


def goes_along(model: type[models.Model], field: str) -> bool:
    """Whether a row is about this person; one that may lose its person is about another."""
    relation = model._meta.get_field(field).remote_field
    return getattr(relation, "on_delete", None) is models.CASCADE


def models_with_keys() -> Iterator[type[models.Model]]:
    """Yield our models, but for the person's own, that know an address by its key."""
    for model in apps.get_app_config(Subscriber._meta.app_label).get_models():
        names = {field.name for field in model._meta.concrete_fields}
        if model is not Subscriber and {"email", "key"} <= names:
            yield model


def anonymise_row(person: Subscriber) -> None:
    """Empty a row in place, and wherever rows that point at it repeat its address."""
    known = person.key
    person.email = f"erased-{person.pk}@{ERASED_DOMAIN}"
    person.name, person.language, person.attributes = "", "", {}
    person.save()
    for model, field in list_references():
        for column in address_columns(model):
            rows = model._default_manager.filter(**{field: person})
            # What is called an address may be an earlier one; elsewhere it may stand by chance.
            if column not in ADDRESS_NAMES:
                rows = rows.alias(spelling=Lower(column)).filter(spelling=known)
            rows.update(**{column: person.email})
