"""Read a time that a person wrote."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import dateformat
from django.utils.translation import gettext

from newsletter.errors import BadInput


def parse_time(text: str, zone: str, *, now: dt.datetime, on: dt.date | None = None) -> dt.datetime:
    """Return the instant in UTC that a text names, or raise `BadInput`.

    `now` is a time too.  A text without an offset is read in `zone`; one without a date means
    the date `on`, else today in the zone.  A wall time that a change to summer time leaves out
    moves forward.
    """
    if text == "now":
        return now
    try:
        if len(text) <= len("HH:MM:SS"):
            day = on or now.astimezone(ZoneInfo(zone)).date()
            value = dt.datetime.combine(day, dt.time.fromisoformat(text))
        else:
            value = dt.datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(
            f"{text!r} is not a time", hint="Write it as 2026-11-26T09:00; the zone is added."
        ) from None
    if value.tzinfo is None:
        value = value.replace(tzinfo=ZoneInfo(zone))
    return value.astimezone(dt.UTC)


def parse_future_time(text: str, zone: str, *, now: dt.datetime) -> dt.datetime:
    """Return as `parse_time` does, but raise `BadInput` for a time that has passed."""
    time = parse_time(text, zone, now=now)
    if time < now:
        raise BadInput(f"{format_time(time, zone)} has passed", hint="To send it at once: now")
    return time


def format_time(time: dt.datetime, zone: str) -> str:
    """Return a time for people, with its zone: `Thu 26 Nov 2026 09:07 EST`.

    In the reader's language: the order of its parts is a message like any other.
    """
    # In Django's letters: https://docs.djangoproject.com/en/5.2/ref/templates/builtins/#date
    pattern = gettext("D d M Y H:i T")
    return dateformat.format(time.astimezone(ZoneInfo(zone)), pattern)
