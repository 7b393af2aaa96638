"""The fields with which somebody chooses weekdays and days of a month: a row of ticks for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from newsletter.phrases import translate
from newsletter.scheduling.cadence import LAST, MONTH_DAYS, ORDINALS
from newsletter.scheduling.cadence_words import ORDINAL_WORDS, WEEKDAYS

#: Numbers with their words.
Choices = Iterable[tuple[int, Any]]


class TicksInput(forms.CheckboxSelectMultiple):
    """Ticks beside each other; where none is set, nothing is chosen."""

    template_name = "desk/publications/ticks_input.html"


class NumbersField(forms.TypedMultipleChoiceField):
    """Some numbers out of a few, none of which has to be chosen.

    `choose_from` returns the numbers with their words, in the language of the reader.
    """

    widget = TicksInput

    def __init__(self, choose_from: Callable[[], Choices], **kwargs: Any) -> None:
        super().__init__(choices=choose_from, coerce=int, required=False, **kwargs)


class WeekdaysField(NumbersField):
    """Days of the week, from Monday = 0 on."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(list_weekdays, **kwargs)


class OrdinalsField(NumbersField):
    """Which of the weekdays in a month."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(list_ordinals, **kwargs)


class MonthDaysField(NumbersField):
    """Days of a month that every month has."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(list_month_days, **kwargs)


def list_weekdays() -> Choices:
    """Return the days of the week."""
    return [(number, translate(words)) for number, words in enumerate(WEEKDAYS)]


def list_ordinals() -> Choices:
    """Return the first to the fourth, and the last."""
    return [(number, translate(ORDINAL_WORDS[number])) for number in ORDINALS]


def list_month_days() -> Choices:
    """Return the days by their number, and the last one."""
    return [(day, _("last day") if day == LAST else str(day)) for day in MONTH_DAYS]
