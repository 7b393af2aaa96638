"""What a segment asks for, as a tree: conditions joined by and, or, not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Operator(StrEnum):
    """How a field is compared; the value is how the language writes it."""

    IS = "is"
    IS_NOT = "is not"
    CONTAINS = "contains"
    NOT_CONTAINS = "does not contain"
    STARTS = "starts with"
    ENDS = "ends with"
    IN = "in"
    NOT_IN = "not in"
    BLANK = "is blank"
    NOT_BLANK = "is not blank"
    BEFORE = "before"
    AFTER = "after"
    ON = "on"
    WITHIN = "within"
    OVER = "over"
    AT_LEAST = "at least"
    AT_MOST = "at most"
    ONE_OF = "one of the last"
    NONE_OF = "none of the last"


#: Operators that take a list of values in parentheses.
LISTS = frozenset({Operator.IN, Operator.NOT_IN})
#: Operators that take no value.
ALONE = frozenset({Operator.BLANK, Operator.NOT_BLANK})
#: What stands behind the number of an operator about days or issues.
UNITS = {
    Operator.WITHIN: "days",
    Operator.OVER: "days ago",
    Operator.ONE_OF: "issues",
    Operator.NONE_OF: "issues",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison; `values` has one text for most operators, none or many for others."""

    field: str
    operator: Operator
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite of a part."""

    part: Expression


@dataclass(frozen=True, slots=True)
class All:
    """All of the parts hold."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one of the parts holds."""

    parts: tuple[Expression, ...]


Expression = Condition | Not | All | AnyOf


def conditions_of(expression: Expression) -> Iterator[Condition]:
    """Yield the conditions of an expression, from left to right."""
    match expression:
        case Condition():
            yield expression
        case Not(part):
            yield from conditions_of(part)
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from conditions_of(part)
