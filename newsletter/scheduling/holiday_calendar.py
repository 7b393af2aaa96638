"""Public holidays of countries and their parts, by the library `holidays`.

A region is a country (`US`) or a part of one (`US-CA`), as ISO 3166 writes them.  The libraries
are read when the first holiday is asked for: most programs ask for none.
"""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from types import MappingProxyType

#: Which of the library's languages come first for a language of the reader's.
LANGUAGES = {"en": ("en_US", "en_GB", "en"), "ja": ("ja", "en_US")}
#: Between the names of two holidays on one day, as the library joins them, and as we do.
THEIR_SEPARATOR, OURS = "; ", " / "


@dataclass(frozen=True, kw_only=True, slots=True)
class Region:
    """A country, or a part of one, as a list offers it; `country` is empty for a country."""

    code: str
    name: str
    country: str = ""


@cache
def known_regions() -> Mapping[str, tuple[str, ...]]:
    """Return the countries whose holidays are known, with the codes of their parts."""
    import holidays

    supported = holidays.list_supported_countries(include_aliases=False)
    return MappingProxyType({code: tuple(parts) for code, parts in sorted(supported.items())})


def is_region(code: str) -> bool:
    """Say whether the holidays of a region are known."""
    country, _, part = code.partition("-")
    parts = known_regions().get(country)
    return parts is not None and (part in parts if "-" in code else True)


@cache
def list_regions(language: str) -> tuple[Region, ...]:
    """Return all regions by the names of their countries, each followed by its parts."""
    countries = sorted(known_regions(), key=lambda code: name_country(code, language).casefold())
    found: list[Region] = []
    for code in countries:
        country = name_country(code, language)
        found.append(Region(code=code, name=country))
        parts = (
            Region(code=f"{code}-{part}", name=name_part(code, part), country=country)
            for part in known_regions()[code]
        )
        found += sorted(parts, key=lambda region: region.name.casefold())
    return tuple(found)


def name_region(code: str, language: str) -> str:
    """Return the name of a region with that of its country: `United States – California`."""
    country, _, part = code.partition("-")
    name = name_country(country, language)
    return f"{name} – {name_part(country, part)}" if part else name


def name_country(code: str, language: str) -> str:
    """Return the name of a country in a language; its code where it has none."""
    from babel import Locale

    return str(Locale.parse(language, sep="-").territories.get(code, code))


@cache
def part_names(country: str) -> Mapping[str, str]:
    """Return the names of the parts of a country that the library knows, by their codes."""
    import holidays

    aliases = holidays.country_holidays(country).get_subdivision_aliases()
    return MappingProxyType({code: names[0] for code, names in aliases.items() if names})


def name_part(country: str, part: str) -> str:
    """Return the name of a part of a country; its code where the library knows no name."""
    return part_names(country).get(part, part)


@lru_cache(maxsize=256)
def holidays_in(region: str, year: int, language: str) -> Mapping[dt.date, str]:
    """Return the public holidays of a region in a year, with their names.

    They are in the reader's language if the library has it, else in English, else in the
    country's own.
    """
    import holidays

    country, _, part = region.partition("-")
    offered = holidays.country_holidays(country).supported_languages
    wanted = LANGUAGES.get(language.partition("-")[0], LANGUAGES["en"])
    chosen = next((each for each in (*wanted, "en_US") if each in offered), None)
    with warnings.catch_warnings():
        # Of some countries it knows no holidays that follow the moon, far ahead: then none are.
        warnings.simplefilter("ignore", UserWarning)
        found = holidays.country_holidays(
            country, subdiv=part or None, years=year, expand=False, language=chosen
        )
    return MappingProxyType(
        {day: name.replace(THEIR_SEPARATOR, OURS) for day, name in found.items()}
    )


def name_holiday(regions: Iterable[str], day: dt.date, language: str) -> str:
    """Return what is celebrated on a day in any of the regions; empty if nothing is."""
    names = (holidays_in(region, day.year, language).get(day, "") for region in regions)
    return OURS.join(dict.fromkeys(filter(None, names)))
