"""What the form says of a file, as `telling.told_of` takes it, and the rows of that form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from subscribers.exports.words import fold_text
from subscribers.importing.models import ImportRun
from subscribers.importing.statuses import DATED
from subscribers.importing.telling import SUPPRESSED_HERE

#: What a column may be said to hold, with its words.
KINDS = (
    ("email", _("the address")),
    ("name", _("the whole name")),
    ("first_name", _("the first name")),
    ("last_name", _("the family name")),
    ("language", _("the language")),
    ("joined", _("since when they are known")),
    ("attribute", _("something else about the person")),
    ("status", _("the status of the subscription")),
    ("tags", _("tags, of which some say that they left")),
    ("wanted", _("yes or no to our mail")),
    ("unsubscribed", _("filled in where they left")),
    ("bounced", _("filled in where mail bounced")),
    ("ignore", _("nothing that is needed")),
)
#: Beside them, what an export of ours says.
WORDS = dict(KINDS) | {
    "changed": _("since when the status holds"),
    "suppressed_for": _("for which mail they are suppressed"),
    "suppressed_at": _("since when they are suppressed"),
    "suppressed_lists": _("for which lists they are suppressed"),
}
STATES = (
    ("active", _("active")),
    ("pending", _("not confirmed yet")),
    ("unsubscribed", _("unsubscribed")),
    ("suppressed", _("must not be mailed")),
)
#: What a whole file may be said to be.
STATES_OF_FILES = (*STATES, (SUPPRESSED_HERE, _("must not be mailed as readers of this list")))
ENCODINGS = ("utf-8", "shift_jis", "cp1252", "utf-16", "euc_jp", "gb18030", "cp1251", "cp1250")


def name_of(title: str, place: int) -> str:
    """Return how an answer names a column; one without a title by its number."""
    return title or f"(column {place + 1})"


def told_kinds(run: ImportRun) -> dict[str, str]:
    """Return what was said of columns before, kind by title."""
    pairs = (pair.partition("=") for pair in run.answers.get("columns", ()))
    return {title: kind for kind, _equals, title in pairs}


def column_rows(run: ImportRun) -> list[dict[str, Any]]:
    """Return the columns of a file, each with its first cells and what it is taken for."""
    said = told_kinds(run)
    return [
        {
            "title": name_of(column["title"], place),
            "cells": column["cells"],
            "found": WORDS.get(column["kind"]) or (_("something else") if column["kind"] else ""),
            "told": said.get(name_of(column["title"], place), ""),
            "choices": KINDS,
        }
        for place, column in enumerate(run.samples.get("columns", ()))
    ]


def told_states(run: ImportRun) -> dict[str, tuple[str, str]]:
    """Return what was said of values before, `value, state` by folded value; the last counts."""
    pairs = (pair.rpartition("=") for pair in run.answers.get("values", ()))
    return {fold_value(value): (value, state) for value, _equals, state in pairs}


def fold_value(value: str) -> str:
    """Return a value as `statuses.told_values` compares it."""
    return fold_text(value) or value.strip()


def status_rows(run: ImportRun) -> list[dict[str, Any]]:
    """Return the values of status columns, each with its rows, what it was taken for and told."""
    states, said = dict(STATES), told_states(run)
    return [
        {
            **entry,
            "words": states.get(str(entry["means"]), entry["means"]),
            "told": said.get(fold_value(str(entry["value"])), ("", ""))[1],
            # Such an entry counts many values together.
            "asks": not entry["means"] or not str(entry["value"]).startswith(DATED),
            "choices": STATES,
        }
        for entry in run.result.get("statuses", ())
    ]


def values_of(form: Mapping[str, Any], run: ImportRun) -> list[str]:
    """Return what is said of values: what was said before, but for what the form changes."""
    before = told_states(run)
    said = dict(before)
    for place, entry in enumerate(run.result.get("statuses", ())):
        value, state = str(entry["value"]), form.get(f"status-{place}")
        key = fold_value(value)
        # The same value may stand in two columns: the one that was changed counts.
        shown = before.get(key, ("", ""))[1]
        if state is None or state == (shown if shown in dict(STATES) else ""):
            continue
        if state:
            said[key] = (value, state)
        else:
            said.pop(key, None)
    return [f"{value}={state}" for value, state in said.values()]


def answers_of(form: Mapping[str, Any], run: ImportRun) -> dict[str, Any]:
    """Return what a form says of a file; what it leaves as found is not said."""
    columns = run.samples.get("columns", ())
    kinds = ((place, form.get(f"column-{place}", "")) for place in range(len(columns)))
    return {
        "columns": [
            f"{kind}={name_of(columns[place]['title'], place)}" for place, kind in kinds if kind
        ],
        "values": values_of(form, run),
        "state": form.get("state", ""),
        "notes": form.get("notes", ""),
        "encoding": form.get("encoding", ""),
        "sheet": form.get("sheet", ""),
    }
