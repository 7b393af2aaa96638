"""What is asked before a newsletter begins: one check each, as text in and a value out.

Each check raises `BadInput` with the reason, for a terminal that asks again and for a form.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model

from newsletter.desk.accounts import roster
from newsletter.desk.publications.language_names import find_language
from newsletter.desk.publications.zones import find_zone, known_zones
from newsletter.errors import BadInput
from newsletter.phrases import Day, phrase
from newsletter.publishing.languages import is_language
from newsletter.publishing.models import Publication
from newsletter.publishing.rhythm_fields import MAX_YEARS
from newsletter.publishing.volumes import Number
from newsletter.scheduling.cadence import Cadence
from newsletter.scheduling.numbers import parse_number
from newsletter.sending import trusted_time
from subscribers.addresses import parse_address
from subscribers.models import List

MAX_WEEKS, MAX_DIGITS = 520, 10
FIRST_NUMBER: Number = (1, 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answers:
    """What is said of a new publication; `weekday` counts from Monday = 0."""

    name: str
    sender: str
    sender_address: str
    postal_address: str
    zone: str
    weeks: int
    weekday: int
    time: dt.time
    starts_on: dt.date
    language: str
    number: Number
    list_name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FirstUser:
    """Who logs in first, and may do everything; without a password a link sets it."""

    name: str
    email: str
    password: str = ""


def check_name(text: str) -> str:
    """Return the name of a publication."""
    return check_line(text, Publication, "name")


def check_sender(text: str) -> str:
    """Return the name that mail is from."""
    return check_line(text, Publication, "from_name")


def check_sender_address(text: str) -> str:
    """Return the address that mail is from."""
    return parse_address(text).email


def check_postal_address(text: str) -> str:
    """Return the postal address; empty: it is given later."""
    return check_line(text, Publication, "postal_address") if text.strip() else ""


def check_list_name(text: str) -> str:
    """Return the name of a list."""
    return check_line(text, List, "name")


def check_line(text: str, model: type[Publication | List], field: str) -> str:
    """Return one line of text that a field has room for."""
    line = " ".join(text.split())
    longest = int(getattr(model._meta.get_field(field), "max_length", 0) or 0)
    if not line:
        raise BadInput(phrase("This must not be empty."))
    if not line.isprintable():
        raise BadInput(phrase("This holds a character that cannot be printed."))
    if len(line) > longest:
        raise BadInput(
            phrase(
                "This is too long: {number} characters, at most {longest}.",
                number=len(line),
                longest=longest,
            )
        )
    return line


def check_zone(text: str) -> str:
    """Return the time zone of a name, or of a city."""
    zone = find_zone(text)
    if zone not in known_zones():
        raise BadInput(
            phrase("There is no time zone {zone!r}. Write Europe/London or a city.", zone=zone)
        )
    return zone


def check_weeks(text: str) -> int:
    """Return how many weeks lie between two issues."""
    digits = text.strip()
    # Python turns no thousands of digits into a number.
    is_number = digits.isdecimal() and len(digits) <= MAX_DIGITS
    if not is_number or not 1 <= int(digits) <= MAX_WEEKS:
        raise BadInput(phrase("Give a whole number from 1 to {most}.", most=MAX_WEEKS))
    return int(digits)


def check_time(text: str) -> dt.time:
    """Return a time of day, to the minute."""
    try:
        return dt.time.fromisoformat(text.strip()).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        raise BadInput(phrase("This is no time of day. Write it as 09:07.")) from None


def check_first_date(text: str, rhythm: Cadence) -> dt.date:
    """Return the first date, which must be one of the rhythm; empty: its next one."""
    if not text.strip():
        return first_date(rhythm)
    try:
        day = dt.date.fromisoformat(text.strip())
    except ValueError:
        raise BadInput(phrase("This is no date. Write it as 2026-12-24.")) from None
    today = trusted_time.now().astimezone(rhythm.zone).date()
    if not today <= day <= today + dt.timedelta(days=MAX_YEARS * 366):
        raise BadInput(phrase("{day} has passed, or is too far ahead.", day=Day(day)))
    if (following := begin_rhythm(rhythm, day).starts_on) != day:
        raise BadInput(
            phrase(
                "{day} does not fit the weekday. The next date is {next}.",
                day=Day(day),
                next=Day(following),
            )
        )
    return day


def rhythm_of(zone: str, weeks: int, weekday: int, time: dt.time) -> Cadence:
    """Return the rhythm from today on."""
    found = ZoneInfo(zone)
    today = trusted_time.now().astimezone(found).date()
    return Cadence(starts_on=today, time=time, zone=found, weeks=weeks, weekdays=(weekday,))


def first_date(rhythm: Cadence) -> dt.date:
    """Return the first date of a rhythm whose time has not passed."""
    found: dt.date = begin_rhythm(rhythm, rhythm.starts_on).starts_on
    if rhythm.time_on(found) <= trusted_time.now():
        return begin_rhythm(rhythm, found + dt.timedelta(days=1)).starts_on
    return found


def begin_rhythm(rhythm: Cadence, day: dt.date) -> Cadence:
    """Return a rhythm that begins with the first of its days from a day on."""
    return replace(rhythm, starts_on=day).aligned()


def check_language(text: str) -> str:
    """Return the code of a language, from its code or its name."""
    code = find_language(text)
    if not is_language(code):
        raise BadInput(phrase("There is no such language. Write a code such as en, ja or pt-BR."))
    return code


def check_number(text: str) -> Number:
    """Return the number of the first issue; empty: 1.1, and `-` for issues without numbers."""
    return parse_number(text) or FIRST_NUMBER


def check_user_name(text: str) -> str:
    """Return the name of the first account."""
    roster.check_account(get_user_model()(username=text.strip()), asks_database=False)
    return text.strip()


def check_email(text: str) -> str:
    """Return the address of the first account; empty: it has none."""
    return parse_address(text).email if text.strip() else ""


def check_password(text: str, user_name: str = "", email: str = "") -> str:
    """Return a password that is good enough; empty: a link sets it."""
    roster.set_password(get_user_model()(username=user_name, email=email), text)
    return text
