"""Words in the language of an issue."""

from __future__ import annotations

import dataclasses

import pytest

from newsletter.rendering import words
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
    ("volume", "number", "written"), [(3, 11, "3.11"), (0, 11, "No. 11"), (0, 0, ""), (3, 0, "")]
)
def test_numbers(volume: int, number: int, written: str) -> None:
    """An issue is called by volume and number, by its number alone, or not at all."""
    content = dataclasses.replace(samples.ENGLISH, volume=volume, number=number)

    assert words.issue_number(content, TABLES["en"]) == written
