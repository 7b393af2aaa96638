"""A template's own words, in the language of an issue, and what is written with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newsletter.rendering.content import Content

#: The tables of a words.toml, by language code.
Tables = Mapping[str, Mapping[str, Any]]

#: Where Chinese is written with traditional characters.
_TRADITIONAL = frozenset({"tw", "hk", "mo"})


def words_in(language: str, tables: Tables) -> Mapping[str, Any]:
    """Return the words of a language: those of `en-GB` over `en` over the first table."""
    words = dict(next(iter(tables.values()), {}))
    for name in reversed(table_names(language, tables)):
        words |= tables[name]
    return words


def table_names(language: str, tables: Tables) -> list[str]:
    """Return the tables of a language, that of `en-GB` before that of `en`.

    Case means nothing.  Chinese is looked up by its script, which follows from the region.
    """
    named = {name.lower(): name for name in tables}
    parts = language.lower().split("-")
    if parts[0] == "zh" and not {"hans", "hant"} & set(parts):
        script = "hant" if _TRADITIONAL & set(parts) else "hans"
        parts = ["zh", script, *parts[1:]]
    tags = ["-".join(parts[:length]) for length in range(len(parts), 0, -1)]
    return [named[each] for each in tags if each in named]


def long_date(content: Content, words: Mapping[str, object]) -> str:
    """Return the date as `words.date` writes it: `{day} {month} {year}` with `words.months`."""
    date = content.date
    months = words.get("months")
    month = months[date.month - 1] if isinstance(months, list) else str(date.month)
    pattern = str(words.get("date", "{year}-{month}-{day}"))
    return fill_pattern(pattern, day=date.day, month=month, year=date.year)


def issue_number(content: Content, words: Mapping[str, object]) -> str:
    """Return `Vol 3.11`, `No. 11` where there are no volumes, or nothing without numbers."""
    if not content.number:
        return ""
    key, pattern = ("issue", "{volume}.{number}") if content.volume else ("number", "{number}")
    return fill_pattern(str(words.get(key, pattern)), volume=content.volume, number=content.number)


def fill_pattern(pattern: str, **values: object) -> str:
    """Return a pattern with `{name}` replaced by each value; other braces stay."""
    for name, value in values.items():
        pattern = pattern.replace(f"{{{name}}}", str(value))
    return pattern
