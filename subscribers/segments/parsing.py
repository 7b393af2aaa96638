"""Read the filter of a segment: `language is ja and joined within 90 days`.

The grammar, with and binding closer than or:

    filter    = part { "or" part }          part = factor { "and" factor }
    factor    = "not" factor | "(" filter ")" | condition
    condition = FIELD OPERATOR [ VALUE | "(" VALUE { "," VALUE } ")" ] [ UNIT ]

The unit is "days", "days ago" or "issues", as the operator asks.

A value is a word, or any text in double quotation marks, in which a backslash stands before a
quotation mark or a backslash.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import NoReturn

from django.utils.translation import gettext as _

from newsletter.errors import BadInput
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
from subscribers.segments.fields import ATTRIBUTE, Field, Kind, find_field

MAX_LENGTH = 2_000  #: characters of a filter
MAX_CONDITIONS = 50
MAX_DEPTH = 20  #: parentheses within each other
MAX_DAYS = 36_500
MAX_NUMBER = 1_000_000
MAX_ISSUES = 100
MARKS = "(),"
WORD = re.compile(r'[^\s(),"]+')
#: Operators in their words, those of more words first.
OPERATORS = sorted(Operator, key=lambda each: -len(each.split()))


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a text in quotation marks or a mark, and the column at which it begins, from 1."""

    text: str
    kind: str
    column: int


def parse_filter(source: str, *, trusted: bool = False) -> Expression:
    """Return the tree of a filter, or raise `BadInput` that says at which column and what to do.

    A `trusted` one was read before: a list in it that is gone since has nobody, and is no error;
    nor is a field of which nothing is known any more.
    """
    if "\x00" in source:
        raise BadInput(_("the filter has a character that no text has (NUL)"))
    if len(source) > MAX_LENGTH:
        raise BadInput(
            _("the filter has {count} characters; at most {most} are read").format(
                count=len(source), most=MAX_LENGTH
            )
        )
    return Parser(read_tokens(source), trusted=trusted).parse()


def read_tokens(source: str) -> list[Token]:
    """Cut a filter into its tokens."""
    tokens, at = [], 0
    while at < len(source):
        if source[at].isspace():
            at += 1
            continue
        token = read_token(source, at)
        tokens.append(token)
        at += len(token.text)
    return tokens


def read_token(source: str, at: int) -> Token:
    """Return the token that begins at a place."""
    if source[at] in MARKS:
        return Token(source[at], "mark", at + 1)
    if source[at] == '"':
        return Token(source[at : end_of_text(source, at)], "text", at + 1)
    found = WORD.match(source, at)
    end = found.end() if found else at
    if source[at:end] == ATTRIBUTE and source[end : end + 1] == '"':
        return Token(source[at : end_of_text(source, end)], "attribute", at + 1)
    return Token(source[at:end], "word", at + 1)


def end_of_text(source: str, at: int) -> int:
    """Return the place behind a text that begins with a quotation mark."""
    place = at + 1
    while place < len(source) and source[place] != '"':
        place += 2 if source[place] == "\\" else 1
    if place >= len(source):
        raise_at(at + 1, _("a quotation mark is not closed"))
    return place + 1


def raise_at(column: int, message: str, hint: str = "") -> NoReturn:
    """Raise `BadInput` with the column in the filter, counted from 1."""
    raise BadInput(
        _("column {column} of the filter: {message}").format(column=column, message=message),
        hint=hint,
    )


class Parser:
    """Reads tokens from left to right, each once."""

    def __init__(self, tokens: list[Token], *, trusted: bool = False) -> None:
        self.tokens = tokens
        self.trusted = trusted
        self.at = 0
        self.conditions = 0

    @property
    def column(self) -> int:
        """Where the next token begins, or where one is missing."""
        if self.at < len(self.tokens):
            return self.tokens[self.at].column
        last = self.tokens[-1] if self.tokens else None
        return last.column + len(last.text) if last else 1

    def parse(self) -> Expression:
        """Return the tree of all tokens."""
        if not self.tokens:
            raise_at(1, _("the filter is empty"), _("Write, for example: language is ja"))
        expression = self.read_any(0)
        if self.at < len(self.tokens):
            rest = self.tokens[self.at].text
            raise_at(
                self.column,
                _("{rest} was not expected here").format(rest=rest),
                _("Join conditions with and, or; put texts with spaces in quotation marks."),
            )
        return expression

    def read_any(self, depth: int) -> Expression:
        """Read parts joined by or."""
        parts = [self.read_all(depth)]
        while self.take("or"):
            parts.append(self.read_all(depth))
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def read_all(self, depth: int) -> Expression:
        """Read factors joined by and."""
        parts = [self.read_factor(depth)]
        while self.take("and"):
            parts.append(self.read_factor(depth))
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def read_factor(self, depth: int) -> Expression:
        """Read a condition, its opposite, or a filter in parentheses."""
        if depth > MAX_DEPTH:
            raise_at(self.column, _("the filter is nested too deep"))
        if self.take("not"):
            return Not(self.read_factor(depth + 1))
        if self.take("("):
            inside = self.read_any(depth + 1)
            self.expect(")")
            return inside
        return self.read_condition()

    def read_condition(self) -> Condition:
        """Read a field, an operator and its values."""
        self.conditions += 1
        if self.conditions > MAX_CONDITIONS:
            raise_at(
                self.column, _("a filter has at most {most} conditions").format(most=MAX_CONDITIONS)
            )
        field = self.read_field()
        operator = self.read_operator(field)
        if operator in ALONE:
            return Condition(field.name, operator)
        if operator in LISTS:
            return Condition(field.name, operator, self.read_list(field, operator))
        values = (self.read_value(field, operator),)
        for unit in UNITS.get(operator, "").split():
            self.expect(unit)
        return Condition(field.name, operator, values)

    def read_field(self) -> Field:
        """Read the name of a field."""
        column = self.column
        token = self.next_token(_("a field is missing here"))
        if token.kind not in ("word", "attribute"):
            raise_at(column, _("a field is missing before {text}").format(text=token.text))
        name = token.text
        if token.kind == "attribute":
            name = ATTRIBUTE + name.removeprefix(ATTRIBUTE).strip('"')
        try:
            field = find_field(name)
        except BadInput as error:
            raise_at(column, error.message, error.hint)
        if not self.trusted and (reason := field.unknown()):
            raise_at(column, reason)
        return field

    def read_operator(self, field: Field) -> Operator:
        """Read an operator that the field takes."""
        column = self.column
        for operator in OPERATORS:
            if self.take_words(operator.split()):
                if operator not in field.operators:
                    self.refuse_operator(column, field, operator)
                return operator
        return self.refuse_operator(column, field, "")

    def refuse_operator(self, column: int, field: Field, found: str) -> NoReturn:
        """Say which operators a field takes."""
        known = ", ".join(field.operators)
        if found:
            message = _("{field} cannot be compared with {found}").format(
                field=field.name, found=repr(str(found))
            )
        else:
            message = _("say how {field} is compared").format(field=field.name)
        raise_at(column, message, _("Write one of: {known}").format(known=known))

    def read_list(self, field: Field, operator: Operator) -> tuple[str, ...]:
        """Read values in parentheses."""
        self.expect("(")
        values = [self.read_value(field, operator)]
        while self.take(","):
            values.append(self.read_value(field, operator))
        self.expect(")")
        return tuple(values)

    def read_value(self, field: Field, operator: Operator) -> str:
        """Read one value, checked for its field."""
        column = self.column
        token = self.next_token(_("a value is missing here"))
        if token.kind == "mark":
            raise_at(column, _("a value is missing before {text}").format(text=token.text))
        value = token.text
        if token.kind == "text":
            value = re.sub(r"\\(.)", r"\1", value[1:-1])
        try:
            if not self.trusted:
                check_value(field, operator, value)
        except BadInput as error:
            raise_at(column, error.message, error.hint)
        return value

    def next_token(self, missing: str) -> Token:
        """Return the next token, or say what is missing."""
        if self.at >= len(self.tokens):
            raise_at(self.column, missing)
        self.at += 1
        return self.tokens[self.at - 1]

    def take(self, word: str) -> bool:
        """Take the next token if it is this word or mark."""
        return self.take_words([word])

    def take_words(self, words: list[str]) -> bool:
        """Take the next tokens if they are these words, none of them in quotation marks."""
        found = self.tokens[self.at : self.at + len(words)]
        if [token.text.lower() for token in found if token.kind != "text"] != words:
            return False
        self.at += len(words)
        return True

    def expect(self, word: str) -> None:
        """Take this word or mark, or say that it is missing."""
        if not self.take(word):
            raise_at(self.column, _("{word} is missing here").format(word=repr(word)))


def check_value(field: Field, operator: Operator, value: str) -> None:
    """Raise `BadInput` for a value that the field cannot have."""
    if field.kind == Kind.NUMBER:
        check_number(value, MAX_NUMBER)
    elif field.kind == Kind.ISSUES:
        check_number(value, MAX_ISSUES, least=1)
    elif field.kind == Kind.DATE and operator in UNITS:
        check_number(value, MAX_DAYS)
    elif field.kind == Kind.DATE:
        check_date(value)
    elif (options := field.options()) and value not in options:
        raise BadInput(
            _("{field} has no value {value}").format(field=field.name, value=repr(value)),
            hint=_("Write one of: {known}").format(known=", ".join(options)),
        )
    elif not value.strip():
        raise BadInput(_("the value is blank"), hint=_("To find blank ones: is blank"))


def check_number(value: str, most: int, *, least: int = 0) -> None:
    """Raise `BadInput` unless a value is a whole number from `least` to `most`."""
    is_number = value.isascii() and value.isdecimal() and len(value) < 10
    if not (is_number and least <= int(value) <= most):
        raise BadInput(
            _("{value} is no whole number from {least} to {most}").format(
                value=repr(value), least=least, most=most
            )
        )


def check_date(value: str) -> None:
    """Raise `BadInput` unless a value is a date that has a day before and after it."""
    try:
        day = dt.date.fromisoformat(value) if len(value) == 10 else None
    except ValueError:
        day = None
    if day is None or not 1900 <= day.year <= 2200:
        raise BadInput(
            _("{value} is no date").format(value=repr(value)),
            hint=_("Write the year, the month and the day: 2026-11-28"),
        )
