"""Import the people of a CSV file into a list: all usable rows or, if the file is refused, nobody.

A line without a valid address is reported and left out.  Nobody who has left or is suppressed comes
back.  People who left in the other system do not become active here, but are stored as people who
left.  Only people who came back here themselves, after the date on which the file says that they
left, stay.  For known people, the file replaces name and attributes; a blank cell and a missing
column change nothing.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import orjson
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import ngettext

from newsletter.errors import ImportRejected
from subscribers import lists
from subscribers.exports.files import meaning_of_name
from subscribers.exports.meanings import (
    REASONS,
    SUPPRESSED,
    Meaning,
)
from subscribers.importing import parts, staging
from subscribers.importing.kept_lines import read_kept
from subscribers.importing.reading import Reading
from subscribers.importing.recording import Recorder
from subscribers.importing.results import ImportResult
from subscribers.importing.staging import KnownPerson
from subscribers.importing.summary import Summary
from subscribers.importing.telling import NOTHING_TOLD, Told
from subscribers.models import List
from subscribers.sources import IMPORT

#: People who would change that a dry run returns.
MAX_CHANGED = 5


def import_file(
    path: Path, into: List, *, dry_run: bool = False, told: Told = NOTHING_TOLD
) -> ImportResult:
    """Import a file into a list, or only report what would happen.

    Raises `ImportRejected`, naming the line where there is one, when the file cannot be read as
    a table with a column of addresses, or when a person must first say what it means; then
    nothing was saved.
    """
    lists.must_take_people(into)
    reading = Reading(path, told, into.pk)
    return run(reading, into.pk, dry_run=dry_run)


def import_suppressions(
    path: Path,
    reason: str = "",
    *,
    only_for: List | None = None,
    dry_run: bool = False,
    told: Told = NOTHING_TOLD,
) -> ImportResult:
    """Suppress all addresses of a file, or only report what would happen; nobody leaves a list.

    They are suppressed for all mail, or for the list `only_for`.  `reason` is one of
    `Suppression.Reason`; where it is empty the name of the file may say it.  Raises
    `ImportRejected` as `import_file` does.
    """
    by_name = meaning_of_name(path.stem)
    base = SUPPRESSED
    if reason:
        base = Meaning(suppression=REASONS.index(reason))
    elif by_name and by_name.suppression:
        base = by_name
    reading = Reading(path, replace(told, state=base))
    return run(reading, 0, only_for=only_for.pk if only_for else 0, dry_run=dry_run)


def run(reading: Reading, list_id: int, *, only_for: int = 0, dry_run: bool) -> ImportResult:
    """Read a file to its end and, unless this is a dry run, write the result."""
    with staged(reading):
        reading.check()
        if dry_run:
            return plan_rows(reading, list_id, only_for)[0]
        reading.check_notes()
        if not list_id and parts.are_needed():
            # Nobody comes in, and who is suppressed early is not mailed: no part waits for another.
            parts.sort_lines()
            return apply_in_parts(reading.summary(), 0, now=timezone.now(), only_for=only_for)
        with transaction.atomic():
            staging.take_turn()
            now = timezone.now()
            return apply_rows(reading.summary(), list_id, now=now, only_for=only_for)


@contextlib.contextmanager
def staged(reading: Reading, keep: staging.Keep | None = None) -> Iterator[None]:
    """Hold all lines of a file in the tables of the import; nothing of it is written yet."""
    with staging.staging_tables():
        staging.load_lines(reading.good_lines(), reading.departures, keep)
        yield


@contextlib.contextmanager
def staged_again(path: Path) -> Iterator[None]:
    """Hold the lines that a check kept as `staged` does, without reading the file once more."""
    with staging.staging_tables():
        for kind, rows in read_kept(path):
            staging.load_rows(kind, rows)
        yield


def plan_rows(
    reading: Reading, list_id: int, only_for: int = 0
) -> tuple[ImportResult, list[KnownPerson]]:
    """Decide the action for every line, and write nothing; return some who would change, too."""
    questions = [*reading.questions(), *reading.of_notes()]
    refused = reading.refusal(questions) if questions else None
    actions = staging.decide_actions(list_id, only_for)
    updated = 0
    changed: list[KnownPerson] = []
    for people in staging.known_people():
        new = [person for person in people if person.fate == "present" and change_of(person)]
        updated += len(new)
        changed += new[: MAX_CHANGED - len(changed)]
    folded = staging.duplicate_lines() if "folded" in actions else ()
    result = build_result(
        reading.summary(), actions, updated, dry_run=True, folded=folded, refused=refused
    )
    return result, changed


@dataclass(slots=True)
class Written:
    """What has become of the people of a file so far; see `build_result`."""

    actions: Counter[str] = field(default_factory=Counter)
    updated: int = 0
    folded: list[tuple[int, int]] = field(default_factory=list)
    lines: int = 0


def apply_rows(
    read: Summary, list_id: int, *, now: datetime, run_id: int = 0, only_for: int = 0
) -> ImportResult:
    """Decide the action for every line, and write it; with a run, record what it changes."""
    written = Written()
    write_lines(written, read, list_id, now=now, run_id=run_id, only_for=only_for)
    return result_of(read, written)


def apply_in_parts(
    read: Summary,
    list_id: int,
    *,
    now: datetime,
    run_id: int = 0,
    only_for: int = 0,
    go_on: Callable[[int], None] | None = None,
) -> ImportResult:
    """Do what `apply_rows` does in parts that commit one by one, after `parts.sort_lines`.

    `go_on` is called at the beginning of each, in its transaction, with the lines written so far;
    what it raises ends the import there.
    """
    written = Written()
    # Whatever a run writes comes from the rows it points to, in one statement; and `go_on` sees
    # that the run, and so its list, is there.
    with connection.constraint_checks_disabled() if run_id else contextlib.nullcontext():
        for lines in parts.each_part():
            with transaction.atomic():
                if go_on:
                    go_on(written.lines)
                write_lines(written, read, list_id, now=now, run_id=run_id, only_for=only_for)
            written.lines += lines
    written.folded.sort()
    return result_of(read, written)


def write_lines(
    written: Written, read: Summary, list_id: int, *, now: datetime, run_id: int, only_for: int
) -> None:
    """Decide the action for each line that is in the tables, write it, and add up."""
    source = f"{IMPORT}{read.file_name}"[:200]
    staging.hold_people(list_id)
    actions = staging.decide_actions(list_id, only_for)
    recorder, at = Recorder(run_id), staging.stamp(now)
    recorder.begin()
    written.updated += update_known(recorder)
    quicker = staging.insert_people(list_id, source, at)
    recorder.record_joined(list_id, source, at, others_made=quicker)
    staging.backdate(list_id, source, at, run_id)
    staging.insert_departures(list_id, source, at, only_for)
    written.actions.update(actions)
    written.folded += staging.duplicate_lines() if "folded" in actions else ()


def result_of(read: Summary, written: Written) -> ImportResult:
    """Return the result of an import that is written."""
    return build_result(
        read, written.actions, written.updated, dry_run=False, folded=written.folded
    )


def build_result(
    read: Summary,
    actions: Mapping[str, int],
    updated: int,
    *,
    dry_run: bool,
    folded: Sequence[tuple[int, int]] = (),
    refused: ImportRejected | None = None,
) -> ImportResult:
    """Return what became of every row."""
    returned = actions.get("returned", 0)
    return ImportResult(
        columns=read.columns,
        rows=read.rows,
        added=actions.get("added", 0),
        pending=actions.get("pending", 0),
        updated=updated,
        unchanged=actions.get("present", 0) + returned - updated,
        suppressed=actions.get("suppressed", 0),
        unsubscribed=actions.get("unsubscribed", 0),
        newly_suppressed=actions.get("newly_suppressed", 0),
        newly_unsubscribed=actions.get("newly_unsubscribed", 0),
        folded=tuple(folded),
        bad=read.bad,
        dry_run=dry_run,
        statuses=read.statuses,
        encoding=read.encoding,
        separator=read.separator,
        remarks=read.remarks + (came_back(returned),) * bool(returned),
        noted=read.noted,
        refused=refused,
    )


def came_back(count: int) -> str:
    """Say how many people stay because they came back here after they had left there."""
    return ngettext(
        "{count} person stays active: they left there, and later came back here themselves",
        "{count} people stay active: they left there, and later came back here themselves",
        count,
    ).format(count=f"{count:,}")


def update_known(recorder: Recorder) -> int:
    """Update known people; return how many of those on the list changed."""
    updated = 0
    for people in staging.known_people():
        changes = {person: change for person in people if (change := change_of(person))}
        updated += sum(person.fate == "present" for person in changes)
        recorder.record_updates(changes)
        staging.update_people(list(changes.values()))
    return updated


def change_of(person: KnownPerson) -> tuple[str, str, str, int] | None:
    """Return the new `name, attributes as JSON, language, id` of a person; None if nothing is new.

    A language that is known stays: the person may have chosen it.
    """
    known: dict[str, str] = orjson.loads(person.attributes)
    attributes = known | orjson.loads(person.attributes_in_file)
    name = person.name_in_file or person.name
    language = person.language or person.language_in_file
    if (name, attributes, language) == (person.name, known, person.language):
        return None
    return name, orjson.dumps(attributes).decode(), language, person.subscriber_id
