"""Another address for the same person: asked for, confirmed from there, told to the old one.

The answer to the person who asks is always the same, and comes before any mail is written.  So
nobody learns whether an address is subscribed or suppressed.  A suppressed one is not mailed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter.errors import BadInput, NotFound
from newsletter.statements import ModelStatement
from subscribers.addresses import key_of, mask_address, validate_address
from subscribers.history.models import Actor, SubscriptionChange
from subscribers.history.recording import Change, record
from subscribers.list_suppressions import (
    lists_suppressed_for,
    not_suppressed,
    suppress_for_list,
)
from subscribers.models import ListSuppression, Subscriber, Subscription
from subscribers.preferences.counting import share_refusal
from subscribers.preferences.models import AddressChange, Pause, PausedIssue
from subscribers.preferences.pauses import remaining
from subscribers.subscriptions import resubscribe, unsubscribe
from subscribers.suppressions import Reason, Source

State = Subscription.State
#: Reasons that hold for a mailbox, and not for the person who has another one.
OF_MAILBOX = (Reason.BLOCKED, Reason.BOUNCED, Reason.INVALID)
#: How long the link in the mail is good for.
VALID = dt.timedelta(days=7)
#: The newest first; a person has one at most (`ask_for_change`).
WAITING = ModelStatement(
    lambda pk: AddressChange.objects.filter(subscriber=pk, confirmed_at=None).order_by("-pk"),
    int,
)


@transaction.atomic
def ask_for_change(person: Subscriber, text: str, *, language: str = "") -> AddressChange:
    """Note that a person wants another address; the newest wish counts.  Raises `BadInput`."""
    address = validate_address(text)
    if address.key == person.key:
        raise BadInput(_("this is the address that you have already"))
    AddressChange.objects.filter(subscriber=person, confirmed_at=None).delete()
    return AddressChange.objects.create(
        subscriber=person, email=address.email, key=address.key, language=language
    )


def take_back(person: Subscriber) -> bool:
    """Forget a change that is not confirmed; return whether there was one."""
    return bool(AddressChange.objects.filter(subscriber=person, confirmed_at=None).delete()[0])


def pending_change(person: Subscriber) -> AddressChange | None:
    """Return the change of a person that waits to be confirmed."""
    since = timezone.now() - VALID
    return next((one for one in WAITING.all(person.pk) if one.created_at >= since), None)


def make_secret(change: AddressChange) -> str:
    """Return a new secret for the link of a change; the one before does not work any more."""
    secret = secrets.token_urlsafe(24)
    AddressChange.objects.filter(pk=change.pk).update(secret_hash=hash_secret(secret))
    return secret


def hash_secret(secret: str) -> str:
    """Return what is stored of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def find_change(secret: str) -> AddressChange:
    """Return the change whose link has the secret, confirmed or not; raises `NotFound`."""
    since = timezone.now() - VALID
    found = AddressChange.objects.filter(secret_hash=hash_secret(secret), created_at__gte=since)
    if (change := found.select_related("subscriber").first()) is None:
        raise expired()
    return change


def expired() -> NotFound:
    """Return the error for a link that does not work any more."""
    return NotFound(_("this link has expired, or a newer one has taken its place"))


def confirm_change(secret: str) -> AddressChange:
    """Give the person the new address; doing it twice is not an error.  Raises `NotFound`."""
    try:
        return confirm_once(secret)
    except IntegrityError:
        # Somebody got the address in between: now they are known.
        return confirm_once(secret)


@transaction.atomic
def confirm_once(secret: str) -> AddressChange:
    """Do it, unless somebody else gets the address just now: raises `IntegrityError` then."""
    change = find_change(secret)
    people = Subscriber.objects.select_for_update().order_by("pk")
    person, known = None, None
    for each in people.filter(pk=change.subscriber_id) | people.filter(key=change.key):
        if each.pk == change.subscriber_id:
            person = each
        else:
            known = each
    locked = AddressChange.objects.select_for_update().filter(pk=change.pk).first()
    if locked is None:
        raise expired()
    change = locked
    if change.confirmed_at or person is None or person.erased:
        return change
    change.old_email, change.merged_into = person.email, known
    change.confirmed_at = timezone.now()
    if known:
        merge_people(person, known)
    else:
        move_suppressions(person.key, change.email)
        person.email = change.email
        person.save(update_fields=["email", "key"])
    record_change(change, known or person)
    change.save()
    return change


def merge_people(person: Subscriber, known: Subscriber) -> None:
    """Move the lists of a person to one who has the new address already; nothing else is lost.

    Both rows stay, for the ledger counts both.  A list that the person is suppressed for does not
    move, and one that the new address is suppressed for stays so: nobody chose it just now.
    """
    mine = not_suppressed(person.subscriptions.all())
    waiting = mine.filter(state=State.PENDING)
    wanted = set(mine.filter(state=State.ACTIVE).values_list("list_id", flat=True))
    resubscribe(known.pk, wanted - lists_suppressed_for(known.key))
    ours = set(known.subscriptions.values_list("list_id", flat=True))
    Subscription.objects.bulk_create(
        Subscription(subscriber=known, list_id=each.list_id, state=each.state, source=each.source)
        for each in mine.filter(state=State.ACTIVE).exclude(list_id__in=ours)
        | waiting.exclude(list_id__in=ours)
    )
    known.name = known.name or person.name
    known.language = known.language or person.language
    known.attributes = person.attributes | known.attributes
    known.save()
    move_pause(person, known)
    share_refusal(person, known)
    unsubscribe(person.pk, by=Actor.PERSON, reason="=other_address")


def move_suppressions(address: str, to: str) -> None:
    """Suppress the new address of a person for the lists that the old one is suppressed for.

    Not where the reason was the old mailbox.
    """
    rows = ListSuppression.objects.filter(key=key_of(address)).exclude(reason__in=OF_MAILBOX)
    for entry in rows.select_related("list").order_by("list_id"):
        suppress_for_list(
            to,
            entry.list,
            Reason(entry.reason),
            entry.note,
            source=Source(entry.source),
            by=entry.by,
        )


def move_pause(person: Subscriber, known: Subscriber) -> None:
    """Give the pause of one person to another, whose own is over earlier or there is none.

    The issues that left the other one out are kept with it, and use up nothing of it.
    """
    if remaining(person) <= remaining(known):
        return
    pause = Pause.objects.get(subscriber=person)
    known_issues = list(pause.used.values_list("issue", flat=True))
    theirs = PausedIssue.objects.filter(pause__subscriber=known).exclude(issue__in=known_issues)
    pause.issues += theirs.update(pause=pause)
    Pause.objects.filter(subscriber=known).delete()
    pause.subscriber = known
    pause.save()


def record_change(change: AddressChange, now: Subscriber) -> None:
    """Record a change of address, for both people if there are two; no address in full."""
    detail = {"from": mask_address(change.old_email), "to": mask_address(change.email)}
    for subscriber_id in sorted({change.subscriber_id, now.pk}):
        record(
            Change(
                subscriber_id=subscriber_id,
                kind=SubscriptionChange.Kind.ADDRESS,
                by=Actor.PERSON,
                detail=detail,
            )
        )
