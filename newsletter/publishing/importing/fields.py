"""What the values of known keys mean: texts, numbers, dates, languages, pictures."""

from __future__ import annotations

import datetime as dt
import re
from contextlib import suppress
from typing import TypedDict
from urllib.parse import urlsplit

from django.utils import formats
from django.utils.translation import gettext as _

from newsletter.errors import ImportRejected
from newsletter.publishing.importing.metadata import FrontMatter, Value
from newsletter.publishing.importing.parsed_issue import MAX_CHARACTERS, Picture, Source
from newsletter.publishing.languages import is_language
from newsletter.whitespace import single_spaced

#: `Vol 3.11`, `Vol. 3, No. 11`, `Volume 3 Issue 11`.
VOLUME = re.compile(
    r"\bVol(?:ume|\.)?\s{0,3}([0-9]{1,9})"
    r"(?:\s{0,3}[.:/]\s{0,3}|\s{0,3},?\s{0,3}(?:No|Nr|Issue|Number)\b\.?\s{0,3})"
    r"0{0,8}([1-9][0-9]{0,8})\b",
    re.IGNORECASE,
)
#: A whole number; the number of an issue may have the volume in front.
COUNTS = {
    "volume": re.compile(r"(?P<volume>[0-9]{1,9})"),
    "number": re.compile(r"(?:(?P<volume>[0-9]{1,9})\.)?(?P<number>[0-9]{1,9})"),
}
DATE_FORMS = ("%Y-%m-%d", "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%Y/%m/%d", "%d.%m.%Y")
#: Americans write the month first, most others the day; a time may stand behind it.
_DAY_OR_MONTH_FIRST = re.compile(r"(\d{1,2})([-/])(\d{1,2})\2(\d{4})(?:[Tt ,].*)?")
MAX_LANGUAGE_LENGTH = 12

NONE = Value(text="", line=0)


class Fields(TypedDict):
    """What a parsed_issue gets from its metadata."""

    title: str
    volume: int | None
    number: int | None
    date: dt.date | None
    subject: str
    preheader: str
    language: str
    image: Picture | None
    alt: str
    credit: str
    boilerplate: str
    pdf_url: str


def fields_from(source: Source, front_matter: FrontMatter, heading: str) -> Fields:
    """Return the fields that the metadata fill, or raise `ImportRejected`.

    `heading` is the title if no key says one.
    """
    title = read_text(source, front_matter, "title") or heading
    volume, number = read_numbers(source, front_matter, title)
    return Fields(
        title=title,
        volume=volume,
        number=number,
        date=read_date(source, front_matter),
        subject=read_text(source, front_matter, "subject"),
        preheader=read_text(source, front_matter, "preheader"),
        language=read_language(source, front_matter),
        image=read_image(source, front_matter),
        alt=read_text(source, front_matter, "alt"),
        credit=read_text(source, front_matter, "credit"),
        boilerplate=front_matter.known.get("boilerplate", NONE).text,
        pdf_url=read_pdf(source, front_matter),
    )


def numbers_in(title: str) -> tuple[int, int] | tuple[None, None]:
    """Return volume and number as a title says them, if it does."""
    match = VOLUME.search(title)
    return (int(match[1]), int(match[2])) if match else (None, None)


def read_text(source: Source, front_matter: FrontMatter, key: str) -> str:
    """Return a line of text that fits into its field."""
    value = front_matter.known.get(key, NONE)
    line = single_spaced(value.text)
    require_fit(source, key, line, value.line)
    return line


def require_fit(source: Source, key: str, text: str, line: int) -> None:
    """Raise `ImportRejected` for a text that does not fit into its field."""
    if len(text) > MAX_CHARACTERS[key]:
        raise source.rejected(
            _("the {key} has {number} characters").format(key=key, number=len(text)),
            line,
            hint=_("Shorten it to {number}.").format(number=MAX_CHARACTERS[key]),
        )


def read_numbers(
    source: Source, front_matter: FrontMatter, title: str
) -> tuple[int | None, int | None]:
    """Return volume and number; what the keys leave open is taken from the title."""
    told_volume, told_number = numbers_in(title)
    volume = read_count(source, front_matter, "volume")["volume"]
    number = read_count(source, front_matter, "number")
    if number["volume"] not in {None, volume or number["volume"]}:
        raise source.rejected(
            _("the number is of volume {told}, but the volume is {volume}").format(
                told=number["volume"], volume=volume
            ),
            front_matter.known["number"].line,
            hint=_("Give the number without its volume."),
        )
    volume = volume or number["volume"]
    if number["number"] is None and volume in {None, told_volume}:
        return told_volume, told_number
    if volume is None and number["number"] == told_number:
        return told_volume, told_number
    return volume, number["number"]


def read_count(source: Source, front_matter: FrontMatter, key: str) -> dict[str, int | None]:
    """Return what a key says of `volume` and `number`."""
    value = front_matter.known.get(key, NONE)
    match = COUNTS[key].fullmatch(value.text)
    if value.text and (match is None or int(match[key]) == 0):
        raise source.rejected(
            _("the {key} must be a whole number from 1 up, not {value}").format(
                key=key, value=repr(value.text)
            ),
            value.line,
            hint=_("Write it as 3.") if key == "volume" else _("Write it as 11, or as 3.11."),
        )
    found = match.groupdict() if match else {}
    return {name: int(found[name]) if found.get(name) else None for name in COUNTS}


def read_date(source: Source, front_matter: FrontMatter) -> dt.date | None:
    """Return the day; a time behind it is not needed."""
    value = front_matter.known.get("date", NONE)
    day = re.sub(r"^(\d{4}-\d{1,2}-\d{1,2})[Tt ].*$", r"\1", value.text)
    if match := _DAY_OR_MONTH_FIRST.fullmatch(day):
        return one_reading(source, value, int(match[1]), int(match[3]), int(match[4]))
    for form in DATE_FORMS if day else ():
        try:
            return dt.datetime.strptime(day, form).replace(tzinfo=dt.UTC).date()
        except ValueError:
            continue
    if day:
        raise no_date(source, value)
    return None


def no_date(source: Source, value: Value) -> ImportRejected:
    """Return the error about a date that is none."""
    problem = _("{value} is not a date").format(value=repr(value.text))
    return source.rejected(problem, value.line, hint=_("Write it as 2026-11-26."))


def one_reading(source: Source, value: Value, first: int, second: int, year: int) -> dt.date:
    """Return the day of `MM-DD-YYYY` or `DD-MM-YYYY` where it can mean one only."""
    readings = {
        f"{year:04}-{month:02}-{day:02}": (month, day)
        for month, day in ((first, second), (second, first))
    }
    days = {}
    for written, (month, day) in readings.items():
        with suppress(ValueError):
            days[written] = dt.date(year, month, day)
    if len(days) == 1:
        return days.popitem()[1]
    if not days:
        raise no_date(source, value)
    by_month, by_day = days.values()
    raise source.rejected(
        _("{value} can be {one} or {other}").format(
            value=repr(value.text),
            one=formats.date_format(by_month, "DATE_FORMAT"),
            other=formats.date_format(by_day, "DATE_FORMAT"),
        ),
        value.line,
        hint=_("Write it as {one} or as {other}.").format(
            **dict(zip(("one", "other"), days, strict=True))
        ),
    )


def read_language(source: Source, front_matter: FrontMatter) -> str:
    """Return the code of a language; `pt_BR` is taken as `pt-BR`."""
    value = front_matter.known.get("lang", NONE)
    code = value.text.replace("_", "-")
    if code and not (is_language(code) and len(code) <= MAX_LANGUAGE_LENGTH):
        raise source.rejected(
            _("{value} is not the code of a language").format(value=repr(value.text)),
            value.line,
            hint=_("Write one such as en, ja or pt-BR."),
        )
    return code


def read_image(source: Source, front_matter: FrontMatter) -> Picture | None:
    """Return the lead picture: an https address, or the name of a file."""
    value = front_matter.known.get("image", NONE)
    if not value.text:
        return None
    scheme = scheme_of(value.text)
    # One letter is not a scheme but the drive of a Windows path.
    if len(scheme) > 1 and scheme != "https":
        raise source.rejected(
            _("mail programs show pictures from https addresses, not {value}").format(
                value=repr(value.text)
            ),
            value.line,
            hint=_("Give an https address, or a file beside this one."),
        )
    file = "" if scheme == "https" else value.text
    return Picture(address=value.text, file=file, line=value.line)


def read_pdf(source: Source, front_matter: FrontMatter) -> str:
    """Return the address of a PDF of the issue."""
    address = read_text(source, front_matter, "pdf")
    if address and scheme_of(address) not in {"https", "http"}:
        raise source.rejected(
            _("{value} is not the address of a PDF").format(value=repr(address)),
            front_matter.known["pdf"].line,
            hint=_("Write an address that begins with https://"),
        )
    return address


def scheme_of(address: str) -> str:
    """Return the scheme of an address; `?` for what cannot be one."""
    try:
        return urlsplit(address).scheme
    except ValueError:
        return "??"
