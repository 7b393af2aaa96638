"""Fields with a list to search in: what is typed narrows it, and what fits is understood."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from newsletter.desk.publications.language_names import (
    describe_language,
    find_language,
    languages_in_words,
)
from newsletter.desk.publications.zones import describe_zone, find_zone, zones_in_words
from newsletter.sending import trusted_time


class ListedInput(forms.TextInput):
    """A line of text with a list of the browser's own below it."""

    template_name = "desk/publications/listed_input.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Add the list."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        widget = context["widget"]
        widget["list"] = f"{widget['attrs'].get('id', name)}-list"
        widget["attrs"] |= {"list": widget["list"], "autocomplete": "off"}
        widget["options"] = list(self.options())
        return context

    def options(self) -> Iterable[tuple[str, str]]:
        """Return what is in the list: what becomes the value, and what is said beside it."""
        return ()


class ZoneInput(ListedInput):
    """The time zones."""

    def format_value(self, value: Any) -> str:
        """Return a zone in words."""
        return describe_zone(str(value or ""), trusted_time.now())

    def options(self) -> Iterable[tuple[str, str]]:
        """Return the zones."""
        return ((words, "") for words in zones_in_words(trusted_time.now()))


class LanguageInput(ListedInput):
    """The languages."""

    def format_value(self, value: Any) -> str:
        """Return a language in words."""
        return describe_language(str(value or ""))

    def options(self) -> Iterable[tuple[str, str]]:
        """Return the languages."""
        return languages_in_words()


class ZoneField(forms.CharField):
    """A time zone, by its city."""

    widget = ZoneInput

    def to_python(self, value: Any) -> str:
        """Return the name of the zone."""
        return find_zone(str(super().to_python(value) or ""))


class LanguageField(forms.CharField):
    """A language, by its name."""

    widget = LanguageInput

    def to_python(self, value: Any) -> str:
        """Return the code of the language."""
        return find_language(str(super().to_python(value) or ""))
