"""Read from the status columns of a file who may be mailed, and count the values.

Every value of every such column is counted with its meaning, so that a person can see it
before anything is written.  The import asks about unknown values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from newsletter.errors import BadInput, ImportRejected
from subscribers.exports.dates import is_date, read_date
from subscribers.exports.meanings import (
    ACTIVE,
    STATES,
    Meaning,
    choose_stricter,
    name_of,
    state_named,
)
from subscribers.exports.rules import Kind, Rule, grouped_bounces
from subscribers.exports.words import fold_text, is_false
from subscribers.importing.questions import Question, as_option

#: Different values of one column that are counted apart; a status has fewer.
MAX_VALUES = 1000
#: How many different values an error names.
SHOWN = 8
#: Cells that count as empty.
BLANK = frozenset({"", "[]", "{}"})
#: Kinds of columns in which anything may stand.
FREE = frozenset({Kind.GONE, Kind.LISTS, Kind.OFTEN, Kind.UNCLEAR, Kind.TAGS})
#: What dates and free texts are counted as.
DATED = "…"


@dataclass(slots=True)
class Value:
    """One value of a status column: its meaning (None: unknown), and in how many rows it is.

    `undecided` is in how many of them nothing else says that the person left.
    """

    text: str
    meaning: Meaning | None
    line: int
    rows: int = 0
    undecided: int = 0


@dataclass(slots=True)
class StatusColumn:
    """A column that says who may be mailed; `told` is what a person said of values, folded."""

    title: str
    place: int
    rule: Rule
    told: Mapping[str, Meaning]
    values: dict[str, Value] = field(default_factory=dict)

    def read(self, text: str, line: int) -> Value:
        """Return and count what a cell says."""
        if self.rule.kind is Kind.BOUNCES:
            text = grouped_bounces(text)
        value = self.values.get(text)
        if value is None:
            value = self.value_of(text, line)
        value.rows += 1
        return value

    def value_of(self, text: str, line: int) -> Value:
        """Return the entry that counts a value for the first time."""
        meaning = self.rule.meaning_of(text)
        told = self.told.get(fold_text(text) or text)
        if meaning is None:
            meaning = told
        elif told is not None and text not in BLANK:
            # What is said of a blank is said of columns in which nobody knows what it means.
            meaning = choose_stricter(meaning, told)
        free = self.rule.kind in FREE or (
            self.rule.kind in {Kind.FLAG, Kind.WANTED} and is_date(text)
        )
        free = free and (meaning is not None or self.rule.kind is Kind.UNCLEAR)
        key = DATED if free and not is_false(text) else text[:80]
        if self.rule.kind is Kind.TAGS and meaning and meaning.left:
            # There are as many kinds of cells as people; the words for leaving are few.
            key = f"{DATED} {name_of(meaning)}"
        if (value := self.values.get(key)) and value.meaning == meaning and key[:1] == DATED:
            return value
        if key == DATED and DATED in self.values:
            key = text[:80]
        if len(self.values) >= MAX_VALUES:
            raise ImportRejected(
                _("the column {title} contains more different values than a status has").format(
                    title=repr(self.title)
                ),
                hint=_("If it is about something else: --column attribute={title}").format(
                    title=repr(self.title)
                ),
            )
        shown = text[:80] if meaning is None else key
        return self.values.setdefault(key, Value(shown, meaning, line))

    @property
    def unknown(self) -> list[Value]:
        """The values that nobody knows, a blank last.

        A column in which nothing stands at all says nothing.
        """
        values = [value for value in self.values.values() if value.undecided]
        values.sort(key=lambda value: value.text in BLANK)
        return [] if all(text in BLANK for text in self.values) else values


class Statuses:
    """The status columns of one file, with what a person said of values and of all rows."""

    def __init__(
        self,
        titles: Sequence[str],
        rules: Sequence[tuple[int, Rule]],
        told: Mapping[str, Meaning],
        base: Meaning = ACTIVE,
    ) -> None:
        """Read with `rules` by place; `base` is the least that holds of every row."""
        self.columns = [StatusColumn(titles[place], place, rule, told) for place, rule in rules]
        self.base = base
        check_told(told, [rule for _place, rule in rules])

    def read(self, cells: Sequence[str], line: int) -> Meaning:
        """Return what a row says of its person: the most restrictive of its columns.

        What nobody knows counts as active until the end, where it is asked about.
        """
        meaning = self.base
        unknown: list[Value] = []
        for column in self.columns:
            value = column.read(cells[column.place], line)
            if value.meaning is None:
                unknown.append(value)
            elif value.meaning != ACTIVE:
                meaning = choose_stricter(meaning, value.meaning)
        if unknown and not meaning.left:
            for value in unknown:
                value.undecided += 1
        return meaning

    def left_at(self, cells: Sequence[str]) -> datetime | None:
        """Return the latest date in a column that says that the person left."""
        dates = [
            date
            for column in self.columns
            if column.rule.kind in {Kind.GONE, Kind.FLAG}
            and (date := read_date(cells[column.place]))
        ]
        return max(dates, default=None)

    def questions(self) -> list[Question]:
        """Return what must be asked: for each column the values that nobody knows."""
        if self.base.left:
            return []  # whatever they mean, nobody becomes active by them
        return [build_question(column, column.unknown) for column in self.columns if column.unknown]

    def counted(self) -> list[dict[str, str | int]]:
        """Return every value with the column it stands in, what it means, and its rows."""
        return [
            {
                "column": column.title,
                "value": value.text,
                "means": "" if value.meaning is None else name_of(value.meaning),
                "rows": value.rows,
            }
            for column in self.columns
            for value in sorted(column.values.values(), key=lambda value: -value.rows)
        ]


def check_told(told: Mapping[str, Meaning], rules: Sequence[Rule]) -> None:
    """Raise `BadInput` when a person says that a value which takes people off does not."""
    # Where anything may stand, such as a date of leaving, no value is known as such.
    of_values = [rule for rule in rules if rule.kind not in FREE]
    for text, meaning in told.items():
        for rule in of_values:
            known = rule.meaning_of(text)
            if known is not None and known.left and not meaning.left:
                raise BadInput(
                    _("{value} means {state}: a person who left is not brought back").format(
                        value=repr(text), state=name_of(known)
                    )
                )


def build_question(column: StatusColumn, unknown: Sequence[Value]) -> Question:
    """Return the question what values mean."""
    values = ", ".join(
        ngettext(
            "{value} ({count} row, in line {line})",
            "{value} ({count} rows, first in line {line})",
            value.rows,
        ).format(value=repr(value.text), count=f"{value.rows:,}", line=value.line)
        for value in unknown[:SHOWN]
    )
    kind = column.rule.kind
    if kind is Kind.UNCLEAR:
        hint = _(
            "If it says that they left: --column {left}. If the column is about something else: "
            "--column {other}"
        ).format(left=repr(f"unsubscribed={column.title}"), other=repr(f"attribute={column.title}"))
        answers: tuple[str, ...] = (as_option("column", f"unsubscribed={column.title}"),)
    else:
        # Who copies the example must not make those active who have left.
        example = "unsubscribed"
        hint = _(
            "Say what each means: --status {example} (or {states})."
            " If the column is about something else: --column {other}"
        ).format(
            example=repr(f"{unknown[0].text}={example}"),
            states=", ".join(state for state in STATES if state != example),
            other=repr(f"attribute={column.title}"),
        )
        answers = tuple(as_option("status", f"{value.text}={example}") for value in unknown)
    return Question(
        _(
            "the column {title} says who may be mailed, but these values are unknown: {values}"
        ).format(title=repr(column.title), values=values + ", …" * (len(unknown) > SHOWN)),
        hint,
        answers,
        unknown[0].line,
    )


def told_values(pairs: Sequence[str]) -> dict[str, Meaning]:
    """Return what `VALUE=STATE` says, by folded value, or raise `BadInput`."""
    found: dict[str, Meaning] = {}
    for pair in pairs:
        text, equals, state = pair.rpartition("=")
        if not equals:
            raise BadInput(
                _("{pair}: write VALUE=STATE").format(pair=repr(pair)),
                hint=_("For example: --status VIP=active"),
            )
        found[fold_text(text) or text.strip()] = state_named(state)
    return found
