"""A thread that does what runs ask for: check a file, apply it, undo it.

The state of a run is the queue, on both databases.  A run that nobody works on for some minutes,
because its process was killed, is begun again.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import itertools
from collections.abc import Callable
from contextlib import closing
from pathlib import Path, PurePath
from typing import Any

import orjson
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from newsletter.errors import (
    ImportRejected,
    ImportTakenOver,
    InvalidTransition,
    NewsletterError,
)
from newsletter.runtime.background import AfterChange, BackgroundThread, Pause
from subscribers.importing import runs, storage, turns, writing
from subscribers.importing.applying import plan_rows, staged, staged_again
from subscribers.importing.columns import clean_text
from subscribers.importing.encodings import find_encoding
from subscribers.importing.kept_lines import Keeper, find_summary
from subscribers.importing.models import UNDO_DAYS, WORKING, ImportChange, ImportRun
from subscribers.importing.reading import Reading, kept_refusals
from subscribers.importing.samples import take_samples
from subscribers.importing.tables import read_rows
from subscribers.importing.turns import MAX_ATTEMPTS
from subscribers.importing.writing import MAX_LINES, short_figures

State = ImportRun.State
#: Seconds until the next try after an error, and between two times of deleting what is old.
RETRY_SECONDS, PRUNE_SECONDS = 0.5, 3600.0
#: Seconds between two looks while the database does not change: a lease may be over.
REST_SECONDS = 10.0
#: After so long without a sign of work a run is begun again; writing a million takes a fifth.
LEASE = dt.timedelta(minutes=5)
#: Seconds between two reports of progress.
REPORT_SECONDS = 1.0
#: Since when this process waits for a machine that has the file of a run, by the run's number.
Absent = dict[int, dt.datetime]
#: Columns whose first cells are shown beside their titles, and how many cells.
MAX_SHOWN, SHOWN_CELLS = 300, 3


class ImportWorker(BackgroundThread):
    """Works from `start` to `stop`; it stops between two runs.

    `clock` says what is old: one that was just set wrong must not delete what can be undone.
    """

    def __init__(self, clock: Callable[[], dt.datetime]) -> None:
        self._absent: Absent = {}
        self._clock = clock
        acts = (self._work, self._prune)
        waiting = ImportRun.objects.filter(state__in=WORKING)
        super().__init__("imports", *acts, retry_seconds=RETRY_SECONDS, has_work=waiting.exists)

    def _work(self) -> Pause:
        return 0.0 if work_once(self._absent) else AfterChange(REST_SECONDS)

    def _prune(self) -> float:
        prune(self._clock())
        return PRUNE_SECONDS


def work_once(absent: Absent | None = None) -> bool:
    """Do the next step that a run asks for; return whether there was one."""
    run = claim_run(absent)
    if run is None:
        return False
    asked = run.state
    steps = {
        State.CHECKING: check,
        State.APPLYING: apply,
        State.WRITING: turns.recover,
        State.UNDOING: undo,
    }
    with override(run.language or None):
        try:
            steps[State(run.state)](run)
        except ImportTakenOver:
            return True
        except InvalidTransition as error:
            run.refresh_from_db()
            if run.state == asked:  # otherwise somebody was quicker
                fail(run, error)
        except NewsletterError as error:
            fail(run, error)
        except Exception:
            if not is_half_undone(run):
                fail(run, ImportRejected(_("an error stopped it; the log of the server has more")))
            raise
    return True


def is_half_undone(run: ImportRun) -> bool:
    """Whether some parts of an undo are done: it goes on in a while, and sends wait for it."""
    half = ImportRun.objects.filter(pk=run.pk, state=State.UNDOING, result__has_key="undo")
    return half.exists()


def claim_run(absent: Absent | None = None) -> ImportRun | None:
    """Return the oldest run that asks for work and that nobody works on; it is ours then.

    One whose file is not on this machine is left to another, for as long as a lease.
    """
    now = timezone.now()
    # A run that was left half-way holds up sends; and its signs of life came with each part.
    free = Q(worked_at=None) | Q(worked_at__lt=now - LEASE) | turns.is_silent(now)
    waiting = ImportRun.objects.filter(free, state__in=WORKING).order_by("pk")
    absent = {} if absent is None else absent
    runs_waiting = list(waiting[:100])
    for number in absent.keys() - {run.pk for run in runs_waiting}:
        del absent[number]  # another machine had its file
    for run in runs_waiting:
        if not is_ours(run, now, absent):
            continue
        mine = ImportRun.objects.filter(free, pk=run.pk, state=run.state)
        if mine.update(worked_at=now, attempts=F("attempts") + 1):
            run.refresh_from_db()
            if run.attempts <= MAX_ATTEMPTS or run.state == State.WRITING:
                return run
            fail(run, ImportRejected(_("it ended the process that worked on it, several times")))
    return None


def is_ours(run: ImportRun, now: dt.datetime, absent: Absent) -> bool:
    """Whether a run can be worked on here, or nobody seems to have its file any more."""
    if run.state in (State.WRITING, State.UNDOING) or storage.find_file(run.pk, run.file_name):
        absent.pop(run.pk, None)
        return True
    return now - absent.setdefault(run.pk, now) > LEASE


def fail(run: ImportRun, error: NewsletterError) -> None:
    """Note why a step was not done; an undo that failed leaves the run applied.

    A half-written run stays so, and sends wait for it, until somebody has taken it back.
    """
    if run.state == State.WRITING:
        return
    after = {State.CHECKING: State.ASKING, State.UNDOING: State.APPLIED}
    ImportRun.objects.filter(pk=run.pk, state=run.state).update(
        state=after.get(State(run.state), State.FAILED),
        problem=problem_of(error),
        hint=error.hint,
        worked_at=None,
    )


def problem_of(error: NewsletterError) -> str:
    """Return what is wrong, with the line, and with the name of the file alone."""
    if not isinstance(error, ImportRejected):
        return error.message
    if error.line:
        return (
            _("{file}, line {line}").format(file=PurePath(error.path).name, line=error.line)
            + f": {error.problem}"
        )
    return error.problem


def check(run: ImportRun) -> None:
    """Do the dry run of a file: what would become of every row, with samples."""
    path = runs.must_be_kept(run)
    told = runs.read_answers(run.answers)
    try:
        reading = Reading(path, told, run.list_id)
    except ImportRejected as error:
        ask_about(run, path, error)
        return
    reading.report = progress_of(run)
    refused = storage.folder(run.pk) / storage.REFUSED
    lines = storage.folder(run.pk) / storage.LINES
    with closing(Keeper(lines)) as keeper, kept_refusals(reading, refused):
        with staged(reading, keeper.keep):
            result, changed = plan_rows(reading, run.list_id)
            samples = take_samples(result, changed)
        keeper.finish(key_of_lines(run), reading.summary())
    questions = [question.message for question in (*reading.questions(), *reading.of_notes())]
    samples["columns"] = column_samples(reading)
    samples["questions"] = questions
    samples["encoding_line"] = reading.encoding.sample
    samples["notes"] = [
        {"line": note.line, "column": note.column, "text": note.text}
        for note in result.noted[:MAX_LINES]
    ]
    ImportRun.objects.filter(pk=run.pk, state=State.CHECKING).update(
        state=State.ASKING if questions else State.CHECKED,
        result=short_figures(result),
        samples=samples,
        rows_done=result.rows,
        rows_total=result.rows,
        worked_at=None,
    )


def ask_about(run: ImportRun, path: Path, error: ImportRejected) -> None:
    """Note that a file cannot be read as it is, with its columns where it has any."""
    ImportRun.objects.filter(pk=run.pk, state=State.CHECKING).update(
        state=State.ASKING,
        problem=problem_of(error),
        hint=error.hint,
        result={},
        samples={"columns": raw_columns(path, run)},
        worked_at=None,
    )


def raw_columns(path: Path, run: ImportRun) -> list[dict[str, Any]]:
    """Return the columns of the first row of a file that could not be read as people."""
    try:
        encoding = find_encoding(
            path, run.answers.get("encoding", ""), run.answers.get("sheet", "")
        )
        first = itertools.islice(read_rows(path, encoding), SHOWN_CELLS + 1)
        rows = [row.cells for row in first]
    except ImportRejected:
        return []
    titles = [clean_text(cell) for cell in rows[0][:MAX_SHOWN]] if rows else []
    return [
        {"title": title, "kind": "", "cells": cells_of(place, rows[1:])}
        for place, title in enumerate(titles)
    ]


def cells_of(place: int, rows: list[list[str]]) -> list[str]:
    """Return the first cells of a column that are not blank."""
    filled = (row[place].strip() for row in rows if place < len(row) and row[place].strip())
    return [cell[:60] for cell in itertools.islice(filled, SHOWN_CELLS)]


def column_samples(reading: Reading) -> list[dict[str, Any]]:
    """Return every column: its title, what it was taken for, and its first cells."""
    rows = [list(row.cells) for row in reading.heading.below]
    columns = reading.columns
    return [
        {"title": title, "kind": kind, "cells": cells_of(place, rows)}
        for place, (title, kind) in enumerate(zip(columns.titles, columns.kinds, strict=True))
    ][:MAX_SHOWN]


def progress_of(run: ImportRun) -> Any:
    """Return what writes down how many rows are read, now and then."""
    last = timezone.now()

    def report(rows: int) -> None:
        nonlocal last
        now = timezone.now()
        if (now - last).total_seconds() >= REPORT_SECONDS:
            last = now
            ImportRun.objects.filter(pk=run.pk).update(rows_done=rows, worked_at=now)

    return report


def apply(run: ImportRun) -> None:
    """Write all of a file or nothing; it is read once more where its check kept no lines."""
    path = runs.must_be_kept(run)
    lines = storage.folder(run.pk) / storage.LINES
    read = find_summary(lines, key_of_lines(run))
    with contextlib.ExitStack() as stack:
        if read:
            stack.enter_context(staged_again(lines))
        else:
            reading = Reading(path, runs.read_answers(run.answers), run.list_id)
            reading.report = progress_of(run)
            stack.enter_context(staged(reading))
            reading.check()
            reading.check_notes()
            read = reading.summary()
        ImportRun.objects.filter(pk=run.pk).update(rows_done=read.rows, worked_at=timezone.now())
        writing.write(run, read)
    storage.forget_file(run.pk, run.file_name)


def key_of_lines(run: ImportRun) -> str:
    """Return a name for a file and what was said of it: another answer reads other lines."""
    said = orjson.dumps([run.file_hash, run.answers], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(said).hexdigest()


def undo(run: ImportRun) -> None:
    """Undo a run."""
    runs.undo_run(run)


def prune(now: dt.datetime) -> None:
    """Delete files and records that are older than they are needed, and give up old runs."""
    storage.prune(now)
    old = now - dt.timedelta(days=UNDO_DAYS)
    changes = ImportChange.objects.filter(run__applied_at__lt=old)
    # A run that was left half-way can be taken back by nothing else.
    changes.exclude(run__state__in=WORKING).delete()
    waiting = (State.ASKING, State.CHECKED, State.FAILED)
    gone = now - dt.timedelta(seconds=storage.MAX_AGE_SECONDS)
    forgotten = ImportRun.objects.filter(state__in=waiting, created_at__lt=gone)
    forgotten.update(state=State.DISCARDED, samples={})
