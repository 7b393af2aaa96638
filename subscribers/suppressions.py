"""Addresses that must not be mailed, whatever list they are on, until their owner allows it.

Who may remove one depends on its source (`remove`): a person here can undo what a person
here did; one from a provider or a file needs a confirmation; a complaint only its owner can end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from newsletter.errors import BadInput, InvalidTransition, NotFound
from newsletter.statements import ModelStatement
from subscribers.addresses import MAX_LENGTH, key_of
from subscribers.finding.texts import address_holds, column_holds
from subscribers.history.models import Actor, SubscriptionChange
from subscribers.history.recording import Change, record, record_all
from subscribers.models import (
    Subscriber,
    SuppressedAddress,
    Suppression,
    SuppressionRemoval,
)
from subscribers.privacy import erased_addresses

Reason = SuppressedAddress.Reason
Source = SuppressedAddress.Source
Kind = SubscriptionChange.Kind

#: Which reasons a reason replaces, of those that come several at once or one after the other.
GIVES_WAY: Mapping[Reason, tuple[Reason, ...]] = {
    Reason.BLOCKED: (),
    Reason.MANUAL: (),
    Reason.BOUNCED: (Reason.BLOCKED,),
    Reason.INVALID: (Reason.BLOCKED, Reason.BOUNCED),
    # What readers want is more than what their mailbox does, and only they can take it back.
    Reason.UNSUBSCRIBED: (Reason.BLOCKED, Reason.BOUNCED, Reason.INVALID, Reason.MANUAL),
    Reason.COMPLAINED: (
        Reason.BLOCKED,
        Reason.BOUNCED,
        Reason.INVALID,
        Reason.MANUAL,
        Reason.UNSUBSCRIBED,
    ),
}
#: Only the owner of an address ends these.
OWN_ACTS = (Reason.COMPLAINED, Reason.UNSUBSCRIBED)
SUPPRESSION = ModelStatement(lambda key: Suppression.objects.filter(key=key), str)
#: Whom the history names for each source.
BY: Mapping[Source, str] = {
    Source.HAND: "",
    Source.FILE: Actor.FILE,
    Source.PROVIDER: Actor.PROVIDER,
    Source.PROGRAM: Actor.PROGRAM,
}


@transaction.atomic
def suppress(
    address: str, reason: Reason = Reason.MANUAL, note: str = "", *, by: str = ""
) -> Suppression:
    """Suppress an address and return its suppression; a complaint replaces every other reason.

    The address need not be valid, nor belong to a known person.  Once suppressed, the first
    reason stays, unless a complaint comes.  `by` is the name of an account, or an `Actor`.
    """
    address = check_address(address)
    told = {"reason": reason, "note": note[:300], "by": by[:150]}
    entry, made = Suppression.objects.get_or_create(
        key=key_of(address), defaults={"email": address, **told}
    )
    if not made and reason == Reason.COMPLAINED and entry.reason != reason:
        Suppression.objects.filter(pk=entry.pk).update(**told, source=Source.HAND)
        entry.refresh_from_db()
        made = True
    if made:
        note_for_person(entry, Kind.SUPPRESSED, by=by, reason=note)
    return entry


def check_address(address: str) -> str:
    """Return an address without spaces around it, or raise `BadInput`."""
    address = address.strip()
    if not address or len(address) > MAX_LENGTH or len(key_of(address)) > MAX_LENGTH:
        raise BadInput(
            _("an address has 1 to {most} characters; this has {count}").format(
                most=MAX_LENGTH, count=len(address)
            )
        )
    return address


def heavier_reason(one: Reason, other: Reason) -> Reason:
    """Return the one of two reasons that the other gives way to; the first if neither does."""
    return other if one in GIVES_WAY[other] else one


@transaction.atomic
def suppress_all(
    reasons: Mapping[str, Reason],
    note: str | Mapping[str, str],
    *,
    source: Source = Source.PROVIDER,
) -> int:
    """Suppress many addresses at once, each for its reason; skip what is not an address.

    The first reason stays, unless it gives way (`GIVES_WAY`), so that the order of what a
    provider tells does not matter.  `note` is one for all, or one for each address.  Known people
    have it in their history.  Returns how many suppressions are new, or have a new reason.
    """
    if not reasons:
        return 0
    reasons = heaviest_reasons(reasons)
    erased = erased_addresses.complete(reasons)
    entries = {
        key: Suppression(
            email=address,
            key=key,
            reason=reason,
            source=source,
            note=(note if isinstance(note, str) else note[address])[:300],
            by=BY[source],
        )
        for address, reason in reasons.items()
        if len(address) <= MAX_LENGTH
        and 0 < len(key := key_of(address)) <= MAX_LENGTH
        and address not in erased
    }
    # In one order, so that two at the same time do not block each other.
    changed = write_entries(dict(sorted(entries.items())))
    note_for_people(changed)
    return len(changed)


def heaviest_reasons(reasons: Mapping[str, Reason]) -> dict[str, Reason]:
    """Return one spelling of each address, with the reason that the others give way to."""
    spellings: dict[str, str] = {}
    for address, reason in reasons.items():
        known = spellings.setdefault(key_of(address), address)
        if reasons[known] in GIVES_WAY[reason]:
            spellings[key_of(address)] = address
    return {address: reasons[address] for address in spellings.values()}


def write_entries(entries: Mapping[str, Suppression]) -> list[Suppression]:
    """Write suppressions, by their keys and in that order; return those new or weightier."""
    rows = Suppression.objects.filter(key__in=entries)
    known = set(rows.values_list("key", flat=True))
    new = [entry for key, entry in entries.items() if key not in known]
    Suppression.objects.bulk_create(new, ignore_conflicts=True)
    # Somebody may have been quicker with a new one: what it says now counts, and is held.
    held = dict(rows.select_for_update().order_by("key").values_list("key", "reason"))
    worse = [
        entry
        for key, entry in entries.items()
        if key in held and held[key] in GIVES_WAY[Reason(entry.reason)]
    ]
    replace_reasons(worse)
    return list({entry.key: entry for entry in (*new, *worse)}.values())


def replace_reasons(entries: Iterable[Suppression]) -> None:
    """Let suppressions have a weightier reason; a lighter one that came meanwhile changes none."""
    for entry in entries:
        weaker = Suppression.objects.filter(
            key=entry.key, reason__in=GIVES_WAY[Reason(entry.reason)]
        )
        weaker.update(reason=entry.reason, note=entry.note, source=entry.source, by=entry.by)


def note_for_people(entries: Iterable[SuppressedAddress]) -> None:
    """Write in the history of those who are known here that their address was suppressed."""
    by_key = {entry.key: entry for entry in entries}
    people = Subscriber.objects.filter(key__in=by_key).order_by("pk").values_list("pk", "key")
    record_all(
        Change(
            subscriber_id=pk,
            kind=Kind.SUPPRESSED,
            by=by_key[key].by,
            reason=by_key[key].note,
            detail={"reason": str(by_key[key].reason)},
        )
        for pk, key in people
    )


def note_for_person(
    entry: SuppressedAddress,
    kind: SubscriptionChange.Kind,
    *,
    list_id: int | None = None,
    by: str = "",
    reason: str = "",
) -> None:
    """Write in the history of a person, if one is known, that the address was suppressed or not."""
    person = Subscriber.objects.filter(key=entry.key).values_list("pk", flat=True).first()
    if person is not None:
        record(
            Change(
                subscriber_id=person,
                list_id=list_id,
                kind=kind,
                by=by,
                reason=reason,
                detail={"reason": str(entry.reason)},
            )
        )


@transaction.atomic
def lift_suppression(address: str) -> bool:
    """End a suppression, only by the act of the address's owner; return whether there was one.

    An address that no mail system accepts stays suppressed, even if its owner wants mail.
    """
    entries = Suppression.objects.filter(key=key_of(address)).exclude(reason=Reason.INVALID)
    for entry in (found := list(entries)):
        record_removal(entry, by=Actor.PERSON)
        entry.delete()
    return erased_addresses.allow_again(address) or bool(found)


def record_removal(
    entry: SuppressedAddress, *, list_id: int | None = None, why: str = "", by: str = ""
) -> SuppressionRemoval:
    """Record that a suppression is taken back: what it was, by whom and why."""
    return SuppressionRemoval.objects.create(
        email=entry.email,
        key=entry.key,
        list_id=list_id,
        reason=entry.reason,
        source=entry.source,
        note=entry.note,
        suppressed_at=entry.recorded_at or entry.created_at,
        why=why.strip()[:300],
        by=by[:150],
    )


@transaction.atomic
def remove(address: str, *, why: str, by: str = "", confirmed: bool = False) -> SuppressionRemoval:
    """Remove a suppression for a person here, and record who did it and why.

    A manual suppression needs a reason.  One from a provider or a file also needs to be
    `confirmed`: the mailbox works again, or its owner asked.  A complaint is the owner's own act,
    and only another one undoes it; so is leaving by the provider's own link.  Raises `NotFound`,
    `BadInput` or `InvalidTransition`.
    """
    erased_addresses.restore_suppressions([address])
    entry = Suppression.objects.select_for_update().filter(key=key_of(address)).first()
    if entry is None:
        raise NotFound(
            _("{address} is not suppressed").format(address=address),
            hint=_("See who is: newsletter suppression list"),
        )
    return take_back(entry, why=why, by=by, confirmed=confirmed)


def take_back(
    entry: SuppressedAddress, *, list_id: int | None = None, why: str, by: str, confirmed: bool
) -> SuppressionRemoval:
    """Take back a suppression, for all mail or for a list; rules and errors are of `remove`."""
    if not why.strip():
        raise BadInput(_("give a reason: --why TEXT"))
    check_removable(entry, confirmed=confirmed)
    removal = record_removal(entry, list_id=list_id, why=why, by=by)
    note_for_person(entry, Kind.LIFTED, list_id=list_id, by=by, reason=why)
    entry.delete()
    return removal


@transaction.atomic
def record_again(end: SuppressionRemoval, *, why: str, by: str) -> SuppressionRemoval:
    """Record that somebody ended a suppression once more: elsewhere, for here it is over."""
    entry = Suppression(email=end.email, key=end.key, reason=end.reason, source=end.source)
    entry.note, entry.created_at = end.note, end.suppressed_at
    note_for_person(entry, Kind.LIFTED, by=by, reason=why)
    return record_removal(entry, why=why, by=by)


def check_removable(entry: SuppressedAddress, *, confirmed: bool) -> None:
    """Raise `InvalidTransition` unless a person may take this suppression back."""
    own_act = {
        Reason.COMPLAINED: _("{address} reported a mail as spam: only its owner can undo that"),
        Reason.UNSUBSCRIBED: _(
            "{address} unsubscribed at the mail provider: only its owner can undo that"
        ),
    }
    if said := own_act.get(Reason(entry.reason)):
        raise InvalidTransition(
            said.format(address=entry.email),
            hint=_("They come back by the link in an old mail of theirs, or by signing up."),
        )
    if not is_by_hand(entry) and not confirmed:
        raise InvalidTransition(
            _("{address} was suppressed by {source}: {reason}").format(
                address=entry.email,
                source=entry.get_source_display(),
                reason=entry.note or entry.get_reason_display(),
            ),
            hint=_("If the mailbox works again, or its owner asked, add --confirm."),
        )


def is_by_hand(entry: SuppressedAddress) -> bool:
    """Whether a person here suppressed an address: such a suppression needs no confirmation."""
    return (entry.reason, entry.source) == (Reason.MANUAL, Source.HAND)


def search(text: str = "", reason: str = "") -> QuerySet[Suppression]:
    """Return the suppressions whose address or note holds a text, the newest first."""
    return Suppression.objects.filter(holds(text, reason))


def holds(text: str, reason: str = "") -> Q:
    """Return the condition that an address or its note holds a text, and has a reason if named."""
    found, text = Q(reason=reason) if reason else Q(), text.strip()
    return found & (address_holds(text) | column_holds("note", text)) if text else found


def find_suppression(address: str) -> Suppression | None:
    """Return the suppression of an address, if there is one."""
    return SUPPRESSION.first(key_of(address))


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
