"""The people whom a filter finds."""

from __future__ import annotations

from django.db.models import Q

from subscribers.segments.expressions import All, AnyOf, Condition, Expression, Not
from subscribers.segments.fields import find_field


def build_query(expression: Expression) -> Q:
    """Return the condition of a query of `Subscriber`; it is true or false for each person."""
    match expression:
        case Condition(name, operator, values):
            return find_field(name).build(operator, values)
        case Not(part):
            return ~build_query(part)
        case All(parts):
            return Q(*map(build_query, parts))
        case AnyOf(parts):
            found = Q()
            for part in parts:
                found |= build_query(part)
            return found
