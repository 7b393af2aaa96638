"""Read a time that a person wrote."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from newsletter.dates import format_time
from newsletter.errors import BadInput
from newsletter.phrases import Time, phrase

__all__ = ["format_time", "parse_future_time", "parse_time"]


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
            phrase("{text!r} is not a time", text=text),
            hint=phrase("Write it as 2026-11-26T09:00; the zone is added."),
        ) from None
    if value.tzinfo is None:
        value = value.replace(tzinfo=ZoneInfo(zone))
    return value.astimezone(dt.UTC)


def parse_future_time(text: str, zone: str, *, now: dt.datetime) -> dt.datetime:
    """Return as `parse_time` does, but raise `BadInput` for a time that has passed."""
    time = parse_time(text, zone, now=now)
    if time < now:
        raise BadInput(
            phrase("{time} has passed", time=Time(time, zone)),
            hint=phrase("To send it at once: now"),
        )
    return time
