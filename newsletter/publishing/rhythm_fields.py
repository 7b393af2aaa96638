"""The fields of a publication that make its cadence, and what can be wrong with them."""

from __future__ import annotations

import datetime as dt
from typing import Protocol
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext

from newsletter.dates import format_day, read_zone
from newsletter.errors import ConfigError
from newsletter.phrases import phrase, translate
from newsletter.scheduling.cadence import MONTH_DAYS, ORDINALS, Cadence, Pattern
from newsletter.scheduling.cadence_words import phrase_days

#: A first date later than this from today is a mistyped year.
MAX_YEARS = 50


class RhythmFields(Protocol):
    """A publication, as far as its rhythm goes."""

    name: str
    slug: str
    pattern: str
    every_weeks: int
    weekday: int
    more_weekdays: list[int]
    ordinals: list[int]
    month_days: list[int]
    time: dt.time
    time_zone: str
    starts_on: dt.date


def cadence_of(publication: RhythmFields) -> Cadence:
    """Return the cadence that the fields of a publication make; raises `ConfigError`.

    It raises where this machine has no such time zone: its database of zones may have changed.
    """
    return build_cadence(publication, find_zone(publication))


def find_zone(publication: RhythmFields) -> ZoneInfo:
    """Return the zone of a publication, or raise `ConfigError` where it is none any more."""
    zone = read_zone(publication.time_zone)
    if zone is None:
        raise ConfigError(
            phrase(
                "{publication}: this machine has no time zone {zone} any more",
                publication=publication.name,
                zone=publication.time_zone,
            ),
            hint=phrase(
                "Choose another zone: newsletter schedule cadence --zone ZONE --publication {slug}",
                slug=publication.slug,
            ),
        )
    return zone


def zone_or_utc(name: str) -> dt.tzinfo:
    """Return a zone, or UTC where this machine does not know it any more: for what readers see.

    A page with a day that may be wrong is better than none; the clock and the desk refuse such a
    zone, and name it.
    """
    return read_zone(name) or dt.UTC


def build_cadence(publication: RhythmFields, zone: ZoneInfo) -> Cadence:
    """Return the cadence in a zone; raises `ValueError` where the fields make none."""
    return Cadence(
        starts_on=publication.starts_on,
        time=publication.time,
        zone=zone,
        pattern=Pattern(publication.pattern),
        weeks=publication.every_weeks,
        weekdays=(publication.weekday, *publication.more_weekdays),
        ordinals=tuple(publication.ordinals),
        days=tuple(publication.month_days),
    )


def list_problems(publication: RhythmFields) -> dict[str, str]:
    """Return what is wrong with the fields, by field; empty where they make a cadence."""
    days, pattern = publication.more_weekdays, publication.pattern
    found = {
        "more_weekdays": choice_problem(days, range(7)),
        "ordinals": choice_problem(publication.ordinals, ORDINALS),
        "month_days": choice_problem(publication.month_days, MONTH_DAYS),
    }
    if pattern == Pattern.WEEKDAYS and not publication.ordinals:
        found["ordinals"] = gettext("Choose at least one: the first, for example, or the last.")
    if pattern == Pattern.DAYS and not publication.month_days:
        found["month_days"] = gettext("Choose at least one day of the month.")
    found = {field: problem for field, problem in found.items() if problem}
    if not found and publication.starts_on and (problem := start_problem(publication)):
        found["starts_on"] = problem
    return found


def choice_problem(chosen: object, there: range | tuple[int, ...]) -> str:
    """Say which of the numbers that were chosen is none of those there are, or nothing."""
    wrong = [each for each in chosen if each not in there] if isinstance(chosen, list) else [chosen]
    if not wrong:
        return ""
    words = gettext("{wrong} cannot be chosen here.")
    return words.format(wrong=", ".join(map(str, wrong)))


def start_problem(publication: RhythmFields) -> str:
    """Say that the first date is too far ahead or none of the cadence, or nothing."""
    if problem := far_problem(publication.starts_on):
        return problem
    try:
        cadence = build_cadence(publication, ZoneInfo("UTC"))
    except (TypeError, ValueError):
        # A field of the form holds what it cannot, and says so itself.
        return ""
    following: dt.date = cadence.aligned().starts_on
    if following == publication.starts_on:
        return ""
    words = gettext("{date} does not fit: issues come out {days}. The next such day is {next}.")
    return words.format(
        date=format_day(publication.starts_on),
        days=translate(phrase_days(cadence)),
        next=format_day(following),
    )


def far_problem(starts_on: dt.date) -> str:
    """Say that a first date is more than `MAX_YEARS` ahead, or nothing."""
    if (starts_on - timezone.now().date()).days <= MAX_YEARS * 366:
        return ""
    words = gettext("{date} is more than {years} years ahead: check the year.")
    return words.format(date=format_day(starts_on), years=MAX_YEARS)
