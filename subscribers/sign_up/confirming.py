"""What the link of a confirmation mail does: nothing by itself; its button subscribes."""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass

from django.db import transaction

from newsletter.errors import NotFound
from subscribers.links import not_ours
from subscribers.models import Subscriber
from subscribers.sign_up import joining, tokens
from subscribers.sign_up.models import Consent, SignUp, SignUpForm


class Stage(enum.StrEnum):
    """What a link leads to."""

    OPEN = "open"  #: its button confirms
    CONFIRMED = "confirmed"  #: it was confirmed
    EXPIRED = "expired"  #: it is too old, or a later mail has another link


@dataclass(frozen=True, kw_only=True, slots=True)
class Link:
    """A link that somebody opened, and the sign-up that it is about."""

    token: str
    stage: Stage
    sign_up: SignUp


def open_link(text: str, now: dt.datetime) -> Link:
    """Return what a link leads to; changes nothing.  Raises `NotFound` for what is not ours."""
    token, said = tokens.find_confirmation(text)
    sign_up = SignUp.objects.select_related("list", "subscriber").filter(pk=said.sign_up_id).first()
    if sign_up is None:
        raise not_ours()
    if said.round != sign_up.round:
        stage = Stage.EXPIRED
    elif sign_up.confirmed_at is not None:
        stage = Stage.CONFIRMED
    else:
        over = said.ends_at < now.timestamp() or sign_up.list.archived_at is not None
        stage = Stage.EXPIRED if over else Stage.OPEN
    return Link(token=token, stage=stage, sign_up=sign_up)


@transaction.atomic
def confirm(text: str, now: dt.datetime, *, ip_hash: str = "") -> Link:
    """Subscribe by the button of a link, once; a second press finds it done.

    Raises `NotFound` for what is not ours.
    """
    link = open_link(text, now)
    if link.stage is not Stage.OPEN:
        return link
    sign_up = link.sign_up
    lock_owner(sign_up)
    won = SignUp.objects.filter(pk=sign_up.pk, round=sign_up.round, confirmed_at=None).update(
        confirmed_at=now, mails=0, due_at=None, welcome_due_at=welcome_time(sign_up, now)
    )
    if won:
        person = joining.join(sign_up, Consent.Kind.DOUBLE, now, ip_hash)
        SignUp.objects.filter(pk=sign_up.pk).update(subscriber=person)
    try:
        return open_link(text, now)
    except NotFound:  # erased meanwhile
        return link


def lock_owner(sign_up: SignUp) -> None:
    """Lock whoever has the address already, before the sign-up: in the order of an erasure."""
    Subscriber.objects.select_for_update().filter(key=sign_up.key).first()


def welcome_time(sign_up: SignUp, now: dt.datetime) -> dt.datetime | None:
    """Return from when on the welcome mail may leave; nothing where none is sent."""
    wanted = SignUpForm.objects.filter(list_id=sign_up.list_id, sends_welcome=True).exists()
    return now if wanted else None
