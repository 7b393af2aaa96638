"""What people read, said in the language of whoever reads it, and kept in English.

A `Phrase` is its English text: as that it is compared, hashed, stored and given to programs, in
whatever language somebody works.  Where a person reads it, `translate` says it in the language
that is active.
"""

from __future__ import annotations

import datetime as dt
import gettext
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Catalogue(Protocol):
    """Translations into the language that is active; Django's module for them is one."""

    def gettext(self, message: str, /) -> str:
        """Return a message in that language."""
        ...

    def ngettext(self, one: str, many: str, number: int, /) -> str:
        """Return the form of a message for a number, in that language."""
        ...

    def day(self, date: dt.date, /) -> str:
        """Return a date with its day of the week, as that language writes it."""
        ...

    def time(self, time: dt.datetime, zone: str, /) -> str:
        """Return a time with its zone, as that language writes it."""
        ...


class English(gettext.NullTranslations):
    """The catalogue without translations."""

    def day(self, date: dt.date, /) -> str:
        """Return a date in English."""
        return f"{date:%a} {date.day} {date:%b %Y}"

    def time(self, time: dt.datetime, zone: str, /) -> str:
        """Return a time in English; in UTC where this machine does not know the zone any more."""
        return f"{time.astimezone(_find_zone(zone)):%a %d %b %Y %H:%M %Z}"


def _find_zone(name: str) -> dt.tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return dt.UTC


class Phrase(str):
    """A text in English, with what it takes to say it in another language.

    `fields` are filled into the places of `message`; one that is a phrase is translated, too.
    `many` is the form for `number` things that are not one; empty where nothing is counted.
    """

    __slots__ = ("fields", "many", "message", "number")

    message: str
    many: str
    number: int
    fields: Mapping[str, Any]

    def __new__(
        cls, message: str, fields: Mapping[str, Any], many: str = "", number: int = 1
    ) -> Phrase:
        """Fill the fields into the English form."""
        form = many if many and number != 1 else message
        self = super().__new__(cls, form.format(**fields) if fields else form)
        self.message, self.fields, self.many, self.number = message, fields, many, number
        return self

    def __reduce__(self) -> tuple[type[Phrase], tuple[str, Mapping[str, Any], str, int]]:
        """Return of what a copy is made."""
        return Phrase, (self.message, self.fields, self.many, self.number)

    def look_up(self, catalogue: Catalogue) -> str:
        """Return the text in the language of a catalogue."""
        if self.many:
            form = catalogue.ngettext(self.message, self.many, self.number)
        else:
            form = catalogue.gettext(self.message)
        if not self.fields:
            return form
        return form.format(**{name: translate(each) for name, each in self.fields.items()})


class Day(str):
    """A date in a phrase."""

    __slots__ = ("date",)

    date: dt.date

    def __new__(cls, date: dt.date) -> Day:
        """Write it in English."""
        self = super().__new__(cls, English().day(date))
        self.date = date
        return self

    def __reduce__(self) -> tuple[type[Day], tuple[dt.date]]:
        """Return of what a copy is made."""
        return Day, (self.date,)

    def look_up(self, catalogue: Catalogue) -> str:
        """Return the date in the language of a catalogue."""
        return catalogue.day(self.date)


class Time(str):
    """A time in a zone, in a phrase."""

    __slots__ = ("at", "zone")

    at: dt.datetime
    zone: str

    def __new__(cls, at: dt.datetime, zone: str) -> Time:
        """Write it in English."""
        self = super().__new__(cls, English().time(at, zone))
        self.at, self.zone = at, zone
        return self

    def __reduce__(self) -> tuple[type[Time], tuple[dt.datetime, str]]:
        """Return of what a copy is made."""
        return Time, (self.at, self.zone)

    def look_up(self, catalogue: Catalogue) -> str:
        """Return the time in the language of a catalogue."""
        return catalogue.time(self.at, self.zone)


class _Reader:
    """Where `translate` finds translations; without Django there are none."""

    catalogue: Catalogue = English()


def use_catalogue(catalogue: Catalogue) -> None:
    """Have `translate` take translations from there; Django knows whose turn it is to read."""
    _Reader.catalogue = catalogue


def phrase(message: str, /, **fields: Any) -> Phrase:
    """Return a text with fields such as `{name}`; `scripts/messages.py` collects the message."""
    return Phrase(message, fields)


def counted_phrase(one: str, many: str, number: int, /, **fields: Any) -> Phrase:
    """Return a text in its form for a number of things, which stands in it as `{number}`."""
    return Phrase(one, {"number": f"{number:,}", **fields}, many, number)


def list_phrases(parts: Sequence[str]) -> str:
    """Return parts in a row, as the reader's language writes a list."""
    first, *rest = parts or ("",)
    if not rest:
        return first
    return phrase("{first}, {rest}", first=first, rest=list_phrases(rest))


def translate(text: Any) -> Any:
    """Return a phrase, a day or a time in the reader's language; anything else as it is."""
    return text.look_up(_Reader.catalogue) if isinstance(text, Phrase | Day | Time) else text


def to_data(text: str) -> Any:
    """Return a text as JSON can keep it: a phrase with its fields, any other as it is."""
    if isinstance(text, Phrase):
        fields = {name: to_data(each) for name, each in text.fields.items()}
        counted = {"many": text.many, "number": text.number} if text.many else {}
        return {"message": text.message, "fields": fields, **counted}
    if isinstance(text, Day):
        return {"day": text.date.isoformat()}
    if isinstance(text, Time):
        return {"time": text.at.isoformat(), "zone": text.zone}
    return text if isinstance(text, str | int | float | bool | None) else str(text)


def from_data(data: Any) -> Any:
    """Return what `to_data` was given."""
    match data:
        case {"message": message, "fields": fields}:
            filled = {name: from_data(each) for name, each in fields.items()}
            return Phrase(message, filled, data.get("many", ""), data.get("number", 1))
        case {"day": date}:
            return Day(dt.date.fromisoformat(date))
        case {"time": at, "zone": zone}:
            return Time(dt.datetime.fromisoformat(at), zone)
    return data
