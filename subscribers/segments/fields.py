"""What the language can ask about a person, and how each is asked of the database.

Other apps add what they know by `add_field`: what a person was sent belongs to sending, and this
package does not import it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from newsletter.errors import BadInput
from subscribers.segments.comparisons import Builder, attribute_text, compare_text
from subscribers.segments.expressions import Operator

#: What the names of fields begin with that come from the file or form of a person.
ATTRIBUTE = "attribute."
MAX_ATTRIBUTE_LENGTH = 200


class Kind(StrEnum):
    """What can be compared with what."""

    TEXT = "text"
    CHOICE = "choice"
    LANGUAGE = "language"
    DATE = "date"
    NUMBER = "number"
    ISSUES = "issues"
    FLAG = "flag"


OPERATORS: Mapping[Kind, tuple[Operator, ...]] = {
    Kind.TEXT: (
        Operator.IS,
        Operator.IS_NOT,
        Operator.CONTAINS,
        Operator.NOT_CONTAINS,
        Operator.STARTS,
        Operator.ENDS,
        Operator.IN,
        Operator.NOT_IN,
        Operator.BLANK,
        Operator.NOT_BLANK,
    ),
    Kind.CHOICE: (Operator.IS, Operator.IS_NOT, Operator.IN, Operator.NOT_IN),
    Kind.LANGUAGE: (
        Operator.IS,
        Operator.IS_NOT,
        Operator.IN,
        Operator.NOT_IN,
        Operator.BLANK,
        Operator.NOT_BLANK,
    ),
    Kind.DATE: (Operator.BEFORE, Operator.AFTER, Operator.ON, Operator.WITHIN, Operator.OVER),
    Kind.NUMBER: (Operator.IS, Operator.AT_LEAST, Operator.AT_MOST),
    Kind.ISSUES: (Operator.ONE_OF, Operator.NONE_OF),
    Kind.FLAG: (Operator.IS,),
}
YES, NO = "yes", "no"


def always_known() -> str:
    """Return nothing: no reason why a field cannot be asked about."""
    return ""


def no_options() -> Mapping[str, str]:
    """Return no options: any value may be given."""
    return {}


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """Something that is known of people.

    `label` gives what it is called in the reader's language, `options` the values that there are
    with their names, `unknown` a sentence where nothing is known of anybody.
    """

    name: str
    kind: Kind
    label: Callable[[], str]
    build: Builder
    options: Callable[[], Mapping[str, str]] = no_options
    unknown: Callable[[], str] = always_known

    @property
    def operators(self) -> tuple[Operator, ...]:
        """How it can be compared."""
        return OPERATORS[self.kind]


_FIELDS: dict[str, Field] = {}


def add_field(field: Field) -> None:
    """Let the language ask about a field, under its name."""
    _FIELDS[field.name] = field


def all_fields() -> list[Field]:
    """Return the fields that are always there, in the order in which they were added."""
    return list(_FIELDS.values())


def attribute_field(name: str) -> Field:
    """Return the field of an attribute; anybody may have it, or nobody."""
    if set(name) & set('"\\') or len(name) > MAX_ATTRIBUTE_LENGTH:
        raise BadInput(
            _(
                "an attribute's name has no quotation mark or backslash, and at most {most} letters"
            ).format(most=MAX_ATTRIBUTE_LENGTH)
        )
    return Field(
        name=ATTRIBUTE + name,
        kind=Kind.TEXT,
        label=lambda: name,
        build=compare_text(attribute_text(name)),
    )


def find_field(name: str) -> Field:
    """Return a field by its name, or raise `BadInput` naming those there are."""
    if name.startswith(ATTRIBUTE) and len(name) > len(ATTRIBUTE):
        return attribute_field(name.removeprefix(ATTRIBUTE))
    if name not in _FIELDS:
        known = ", ".join([*_FIELDS, f"{ATTRIBUTE}NAME"])
        raise BadInput(
            _("there is no field {name}").format(name=name),
            hint=_("Fields: {names}").format(names=known),
        )
    return _FIELDS[name]


def describe_value(field: Field, value: str) -> str:
    """Return a value as people call it."""
    return field.options().get(value, value)
