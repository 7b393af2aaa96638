"""Say a filter in words, in the reader's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsletter.dates import format_day
from subscribers.segments.expressions import All, AnyOf, Condition, Expression, Not, Operator
from subscribers.segments.fields import YES, Field, Kind, describe_value, find_field

#: What is said of a field and a value.
SENTENCES: Mapping[Operator, Callable[[], str]] = {
    Operator.IS: lambda: _("{field} is {value}"),
    Operator.IS_NOT: lambda: _("{field} is not {value}"),
    Operator.CONTAINS: lambda: _("{field} contains {value}"),
    Operator.NOT_CONTAINS: lambda: _("{field} does not contain {value}"),
    Operator.STARTS: lambda: _("{field} starts with {value}"),
    Operator.ENDS: lambda: _("{field} ends with {value}"),
    Operator.IN: lambda: _("{field} is one of {value}"),
    Operator.NOT_IN: lambda: _("{field} is none of {value}"),
    Operator.BLANK: lambda: _("{field} is blank"),
    Operator.NOT_BLANK: lambda: _("{field} is not blank"),
    Operator.BEFORE: lambda: _("{field} before {value}"),
    Operator.AFTER: lambda: _("{field} after {value}"),
    Operator.ON: lambda: _("{field} on {value}"),
    Operator.AT_LEAST: lambda: _("{field} at least {value}"),
    Operator.AT_MOST: lambda: _("{field} at most {value}"),
}


def explain(expression: Expression) -> str:
    """Return what a filter asks for, as one phrase without a full stop."""
    match expression:
        case Condition():
            return explain_condition(expression)
        case Not(part):
            return _("not ({part})").format(part=explain(part))
        case All(parts):
            return _(" and ").join(explain_inside(part) for part in parts)
        case AnyOf(parts):
            return _(" or ").join(explain_inside(part) for part in parts)


def explain_inside(expression: Expression) -> str:
    """Return a part, in parentheses where it has parts of its own."""
    said = explain(expression)
    return _("({part})").format(part=said) if isinstance(expression, All | AnyOf) else said


def explain_condition(condition: Condition) -> str:
    """Return one comparison in words."""
    field = find_field(condition.field)
    if condition.operator in (Operator.WITHIN, Operator.OVER):
        return explain_days(field, condition.operator, int(condition.values[0]))
    if field.kind == Kind.ISSUES:
        return explain_issues(field, condition.operator, int(condition.values[0]))
    if field.kind == Kind.FLAG:
        said = _("{field}") if condition.values[0] == YES else _("not {field}")
        return said.format(field=field.label())
    value = _(", ").join(name_value(field, each) for each in condition.values)
    return SENTENCES[condition.operator]().format(field=field.label(), value=value)


def explain_days(field: Field, operator: Operator, days: int) -> str:
    """Return what is said of a time that begins or ends some days ago."""
    if operator == Operator.WITHIN:
        said = ngettext("{field} in the last day", "{field} in the last {days} days", days)
    else:
        said = ngettext("{field} over a day ago", "{field} over {days} days ago", days)
    return said.format(field=field.label(), days=days)


def explain_issues(field: Field, operator: Operator, issues: int) -> str:
    """Return what is said of the last issues: only what was counted."""
    if operator == Operator.ONE_OF:
        said = ngettext(
            "{field} the last issue (as counted)",
            "{field} one of the last {issues} issues (as counted)",
            issues,
        )
    else:
        said = ngettext(
            "not {field} the last issue (as counted)",
            "{field} none of the last {issues} issues (as counted)",
            issues,
        )
    return said.format(field=field.label(), issues=issues)


def name_value(field: Field, value: str) -> str:
    """Return a value as a person reads it."""
    if field.kind == Kind.DATE:
        return format_day(dt.date.fromisoformat(value))
    if field.kind == Kind.NUMBER:
        return value
    return _("“{value}”").format(value=describe_value(field, value))
