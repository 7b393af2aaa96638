"""Which number follows which, and what a person may type for one."""

from __future__ import annotations

import datetime as dt

import pytest

from newsletter.publishing.volumes import Number, Numbering, VolumeRule, read_number

DECEMBER, JANUARY = dt.date(2026, 12, 31), dt.date(2027, 1, 7)


@pytest.mark.parametrize(
    ("rule", "last", "day", "following"),
    [
        (VolumeRule.HAND, (3, 12), JANUARY, (3, 13)),
        (VolumeRule.HAND, (0, 12), JANUARY, (0, 13)),
        (VolumeRule.HAND, (0, 0), JANUARY, (0, 0)),
        (VolumeRule.YEAR, (3, 12), DECEMBER, (3, 13)),
        (VolumeRule.YEAR, (3, 12), JANUARY, (4, 1)),
        (VolumeRule.YEAR, (3, 12), dt.date(2029, 1, 4), (6, 1)),
        (VolumeRule.YEAR, (0, 12), JANUARY, (0, 13)),
        (VolumeRule.YEAR, (3, 12), None, (3, 13)),
        (VolumeRule.COUNT, (3, 12), JANUARY, (3, 13)),
        (VolumeRule.COUNT, (3, 13), JANUARY, (4, 1)),
        (VolumeRule.COUNT, (3, 40), JANUARY, (4, 1)),
        (VolumeRule.COUNT, (0, 13), JANUARY, (0, 14)),
    ],
)
def test_what_follows(
    rule: VolumeRule, last: Number, day: dt.date | None, following: Number
) -> None:
    """A number is one up; a new volume begins by the rule, where there are volumes."""
    numbering = Numbering(rule=rule, per_volume=13)

    assert numbering.after(last, DECEMBER, day) == following


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("3.12", (3, 12)),
        (" Vol 3.12 ", (3, 12)),
        ("vol. 3.12", (3, 12)),
        ("12", (0, 12)),
        ("0", None),
        ("3.0", None),
        ("3.", None),
        ("three", None),
        ("-1", None),
        ("12345678", None),
    ],
)
def test_what_is_typed(text: str, number: Number | None) -> None:
    """A number is read with and without its volume; what is none is none."""
    assert read_number(text) == number
