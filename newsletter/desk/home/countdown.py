"""How long it is until a time, in words; a script of ours goes on counting with the same words."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import dateformat
from django.utils.translation import gettext, ngettext

MINUTE, HOUR, DAY = 60, 3600, 86_400


def describe_span(span: dt.timedelta) -> str:
    """Return a span in its two largest units.

    >>> describe_span(dt.timedelta(days=3, hours=4, minutes=5))
    '3 days 4 hours'
    >>> describe_span(dt.timedelta(seconds=30))
    'less than a minute'
    """
    seconds = max(0, int(span.total_seconds()))
    days, hours, minutes = seconds // DAY, seconds % DAY // HOUR, seconds % HOUR // MINUTE
    if days:
        parts = [of_days(days), of_hours(hours)] if hours else [of_days(days)]
    elif hours:
        parts = [of_hours(hours), of_minutes(minutes)] if minutes else [of_hours(hours)]
    else:
        parts = [of_minutes(minutes)] if minutes else [gettext("less than a minute")]
    return " ".join(parts)


def of_days(number: int) -> str:
    """Return `1 day`, `2 days`."""
    return ngettext("{number} day", "{number} days", number).format(number=number)


def of_hours(number: int) -> str:
    """Return `1 hour`, `2 hours`."""
    return ngettext("{number} hour", "{number} hours", number).format(number=number)


def of_minutes(number: int) -> str:
    """Return `1 minute`, `2 minutes`."""
    return ngettext("{number} minute", "{number} minutes", number).format(number=number)


def long_time(at: dt.datetime, zone: str) -> str:
    """Return a time with its weekday in full: `Thursday 26 November 2026, 09:07 EST`."""
    # In Django's letters: https://docs.djangoproject.com/en/5.2/ref/templates/builtins/#date
    pattern = gettext("l j F Y, H:i T")
    return dateformat.format(at.astimezone(ZoneInfo(zone)), pattern)
