"""A test alarm, by every way that is set up: does a message arrive before one is needed?"""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from newsletter.errors import BadInput, NewsletterError
from newsletter.monitoring.alarms.messages import NotAccepted, deliver
from newsletter.monitoring.alarms.ways import list_ways
from newsletter.monitoring.models import Alarm, AlarmMessage
from newsletter.phrases import phrase


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of a test message; `problem` is empty where it was accepted."""

    way: str
    to: str
    problem: str


def try_all() -> list[Outcome]:
    """Send a test by every way; nothing is kept.

    Raises `BadInput` where no way is set up.
    """
    ways = list_ways()
    if not ways:
        variable = settings.CONFIG.monitoring.alarm_webhook_env
        raise BadInput(
            "nobody is told of alarms: [monitoring] alarm_mail is empty, and the variable"
            f" {variable} is not set",
            hint='Set alarm_mail = ["ops@example.org"] in config.toml, or the variable.',
        )
    alarm = Alarm(kind=Alarm.Kind.TEST, words=phrase("This is a test. Nothing is wrong."))
    return [
        Outcome(way=way, to=to, problem=try_one(AlarmMessage(alarm=alarm, way=way, to=to)))
        for way, to in ways
    ]


def try_one(message: AlarmMessage) -> str:
    """Send a message; return why it was not accepted."""
    try:
        deliver(message)
    except (NewsletterError, NotAccepted, OSError) as error:
        return str(error)
    return ""
