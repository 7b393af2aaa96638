"""Words in the language of an issue."""

from __future__ import annotations

import dataclasses

import pytest

from newsletter.rendering.pipeline import words
from tests.unit.rendering import samples

TABLES = {
    "en": {"date": "{day} {month} {year}", "months": ["Jan"] * 12, "number": "No. {number}"},
    "en-US": {"date": "{month} {day}, {year}"},
    "fr": {"number": "N {number}"},
}


@pytest.mark.parametrize(
    ("language", "date"),
    [("en", "21 Jan 2024"), ("en-US", "Jan 21, 2024"), ("sv", "21 Jan 2024")],
)
def test_dates(language: str, date: str) -> None:
    """A region's words win over its language's; an unknown language gets the first table."""
    assert words.long_date(samples.ENGLISH, words.words_in(language, TABLES)) == date


@pytest.mark.parametrize(
    ("language", "table"),
    [
        *(("zh-TW", "zh-Hant"), ("zh-HK", "zh-Hant"), ("zh-Hant-TW", "zh-Hant"), ("zh", "zh-Hans")),
        *(("zh-CN", "zh-Hans"), ("ZH-hans", "zh-Hans"), ("pt-BR", "pt-BR"), ("pt-PT", "pt")),
        *(("EN-us", "en-US"), ("de-CH", "de"), ("he-IL", "he"), ("uk", "uk")),
    ],
)
def test_tables(language: str, table: str) -> None:
    """A language finds its words whatever the case; Chinese by its script or its region."""
    assert words.table_names(language, samples.digest().tables_of_words)[0] == table


def test_tables_are_whole() -> None:
    """The table of a language has every word; that of a region only what differs."""
    tables = samples.digest().tables_of_words
    general = {name: table for name, table in tables.items() if name not in {"en-US", "pt-BR"}}

    assert {name for name, table in general.items() if table.keys() != tables["en"].keys()} == set()
    assert {len(table["months"]) for table in general.values()} == {12}
    for name, table in tables.items():
        for key, word in table.items():
            fields = {
                part
                for part in ("{volume}", "{number}", "{email}", "{publication}", "{credit}")
                if part in str(tables["en"][key])
            }
            assert fields == {part for part in fields if part in str(word)}, (name, key)


@pytest.mark.parametrize(
    ("volume", "number", "written"), [(3, 11, "3.11"), (0, 11, "No. 11"), (0, 0, ""), (3, 0, "")]
)
def test_numbers(volume: int, number: int, written: str) -> None:
    """An issue is called by volume and number, by its number alone, or not at all."""
    content = dataclasses.replace(samples.ENGLISH, volume=volume, number=number)

    assert words.issue_number(content, TABLES["en"]) == written
