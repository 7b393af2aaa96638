"""A run that was left half-way, or that something goes wrong with: nothing of it stays unseen."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.utils import timezone

from subscribers.importing import parts, runs, turns, undoing, unfinished, worker
from subscribers.importing.models import UNDO_DAYS, ImportChange, ImportRun
from subscribers.models import List, Subscriber
from tests.unit.subscribers.conftest import Csv, Person
from tests.unit.subscribers.importing.test_parts import (
    CONSENT,
    PEOPLE,
    asked,
    before_part,
    killed,
    on_list,
    silent,
    small_parts,
    table,
    work,
)

pytestmark = pytest.mark.once
__all__ = ["small_parts"]

State = ImportRun.State


def test_what_a_half_written_run_recorded_is_kept_however_old(
    weekly: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In an old backup that is restored, too: by nothing else could it be taken back."""
    run = killed(weekly, table(), monkeypatch)
    old = timezone.now() - timedelta(days=UNDO_DAYS + 1)
    ImportRun.objects.filter(pk=run.pk).update(applied_at=old, worked_at=old)
    worker.prune(timezone.now())
    assert ImportChange.objects.count() == 4


def test_a_clock_that_was_ahead_holds_nothing_up(
    weekly: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sign of life from the future is none."""
    run = killed(weekly, table(), monkeypatch)
    ImportRun.objects.filter(pk=run.pk).update(worked_at=timezone.now() + timedelta(days=300))
    assert work(run).state == State.APPLYING


def test_a_run_that_waited_begins_when_its_turn_comes(
    weekly: List, csv: Csv, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody takes it for one whose process ended; and the order of two is known."""
    run = killed(weekly, table(), monkeypatch)
    later = timezone.now() + turns.MAX_SILENCE * 3

    def wait(_seconds: float) -> None:
        silent(run)
        monkeypatch.setattr(timezone, "now", lambda: later)

    seen: list[ImportRun] = []
    monkeypatch.setattr(time, "sleep", wait)
    before_part(monkeypatch, 1, seen.append)
    runs.import_now(csv(table()), weekly, {}, reason=CONSENT)
    [begun] = seen
    assert (begun.worked_at, begun.applied_at) == (later, later)


def test_lines_are_sorted_before_a_run_is_half_written(
    weekly: List, csv: Csv, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sorting many takes long, and gives no sign of life."""
    sort = parts.sort_lines

    def look() -> None:
        assert not unfinished.is_any()
        sort()

    monkeypatch.setattr(parts, "sort_lines", look)
    runs.import_now(csv(table()), weekly, {}, reason=CONSENT)
    assert weekly.subscriptions.count() == PEOPLE


def test_who_changes_address_between_two_parts_stops_no_import(
    weekly: List, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are in the file by both; an undo gives back what they had at first."""
    one = person("reader0@example.org", name="Old", weekly="active")

    def move(_run: ImportRun) -> None:
        moved = Subscriber.objects.get(pk=one.pk)
        moved.email = "reader8@example.org"
        moved.save()

    before_part(monkeypatch, 3, move)
    run = work(asked(weekly, table()))
    assert run.state == State.APPLIED
    assert Subscriber.objects.get(pk=one.pk).name == "Reader 8"
    runs.undo_run(run)
    assert Subscriber.objects.get(pk=one.pk).name == "Old"


def test_an_undo_that_another_ended_stops_no_import(
    weekly: List, csv: Csv, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever went on with it may find that it was ended meanwhile."""
    run = work(asked(weekly, table()))
    ImportRun.objects.filter(pk=run.pk).update(state=State.UNDOING)
    silent(run)
    next_people = undoing.next_people

    def quicker(of: ImportRun, after: int = 0) -> list[int]:
        if after:
            ImportRun.objects.filter(pk=of.pk).update(state=State.UNDONE)
            return []
        return next_people(of, after)

    monkeypatch.setattr(turns, "next_people", quicker)
    runs.import_now(csv("email\nann@example.org\n"), weekly, {}, reason=CONSENT)
    assert "ann@example.org" in on_list(weekly)


def test_an_undo_that_an_error_stops_half_way_goes_on(
    weekly: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk leaves no import half undone, and then mailed."""
    run = work(asked(weekly, table()))
    runs.ask_to_undo(run)
    undo, done = turns.undo_changes, 0

    def disk_full(*arguments: Any, **options: Any) -> Any:
        nonlocal done
        done += 1
        if done == 2:
            raise DatabaseError
        return undo(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(turns, "undo_changes", disk_full)
        with pytest.raises(DatabaseError):
            worker.work_once()
    assert unfinished.is_any()
    silent(run)
    assert work(run).state == State.UNDONE
    assert not weekly.subscriptions.exists()
