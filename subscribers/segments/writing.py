"""Write an expression as a filter again, the same for all ways to write it."""

from __future__ import annotations

import re

from subscribers.segments.expressions import (
    ALONE,
    LISTS,
    UNITS,
    All,
    AnyOf,
    Condition,
    Expression,
    Not,
    Operator,
)
from subscribers.segments.fields import ATTRIBUTE

#: What stands without quotation marks.
PLAIN = re.compile(r"[\w@.+:/-]+")
#: Words that mean something else without quotation marks.
WORDS = frozenset(["and", "or", "not", *(word for each in Operator for word in each.split())])


def write_filter(expression: Expression) -> str:
    """Return the filter of an expression."""
    match expression:
        case Condition():
            return write_condition(expression)
        case Not(part):
            return f"not {write_inside(part)}"
        case All(parts):
            return " and ".join(write_inside(part) for part in parts)
        case AnyOf(parts):
            return " or ".join(
                write_inside(part) if isinstance(part, AnyOf) else write_filter(part)
                for part in parts
            )


def write_inside(expression: Expression) -> str:
    """Return a part of a filter, in parentheses where it has parts of its own."""
    written = write_filter(expression)
    return f"({written})" if isinstance(expression, All | AnyOf) else written


def write_condition(condition: Condition) -> str:
    """Return one comparison."""
    name, operator = write_field(condition.field), condition.operator
    if operator in ALONE:
        return f"{name} {operator}"
    values = ", ".join(map(write_value, condition.values))
    if operator in LISTS:
        values = f"({values})"
    return " ".join(part for part in (name, operator, values, UNITS.get(operator)) if part)


def write_field(name: str) -> str:
    """Return the name of a field; an attribute's in quotation marks where it needs them."""
    attribute = name.removeprefix(ATTRIBUTE)
    if attribute == name or PLAIN.fullmatch(attribute):
        return name
    return f'{ATTRIBUTE}"{attribute}"'


def write_value(value: str) -> str:
    """Return a value, in quotation marks where it needs them."""
    if PLAIN.fullmatch(value) and value.lower() not in WORDS:
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
