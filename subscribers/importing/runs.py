"""Imports as runs: check a file, apply it, undo it; each step for desk and commands.

A run stands in `ImportRun.state`.  Steps that take long are asked for here, and done by `worker`;
`import_now` does all of it at once.  How a run is written, all of it or nothing: `writing`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from newsletter.errors import BadInput, ImportRejected, InvalidTransition, NotFound
from subscribers import lists
from subscribers.importing import storage, turns, writing
from subscribers.importing.applying import plan_rows, staged
from subscribers.importing.models import UNDO_DAYS, ImportRun
from subscribers.importing.reading import Reading, kept_refusals
from subscribers.importing.results import ImportResult
from subscribers.importing.samples import take_samples
from subscribers.importing.telling import Told, meaning_of, told_of
from subscribers.models import List

State, Basis = ImportRun.State, ImportRun.Basis


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """Why people may be mailed, and who says so."""

    basis: str = ""
    note: str = ""
    by: str = ""


NO_REASON = Reason()


def require_basis(reason: Reason) -> None:
    """Raise `BadInput` unless a lawful basis is named, and an interest explained."""
    if reason.basis not in Basis.values or not reason.basis:
        unknown = _("there is no lawful basis {name}").format(name=repr(reason.basis))
        raise BadInput(
            unknown if reason.basis else _("say why these people may be mailed"),
            hint=_("Name it: --basis {names}").format(
                names=" | ".join(name for name in Basis.values if name)
            ),
        )
    if reason.basis == Basis.INTEREST and not reason.note.strip():
        raise BadInput(
            _("say which legitimate interest it is"),
            hint=_("Write in a sentence what the interest is, and that it was weighed."),
        )


def find_run(run_id: int) -> ImportRun:
    """Return a run by its number, or raise `NotFound`."""
    run = ImportRun.objects.select_related("list").filter(pk=run_id).first()
    if run is None:
        raise NotFound(
            _("there is no import {number}").format(number=run_id),
            hint=_("See all: newsletter import list"),
        )
    return run


def begin_run(
    into: List, name: str, blocks: Iterable[bytes], *, by: str = "", answers: Any = None
) -> ImportRun:
    """Keep a file, and ask for its check; raise `BadInput` when the list or the file does not do.

    `answers` are what a person says of the file, as `telling.told_of` takes it.
    """
    lists.must_take_people(into)
    run = ImportRun.objects.create(
        list=into,
        state=State.DISCARDED,
        file_name=storage.plain_name(name),
        answers=dict(answers or {}),
        by=by[:150],
        language=get_language() or "",
    )
    try:
        _path, run.file_hash, run.file_size = storage.keep_file(run.pk, name, blocks)
    except BaseException:
        storage.delete_run(run.pk)
        run.delete()
        raise
    if not run.file_size:
        storage.delete_run(run.pk)
        run.delete()
        raise ImportRejected(_("the file is empty"), path=storage.plain_name(name))
    run.state = State.CHECKING
    run.save()
    return run


def answer(run: ImportRun, answers: Mapping[str, Any]) -> None:
    """Say something of a file, and ask for another check."""
    read_answers(answers)  # raises now, rather than in the background
    must_be_kept(run)
    change_state(
        run, (State.ASKING, State.CHECKED, State.FAILED), State.CHECKING, answers=dict(answers)
    )


def mails_nobody(state: str) -> bool:
    """Whether somebody said that all people of a file left, or must not be mailed."""
    return bool(state) and meaning_of(state).left


def must_be_kept(run: ImportRun) -> Path:
    """Return where the file of a run lies, or raise `InvalidTransition`."""
    path = storage.find_file(run.pk, run.file_name)
    if path is None:
        raise InvalidTransition(
            _("the file {file} is not kept any more").format(file=run.file_name),
            hint=_("Bring it in once more."),
        )
    return path


def ask_to_apply(run: ImportRun, reason: Reason) -> None:
    """Ask for a checked run to be applied; raise `BadInput` where a basis is needed and missing."""
    if not mails_nobody(run.answers.get("state", "")):
        require_basis(reason)
    must_be_kept(run)
    lists.must_take_people(run.list)
    said = {"basis": reason.basis, "basis_note": reason.note.strip()[:300]}
    change_state(run, (State.CHECKED, State.FAILED), State.APPLYING, by=reason.by or run.by, **said)


def ask_to_undo(run: ImportRun) -> None:
    """Ask for a run to be undone; raise `InvalidTransition` when that is not possible."""
    must_be_undoable(run)
    change_state(run, (State.APPLIED,), State.UNDOING)


def must_be_undoable(run: ImportRun) -> None:
    """Raise `InvalidTransition` for a run that is not applied, too old, or followed by another."""
    if run.state == State.UNDONE:
        raise InvalidTransition(_("import {number} is undone already").format(number=run.pk))
    if run.state not in (State.APPLIED, State.UNDOING) or run.applied_at is None:
        raise InvalidTransition(
            _("import {number} cannot be undone: it is {state}").format(
                number=run.pk, state=run.get_state_display()
            )
        )
    if (timezone.now() - run.applied_at).days >= UNDO_DAYS:
        raise InvalidTransition(
            _("import {number} is older than {days} days, and cannot be undone any more").format(
                number=run.pk, days=UNDO_DAYS
            )
        )
    must_be_latest(run)


def must_be_latest(run: ImportRun) -> None:
    """Raise `InvalidTransition` while a later import of the list stands.

    The later one may name the same people, and so wants them on the list; it has no record of
    those who were on it already.
    """
    standing = ImportRun.objects.filter(list=run.list_id, state__in=(State.APPLIED, State.UNDOING))
    later = standing.filter(applied_at__gt=run.applied_at).order_by("-applied_at").first()
    if later is not None:
        raise InvalidTransition(
            _("import {number} cannot be undone: import {later} came after it").format(
                number=run.pk, later=later.pk
            ),
            hint=_("Undo import {later} first.").format(later=later.pk),
        )


def discard(run: ImportRun) -> None:
    """Give up a run that is not applied, and delete its file."""
    change_state(run, (State.ASKING, State.CHECKED, State.FAILED), State.DISCARDED, samples={})
    storage.delete_run(run.pk)


def change_state(run: ImportRun, sources: Iterable[str], to: str, **values: Any) -> None:
    """Change the state of a run, or raise `InvalidTransition` when somebody was quicker."""
    rows = ImportRun.objects.filter(pk=run.pk, state__in=tuple(sources))
    fresh = {"rows_done": 0, "attempts": 0, "worked_at": None, "problem": "", "hint": ""}
    if not rows.update(state=to, **{**fresh, **values}):
        run.refresh_from_db()
        raise InvalidTransition(
            _("import {number} is {state}").format(number=run.pk, state=run.get_state_display())
        )
    run.refresh_from_db()


def read_answers(answers: Mapping[str, Any], command: str = "") -> Told:
    """Return what a person said of a file, or raise `BadInput`."""
    return told_of(
        answers.get("state", ""),
        answers.get("values", ()),
        answers.get("columns", ()),
        answers.get("encoding", ""),
        answers.get("notes", ""),
        command,
        sheet=answers.get("sheet", ""),
    )


def plan_now(
    path: Path,
    into: List,
    answers: Mapping[str, Any],
    *,
    command: str = "",
    refused: Path | None = None,
) -> tuple[ImportResult, dict[str, Any]]:
    """Return what an import would do, and a few people of each outcome; nothing is written.

    `refused` is where the rows that cannot be used are written.  Raises `ImportRejected` where a
    person must first say what columns or values mean.
    """
    lists.must_take_people(into)
    reading = Reading(path, read_answers(answers, command), into.pk)
    with kept_refusals(reading, refused), staged(reading):
        reading.check()
        result, changed = plan_rows(reading, into.pk)
        return result, take_samples(result, changed)


def import_now(
    path: Path,
    into: List,
    answers: Mapping[str, Any],
    *,
    reason: Reason = NO_REASON,
    command: str = "",
    refused: Path | None = None,
) -> tuple[ImportRun, ImportResult]:
    """Import a file at once; return the run, by which it can be undone, and the result.

    Raises `ImportRejected` as `applying.import_file` does, and `BadInput` where people come who may
    be mailed and nobody says why; then there is no run, either.
    """
    lists.must_take_people(into)
    reading = Reading(path, read_answers(answers, command), into.pk)
    digest, size = storage.hash_file(path)
    with kept_refusals(reading, refused), staged(reading):
        reading.check()
        reading.check_notes()
        if not mails_nobody(answers.get("state", "")):
            require_basis(reason)
        run = ImportRun(
            list=into,
            state=State.APPLYING,
            file_name=storage.plain_name(path.name),
            file_hash=digest,
            file_size=size,
            answers=dict(answers),
            basis=reason.basis,
            basis_note=reason.note.strip()[:300],
            by=reason.by[:150],
            attempts=1,
            worked_at=timezone.now(),
        )
        return run, writing.write_new(run, reading.summary())


def undo_run(run: ImportRun) -> dict[str, int]:
    """Undo a run at once; return what became of what it had changed.

    Raises `InvalidTransition` as `must_be_undoable` does.
    """
    return turns.undo(run, must_be_undoable)
