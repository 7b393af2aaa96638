"""Dates and times for people, in the reader's language: the one place that says how they look.

Long in a heading (`Thursday 26 November 2026`), short in a table or a sentence (`Thu 26 Nov
2026`), each with its day of the week; a time has its zone.  `newsletter.formats` has the order of
the parts in each language, which is also that of Django's own filters.
"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import dateformat, formats
from django.utils.translation import gettext, ngettext


def read_zone(name: str) -> ZoneInfo | None:
    """Return the time zone of a name; None where this machine does not know it, or not any more."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def format_long_day(date: dt.date) -> str:
    """Return a date as headings have it: `Thursday 26 November 2026`."""
    return dateformat.format(date, gettext("l j F Y"))


def format_day(date: dt.date) -> str:
    """Return a date as tables and sentences have it: `Thu 26 Nov 2026`."""
    return formats.date_format(date, "SHORT_DATE_FORMAT")


def format_time(time: dt.datetime, zone: str) -> str:
    """Return a time with its zone: `Thu 26 Nov 2026 09:07 EST`."""
    return dateformat.format(
        time.astimezone(ZoneInfo(zone)), f"{formats.get_format('SHORT_DATETIME_FORMAT')} T"
    )


class ReadersCatalogue:
    """Where phrases find their translations: Django knows the language that is active."""

    def gettext(self, message: str, /) -> str:
        """Return a message in that language."""
        return gettext(message)

    def ngettext(self, one: str, many: str, number: int, /) -> str:
        """Return the form of a message for a number, in that language."""
        return ngettext(one, many, number)

    def day(self, date: dt.date, /) -> str:
        """Return a date with its day of the week, as that language writes it."""
        return format_day(date)

    def time(self, time: dt.datetime, zone: str, /) -> str:
        """Return a time with its zone, as people write it; in UTC if the zone is lost."""
        return format_time(time, zone if read_zone(zone) else "UTC")
