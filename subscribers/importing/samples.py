"""A few people of each outcome of a dry run, for the eyes of whoever decides."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from subscribers.importing.results import ImportResult
from subscribers.importing.staging import KnownPerson, execute

#: People shown of each outcome.
SHOWN = 5
OF_ACTION = "SELECT line, email, name FROM import_fates WHERE fate = %s ORDER BY line LIMIT %s"
OF_LINE = "SELECT line, email, name FROM import_fates WHERE line = %s"
#: Outcomes that the table of a run names as they are.
ACTIONS = (
    "added",
    "pending",
    "newly_unsubscribed",
    "newly_suppressed",
    "suppressed",
    "unsubscribed",
    "folded",
)


def take_samples(result: ImportResult, changed: Iterable[KnownPerson]) -> dict[str, Any]:
    """Return the first people of each outcome; the tables of the import still stand."""
    samples: dict[str, Any] = {
        # Each looks through all lines.
        action: [person_of(row) for row in execute(OF_ACTION, [action, SHOWN])]
        for action in ACTIONS
        if getattr(result, action)
    }
    people = list(changed)
    samples["updated"] = [
        {**person_of(execute(OF_LINE, [known.line])[0]), "changes": describe_changes(known)}
        for known in people[:SHOWN]
    ]
    lines = {known.line for known in people}
    present = execute(OF_ACTION, ["present", SHOWN + len(people)]) if result.unchanged else []
    samples["unchanged"] = [person_of(row) for row in present if row[0] not in lines][:SHOWN]
    samples["bad"] = [{"line": bad.line, "reason": bad.reason} for bad in result.bad[:SHOWN]]
    return {name: rows for name, rows in samples.items() if rows}


def person_of(row: tuple[Any, ...]) -> dict[str, Any]:
    """Return a line of the file by names."""
    line, email, name = row
    return {"line": line, "email": email, "name": name}


def describe_changes(known: KnownPerson) -> list[dict[str, str]]:
    """Return what of a person is new: the field, its old value, its new one."""
    old, new = orjson.loads(known.attributes), orjson.loads(known.attributes_in_file)
    changes = [
        {"field": key, "old": str(old.get(key, "")), "new": str(value)}
        for key, value in new.items()
        if old.get(key) != value
    ]
    if known.name_in_file and known.name_in_file != known.name:
        changes.insert(0, {"field": "name", "old": known.name, "new": known.name_in_file})
    if known.language_in_file and not known.language:
        changes.append({"field": "language", "old": "", "new": known.language_in_file})
    return changes[:SHOWN]
