"""What the builder of a filter offers: the fields, their operators and values, by their names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from newsletter.errors import BadInput
from subscribers.segments.expressions import (
    LISTS,
    All,
    AnyOf,
    Condition,
    Expression,
    Operator,
)
from subscribers.segments.fields import ATTRIBUTE, OPERATORS, Kind, all_fields
from subscribers.segments.parsing import parse_filter


def operator_names() -> dict[str, str]:
    """Return the operators with what they are called."""
    return {
        Operator.IS: _("is"),
        Operator.IS_NOT: _("is not"),
        Operator.CONTAINS: _("contains"),
        Operator.NOT_CONTAINS: _("does not contain"),
        Operator.STARTS: _("starts with"),
        Operator.ENDS: _("ends with"),
        Operator.BLANK: _("is blank"),
        Operator.NOT_BLANK: _("is not blank"),
        Operator.BEFORE: _("before"),
        Operator.AFTER: _("after"),
        Operator.ON: _("on"),
        Operator.WITHIN: _("in the last days:"),
        Operator.OVER: _("longer ago than days:"),
        Operator.AT_LEAST: _("at least"),
        Operator.AT_MOST: _("at most"),
        Operator.ONE_OF: _("one of the last issues (as counted):"),
        Operator.NONE_OF: _("none of the last issues (as counted):"),
    }


def describe_fields() -> list[dict[str, Any]]:
    """Return the fields for the script; operators with lists of values are written by hand."""
    fields: list[dict[str, Any]] = [
        {
            "name": field.name,
            "label": field.label(),
            "kind": field.kind,
            "operators": leave_lists_out(field.operators),
            "options": dict(field.options()),
        }
        for field in all_fields()
        if not field.unknown()
    ]
    texts = leave_lists_out(OPERATORS[Kind.TEXT])
    named = {"name": ATTRIBUTE, "label": _("a field of their own"), "kind": Kind.TEXT}
    return [*fields, named | {"operators": texts, "options": {}}]


def leave_lists_out(operators: Iterable[Operator]) -> list[Operator]:
    """Return the operators that take one value or none."""
    return [each for each in operators if each not in LISTS]


def simple_rows(expression: Expression) -> dict[str, Any] | None:
    """Return the rows of a filter without parentheses, and how they are joined; else None."""
    match expression:
        case Condition():
            parts, join = (expression,), "and"
        case All(parts):
            join = "and"
        case AnyOf(parts):
            join = "or"
        case _:
            return None
    rows = [show_row(part) for part in parts if isinstance(part, Condition)]
    if len(rows) < len(parts) or None in rows:
        return None
    return {"join": join, "rows": rows}


def show_row(condition: Condition) -> dict[str, str] | None:
    """Return a row of the builder; None for an operator that it does not have."""
    if condition.operator in LISTS:
        return None
    value = condition.values[0] if condition.values else ""
    return {"field": condition.field, "operator": str(condition.operator), "value": value}


def build_rows(source: str) -> dict[str, Any]:
    """Return what the script needs: fields, operators, and the rows of a filter that has such."""
    try:
        begun = simple_rows(parse_filter(source))
    except BadInput:
        begun = None
    return {"fields": describe_fields(), "operators": operator_names(), "filter": begun}
