"""Addresses that must not be mailed as readers of one list; other lists may mail them.

What holds for all mail is in `subscribers.suppressions`, and is stronger.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from newsletter.errors import NotFound
from subscribers.addresses import key_of
from subscribers.history.models import Actor, SubscriptionChange
from subscribers.models import List, ListSuppression, Subscription, SuppressionRemoval
from subscribers.suppressions import (
    Reason,
    Source,
    check_address,
    holds,
    note_for_person,
    record_removal,
    take_back,
)

Kind = SubscriptionChange.Kind


@transaction.atomic
def suppress_for_list(
    address: str,
    of: List,
    reason: Reason = Reason.MANUAL,
    note: str = "",
    *,
    source: Source = Source.HAND,
    by: str = "",
) -> ListSuppression:
    """Suppress an address for one list, and return that; a complaint replaces another reason.

    Once suppressed, the first reason stays, unless a complaint comes.  Raises `BadInput` for
    what can be no address.
    """
    address = check_address(address)
    told = {"reason": reason, "note": note[:300], "source": source, "by": by[:150]}
    entry, made = ListSuppression.objects.get_or_create(
        key=key_of(address), list=of, defaults={"email": address, **told}
    )
    if not made and reason == Reason.COMPLAINED and entry.reason != reason:
        ListSuppression.objects.filter(pk=entry.pk).update(**told)
        entry.refresh_from_db()
        made = True
    if made:
        note_for_person(entry, Kind.SUPPRESSED, list_id=of.pk, by=by, reason=note)
    return entry


@transaction.atomic
def remove_for_list(
    address: str, of: List, *, why: str, by: str = "", confirmed: bool = False
) -> SuppressionRemoval:
    """Remove a suppression for one list for a person here, and record who did it and why.

    The rules, and the errors, are those of `suppressions.remove`.
    """
    rows = ListSuppression.objects.select_for_update(of=("self",))
    entry = rows.filter(key=key_of(address), list=of).first()
    if entry is None:
        raise NotFound(
            _("{address} is not suppressed for the list {slug}").format(
                address=address, slug=of.slug
            ),
            hint=_("See who is: newsletter suppression list"),
        )
    return take_back(entry, list_id=of.pk, why=why, by=by, confirmed=confirmed)


def lift_for_lists(address: str, list_ids: Collection[int] = ()) -> int:
    """End the suppressions for these lists, or for all, by the owner's own act; return how many."""
    rows = ListSuppression.objects.filter(key=key_of(address))
    entries = list(rows.filter(list_id__in=list_ids) if list_ids else rows)
    for entry in entries:
        record_removal(entry, list_id=entry.list_id, by=Actor.PERSON)
        note_for_person(entry, Kind.LIFTED, list_id=entry.list_id, by=Actor.PERSON)
        entry.delete()
    return len(entries)


def find_for_list(address: str, of: List) -> ListSuppression | None:
    """Return the suppression of an address for one list, if there is one."""
    return ListSuppression.objects.filter(key=key_of(address), list=of).first()


def find_for_lists(address: str) -> QuerySet[ListSuppression]:
    """Return the suppressions of an address for single lists, with their lists, by name."""
    rows = ListSuppression.objects.filter(key=key_of(address)).select_related("list")
    return rows.order_by("list__name")


def is_suppressed_for_list(address: str, list_id: int) -> bool:
    """Whether an address must not be mailed as a reader of one list."""
    return ListSuppression.objects.filter(key=key_of(address), list=list_id).exists()


def lists_suppressed_for(address: str) -> set[int]:
    """Return the ids of the lists whose readers an address must not be mailed as."""
    return set(ListSuppression.objects.filter(key=key_of(address)).values_list("list", flat=True))


def search(of: List, text: str = "", reason: str = "") -> QuerySet[ListSuppression]:
    """Return the suppressions for a list whose address or note holds a text, the newest first."""
    return ListSuppression.objects.filter(holds(text, reason), list=of)


def suppressed_here(rows: QuerySet[Subscription]) -> QuerySet[Subscription]:
    """Return those of the subscriptions whose person is suppressed for that list."""
    return rows.filter(entry_of_subscription())


def not_suppressed(rows: QuerySet[Subscription]) -> QuerySet[Subscription]:
    """Return the subscriptions without those whose person is suppressed for that list."""
    return rows.exclude(entry_of_subscription())


def entry_of_subscription() -> Exists:
    """Return the condition that the person of a subscription is suppressed for its list."""
    return Exists(
        ListSuppression.objects.filter(list=OuterRef("list"), key=OuterRef("subscriber__key"))
    )
