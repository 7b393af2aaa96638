"""Read the dates that other systems write beside a status: when somebody left."""

from __future__ import annotations

import contextlib
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from django.utils import timezone

EPOCH = re.compile(r"1\d{9}(?:\d{3})?(?:\.\d+)?")
#: Days since 1899-12-30, as spreadsheets keep a date when its form was lost: 1982 to 2064.
SERIAL = re.compile(r"([3-5]\d{4})(?:[.,](\d{1,12}))?")
#: Year first, or a day above twelve beside a month: anything else can be read in two ways.
YEAR_FIRST = re.compile(r"(\d{4})[/.年-](\d{1,2})[/.月-](\d{1,2})日?(?:[ T](\d{1,2}):(\d{2}))?.*")
NUMERIC = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})(?:[ T,]+(\d{1,2}):(\d{2}))?.*")
#: "Fri, 18 Oct 2024 18:28:14 UTC", as Mailgun writes.
MAIL_HEADER = re.compile(r"(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}")
WORDS = (
    "%b %d, %Y",
    "%B %d, %Y",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d %Y",
    "%d-%b-%Y",
    "%b %d, %Y %H:%M",
    "%b %d, %Y %I:%M %p",
    "%B %d, %Y %I:%M %p",
)
#: Nobody left a newsletter by mail before.
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)


def read_date(text: str) -> datetime | None:
    """Return the time in a text, in UTC; None if it is not a time, in the future, or ambiguous."""
    text = text.strip()[:40]
    found = (
        read_epoch(text)
        or read_serial(text)
        or read_iso(text)
        or read_numeric(text)
        or in_words(text)
    )
    if found is None:
        return None
    if found.tzinfo is None:
        found = found.replace(tzinfo=UTC)
    return found if EARLIEST <= found <= timezone.now() else None


def is_to_come(text: str) -> bool:
    """Whether a text is a date that lies ahead."""
    text = text.strip()[:40]
    found = read_iso(text) or read_numeric(text) or in_words(text)
    if found is None:
        return False
    return (found if found.tzinfo else found.replace(tzinfo=UTC)) > timezone.now()


def is_date(text: str) -> bool:
    """Whether a text looks like a date, even one that can be read in two ways."""
    return bool(
        EPOCH.fullmatch(text)
        or SERIAL.fullmatch(text)
        or YEAR_FIRST.fullmatch(text)
        or NUMERIC.fullmatch(text)
        or read_iso(text)
        or in_words(text)
    )


def read_epoch(text: str) -> datetime | None:
    """Return a count of seconds or milliseconds since 1970 as a time."""
    if not EPOCH.fullmatch(text):
        return None
    number = float(text)
    return datetime.fromtimestamp(number / 1000 if number > 1e12 else number, UTC)


def read_serial(text: str) -> datetime | None:
    """Return a count of days since the end of 1899 as a time, as spreadsheets write dates."""
    match = SERIAL.fullmatch(text)
    if not match:
        return None
    return datetime(1899, 12, 30, tzinfo=UTC) + timedelta(float(f"{match[1]}.{match[2] or 0}"))


def read_iso(text: str) -> datetime | None:
    """Return a time of ISO 8601, also with a zone behind a space ("… UTC", "… +0000")."""
    try:
        stem = text.removesuffix("UTC").removesuffix("GMT")
        return datetime.fromisoformat(text if stem == text else f"{stem.rstrip()}+00:00")
    except ValueError:
        return year_first(text)


def year_first(text: str) -> datetime | None:
    """Return a time that begins with the year."""
    match = YEAR_FIRST.fullmatch(text)
    return make_time(*match.groups()) if match else None


def read_numeric(text: str) -> datetime | None:
    """Return a time such as 31/12/2024 or 12/31/2024, when only one reading is a date."""
    match = NUMERIC.fullmatch(text)
    if not match:
        return None
    first, sign, second, year, hour, minute = match.groups()
    if sign == "." or int(first) > 12 or first == second:
        return make_time(year, second, first, hour, minute)
    return make_time(year, first, second, hour, minute) if int(second) > 12 else None


def in_words(text: str) -> datetime | None:
    """Return a date with an English month, also in the form of mail headers."""
    for form in WORDS:
        with contextlib.suppress(ValueError):
            return datetime.strptime(text, form).replace(tzinfo=UTC)
    if MAIL_HEADER.match(text):
        with contextlib.suppress(ValueError):
            return parsedate_to_datetime(text)
    return None


def make_time(
    year: str, month: str, day: str, hour: str | None, minute: str | None
) -> datetime | None:
    """Return a time of these parts, or None when there is no such time."""
    try:
        return datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), tzinfo=UTC
        )
    except ValueError:
        return None
