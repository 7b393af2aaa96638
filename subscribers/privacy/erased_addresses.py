"""Addresses of erased people: known again when they come, but not readable.

Each is kept as HMAC-SHA256 under a key that is derived from the signing key.  After the signing key
was changed, old hashes are still found by the old keys, as long as these are configured; what is
erased from then on gets a hash under the new key.  A hash cannot be made again under another key,
because the address is not known.  So a key that is lost takes its hashes along
(`count_unreadable`).

When such an address comes again by somebody else's act, such as an import, its suppression is
written in plain again: `restore_suppressions`.  Everything that looks for suppressions then works.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from django.conf import settings

from subscribers.addresses import key_of
from subscribers.keys import fingerprint, own_fingerprints
from subscribers.models import Subscriber, SuppressedAddress, Suppression
from subscribers.privacy.models import ErasedAddress

SALT = b"subscribers.erased"
#: Addresses looked up in one statement.
CHUNK = 2000
#: What the restored suppression says of itself.
NOTE = "erased before, at the person's own wish"


def hash_key(key: str, signing_key: str) -> str:
    """Return the keyed hash of the key of an address."""
    secret = hashlib.sha256(SALT + b"\0" + signing_key.encode()).digest()
    return hmac.digest(secret, key.encode(), "sha256").hex()


def signing_keys() -> list[str]:
    """Return the keys of this process, the newest first."""
    return [str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def remember(key: str, suppression: SuppressedAddress | None) -> None:
    """Keep that an address must not be mailed, for the reason it had, without the address."""
    current = signing_keys()[0]
    ErasedAddress.objects.filter(hash__in=hashes_of(key)).delete()
    ErasedAddress.objects.create(
        hash=hash_key(key, current),
        signing_key=fingerprint(current),
        reason=suppression.reason if suppression else "",
        source=suppression.source if suppression else Suppression.Source.HAND,
    )


def hashes_of(key: str) -> list[str]:
    """Return the hashes that the key of an address may be known by."""
    return [hash_key(key, each) for each in signing_keys()]


def find_erased(address: str) -> ErasedAddress | None:
    """Return what is left of an address that was erased."""
    if not ErasedAddress.objects.exists():
        return None
    return ErasedAddress.objects.filter(hash__in=hashes_of(key_of(address))).first()


def allow_again(address: str) -> bool:
    """Let an address be mailed again, by its owner's own act; return whether it was erased."""
    found = find_erased(address)
    return bool(found and found.delete()[0])


def end_erasure(address: str) -> None:
    """Let an address be mailed again that its owner had erased, and that was not suppressed."""
    found = find_erased(address)
    if found and not found.reason:
        found.delete()


def restore_suppressions(addresses: Iterable[str]) -> int:
    """Write the suppressions of those that were erased in plain again; return how many."""
    if not ErasedAddress.objects.exists():
        return 0
    return sum(restore_chunk(chunk) for chunk in split_chunks(addresses))


def restore_before_adding(instance: Subscriber, **_signal: object) -> None:
    """Have nobody mailed who was erased because somebody else enters the address again."""
    if instance.pk is None:
        restore_suppressions([instance.email])


def complete(reasons: Mapping[str, str]) -> set[str]:
    """Note a complaint about mail to erased people with what is left of them; return who is erased.

    Their addresses are not written down again because a provider names them late.
    """
    erased: set[str] = set()
    if not ErasedAddress.objects.exists():
        return erased
    for chunk in split_chunks(reasons):
        by_hash = {each: address for address in chunk for each in hashes_of(key_of(address))}
        for row in ErasedAddress.objects.filter(hash__in=list(by_hash)):
            erased.add(by_hash[row.hash])
            if reasons[by_hash[row.hash]] == Suppression.Reason.COMPLAINED:
                ErasedAddress.objects.filter(pk=row.pk).update(
                    reason=Suppression.Reason.COMPLAINED, source=Suppression.Source.PROVIDER
                )
    return erased


def restore_chunk(addresses: list[str]) -> int:
    """Do it for some addresses."""
    by_hash = {each: address for address in addresses for each in hashes_of(key_of(address))}
    rows = list(ErasedAddress.objects.filter(hash__in=list(by_hash)))
    Suppression.objects.bulk_create(
        (
            Suppression(
                email=by_hash[row.hash],
                key=key_of(by_hash[row.hash]),
                reason=row.reason or Suppression.Reason.MANUAL,
                source=row.source,
                note=NOTE,
                created_at=row.erased_at,
            )
            for row in rows
        ),
        ignore_conflicts=True,
    )
    ErasedAddress.objects.filter(pk__in=[row.pk for row in rows]).delete()
    return len(rows)


def find_all(addresses: Iterable[str]) -> Iterator[list[str]]:
    """Yield those of the addresses that were erased, some at a time."""
    if not ErasedAddress.objects.exists():
        return
    for chunk in split_chunks(addresses):
        by_hash = {each: address for address in chunk for each in hashes_of(key_of(address))}
        rows = ErasedAddress.objects.filter(hash__in=list(by_hash))
        if found := [by_hash[each] for each in rows.values_list("hash", flat=True)]:
            yield found


def split_chunks(addresses: Iterable[str]) -> Iterator[list[str]]:
    """Yield lists of at most `CHUNK` addresses."""
    rest = iter(addresses)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def count_unreadable() -> int:
    """Return how many are known by a key that is not here: they are not recognised."""
    return ErasedAddress.objects.exclude(signing_key__in=own_fingerprints()).count()
