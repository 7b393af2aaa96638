"""Addresses that must not be mailed, whatever list they are on, until their owner allows it.

Who may remove one depends on its source (`remove`): a person here can undo what a person
here did; one from a provider or a file needs a confirmation; a complaint only its owner can end.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from newsletter.errors import BadInput, InvalidTransition, NotFound
from subscribers.addresses import MAX_LENGTH, key_of
from subscribers.models import Suppression, SuppressionRemoval
from subscribers.privacy import erased_addresses

Reason = Suppression.Reason
Source = Suppression.Source


@transaction.atomic
def suppress(address: str, reason: Reason = Reason.MANUAL, note: str = "") -> Suppression:
    """Suppress an address and return its suppression; a complaint replaces every other reason.

    The address need not be valid, nor belong to a known person.  Once suppressed, the first
    reason stays, unless a complaint comes.
    """
    address = address.strip()
    if not address or len(address) > MAX_LENGTH or len(key_of(address)) > MAX_LENGTH:
        raise BadInput(
            _("an address has 1 to {most} characters; this has {count}").format(
                most=MAX_LENGTH, count=len(address)
            )
        )
    entry, made = Suppression.objects.get_or_create(
        key=key_of(address), defaults={"email": address, "reason": reason, "note": note[:300]}
    )
    if not made and reason == Reason.COMPLAINED:
        worse = Suppression.objects.filter(pk=entry.pk).exclude(reason=reason)
        worse.update(reason=reason, note=note[:300], source=Source.HAND)
        entry.refresh_from_db()
    return entry


@transaction.atomic
def suppress_all(reasons: Mapping[str, Reason], note: str) -> None:
    """Suppress many addresses at once, each for its reason; skip what is not an address.

    The first reason stays, except that a complaint replaces all, and an address that cannot
    exist replaces a bounce.  So the order does not matter.
    """
    erased = erased_addresses.complete(reasons)
    entries = [
        Suppression(
            email=address,
            key=key_of(address),
            reason=reason,
            source=Source.PROVIDER,
            note=note[:300],
        )
        for address, reason in reasons.items()
        if len(address) <= MAX_LENGTH
        and 0 < len(key_of(address)) <= MAX_LENGTH
        and address not in erased
    ]
    Suppression.objects.bulk_create(entries, ignore_conflicts=True)
    for reason, gives_way in (
        (Reason.INVALID, (Reason.BOUNCED,)),
        (Reason.COMPLAINED, (Reason.BOUNCED, Reason.INVALID, Reason.MANUAL)),
    ):
        keys = [entry.key for entry in entries if entry.reason == reason]
        weaker = Suppression.objects.filter(key__in=keys, reason__in=gives_way)
        weaker.update(reason=reason, note=note[:300], source=Source.PROVIDER)


def lift_suppression(address: str) -> bool:
    """End a suppression, only by the act of the address's owner; return whether there was one.

    An address that no mail system accepts stays suppressed, even if its owner wants mail.
    """
    entries = Suppression.objects.filter(key=key_of(address)).exclude(reason=Reason.INVALID)
    deleted, _ = entries.delete()
    return erased_addresses.forget(address) or bool(deleted)


@transaction.atomic
def remove(address: str, *, why: str, by: str = "", confirmed: bool = False) -> SuppressionRemoval:
    """Remove a suppression for a person here, and record who did it and why.

    A manual suppression needs a reason.  One from a provider or a file also needs to be
    `confirmed`: the mailbox works again, or its owner asked.  A complaint is the owner's own act,
    and only another one undoes it.  Raises `NotFound`, `BadInput` or `InvalidTransition`.
    """
    erased_addresses.restore_suppressions([address])
    entry = Suppression.objects.select_for_update().filter(key=key_of(address)).first()
    if entry is None:
        raise NotFound(
            _("{address} is not suppressed").format(address=address),
            hint=_("See who is: newsletter suppression list"),
        )
    if not why.strip():
        raise BadInput(_("give a reason: --why TEXT"))
    check_removable(entry, confirmed=confirmed)
    removal = SuppressionRemoval.objects.create(
        email=entry.email,
        key=entry.key,
        reason=entry.reason,
        source=entry.source,
        note=entry.note,
        suppressed_at=entry.created_at,
        why=why.strip()[:300],
        by=by[:150],
    )
    entry.delete()
    return removal


def check_removable(entry: Suppression, *, confirmed: bool) -> None:
    """Raise `InvalidTransition` unless a person may take this suppression back."""
    if entry.reason == Reason.COMPLAINED:
        raise InvalidTransition(
            _("{address} reported a mail as spam: only its owner can undo that").format(
                address=entry.email
            ),
            hint=_("They come back by the link in an old mail of theirs, or by signing up."),
        )
    if (entry.reason, entry.source) != (Reason.MANUAL, Source.HAND) and not confirmed:
        raise InvalidTransition(
            _("{address} was suppressed by {source}: {reason}").format(
                address=entry.email,
                source=said_by(entry),
                reason=entry.note or entry.get_reason_display(),
            ),
            hint=_("If the mailbox works again, or its owner asked, add --confirm."),
        )


def said_by(entry: Suppression) -> str:
    """Return the source of a suppression, in words."""
    return {
        Source.HAND.value: _("a person here"),
        Source.FILE.value: _("a file"),
        Source.PROVIDER.value: _("the mail provider"),
    }[entry.source]


def search(text: str = "", reason: str = "") -> QuerySet[Suppression]:
    """Return the suppressions whose address or note holds a text, the newest first."""
    rows = Suppression.objects.filter(reason=reason) if reason else Suppression.objects.all()
    text = text.strip()
    return rows.filter(Q(key__contains=key_of(text)) | Q(note__icontains=text)) if text else rows


def find_suppression(address: str) -> Suppression | None:
    """Return the suppression of an address, if there is one."""
    return Suppression.objects.filter(key=key_of(address)).first()


def bars_sign_up(address: str) -> bool:
    """Whether an address must not even be asked to confirm a sign-up.

    Who was erased, and not suppressed for another reason, may sign up again.
    """
    if Suppression.objects.filter(key=key_of(address)).exists():
        return True
    erased = erased_addresses.find_erased(address)
    return erased is not None and bool(erased.reason)


def is_suppressed(address: str) -> bool:
    """Whether an address must not be mailed; one that was erased must not be, either."""
    known = Suppression.objects.filter(key=key_of(address)).exists()
    return known or erased_addresses.find_erased(address) is not None
