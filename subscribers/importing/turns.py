"""Runs take turns: one is written at a time, and one that was left half-way is taken back.

On PostgreSQL that is a lock for the transaction (`staging.take_turn`), and no run is ever left
half-way.  On SQLite a large run is many transactions; its state says that it is in progress.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from newsletter.errors import ImportTakenOver, InvalidTransition
from subscribers.importing import staging, storage
from subscribers.importing.models import ImportRun
from subscribers.importing.undoing import next_people, takes_parts, undo_changes
from subscribers.importing.unfinished import half_way, is_half_way, writing

State = ImportRun.State
Done = TypeVar("Done")
#: A run gives a sign of life with each part; without one for this time, its process has ended.
MAX_SILENCE = dt.timedelta(minutes=1)
#: Seconds between two looks whether another run is still in progress.
LOOK_SECONDS = 0.1
#: A run that ended its process this often is given up.
MAX_ATTEMPTS = 3


def in_turn(run: ImportRun, act: Callable[[], Done], *, undoes: bool = False) -> Done:
    """Do something in a transaction while no other run is in progress.

    Undos do not wait for each other: they touch what their own run has recorded.
    """
    while True:
        while other := in_progress(run, undoes=undoes):
            if not take_up(other):
                time.sleep(LOOK_SECONDS)
        with transaction.atomic():
            staging.take_turn()
            if in_progress(run, undoes=undoes) is None:
                return act()


def in_progress(run: ImportRun, *, undoes: bool) -> ImportRun | None:
    """Return another run that is being written in parts, or undone unless this is an undo."""
    busy = writing() if undoes else half_way()
    return busy.exclude(pk=run.pk).order_by("pk").first()


def take_up(run: ImportRun) -> bool:
    """Take back a run whose process has ended, or end its undo; return whether it was one."""
    now = timezone.now()
    silent = ImportRun.objects.filter(
        is_silent(now), pk=run.pk, state=run.state, attempts=run.attempts
    )
    if not silent.update(worked_at=now, attempts=F("attempts") + 1):
        return False
    run.refresh_from_db()
    # Another may end it meanwhile, also the process that was thought dead.
    with contextlib.suppress(InvalidTransition):
        if run.state == State.WRITING:
            recover(run)
        else:
            undo(run)
    return True


def is_silent(now: dt.datetime) -> Q:
    """Return the condition of a run that was left half-way: the process that wrote it has ended."""
    # A sign from the future is of a clock that was wrong: it says nothing.
    return is_half_way() & (Q(worked_at__lt=now - MAX_SILENCE) | Q(worked_at__gt=now + MAX_SILENCE))


def must_be_ours(run: ImportRun, lines: int) -> None:
    """Give a sign of life of a run that is written in parts, or raise `ImportTakenOver`."""
    rows = ImportRun.objects.filter(pk=run.pk, state=State.WRITING, attempts=run.attempts)
    if not rows.update(worked_at=timezone.now(), rows_done=lines):
        raise ImportTakenOver(
            _("import {number} was taken over by another process").format(number=run.pk)
        )


def recover(run: ImportRun) -> None:
    """Take back a run that was left half-written; it begins again if its file is kept.

    Whoever calls has claimed it, with its `attempts`.
    """
    remove_written(run)
    again = run.attempts <= MAX_ATTEMPTS and storage.find_file(run.pk, run.file_name) is not None
    rows = ImportRun.objects.filter(pk=run.pk, state=State.WRITING, attempts=run.attempts)
    rows.update(
        state=State.APPLYING if again else State.FAILED,
        applied_at=None,
        worked_at=None,
        rows_done=0,
        problem="" if again else _("its process ended while it was being written"),
        hint=""
        if again
        else _(
            "What it had written was taken back; who left by it stays off the list."
            " Import the file again."
        ),
    )


def remove_written(run: ImportRun) -> None:
    """Take back what a run has written so far, part by part; who left by it stays off."""
    # Seen even if the first part cannot be taken back: see `stuck`.
    must_be_ours(run, 0)
    after = 0
    while people := remove_part(run, after):
        after = people[-1]


@transaction.atomic
def remove_part(run: ImportRun, after: int) -> list[int]:
    """Take back what a half-written run changed of some people; return who they are."""
    must_be_ours(run, 0)
    if people := next_people(run, after):
        # No send was planned since, so that nobody has to wait for their own confirmation.
        undo_changes(run, people, mailed=False)
    return people


def undo(run: ImportRun, check: Callable[[ImportRun], None] | None = None) -> dict[str, int]:
    """Undo a run; return what became of what it had changed.

    `check` raises what stands against it, in the transaction that begins it.
    """
    if not in_turn(run, partial(begin_undo, run, check), undoes=True):
        after = 0
        while people := undo_part(run, after):
            after = people[-1]
        end_undo(run)
    run.refresh_from_db()
    figures: dict[str, int] = run.result["undo"]
    return figures


def begin_undo(run: ImportRun, check: Callable[[ImportRun], None] | None) -> bool:
    """Undo a run in one transaction, or note that it is undone in parts; return if it is done."""
    if check:
        check(run)
    if takes_parts(run):
        move(run, (State.APPLIED, State.UNDOING), State.UNDOING)
        return False
    end_undo(run, (State.APPLIED, State.UNDOING))
    add_figures(run, undo_changes(run).figures())
    return True


@transaction.atomic
def undo_part(run: ImportRun, after: int) -> list[int]:
    """Undo what a run changed of some people; return who they are."""
    move(run, (State.UNDOING,), State.UNDOING)
    if people := next_people(run, after):
        add_figures(run, undo_changes(run, people).figures())
    return people


def end_undo(run: ImportRun, sources: tuple[str, ...] = (State.UNDOING,)) -> None:
    """Note that a run is undone."""
    move(run, sources, State.UNDONE)
    ImportRun.objects.filter(pk=run.pk).update(undone_at=timezone.now())


def move(run: ImportRun, sources: tuple[str, ...], to: str) -> None:
    """Change the state of a run that is undone, with a sign of life."""
    rows = ImportRun.objects.filter(pk=run.pk, state__in=sources)
    if not rows.update(state=to, worked_at=timezone.now()):
        raise InvalidTransition(_("import {number} is undone already").format(number=run.pk))


def add_figures(run: ImportRun, figures: dict[str, int]) -> None:
    """Add to what is noted of an undo."""
    [kept] = ImportRun.objects.filter(pk=run.pk).values_list("result", flat=True)
    sums = Counter(kept.get("undo", {}))
    sums.update(figures)
    ImportRun.objects.filter(pk=run.pk).update(result={**kept, "undo": dict(sums)})
