"""How a value of the database is compared: conditions that are true or false, never unknown.

Letters are compared without regard to case; on SQLite those beyond ASCII with regard to it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.db.models.lookups import (
    Exact,
    GreaterThanOrEqual,
    IContains,
    IEndsWith,
    IExact,
    IStartsWith,
    LessThanOrEqual,
    Lookup,
)
from django.utils import timezone

from subscribers.segments.expressions import Operator

#: Makes the condition of a query from an operator and its values.
Builder = Callable[[Operator, Sequence[str]], Q]
TEXTS: dict[Operator, type[Lookup[Any]]] = {
    Operator.IS: IExact,
    Operator.CONTAINS: IContains,
    Operator.STARTS: IStartsWith,
    Operator.ENDS: IEndsWith,
}
#: Operators that say the opposite of another.
OPPOSITES = {
    Operator.IS_NOT: Operator.IS,
    Operator.NOT_CONTAINS: Operator.CONTAINS,
    Operator.NOT_IN: Operator.IN,
    Operator.NOT_BLANK: Operator.BLANK,
}


def attribute_text(name: str) -> Combinable:
    """Return the text of an attribute; blank where a person has none of that name.

    A name in quotation marks is no index of an array, as Django's own lookups would take "2024".
    """
    if connection.vendor == "sqlite":
        path = Value(f'$."{name}"')
        text = Func(F("attributes"), path, function="JSON_EXTRACT", output_field=TextField())
    else:
        text = Func(
            F("attributes"),
            Value(name),
            template="(%(expressions)s)",
            arg_joiner=" ->> ",
            output_field=TextField(),
        )
    return Coalesce(text, Value(""), output_field=TextField())


def positive(operator: Operator) -> tuple[Operator, bool]:
    """Return an operator without its "not", and whether it had one."""
    return OPPOSITES.get(operator, operator), operator in OPPOSITES


def negate(condition: Q, *, when: bool) -> Q:
    """Return the opposite of a condition, or the condition itself."""
    return ~condition if when else condition


def compare_text(expression: Combinable) -> Builder:
    """Return what compares a text that is never NULL."""

    def build(operator: Operator, values: Sequence[str]) -> Q:
        operator, opposite = positive(operator)
        if operator == Operator.BLANK:
            return negate(Q(Exact(expression, Value(""))), when=opposite)
        if operator == Operator.IN:
            operator = Operator.IS
        found = Q()
        for value in values:
            found |= Q(TEXTS[operator](expression, value))
        return negate(found, when=opposite)

    return build


def match_any(find: Callable[[Sequence[str]], Q]) -> Builder:
    """Return what compares a choice; `find` makes the condition of having one of some values."""

    def build(operator: Operator, values: Sequence[str]) -> Q:
        _, opposite = positive(operator)
        return negate(find(values), when=opposite)

    return build


def compare_number(expression: Combinable) -> Builder:
    """Return what compares a whole number; nothing counts as 0."""
    lookups: dict[Operator, type[Lookup[Any]]] = {
        Operator.IS: Exact,
        Operator.AT_LEAST: GreaterThanOrEqual,
        Operator.AT_MOST: LessThanOrEqual,
    }
    number = Coalesce(expression, Value(0))

    def build(operator: Operator, values: Sequence[str]) -> Q:
        return Q(lookups[operator](number, int(values[0])))

    return build


def compare_time(name: str) -> Builder:
    """Return what compares the time in a column, by whole days of the installation's zone."""

    def build(operator: Operator, values: Sequence[str]) -> Q:
        if operator in (Operator.WITHIN, Operator.OVER):
            border = timezone.now() - dt.timedelta(days=int(values[0]))
            within = operator == Operator.WITHIN
            return Q(**{f"{name}__gte" if within else f"{name}__lt": border})
        day = dt.date.fromisoformat(values[0])
        start, end = find_midnight(day), find_midnight(day + dt.timedelta(days=1))
        if operator == Operator.BEFORE:
            return Q(**{f"{name}__lt": start})
        if operator == Operator.AFTER:
            return Q(**{f"{name}__gte": end})
        return Q(**{f"{name}__gte": start, f"{name}__lt": end})

    return build


def find_midnight(day: dt.date) -> dt.datetime:
    """Return when a day begins in the zone of the installation, whoever asks."""
    return dt.datetime.combine(day, dt.time(), tzinfo=timezone.get_default_timezone())
