"""Find the person behind an address; `subscribers.finding` finds people by parts of one."""

from __future__ import annotations

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
