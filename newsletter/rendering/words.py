"""A template's own words, in the language of an issue, and what is written with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newsletter.rendering.content import Content

#: The tables of a words.toml, by language code.
Tables = Mapping[str, Mapping[str, Any]]


def words_in(language: str, tables: Tables) -> Mapping[str, Any]:
    """Return the words of a language: those of `en-GB` over `en` over the first table."""
    general = language.partition("-")[0]
    first = next(iter(tables.values()), {})
    return {**first, **tables.get(general, {}), **tables.get(language, {})}


def long_date(content: Content, words: Mapping[str, object]) -> str:
    """Return the date as `words.date` writes it: `{day} {month} {year}` with `words.months`."""
    date = content.date
    months = words.get("months")
    month = months[date.month - 1] if isinstance(months, list) else str(date.month)
    pattern = str(words.get("date", "{year}-{month}-{day}"))
    return filled(pattern, day=date.day, month=month, year=date.year)


def issue_number(content: Content, words: Mapping[str, object]) -> str:
    """Return `Vol 3.11`, `No. 11` where there are no volumes, or nothing without numbers."""
    if not content.number:
        return ""
    key, pattern = ("issue", "{volume}.{number}") if content.volume else ("number", "{number}")
    return filled(str(words.get(key, pattern)), volume=content.volume, number=content.number)


def filled(pattern: str, **values: object) -> str:
    """Return a pattern with `{name}` replaced by each value; other braces stay."""
    for name, value in values.items():
        pattern = pattern.replace(f"{{{name}}}", str(value))
    return pattern
