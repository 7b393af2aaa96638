"""Look at what was asked, and have the right mail sent: at most one for each request.

A request is claimed by one conditional statement that is committed before its mail begins to
leave.  So a program that is killed loses a mail and never sends it twice; the person can ask again.
"""

from __future__ import annotations

import datetime as dt
import enum
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import DateTimeField, F, Value
from django.db.models.functions import Coalesce, Greatest

from newsletter.conf.config import load
from newsletter.errors import (
    AccountError,
    Deferred,
    NotSubmitted,
    OutcomeUnknown,
    TransportError,
)
from subscribers.importing.unfinished import leave_out
from subscribers.list_suppressions import is_suppressed_for_list, not_suppressed
from subscribers.models import Subscriber, Subscription
from subscribers.privacy.erased_addresses import find_erased
from subscribers.sign_up import joining, tokens
from subscribers.sign_up.confirming import lock_owner, welcome_time
from subscribers.sign_up.models import ROUND, Consent, SignUp, SignUpForm
from subscribers.sign_up.surroundings import Mailer, ReadyMail
from subscribers.subscriptions import has_left
from subscribers.suppressions import bars_sign_up, is_suppressed

log = logging.getLogger(__name__)

Mail = SignUp.Mail
#: Requests that are looked at in one go.
AT_ONCE = 100
#: Between two confirmation mails to one address: a second click is no second request.
BETWEEN = dt.timedelta(minutes=5)
#: Between two mails to somebody who is subscribed already.
BETWEEN_ALREADY = dt.timedelta(days=1)
#: Until a mail that could not be submitted is tried again.
RETRY = dt.timedelta(minutes=1)


class Kind(enum.StrEnum):
    """What a request leads to."""

    NOTHING = "nothing"
    CONFIRM = "confirm"
    ALREADY = "already"
    SUBSCRIBE = "subscribe"


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """What to do about a request; `begins` says whether a new round begins with it."""

    kind: Kind
    person: Subscriber | None = None
    begins: bool = False


def has_waiting() -> bool:
    """Say whether a request or a welcome mail waits, be it for its time."""
    return (
        SignUp.objects.filter(due_at__isnull=False).exists()
        or SignUp.objects.filter(welcome_due_at__isnull=False).exists()
    )


def follow_up(mailer: Mailer, now: dt.datetime) -> int:
    """Deal with the requests and welcome mails that are due; return how many there were.

    Raises the first error of a mail that could not be made or submitted now; it is tried again
    later.  The others go on, unless the error is one that they would all meet.
    """
    errors: list[Exception] = []
    asked = SignUp.objects.filter(due_at__lte=now).select_related("list").order_by("due_at")
    due = list(asked[:AT_ONCE])
    follow_each(due, follow_request, postpone, mailer, now, errors)
    welcomes = SignUp.objects.filter(welcome_due_at__lte=now).select_related("list", "subscriber")
    new = list(welcomes.order_by("welcome_due_at")[:AT_ONCE])
    follow_each(new, follow_welcome, postpone_welcome, mailer, now, errors)
    if errors:
        raise errors[0]
    return len(due) + len(new)


def follow_each(
    rows: Sequence[SignUp],
    follow: Callable[[SignUp, Mailer, dt.datetime], None],
    later: Callable[[SignUp, dt.datetime], None],
    mailer: Mailer,
    now: dt.datetime,
    errors: list[Exception],
) -> None:
    """Deal with each of the rows, and note its error, which has it wait a little."""
    for sign_up in rows:
        if any(stops_all(each) for each in errors):
            return
        try:
            follow(sign_up, mailer, now)
        except Exception as error:  # noqa: BLE001  it is raised when the others had their turn
            later(sign_up, now)
            errors.append(error)


def stops_all(error: Exception) -> bool:
    """Say whether a mail could not be submitted for a reason that the next one would meet, too."""
    return isinstance(error, TransportError) and not isinstance(error, Deferred)


def follow_request(sign_up: SignUp, mailer: Mailer, now: dt.datetime) -> None:
    """Deal with one request."""
    step = next_step(sign_up, now)
    if step.kind is Kind.SUBSCRIBE:
        subscribe_at_once(sign_up, now)
    elif step.kind is Kind.NOTHING:
        SignUp.objects.filter(pk=sign_up.pk, due_at=sign_up.due_at).update(due_at=None)
    else:
        mail_about(sign_up, step, mailer, now)


def next_step(sign_up: SignUp, now: dt.datetime) -> Step:
    """Return what a request leads to, by what is known of its address now."""
    form = SignUpForm.objects.filter(list_id=sign_up.list_id).first()
    closed = form is None or not form.is_open or sign_up.list.archived_at is not None
    if form is None or closed or bars_sign_up(sign_up.key):
        return Step(kind=Kind.NOTHING)
    person = Subscriber.objects.filter(key=sign_up.key).first()
    begins = begins_again(sign_up, now)
    mails = 0 if begins else sign_up.mails
    if person and is_active(person, sign_up):
        rested = has_rested(sign_up, BETWEEN_ALREADY, now)
        wanted = rested and mails < load().sign_up.max_mails
        return Step(kind=Kind.ALREADY if wanted else Kind.NOTHING, person=person)
    # Who was subscribed and is not any more begins again.
    begins = begins or sign_up.confirmed_at is not None or has_left_since(person, sign_up)
    if not form.double_opt_in and not must_confirm(person, sign_up):
        return Step(kind=Kind.SUBSCRIBE, person=person, begins=begins)
    mails = 0 if begins else sign_up.mails
    wanted = mails < load().sign_up.max_mails and (begins or has_rested(sign_up, BETWEEN, now))
    return Step(kind=Kind.CONFIRM if wanted else Kind.NOTHING, person=person, begins=begins)


def must_confirm(person: Subscriber | None, sign_up: SignUp) -> bool:
    """Say whether somebody must confirm at any form: who left, was suppressed or was erased.

    Anybody can type their address; only their own act brings them back.
    """
    if person and has_left(person, sign_up.list):
        return True
    if is_suppressed_for_list(sign_up.key, sign_up.list_id):
        return True
    return find_erased(sign_up.key) is not None


def begins_again(sign_up: SignUp, now: dt.datetime) -> bool:
    """Say whether a round is so old that it counts no more."""
    return sign_up.confirmed_at is None and sign_up.first_asked_at < now - ROUND


def has_rested(sign_up: SignUp, pause: dt.timedelta, now: dt.datetime) -> bool:
    """Say whether the last mail about a sign-up is long enough ago."""
    if sign_up.mailed_at is None or sign_up.mail in {Mail.NONE, Mail.REFUSED}:
        return True
    return sign_up.mailed_at <= now - pause


def is_active(person: Subscriber, sign_up: SignUp) -> bool:
    """Say whether a person gets the list already; who is suppressed for it does not."""
    active = Subscription.objects.filter(
        subscriber=person, list_id=sign_up.list_id, state=Subscription.State.ACTIVE
    )
    return not_suppressed(leave_out(active)).exists()


def has_left_since(person: Subscriber | None, sign_up: SignUp) -> bool:
    """Say whether a person left the list after the last mail: it said that they get it already."""
    if person is None or sign_up.mailed_at is None:
        return False
    mine = person.subscriptions.filter(list_id=sign_up.list_id)
    left = Subscription.State.UNSUBSCRIBED
    return mine.filter(state=left, changed_at__gt=sign_up.mailed_at).exists()


def mail_about(sign_up: SignUp, step: Step, mailer: Mailer, now: dt.datetime) -> None:
    """Make a mail, claim the request, and submit the mail."""
    round_ = sign_up.round + 1 if step.begins else sign_up.round
    mail = make_mail(sign_up, step, mailer, round_, now)
    changes: dict[str, Any] = {"mails": (0 if step.begins else sign_up.mails) + 1}
    if step.begins:
        changes |= {"round": round_, "confirmed_at": None, "first_asked_at": now}
    first = step.kind is Kind.CONFIRM and changes["mails"] == 1
    if claim(sign_up, now, **changes):
        submit(sign_up, mail, now, first=first)


def make_mail(
    sign_up: SignUp, step: Step, mailer: Mailer, round_: int, now: dt.datetime
) -> ReadyMail:
    """Return the mail of a step."""
    if step.kind is Kind.ALREADY and step.person:
        return mailer.already(sign_up, step.person)
    ends_at = now + dt.timedelta(days=load().sign_up.valid_days)
    token = tokens.make_token(sign_up.pk, round_, ends_at)
    return mailer.confirmation(sign_up, f"{settings.CONFIG.site.base_url}/c/{token}", ends_at)


def claim(sign_up: SignUp, now: dt.datetime, **changes: Any) -> bool:
    """Take a request, unless somebody else has."""
    mine = SignUp.objects.filter(pk=sign_up.pk, due_at=sign_up.due_at, round=sign_up.round)
    return bool(mine.update(due_at=None, mail=Mail.IN_FLIGHT, mailed_at=now, **changes))


def submit(
    sign_up: SignUp,
    mail: ReadyMail,
    now: dt.datetime,
    *,
    first: bool = False,
    welcome: bool = False,
) -> None:
    """Submit a mail that was claimed at a time, and keep what became of it.

    Raises the error if it is known not to have left; it is due again then.
    """
    try:
        mail.submit()
    except OutcomeUnknown:
        log.warning("no answer about the mail of sign-up %s; it is not sent again", sign_up.pk)
        record_outcome(sign_up, now, Mail.UNKNOWN, first=first)
    except (NotSubmitted, AccountError):
        give_back(sign_up, now, welcome=welcome)
        raise
    except TransportError as error:
        state = Mail.UNKNOWN if getattr(error, "unknown", None) else Mail.REFUSED
        log.warning("the mail of sign-up %s is %s", sign_up.pk, state)
        record_outcome(sign_up, now, state, first=first)
    else:
        record_outcome(sign_up, now, Mail.ACCEPTED, first=first)


@transaction.atomic
def record_outcome(sign_up: SignUp, now: dt.datetime, state: Mail, *, first: bool) -> None:
    """Write down what became of a mail; count whoever is asked for the first time."""
    mine = SignUp.objects.filter(pk=sign_up.pk, mail=Mail.IN_FLIGHT, mailed_at=now)
    if mine.update(mail=state) and first:
        joining.count_sign_up(sign_up.list, now.date(), asked=1)


def give_back(sign_up: SignUp, now: dt.datetime, *, welcome: bool) -> None:
    """Have the mail made again later; it does not count.  A newer request comes first."""
    mine = SignUp.objects.filter(pk=sign_up.pk, mail=Mail.IN_FLIGHT, mailed_at=now)
    if welcome:
        mine.update(mail=Mail.NONE, welcome_due_at=now + RETRY)
    else:
        due = Coalesce("due_at", Value(now + RETRY, output_field=DateTimeField()))
        mine.update(mail=Mail.NONE, mails=Greatest(F("mails"), 1) - 1, due_at=due)


def subscribe_at_once(sign_up: SignUp, now: dt.datetime) -> None:
    """Subscribe somebody at a form without confirmation."""
    with transaction.atomic():
        lock_owner(sign_up)
        mine = SignUp.objects.filter(pk=sign_up.pk, due_at=sign_up.due_at)
        if not mine.update(
            due_at=None, confirmed_at=now, mails=0, welcome_due_at=welcome_time(sign_up, now)
        ):
            return
        joining.count_sign_up(sign_up.list, now.date(), asked=1)
        person = joining.join(sign_up, Consent.Kind.SINGLE, now)
        SignUp.objects.filter(pk=sign_up.pk).update(subscriber=person)


def follow_welcome(sign_up: SignUp, mailer: Mailer, now: dt.datetime) -> None:
    """Send one welcome mail, unless its person has left or is suppressed meanwhile."""
    person = sign_up.subscriber
    mine = SignUp.objects.filter(pk=sign_up.pk, welcome_due_at=sign_up.welcome_due_at)
    if person is None or is_suppressed(person.key) or not is_active(person, sign_up):
        mine.update(welcome_due_at=None)
        return
    mail = mailer.welcome(sign_up, person)
    if mine.update(welcome_due_at=None, mail=Mail.IN_FLIGHT, mailed_at=now):
        submit(sign_up, mail, now, welcome=True)


def postpone(sign_up: SignUp, now: dt.datetime) -> None:
    """Look at a request again later."""
    mine = SignUp.objects.filter(pk=sign_up.pk, due_at=sign_up.due_at)
    mine.update(due_at=now + RETRY)


def postpone_welcome(sign_up: SignUp, now: dt.datetime) -> None:
    """Make a welcome mail again later."""
    mine = SignUp.objects.filter(pk=sign_up.pk, welcome_due_at=sign_up.welcome_due_at)
    mine.update(welcome_due_at=now + RETRY)
