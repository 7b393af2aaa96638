"""Write a run, or take it back: all of it, or nothing, for everybody who looks.

A small run is one transaction, and so is every run on PostgreSQL.  On SQLite a large one is written
in parts that commit one by one (`parts`), so that nobody waits long for the write lock:

- While it is `WRITING`, nobody plans a send, and counts, segments and exports leave out whom it has
  added so far (`unfinished`).
- Each part says that its run is still in progress, and that it is still its own: `attempts` counts
  who has worked on it.  Whoever finds a run without a sign of life for `MAX_SILENCE` takes it
  back, by what the run has recorded of its changes.  Then it is begun again, if its file is kept.
- What a file says of people who left or must not be mailed is written with the part that they are
  in, and stays when the run is taken back: it is safe to be early, and no undo brings anybody back.

An undo in parts needs no such care: it only ever goes on, by whoever finds it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from functools import partial
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter.errors import ImportTakenOver, InvalidTransition
from subscribers.importing import parts
from subscribers.importing.applying import apply_in_parts, apply_rows
from subscribers.importing.mappings import remember
from subscribers.importing.models import ImportRun
from subscribers.importing.results import ImportResult
from subscribers.importing.summary import Summary
from subscribers.importing.turns import in_turn, must_be_ours, remove_written

State = ImportRun.State
#: Lines of a kind that a run keeps; the others are counted.
MAX_LINES = 200


def write_new(run: ImportRun, read: Summary) -> ImportResult:
    """Write what a file says, and its run; where that fails there is no run, either."""
    if not parts.are_needed():
        return in_turn(run, partial(save_whole, run, read))
    run.save()
    try:
        return write_in_parts(run, read)
    except BaseException:
        ImportRun.objects.filter(pk=run.pk, state=State.APPLYING).delete()
        raise


def write(run: ImportRun, read: Summary) -> ImportResult:
    """Write what a file says, and that the run is applied."""
    if parts.are_needed():
        return write_in_parts(run, read)
    return in_turn(run, partial(write_whole, run, read))


def save_whole(run: ImportRun, read: Summary) -> ImportResult:
    """Write a new run in one transaction, which the caller holds."""
    run.save()
    return write_whole(run, read)


def write_whole(run: ImportRun, read: Summary) -> ImportResult:
    """Write a run in one transaction, which the caller holds."""
    now = timezone.now()
    move(run, State.APPLYING, State.APPLIED, applied_at=now)
    result = apply_rows(read, run.list_id, now=now, run_id=run.pk)
    finish(run, read, result)
    return result


def write_in_parts(run: ImportRun, read: Summary) -> ImportResult:
    """Write a run in parts that commit one by one; after an error it is taken back."""
    parts.sort_lines()
    now = in_turn(run, partial(begin, run))
    try:
        result = apply_in_parts(
            read, run.list_id, now=now, run_id=run.pk, go_on=partial(must_be_ours, run)
        )
        with transaction.atomic():
            must_be_ours(run, result.rows)
            move(run, State.WRITING, State.APPLIED)
            finish(run, read, result)
    except ImportTakenOver:
        raise
    except BaseException:
        # Where the database does not answer now, whoever finds the run does it.
        with contextlib.suppress(DatabaseError, ImportTakenOver):
            remove_written(run)
            move(run, State.WRITING, State.APPLYING, applied_at=None)
        raise
    return result


def begin(run: ImportRun) -> dt.datetime:
    """Note that a run is half-written from now on; return the time.

    Its turn may have come after a while, and an earlier time would be no sign of life.
    """
    now = timezone.now()
    move(run, State.APPLYING, State.WRITING, applied_at=now, worked_at=now, rows_done=0)
    run.applied_at = now
    return now


def finish(run: ImportRun, read: Summary, result: ImportResult) -> None:
    """Note the result of a run that is applied."""
    remember(run.list_id, read.titles, read.told)
    figures, rows = short_figures(result), result.rows
    ImportRun.objects.filter(pk=run.pk).update(
        result=figures, samples={}, rows_done=rows, rows_total=rows
    )
    run.refresh_from_db()


def short_figures(result: ImportResult) -> dict[str, Any]:
    """Return the figures of a result, with the first lines of each kind and no texts of people."""
    figures = result.figures()
    del figures["sample"], figures["noted_lines"]
    for name in ("folded_lines", "bad_lines"):
        figures[name] = figures[name][:MAX_LINES]
    return figures


def move(run: ImportRun, source: str, to: str, **values: Any) -> None:
    """Change the state of a run in the database, or raise `InvalidTransition`."""
    if not ImportRun.objects.filter(pk=run.pk, state=source).update(state=to, **values):
        raise InvalidTransition(_("import {number} is not to be applied").format(number=run.pk))
