"""Mails of reminders, by the way of the desk's own mail; each is written once at most.

The row of a notice is stored before the mail is given to the transport, and says when that begins.
Where the transport says that nothing was accepted, it is tried again later; so it is where the
process ended before.  Where nobody knows, it is not: the notice is unknown, and the log says so.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from email.utils import formataddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext as _

from newsletter.errors import AccountError, ConfigError, NotSubmitted, Refused
from newsletter.phrases import translate
from newsletter.publishing.languages import language_of
from newsletter.scheduling import publication_errors
from newsletter.scheduling.models import Notice
from newsletter.scheduling.reminders.people import list_concerned
from newsletter.scheduling.reminders.reminder import Reminder

log = logging.getLogger(__name__)
State = Notice.State

#: How long a mail that was not accepted waits for the next try, and how often it is tried.
RETRY_AFTER = dt.timedelta(minutes=10)
MAX_TRIES = 6
#: After this time without an end, whoever claimed a notice is taken for gone.
CLAIMED_FOR = dt.timedelta(minutes=15)
#: Errors that say for certain that nobody has the mail.
NOT_ACCEPTED = (NotSubmitted, AccountError, ConfigError)


def remind(now: dt.datetime, source: Callable[[dt.datetime], Iterator[Reminder]]) -> int:
    """Write the reminders of a source that are due; return how many mails were accepted.

    One that meets an error stops no other.
    """
    give_up_unanswered(now)
    accepted = 0
    for reminder in source(now):
        with publication_errors.set_aside(reminder.publication, "reminders"):
            accepted += write_to_people(reminder, now)
    return accepted


def write_to_people(reminder: Reminder, now: dt.datetime) -> int:
    """Write to those people who were not written to; return how many mails were accepted."""
    people = list_concerned(reminder.concerned, reminder.publication, reminder.kind)
    claimed = (claim(reminder, each, now) for each in people)
    return sum(write(reminder, notice, now) for notice in claimed if notice is not None)


def claim(reminder: Reminder, user: Any, now: dt.datetime) -> Notice | None:
    """Return the notice that is to be written now; None where it was, or is being, or must wait."""
    notice, is_new = Notice.objects.get_or_create(
        kind=reminder.kind, key=reminder.key, user=user, defaults={"at": now}
    )
    if is_new:
        return notice
    waiting = Q(state=State.NOT_ACCEPTED, at__lte=now - RETRY_AFTER)
    left = Q(state=State.CLAIMED) & is_over(now)
    mine = Notice.objects.filter(waiting | left, pk=notice.pk, tries=notice.tries)
    if not mine.filter(tries__lt=MAX_TRIES).update(
        state=State.CLAIMED, tries=F("tries") + 1, at=now
    ):
        return None
    notice.refresh_from_db()
    return notice


def is_over(now: dt.datetime) -> Q:
    """Return the condition that a claim is over; a later time was written by a clock ahead."""
    return Q(at__lte=now - CLAIMED_FOR) | Q(at__gt=now + CLAIMED_FOR)


def give_up_unanswered(now: dt.datetime) -> None:
    """Call unknown what was given to the transport by a process that ended before the answer.

    A process that ended in the last try, before the transport had the mail, leaves a notice that
    nobody writes any more: it is called not accepted.
    """
    for notice in Notice.objects.filter(is_over(now), state=State.SUBMITTED):
        if change_state(notice, State.SUBMITTED, State.UNKNOWN, now):
            log.warning("nobody knows whether a reminder was accepted (%s)", name_of(notice))
    for notice in Notice.objects.filter(is_over(now), state=State.CLAIMED, tries__gte=MAX_TRIES):
        if change_state(notice, State.CLAIMED, State.NOT_ACCEPTED, now):
            log.warning("a reminder is given up after its last try (%s)", name_of(notice))


def change_state(notice: Notice, start: str, end: str, now: dt.datetime) -> bool:
    """Change the state of a notice; say whether it was still ours, and in that state."""
    mine = Notice.objects.filter(pk=notice.pk, tries=notice.tries, state=start)
    return bool(mine.update(state=end, at=now))


def name_of(notice: Notice) -> str:
    """Return the kind and the key of a notice, as the log has them."""
    return f"{notice.kind} {notice.key}"


def write(reminder: Reminder, notice: Notice, now: dt.datetime) -> bool:
    """Give the mail of a notice to the transport; say whether it was accepted."""
    try:
        message = build_message(reminder, notice.user)
    except Exception:
        # Nothing has left: it is tried again.
        change_state(notice, State.CLAIMED, State.NOT_ACCEPTED, now)
        log.exception("a reminder met an error (%s)", name_of(notice))
        return False
    if not change_state(notice, State.CLAIMED, State.SUBMITTED, now):
        return False
    columns = submit(message, notice)
    Notice.objects.filter(pk=notice.pk, tries=notice.tries).update(at=now, **columns)
    return bool(columns["state"] == State.ACCEPTED)


def submit(message: EmailMessage, notice: Notice) -> dict[str, Any]:
    """Give a mail to the transport; return what its notice is to say of that."""
    try:
        message.send()
    except NOT_ACCEPTED as error:
        log.warning("a reminder was not accepted (%s): %s", name_of(notice), error)
        return {"state": State.NOT_ACCEPTED}
    except Refused as error:
        log.warning("a reminder was refused (%s): %s", name_of(notice), error)
        return {"state": State.NOT_ACCEPTED, "tries": MAX_TRIES}
    except Exception:
        # Nobody knows whether it was accepted, so it is not written again.
        log.exception("a reminder met an error (%s)", name_of(notice))
        return {"state": State.UNKNOWN}
    return {"state": State.ACCEPTED}


def build_message(reminder: Reminder, person: Any) -> EmailMessage:
    """Return the mail, in the language of the person."""
    publication = reminder.publication
    with translation.override(language_of(person)):
        words = str(translate(reminder.words))
        subject = f"{publication.name}: {words}"
        details = "\n".join(str(translate(each)) for each in reminder.details() if each)
        address = f"{settings.CONFIG.site.origin}{reminder.path}"
        foot = _("You can switch reminders off in your account.")
        body = [words, *filter(None, [details]), address, foot]
    return EmailMessage(
        subject=" ".join(subject.split()),
        body="\n\n".join(body) + "\n",
        from_email=formataddr((publication.from_name, publication.from_email)),
        to=[person.email],
    )
