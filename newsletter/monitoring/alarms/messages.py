"""Messages about alarms: mails by the configured transport, and posts to a webhook.

A message whose answer was lost is sent again: two messages about an alarm are better than none.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from typing import Any

import orjson
import urllib3
from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from newsletter.errors import NewsletterError
from newsletter.monitoring.alarms.ways import webhook_address
from newsletter.monitoring.models import Alarm, AlarmMessage
from newsletter.phrases import translate
from newsletter.runtime.availability import is_unavailable

log = logging.getLogger(__name__)

State = AlarmMessage.State
#: The first wait after a failure; it doubles with each try.
FIRST_WAIT = dt.timedelta(minutes=1)
#: After this many tries, about a day, a message is given up.
MAX_TRIES = 11
#: A process that has claimed a message and not finished it by then is taken for dead.
LEASE = dt.timedelta(minutes=5)
#: How long messages are sent before anybody looks for alarms again.
MAX_SENDING_TIME = dt.timedelta(minutes=1)
#: Seconds for an answer of the webhook.
TIMEOUT = urllib3.Timeout(connect=5.0, read=10.0)


class NotAccepted(Exception):
    """The webhook did not take a message; its words name no address."""


def send_due(now: dt.datetime) -> int:
    """Send the messages that are due; return how many were accepted.

    Who does not take one gets no other this time, and what is not sent within `MAX_SENDING_TIME`
    waits for the next time: a webhook that hangs must not keep anybody from looking for alarms.
    """
    began, accepted = time.monotonic(), 0
    failing: set[tuple[str, str]] = set()
    due = AlarmMessage.objects.filter(state__in=AlarmMessage.OPEN, not_before__lte=now)
    for message in due.select_related("alarm").order_by("pk"):
        passed = dt.timedelta(seconds=time.monotonic() - began)
        if passed > MAX_SENDING_TIME:
            break
        if (message.way, message.to) in failing:
            continue
        if (taken := send(message, now + passed)) is False:
            failing.add((message.way, message.to))
        accepted += taken is True
    return accepted


def send(message: AlarmMessage, now: dt.datetime) -> bool | None:
    """Claim a message and send it; say whether it was accepted, None where another sends it.

    Raises what comes of a database that is away.
    """
    mine = AlarmMessage.objects.filter(
        pk=message.pk, state=message.state, not_before=message.not_before
    )
    if not mine.update(state=State.CLAIMED, not_before=now + LEASE, tries=F("tries") + 1):
        return None
    try:
        deliver(message)
    except Exception as error:
        if is_unavailable(error):
            raise
        postpone(message, now, error)
        return False
    AlarmMessage.objects.filter(pk=message.pk).update(state=State.ACCEPTED)
    return True


def postpone(message: AlarmMessage, now: dt.datetime, error: Exception) -> None:
    """Have a message that was not taken sent again later; give it up after `MAX_TRIES`."""
    given_up = message.tries + 1 >= MAX_TRIES
    AlarmMessage.objects.filter(pk=message.pk).update(
        state=State.GIVEN_UP if given_up else State.WAITING,
        not_before=now + FIRST_WAIT * 2**message.tries,
    )
    # What nobody expected may have the address of the webhook in its words.
    expected = isinstance(error, NewsletterError | NotAccepted | OSError)
    reason = error if expected else type(error).__name__
    if message.way == AlarmMessage.Way.MAIL:
        log.warning("an alarm could not be mailed: %s", reason)
    else:
        log.warning("an alarm could not be posted: %s", reason)


def deliver(message: AlarmMessage) -> None:
    """Send a message; raise `NewsletterError`, `OSError` or `NotAccepted` where it is not taken."""
    if message.way == AlarmMessage.Way.MAIL:
        build_mail(message.alarm, message.to, over=message.over).send()
    else:
        post(describe(message.alarm, over=message.over))


def build_mail(alarm: Alarm, address: str, *, over: bool) -> EmailMessage:
    """Return the mail, in the language of the site."""
    with translation.override(settings.LANGUAGE_CODE):
        words, fix = str(translate(alarm.words)), str(translate(alarm.fix))
        pattern = _("Over: %(words)s") if over else _("Alarm: %(words)s")
        subject = f"{settings.CONFIG.site.name}: {pattern % {'words': words}}"
        body = [words] if over else [words, fix, url_of(alarm)]
        ended = _("This is over now; nothing is left to do.")
    paragraphs = [*filter(None, body), *([ended] if over else [])]
    return EmailMessage(
        subject=" ".join(subject.split())[:200],
        body="\n\n".join(paragraphs) + "\n",
        to=[address],
    )


def url_of(alarm: Alarm) -> str:
    """Return where an alarm can be looked at; empty where nowhere."""
    return f"{settings.CONFIG.site.origin}{alarm.path}" if alarm.path else ""


def describe(alarm: Alarm, *, over: bool) -> dict[str, Any]:
    """Return an alarm for programs, in English; `text` is what chat programs show."""
    sign = "Over" if over else "Alarm"
    return {
        "text": f"{settings.CONFIG.site.name}: {sign}: {alarm.words}",
        "event": "over" if over else "raised",
        "kind": alarm.kind,
        "key": alarm.key,
        "words": str(alarm.words),
        "fix": str(alarm.fix),
        "url": url_of(alarm),
        "site": settings.CONFIG.site.base_url,
        "raised_at": alarm.raised_at.isoformat(),
        "over_at": alarm.over_at.isoformat() if alarm.over_at else None,
    }


def post(content: dict[str, Any]) -> None:
    """Post to the webhook; raises `NotAccepted` for any answer but success.

    The address may hold a secret, so no error names it.
    """
    address = webhook_address()
    if not address.startswith(("https://", "http://")):
        raise NotAccepted("the address of the webhook must begin with https://")
    with urllib3.PoolManager(retries=False, timeout=TIMEOUT) as pool:
        try:
            answer = pool.request(
                "POST",
                address,
                body=orjson.dumps(content),
                headers={"Content-Type": "application/json", "User-Agent": "Fortnight"},
                redirect=False,
                # Nobody reads what it says besides, and it need not have an end.
                preload_content=False,
            )
            answer.close()
        except (urllib3.exceptions.HTTPError, ValueError) as error:
            raise NotAccepted(f"the webhook does not answer ({type(error).__name__})") from None
    if not 200 <= answer.status < 300:
        raise NotAccepted(f"the webhook answers {answer.status}")
