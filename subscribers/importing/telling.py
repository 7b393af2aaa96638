"""Read what a person says about a file with the options of the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from newsletter.errors import BadInput
from subscribers.exports.meanings import SUPPRESSED, Meaning, state_named
from subscribers.exports.titles import rule_named
from subscribers.importing.columns import KINDS
from subscribers.importing.statuses import told_values

#: A state that only a whole file has: suppressed for the list that it is imported into.
SUPPRESSED_HERE = "suppressed-here"


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What a person said about a file, in addition to its content.

    `state` is what every row is at least, `here` whether that holds for the list alone; `values`
    are values of status columns, folded; `columns` are kinds by title; `encoding` and `sheet` are
    the name of one; `notes` is what people are whose row holds a text that asks for no more mail;
    `command` is what was run to say it.
    """

    state: Meaning | None = None
    here: bool = False
    notes: Meaning | None = None
    values: Mapping[str, Meaning] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""
    sheet: str = ""
    command: str = ""


NOTHING_TOLD = Told()


def told_of(
    state: str = "",
    values: Sequence[str] = (),
    columns: Sequence[str] = (),
    encoding: str = "",
    notes: str = "",
    command: str = "",
    *,
    sheet: str = "",
) -> Told:
    """Return what the options say, or raise `BadInput`.

    `state` and `notes` name a state; `values` hold `VALUE=STATE`; `columns` hold `KIND=TITLE`;
    `command` is what was run, for the answers that are offered.
    """
    return Told(
        state=meaning_of(state) if state else None,
        here=state == SUPPRESSED_HERE,
        notes=state_named(notes) if notes else None,
        values=told_values(values),
        columns=dict(kind_and_title(pair) for pair in columns),
        encoding=encoding,
        sheet=sheet,
        command=command,
    )


def meaning_of(state: str) -> Meaning:
    """Return what a state of a whole file means, or raise `BadInput`."""
    return SUPPRESSED if state == SUPPRESSED_HERE else state_named(state)


def kind_and_title(pair: str) -> tuple[str, str]:
    """Return title and kind of `KIND=TITLE`, or raise `BadInput`."""
    kind, equals, title = pair.partition("=")
    kind = kind.strip().lower()
    if not equals or not title.strip() or not (kind in KINDS or rule_named(kind)):
        raise BadInput(
            _("{pair}: write KIND=TITLE").format(pair=repr(pair)),
            hint=_("Kinds: {kinds}").format(
                kinds=", ".join([*KINDS, "status", "tags", "wanted", "unsubscribed", "bounced"])
            ),
        )
    return title.strip(), kind
