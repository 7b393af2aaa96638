"""Read a time that a person wrote."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from newsletter.dates import read_zone
from newsletter.errors import BadInput, ConfigError
from newsletter.phrases import Day, Time, phrase


def parse_time(text: str, zone: str, *, now: dt.datetime, on: dt.date | None = None) -> dt.datetime:
    """Return the instant in UTC that a text names, or raise `BadInput`.

    `now` is a time too.  A text without an offset is read in `zone`; one without a date means
    the date `on`, else today in the zone.  A date alone is refused: nobody means midnight by it.
    A wall time that a change to summer time leaves out moves forward.
    """
    if text == "now":
        return now
    if is_date(text):
        raise BadInput(
            phrase("{text!r} has no time of day", text=text),
            hint=phrase("Write it as 2026-11-26T09:00; the zone is added."),
        )
    try:
        if len(text) <= len("HH:MM:SS"):
            day = on or now.astimezone(zone_of_times(zone)).date()
            value = dt.datetime.combine(day, dt.time.fromisoformat(text))
        else:
            value = dt.datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(
            phrase("{text!r} is not a time", text=text),
            hint=phrase("Write it as 2026-11-26T09:00; the zone is added."),
        ) from None
    if value.tzinfo is None:
        value = value.replace(tzinfo=zone_of_times(zone))
    return value.astimezone(dt.UTC)


def is_date(text: str) -> bool:
    """Say whether a text names a day and no time of it, in a form of ISO 8601."""
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def zone_of_times(name: str) -> ZoneInfo:
    """Return the zone of a name; raise `ConfigError` where this machine does not know it."""
    zone = read_zone(name)
    if zone is None:
        raise ConfigError(
            phrase("this machine has no time zone {zone} any more", zone=name),
            hint=phrase("Choose another zone: newsletter schedule cadence --zone ZONE"),
        )
    return zone


def parse_future_time(text: str, zone: str, *, now: dt.datetime) -> dt.datetime:
    """Return as `parse_time` does, but raise `BadInput` for a time that has passed."""
    time = parse_time(text, zone, now=now)
    if time < now:
        raise BadInput(
            phrase("{time} has passed", time=Time(time, zone)),
            hint=phrase("To send it at once: now"),
        )
    return time


def parse_wall_time(
    text: str, zone: str, *, now: dt.datetime, on: dt.date | None = None
) -> dt.datetime:
    """Return as `parse_time` does, but raise `BadInput` for a time that the clocks leave out."""
    time = parse_time(text, zone, now=now, on=on)
    local = time.astimezone(zone_of_times(zone))
    if text != "now" and is_left_out(text, local):
        before, after = gap_around(local)
        words = phrase(
            "There is no such time on {day} in {zone}: the clocks go forward, from {before} to"
            " {after}",
            day=Day(local.date()),
            zone=zone,
            before=before,
            after=after,
        )
        raise BadInput(words, hint=phrase("Choose a time before or after that."))
    return time


def is_left_out(text: str, local: dt.datetime) -> bool:
    """Say whether a text without an offset names another time on the wall than it became."""
    if len(text) <= len("HH:MM:SS"):
        return dt.time.fromisoformat(text) != local.time()
    typed = dt.datetime.fromisoformat(text)
    return typed.tzinfo is None and typed != local.replace(tzinfo=None)


def gap_around(after: dt.datetime) -> tuple[str, str]:
    """Return from when to when the clocks went forward, shortly before a local time."""
    instant = after.astimezone(dt.UTC).replace(second=0, microsecond=0)
    offset = after.utcoffset()
    minute = dt.timedelta(minutes=1)
    while (instant - minute).astimezone(after.tzinfo).utcoffset() == offset:
        instant -= minute
    last = (instant - minute).astimezone(after.tzinfo) + minute
    return f"{last:%H:%M}", f"{instant.astimezone(after.tzinfo):%H:%M}"


def explain_time(at: dt.datetime, zone: str) -> str:
    """Say of a time that its clocks show twice that day which of the two it is; else nothing."""
    local = at.astimezone(ZoneInfo(zone))
    other = local.replace(fold=1 - local.fold)
    if local.utcoffset() == other.utcoffset():
        return ""
    if local.fold:
        words = gettext("{time} comes twice on that day: this is the second, {zone}.")
    else:
        words = gettext("{time} comes twice on that day: this is the first, {zone}.")
    return words.format(time=f"{local:%H:%M}", zone=local.tzname())
