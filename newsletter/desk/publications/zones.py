"""Time zones as people know them: by a city, with the difference to UTC that holds there now."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

#: Folders of the database of zones that hold places; the others hold old names.
REGIONS = frozenset(
    {
        *("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia"),
        *("Europe", "Indian", "Pacific"),
    }
)


@lru_cache(maxsize=1)
def known_zones() -> frozenset[str]:
    """Return all zones of this machine; Python looks through their folder whenever it is asked."""
    return frozenset(available_timezones())


@lru_cache(maxsize=1)
def zone_names() -> tuple[str, ...]:
    """Return the zones that are named after a place, and UTC, in the order of their cities."""
    places = (name for name in known_zones() if name.partition("/")[0] in REGIONS)
    return ("UTC", *sorted(places, key=lambda name: (city_of(name), name)))


def city_of(zone: str) -> str:
    """Return the city that a zone is named after: `New York`."""
    return zone.rpartition("/")[2].replace("_", " ")


def place_of(zone: str) -> str:
    """Return the city of a zone and where it lies: `New York, America`."""
    region, _, rest = zone.rpartition("/")
    return f"{city_of(zone)}, {region.replace('_', ' ')}" if rest and region else zone


def offset_of(zone: str, now: dt.datetime) -> str:
    """Return the difference to UTC at a time: `UTC−05:00`."""
    difference = now.astimezone(ZoneInfo(zone)).utcoffset() or dt.timedelta()
    minutes = int(difference.total_seconds() // 60)
    sign = "−" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def describe_zone(zone: str, now: dt.datetime) -> str:
    """Return a zone in words; what is none is returned as it is."""
    if zone not in known_zones():
        return zone
    return f"{place_of(zone)} ({offset_of(zone, now)})"


def zones_in_words(now: dt.datetime) -> tuple[str, ...]:
    """Return each zone in words, to choose from, as it is in this quarter of an hour."""
    return _words_at(now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0))


@lru_cache(maxsize=2)
def _words_at(quarter: dt.datetime) -> tuple[str, ...]:
    """Return the words; to read the rules of all zones takes a quarter of a second."""
    return tuple(describe_zone(name, quarter) for name in zone_names())


def find_zone(text: str) -> str:
    """Return the zone that somebody means: its name, its words, or its city if there is one such.

    Whatever else it is, it is returned as it is.
    """
    meant = " ".join(text.partition("(")[0].replace("_", " ").split()).casefold()
    if text.strip() in known_zones():
        return text.strip()
    for form in (lambda name: name.replace("_", " "), place_of, city_of):
        found = [name for name in zone_names() if form(name).casefold() == meant]
        if len(found) == 1:
            return found[0]
    return text.strip()
