"""Numbers of people and things in words: one person, two people; in the reader's language."""

from __future__ import annotations

from django.utils.translation import ngettext

from newsletter.phrases import Phrase, counted_phrase


def people(number: int) -> str:
    """Return `1 person`, `2 people`."""
    return ngettext("{number} person", "{number} people", number).format(number=f"{number:,}")


def people_phrase(number: int) -> Phrase:
    """Return `1 person`, `2 people`, for a phrase that others read in their language."""
    return counted_phrase("{number} person", "{number} people", number)


def attempts(number: int) -> str:
    """Return `1 attempt`, `2 attempts`: of handing a batch over."""
    return ngettext("{number} attempt", "{number} attempts", number).format(number=f"{number:,}")


def errors(number: int) -> str:
    """Return `1 error`, `2 errors`."""
    return ngettext("{number} error", "{number} errors", number).format(number=f"{number:,}")


def warnings(number: int) -> str:
    """Return `1 warning` or `3 warnings`."""
    return ngettext("{number} warning", "{number} warnings", number).format(number=number)
