"""Say in words, in the reader's language, what became of the rows of a file."""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from subscribers.importing.noted import note_text as named
from subscribers.importing.results import ImportResult

#: Lines shown of each kind; programs get all of them.
SHOWN = 20
#: Values of status columns that are shown.
SHOWN_VALUES = 30


def describe_import(file: Path, into: str, result: ImportResult) -> str:
    """Say what became of every row of a file, and which lines to look at; `into` is a list."""
    if result.dry_run:
        begin = ngettext(
            "Would import {file} into {list}: {count} row",
            "Would import {file} into {list}: {count} rows",
            result.rows,
        )
    else:
        begin = ngettext(
            "Imported {file} into {list}: {count} row",
            "Imported {file} into {list}: {count} rows",
            result.rows,
        )
    lines = [begin.format(file=file, list=into, count=f"{result.rows:,}"), *describe_result(result)]
    return "\n".join([*lines, *describe_refusal(result)])


def describe_refusal(result: ImportResult) -> list[str]:
    """Say of a dry run that the import will be refused."""
    if not result.refused:
        return []
    return [_("This import will be refused until somebody says what the file means:")]


def describe_notes(result: ImportResult) -> list[str]:
    """Say how many rows hold a text that asks for no more mail, and name the first of them."""
    if not result.noted:
        return []
    count = ngettext(
        "{count} row holds a text that may ask for no more mail:",
        "{count} rows hold a text that may ask for no more mail:",
        len(result.noted),
    ).format(count=f"{len(result.noted):,}")
    return ["  " + count, *first_lines([f"  {named(note)}" for note in result.noted])]


def suppression_story(file: Path, result: ImportResult) -> str:
    """Say what became of every row of a file of addresses that must not be mailed."""
    if result.dry_run:
        begin = ngettext(
            "Would suppress the addresses of {file}: {count} row",
            "Would suppress the addresses of {file}: {count} rows",
            result.rows,
        )
    else:
        begin = ngettext(
            "Suppressed the addresses of {file}: {count} row",
            "Suppressed the addresses of {file}: {count} rows",
            result.rows,
        )
    return "\n".join([begin.format(file=file, count=f"{result.rows:,}"), *describe_result(result)])


def describe_result(result: ImportResult) -> list[str]:
    """Say how a file was read, and what became of its rows."""
    columns = ", ".join(f"{title} = {kind}" for title, kind in result.columns.items())
    repeated = [
        _("line {line} repeats line {first}").format(line=line, first=first)
        for line, first in result.folded
    ]
    bad = [
        _("line {line}: {reason}").format(line=bad.line, reason=bad.reason) for bad in result.bad
    ]
    return [
        "  " + _("Columns: {columns}").format(columns=columns),
        *describe_encoding(result),
        *(f"  {remark}" for remark in result.remarks),
        *describe_statuses(result),
        *describe_notes(result),
        *(f"  {count:>9,}  {what}" for what, count in list_figures(result) if count),
        *first_lines(repeated),
        *first_lines(bad),
    ]


def list_figures(result: ImportResult) -> list[tuple[str, int]]:
    """Return what became of the rows, each part with its name."""
    return [
        (_("added"), result.added),
        (_("added, waiting for their confirmation"), result.pending),
        (_("updated"), result.updated),
        (_("unchanged"), result.unchanged),
        (_("not mailed, unsubscribed by this file"), result.newly_unsubscribed),
        (_("not mailed, suppressed by this file"), result.newly_suppressed),
        (_("kept out, suppressed"), result.suppressed),
        (_("kept out, unsubscribed"), result.unsubscribed),
        (_("same address as an earlier line"), len(result.folded)),
        (_("bad"), len(result.bad)),
    ]


def describe_encoding(result: ImportResult) -> list[str]:
    """Say which encoding was guessed, with a line of the file to look at."""
    if not result.encoding.guessed:
        return []
    return [
        "  "
        + _("Encoding: {name} (guessed). A line of the file: {sample}").format(
            name=result.encoding.name, sample=result.encoding.sample
        ),
        "  " + _("If that looks wrong, name the encoding: --encoding NAME"),
    ]


def describe_statuses(result: ImportResult) -> list[str]:
    """Say which values of which columns were taken for what, with the number of rows."""
    said = [
        _("{column} = {value}: {state}, {count}").format(
            column=entry["column"],
            value=repr(entry["value"]) if entry["value"] else _("(empty)"),
            state=entry["means"] or _("says nothing"),
            count=f"{entry['rows']:,}",
        )
        for entry in result.statuses
        if entry["value"] or entry["means"] != "active"
    ]
    return first_lines(said, SHOWN_VALUES)


def first_lines(lines: list[str], most: int = SHOWN) -> list[str]:
    """Return the first lines, and how many there are beyond."""
    more = len(lines) - most
    return [f"  {line}" for line in lines[:most]] + [
        "  " + _("… and {count} more; --json shows all of them").format(count=f"{more:,}")
        for _more in range(more > 0)
    ]
