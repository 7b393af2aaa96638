"""Find the person behind an address, or behind a part of it."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from newsletter.errors import NotFound
from newsletter.phrases import phrase
from subscribers.addresses import key_of
from subscribers.models import Subscriber


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


def search(text: str) -> QuerySet[Subscriber]:
    """Return the people whose address or name holds a text, in the order of their addresses."""
    return Subscriber.objects.filter(
        Q(key__contains=key_of(text)) | Q(name__icontains=text.strip())
    ).order_by("key")
