"""Find the person behind an address; `subscribers.finding` finds people by parts of one."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from newsletter.errors import NotFound
from newsletter.phrases import phrase
from subscribers.addresses import key_of
from subscribers.models import Subscriber, Subscription


def by_address(address: str) -> Subscriber:
    """Return the person with an address in any of its spellings, or raise `NotFound`."""
    person = Subscriber.objects.filter(key=key_of(address)).first()
    if person is None:
        raise NotFound(
            phrase("nobody has the address {address}", address=address),
            hint=phrase("Search for a part of it: newsletter subscriber find TEXT"),
        )
    return person


def lock_person(pk: int) -> Subscriber | None:
    """Return a person as they are now, locked until the transaction ends; `None` if erased."""
    person = Subscriber.objects.select_for_update().filter(pk=pk).first()
    return None if person is None or person.erased else person


def hold_people(ids: Iterable[int]) -> list[Subscriber]:
    """Lock people, then all their subscriptions, until the transaction ends; return them by id.

    Decide only then what becomes of them: so nobody leaves between a decision and what it writes.
    All who lock both do it in this order.  The keys of the people stay free, as rows that point at
    a person need no more of it: whoever writes one, and has a subscription locked, is not held up.
    """
    rows = Subscriber.objects.select_for_update(no_key=True).filter(pk__in=ids)
    people = list(rows.order_by("pk"))
    if connection.features.has_select_for_update:
        theirs = Subscription.objects.filter(subscriber__in=[person.pk for person in people])
        list(theirs.select_for_update().order_by("pk").values_list("pk", flat=True))
    return people
