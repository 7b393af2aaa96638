"""Imports that were left half-way, and that nobody has finished or taken back for some time.

Usually the service takes one back after a minute.  A person is needed where no service works on
imports, or where the database refuses it again and again.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Q, QuerySet

from newsletter.phrases import Phrase, phrase
from subscribers.importing.models import ImportRun
from subscribers.importing.unfinished import half_way

State = ImportRun.State
#: After this time a person is told.
STUCK_AFTER = dt.timedelta(minutes=15)
FIX = phrase(
    "Let newsletter serve run: it takes the import back within a minute, or finishes its undo."
    " If it runs, its log says why that fails."
)


def list_stuck(now: dt.datetime) -> QuerySet[ImportRun]:
    """Return the runs that have been half-way for `STUCK_AFTER`, and that nobody writes now.

    One that is being taken back gives signs of life, too: its `rows_done` are 0.
    """
    since = now - STUCK_AFTER
    in_vain = Q(state=State.WRITING, rows_done=0, applied_at__lt=since)
    return half_way().filter(Q(worked_at__lt=since) | in_vain).select_related("list")


def describe_stuck(run: ImportRun) -> Phrase:
    """Say of such a run which it is, and what waits for it."""
    names = {"number": run.pk, "list": run.list.name}
    if run.state == State.UNDOING:
        return phrase(
            "The undo of import {number} into {list} stopped half-way more than 15 minutes ago."
            " Sends, bulk actions and other imports wait for it.",
            **names,
        )
    return phrase(
        "Import {number} into {list} has been half-written for more than 15 minutes, and nobody"
        " goes on with it. Sends, bulk actions and other imports wait for it.",
        **names,
    )
