"""Remove a suppression here, and take the address off the provider's own lists.

Otherwise the provider goes on dropping the mail.  What readers did there themselves stays: only
what the end of the suppression makes void may go (`provider_lists.forgives`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter.conf.config import Config
from newsletter.errors import BadInput, InvalidTransition, NotFound
from newsletter.tracking.provider_lists import LEAVING, forgives, opened
from newsletter.transports.factory import provider_of
from newsletter.transports.suppression_lists import ListedAddress, ListKind, SuppressionLists
from subscribers import suppressions
from subscribers.addresses import key_of
from subscribers.models import SuppressionRemoval


@dataclass(frozen=True, kw_only=True, slots=True)
class Removed:
    """The record of a removal, and off which lists of the provider the address was taken."""

    removal: SuppressionRemoval
    lists: tuple[ListKind, ...]


def offers_lists(config: Config) -> bool:
    """Whether the provider has suppression lists of its own."""
    return provider_of(config).open_suppression_lists is not None


def remove_everywhere(
    config: Config, address: str, *, why: str, by: str = "", confirmed: bool = False
) -> Removed:
    """Remove the suppression of an address for all mail, here and at the provider.

    The provider comes first: if it fails, nothing changes here, and it can be done again.  An
    address that is not suppressed here any more is taken off the provider's lists alone.  Raises
    as `suppressions.remove`, `InvalidTransition` for what only the person can undo, and a
    `TransportError` if the provider does not do it.
    """
    if not why.strip():
        raise BadInput(_("give a reason: --why TEXT"))
    ends = ends_of(address, why=why, by=by, confirmed=confirmed)
    with opened(config) as lists:
        listed = find_listed(lists, address)
        for kind, entry in listed.items():
            if not any(forgives(end, kind, entry) for end in ends):
                raise not_ended(address, kind)
        for kind, entry in listed.items():
            lists.remove(kind, entry.email)
    told = note_of(why, listed)
    try:
        removal = suppressions.remove(address, why=told, by=by, confirmed=confirmed)
    except NotFound:
        removal = suppressions.record_again(ends[0], why=told, by=by)
    return Removed(removal=removal, lists=tuple(listed))


def not_ended(address: str, kind: ListKind) -> InvalidTransition:
    """Return the error for an entry of a list that no end of a suppression here makes void."""
    if kind in LEAVING:
        return InvalidTransition(
            _("{address} is on the provider's list {list} by their own act").format(
                address=address, list=kind
            ),
            hint=_("They come back by the link in an old mail of theirs, or by signing up."),
        )
    return InvalidTransition(
        _("{address} came on the provider's list {list} after its suppression here ended").format(
            address=address, list=kind
        ),
        hint=_("First have it suppressed here, too: newsletter suppression pull"),
    )


def ends_of(address: str, *, why: str, by: str, confirmed: bool) -> list[SuppressionRemoval]:
    """Return the ends of suppressions of an address, the newest first, with the one to come.

    Raises as `suppressions.remove` does; nothing is written.
    """
    known = SuppressionRemoval.objects.filter(key=key_of(address), list=None)
    earlier = list(known.order_by("-removed_at"))
    try:
        with transaction.atomic():
            coming = suppressions.remove(address, why=why, by=by, confirmed=confirmed)
            transaction.set_rollback(True)
    except NotFound:
        if not earlier:
            raise
        return earlier
    return [coming, *earlier]


def find_listed(lists: SuppressionLists, address: str) -> dict[ListKind, ListedAddress]:
    """Return the provider's entries for an address, by list."""
    now = timezone.now()
    found = {kind: lists.find(kind, address, until=now) for kind in ListKind}
    return {kind: entry for kind, entry in found.items() if entry is not None}


def note_of(why: str, listed: Mapping[ListKind, ListedAddress]) -> str:
    """Return the reason that is kept, with the lists that the address was on."""
    if not listed:
        return why
    return _("{why} (also at the mail provider: {lists})").format(
        why=why.strip(), lists=", ".join(listed)
    )
