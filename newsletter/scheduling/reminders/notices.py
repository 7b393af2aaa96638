"""Mails of reminders, by the way of the desk's own mail; each is written once at most.

The row of a notice is stored before the mail is given to the transport.  Where the transport says
that nothing was accepted, it is tried again later; where nobody knows, it is not.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable, Iterator
from email.utils import formataddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
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

#: How long a mail that was not accepted waits for the next try, and how often it is tried.
RETRY_AFTER = dt.timedelta(minutes=10)
MAX_TRIES = 6
#: Errors that say for certain that nobody has the mail.
NOT_ACCEPTED = (NotSubmitted, AccountError, ConfigError)


def remind(now: dt.datetime, source: Callable[[dt.datetime], Iterator[Reminder]]) -> int:
    """Write the reminders of a source that are due; return how many mails were accepted.

    One that meets an error stops no other.
    """
    accepted = 0
    for reminder in source(now):
        with publication_errors.set_aside(reminder.publication, "reminders"):
            accepted += tell(reminder, now)
    return accepted


def tell(reminder: Reminder, now: dt.datetime) -> int:
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
    waiting = Notice.objects.filter(pk=notice.pk, state=Notice.State.NOT_ACCEPTED)
    again = waiting.filter(tries__lt=MAX_TRIES, at__lte=now - RETRY_AFTER)
    taken = again.update(state=Notice.State.CLAIMED, tries=F("tries") + 1, at=now)
    return notice if taken else None


def write(reminder: Reminder, notice: Notice, now: dt.datetime) -> bool:
    """Give the mail of a notice to the transport; say whether it was accepted."""
    rows, about = Notice.objects.filter(pk=notice.pk), f"{notice.kind} {notice.key}"
    try:
        build_message(reminder, notice.user).send()
    except NOT_ACCEPTED as error:
        rows.update(state=Notice.State.NOT_ACCEPTED, at=now)
        log.warning("a reminder was not accepted (%s): %s", about, error)
        return False
    except Refused as error:
        rows.update(state=Notice.State.NOT_ACCEPTED, tries=MAX_TRIES, at=now)
        log.warning("a reminder was refused (%s): %s", about, error)
        return False
    except Exception:
        # Nobody knows whether it was accepted, so it is not written again.
        log.exception("a reminder met an error (%s)", about)
        return False
    rows.update(state=Notice.State.ACCEPTED, at=now)
    return True


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
