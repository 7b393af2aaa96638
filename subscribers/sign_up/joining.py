"""Subscribe a person by their own act, with the consent that proves it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import F

from subscribers.history.models import Actor
from subscribers.history.recording import Change, Kind, record
from subscribers.list_suppressions import lift_for_lists
from subscribers.models import List, Subscriber, Subscription
from subscribers.privacy.erased_addresses import end_erasure
from subscribers.sign_up.models import Consent, SignUp, SignUpCount
from subscribers.sources import SIGN_UP

State = Subscription.State


@transaction.atomic
def join(sign_up: SignUp, kind: Consent.Kind, now: dt.datetime, ip_hash: str = "") -> Subscriber:
    """Subscribe who signed up, and keep the consent; call it once for each round of a sign-up.

    It brings back a person who has left: it is their own act.  A suppression for the list ends
    only if they confirmed, as anybody can type an address.  One for all mail stays, and is
    stronger; but who was erased at their own wish, and for no other reason, is not suppressed any
    more.
    """
    end_erasure(sign_up.key)
    known = {"name": sign_up.name, "language": sign_up.language}
    person, made = Subscriber.objects.get_or_create(
        key=sign_up.key, defaults={"email": sign_up.email, **known}
    )
    if not made:
        # What is known of a person stays.
        news = {field: said for field, said in known.items() if said and not getattr(person, field)}
        if news:
            Subscriber.objects.filter(pk=person.pk).update(**news)
    if kind == Consent.Kind.DOUBLE:
        lift_for_lists(sign_up.key, [sign_up.list_id])
    activate(person, sign_up, kind, now)
    Consent.objects.create(
        subscriber=person,
        list_id=sign_up.list_id,
        kind=kind,
        text=sign_up.consent_text,
        language=sign_up.language,
        source=sign_up.source,
        site=sign_up.site,
        asked_at=sign_up.asked_at,
        given_at=now,
        ip_hash=ip_hash or sign_up.ip_hash,
    )
    count_sign_up(sign_up.list, now.date(), confirmed=1)
    return person


def activate(person: Subscriber, sign_up: SignUp, kind: Consent.Kind, now: dt.datetime) -> None:
    """Make the subscription of a person to the list of a sign-up active, old or new."""
    subscription, made = Subscription.objects.get_or_create(
        subscriber=person,
        list_id=sign_up.list_id,
        defaults={"source": describe_source(sign_up), "created_at": now, "changed_at": now},
    )
    before = "" if made else subscription.state
    if before == State.ACTIVE:
        return
    if not made:
        mine = Subscription.objects.filter(pk=subscription.pk)
        mine.update(state=State.ACTIVE, changed_at=now)
    record(
        Change(
            subscriber_id=person.pk,
            list_id=sign_up.list_id,
            kind=Kind.CONFIRMED if kind == Consent.Kind.DOUBLE else Kind.SIGNED_UP,
            from_state=before,
            to_state=State.ACTIVE,
            by=Actor.PERSON,
            detail={"source": sign_up.source, "site": sign_up.site},
        )
    )


def describe_source(sign_up: SignUp) -> str:
    """Return where a subscription came from, as it is kept with it."""
    return f"{SIGN_UP}: {sign_up.source}" if sign_up.source else SIGN_UP


def count_sign_up(one: List, day: dt.date, *, asked: int = 0, confirmed: int = 0) -> None:
    """Count who asked or confirmed on a day."""
    row, _made = SignUpCount.objects.get_or_create(list=one, day=day)
    SignUpCount.objects.filter(pk=row.pk).update(
        asked=F("asked") + asked, confirmed=F("confirmed") + confirmed
    )
