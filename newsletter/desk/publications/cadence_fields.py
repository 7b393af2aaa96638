"""The fields with which somebody chooses weekdays and days of a month: a row of ticks for each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from newsletter.phrases import translate
from newsletter.scheduling.cadence import LAST, MONTH_DAYS, ORDINALS
from newsletter.scheduling.cadence_words import ORDINAL_WORDS, WEEKDAYS


class TicksInput(forms.CheckboxSelectMultiple):
    """Ticks beside each other; where none is set, nothing is chosen."""

    template_name = "desk/publications/ticks_input.html"


class NumbersField(forms.TypedMultipleChoiceField):
    """Some numbers out of a few, none of which has to be chosen."""

    widget = TicksInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=self.choose_from, coerce=int, required=False, **kwargs)

    def choose_from(self) -> Iterable[tuple[int, Any]]:
        """Return the numbers with their words, in the language of the reader."""
        raise NotImplementedError


class WeekdaysField(NumbersField):
    """Days of the week, from Monday = 0 on."""

    def choose_from(self) -> Iterable[tuple[int, Any]]:
        """Return the days."""
        return [(number, translate(words)) for number, words in enumerate(WEEKDAYS)]


class OrdinalsField(NumbersField):
    """Which of the weekdays in a month."""

    def choose_from(self) -> Iterable[tuple[int, Any]]:
        """Return the first to the fourth, and the last."""
        return [(number, translate(ORDINAL_WORDS[number])) for number in ORDINALS]


class MonthDaysField(NumbersField):
    """Days of a month that every month has."""

    def choose_from(self) -> Iterable[tuple[int, Any]]:
        """Return the days by their number, and the last one."""
        return [(day, _("last day") if day == LAST else str(day)) for day in MONTH_DAYS]
