"""The field with which somebody chooses whose holidays stand in the calendar."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext

from newsletter.scheduling.holiday_calendar import Region, list_regions, name_region


def find_language() -> str:
    """Return the reader's language, of those in which we name countries."""
    return "ja" if (get_language() or "").startswith("ja") else "en"


def region_choices() -> Iterator[tuple[str, Any]]:
    """Yield the regions for a list: countries alone, those with parts as groups."""
    regions = list_regions(find_language())
    for _, rows in groupby(regions, key=lambda region: region.country or region.name):
        country, *parts = rows
        if parts:
            yield country.name, [choose_whole(country), *((each.code, each.name) for each in parts)]
        else:
            yield country.code, country.name


def choose_whole(country: Region) -> tuple[str, str]:
    """Return the choice of a country with nothing that only a part of it has."""
    return country.code, gettext("{country}: in all of it").format(country=country.name)


class RegionsInput(forms.SelectMultiple):
    """What is chosen, each with a tick to take away, and one list to add from."""

    template_name = "desk/publications/regions_input.html"

    class Media:
        """The script that moves what is chosen above the list."""

        js = ("desk/regions.js",)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the names of what is chosen."""
        context: dict[str, Any] = super().get_context(name, None, attrs)
        chosen = value if isinstance(value, list | tuple) else []
        spoken = find_language()
        context["widget"]["chosen"] = [(code, name_region(str(code), spoken)) for code in chosen]
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """Return the codes that were ticked or added, each once."""
        del files
        given = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return list(dict.fromkeys(filter(None, given)))

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """Return False: where nothing is chosen, nothing is sent."""
        del data, files, name
        return False


class RegionsField(forms.MultipleChoiceField):
    """Countries and parts of them whose holidays count."""

    widget = RegionsInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=region_choices, required=False, **kwargs)
