"""Addresses that must not be mailed, whatever list they are on, until their owner says so."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from newsletter.errors import BadInput
from subscribers.addresses import LONGEST, key_of
from subscribers.models import Suppression

Reason = Suppression.Reason


@transaction.atomic
def suppress(address: str, reason: Reason = Reason.MANUAL, note: str = "") -> Suppression:
    """Suppress an address and return what stands; a complaint outweighs every other reason.

    The address need not be a good one, nor anybody's we know.  Once suppressed, the first
    reason stays, unless a complaint comes.
    """
    address = address.strip()
    if not address or len(address) > LONGEST or len(key_of(address)) > LONGEST:
        raise BadInput(f"an address has 1 to {LONGEST} characters; this has {len(address)}")
    entry, made = Suppression.objects.get_or_create(
        key=key_of(address), defaults={"email": address, "reason": reason, "note": note[:300]}
    )
    if not made and reason == Reason.COMPLAINED:
        worse = Suppression.objects.filter(pk=entry.pk).exclude(reason=reason)
        worse.update(reason=reason, note=note[:300])
        entry.refresh_from_db()
    return entry


@transaction.atomic
def suppress_all(reasons: Mapping[str, Reason], note: str) -> None:
    """Suppress many addresses at once, each for its reason; what is no address is passed over.

    Whatever came first stays, except that a complaint outweighs all, and an address that cannot
    exist one that merely bounced: so it does not matter in which order they come.
    """
    entries = [
        Suppression(email=address, key=key_of(address), reason=reason, note=note[:300])
        for address, reason in reasons.items()
        if len(address) <= LONGEST and 0 < len(key_of(address)) <= LONGEST
    ]
    Suppression.objects.bulk_create(entries, ignore_conflicts=True)
    for reason, gives_way in (
        (Reason.INVALID, (Reason.BOUNCED,)),
        (Reason.COMPLAINED, (Reason.BOUNCED, Reason.INVALID, Reason.MANUAL)),
    ):
        keys = [entry.key for entry in entries if entry.reason == reason]
        weaker = Suppression.objects.filter(key__in=keys, reason__in=gives_way)
        weaker.update(reason=reason, note=note[:300])


def lift(address: str) -> bool:
    """End a suppression, by the own act of the address's owner only; return whether there was one.

    An address that no mail system takes stays suppressed: no wish of its owner mends it.
    """
    entries = Suppression.objects.filter(key=key_of(address)).exclude(reason=Reason.INVALID)
    deleted, _ = entries.delete()
    return bool(deleted)


def find(address: str) -> Suppression | None:
    """Return the suppression of an address, if there is one."""
    return Suppression.objects.filter(key=key_of(address)).first()


def is_suppressed(address: str) -> bool:
    """Whether an address must not be mailed."""
    return Suppression.objects.filter(key=key_of(address)).exists()
