"""Say in words, in the reader's language, what became of the rows of a file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from subscribers.importing.models import ImportRun
from subscribers.importing.noted import note_text as named
from subscribers.importing.results import ImportResult

#: Lines shown of each kind; programs get all of them.
SHOWN = 20
#: Values of status columns that are shown.
SHOWN_VALUES = 30


def describe_import(
    file: Path, into: str, result: ImportResult, samples: Mapping[str, Any] | None = None
) -> str:
    """Say what became of every row of a file, and which lines to look at; `into` is a list.

    `samples` are a few people of each outcome.
    """
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
    return "\n".join([*lines, *describe_samples(samples or {}), *describe_refusal(result)])


def describe_samples(samples: Mapping[str, Any]) -> list[str]:
    """Name a few people of each outcome of a dry run, by what would become of them."""
    words = {
        "added": _("added"),
        "pending": _("added, waiting for their confirmation"),
        "updated": _("updated"),
        "unchanged": _("unchanged"),
        "newly_unsubscribed": _("not mailed, unsubscribed by this file"),
        "newly_suppressed": _("not mailed, suppressed by this file"),
        "suppressed": _("kept out, suppressed"),
        "unsubscribed": _("kept out, unsubscribed"),
    }
    shown = [
        "    "
        + _("{what}: {people}").format(
            what=word, people=", ".join(f"{row['email']} ({row['line']})" for row in samples[name])
        )
        for name, word in words.items()
        if name in samples
    ]
    return ["  " + _("For example, with the line:"), *shown] if shown else []


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


def describe_table(result: ImportResult) -> str:
    """Say as what a file is read: its encoding and what separates its cells, or its sheet."""
    if result.encoding.sheet:
        return "  " + _("Read as {kind}, sheet {sheet}").format(
            kind=result.encoding.name.upper(), sheet=repr(result.encoding.sheet)
        )
    return "  " + _("Read as {encoding}, cells separated by {separator}").format(
        encoding=result.encoding.name.removesuffix("-sig").upper(),
        separator=separator_words(result.separator),
    )


def separator_words(separator: str) -> str:
    """Return what separates cells, in words."""
    words = {
        ",": _("commas"),
        ";": _("semicolons"),
        "\t": _("tabs"),
        "|": _("vertical bars"),
    }
    return words.get(separator, repr(separator))


def describe_encoding(result: ImportResult) -> list[str]:
    """Say which encoding was guessed, with a line of the file to look at."""
    if not result.encoding.guessed:
        return [describe_table(result)]
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


def describe_run(run: ImportRun) -> str:
    """Say what became of an import: its file, who asked for it and why, and its figures."""
    lines = [
        _("Import {number}: {file} into {list}").format(
            number=run.pk, file=run.file_name, list=run.list.name
        ),
        "  " + _("State: {state}").format(state=run.get_state_display()),
        "  " + _("By: {who}").format(who=run.by or _("nobody named")),
        "  " + _("Basis: {basis}").format(basis=basis_words(run)),
        f"  SHA-256: {run.file_hash}",
        *(f"  {count:>9,}  {what}" for what, count in list_run_figures(run.result) if count),
        *(f"  {text}" for text in (run.problem, run.hint) if text),
        *first_lines(
            [
                _("line {line}: {reason}").format(line=bad["line"], reason=bad["reason"])
                for bad in run.result.get("bad_lines", ())
            ]
        ),
    ]
    undone = run.result.get("undo")
    return "\n".join([*lines, *([describe_undo(undone)] if undone else [])])


def basis_words(run: ImportRun) -> str:
    """Return why the people of a run may be mailed, with the note."""
    basis = ImportRun.Basis(run.basis).label
    return f"{basis}: {run.basis_note}" if run.basis_note else str(basis)


def list_run_figures(result: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Return what became of the rows of a run, each part with its name."""
    names = (
        ("added", _("added")),
        ("pending", _("added, waiting for their confirmation")),
        ("updated", _("updated")),
        ("unchanged", _("unchanged")),
        ("newly_unsubscribed", _("not mailed, unsubscribed by this file")),
        ("newly_suppressed", _("not mailed, suppressed by this file")),
        ("suppressed", _("kept out, suppressed")),
        ("unsubscribed", _("kept out, unsubscribed")),
        ("folded", _("same address as an earlier line")),
        ("bad", _("bad")),
    )
    return [(words, int(result.get(name, 0))) for name, words in names]


def describe_undo(figures: Mapping[str, int]) -> str:
    """Say what became of what a run had changed."""
    said = [_("The import is undone."), *list_undo_figures(figures)]
    return "\n  ".join(said)


def list_undo_figures(figures: Mapping[str, int]) -> list[str]:
    """Return a sentence for each part of what an undo did."""
    sentences = (
        (
            "removed",
            ngettext(
                "{count} person is off the list again",
                "{count} people are off the list again",
                figures["removed"],
            ),
        ),
        (
            "deleted",
            ngettext(
                "{count} of them was new here, and is deleted",
                "{count} of them were new here, and are deleted",
                figures["deleted"],
            ),
        ),
        (
            "restored",
            ngettext(
                "{count} person has the name and attributes of before",
                "{count} people have the names and attributes of before",
                figures["restored"],
            ),
        ),
        (
            "waiting",
            ngettext(
                "{count} person has been in a send since: kept, and not mailed until they confirm",
                "{count} people have been in a send since: kept, and not mailed until they confirm",
                figures["waiting"],
            ),
        ),
        (
            "kept",
            ngettext(
                "{count} person was changed since, and stays so",
                "{count} people were changed since, and stay so",
                figures["kept"],
            ),
        ),
    )
    return [words.format(count=f"{figures[name]:,}") for name, words in sentences if figures[name]]
