"""Which number follows which: one up, and now and then a new volume.  It knows no database."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

#: Volume and number; the volume is 0 without volumes, both are 0 without numbers.
Number = tuple[int, int]
NO_NUMBER: Number = (0, 0)
#: As people type them: `3.12`, or `12` without volumes.
TYPED = re.compile(
    r"(?:vol(?:ume)?\.?\s*)?(?:(?P<volume>\d{1,6})\.)?(?P<number>\d{1,6})", re.IGNORECASE
)


class VolumeRule(StrEnum):
    """When a new volume begins."""

    #: When somebody gives an issue or a slot a number of another volume.
    HAND = "hand"
    #: With each calendar year in which an issue goes out.
    YEAR = "year"
    #: After a number of issues.
    COUNT = "count"


@dataclass(frozen=True, kw_only=True, slots=True)
class Numbering:
    """How a publication counts; `per_volume` counts only by the rule for it."""

    rule: VolumeRule = VolumeRule.HAND
    per_volume: int = 26

    def after(self, last: Number, last_day: dt.date | None, day: dt.date | None) -> Number:
        """Return the number of an issue of a day that follows one of another day.

        What has no number goes on without, and what has no volumes begins none.
        """
        volume, number = last
        if not number:
            return NO_NUMBER
        if not volume:
            return 0, number + 1
        if self.rule == VolumeRule.YEAR and last_day and day and day.year > last_day.year:
            return volume + day.year - last_day.year, 1
        if self.rule == VolumeRule.COUNT and number >= self.per_volume:
            return volume + 1, 1
        return volume, number + 1


def read_number(text: str) -> Number | None:
    """Return the number that somebody typed; None where it is none."""
    found = TYPED.fullmatch(text.strip())
    if found is None or not int(found["number"]):
        return None
    return int(found["volume"] or 0), int(found["number"])


class CountingFields(Protocol):
    """A publication, as far as its numbers go."""

    volume_rule: str
    issues_per_volume: int


def numbering_of(publication: CountingFields) -> Numbering:
    """Return how a publication counts."""
    return Numbering(
        rule=VolumeRule(publication.volume_rule), per_volume=publication.issues_per_volume
    )


_source: list[Callable[[Any], Number]] = []


def connect(source: Callable[[Any], Number]) -> None:
    """Set what knows the number of the next issue: the slots, which stand above the models."""
    _source[:] = [source]


def next_number(publication: CountingFields) -> Number:
    """Return the number of the next issue of a publication."""
    return _source[0](publication)
