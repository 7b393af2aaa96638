"""Forget the texts of bulk runs, which may name people: after some weeks, and with the person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

from django.db import transaction
from django.db.models import Q, QuerySet

from subscribers.bulk.models import BUSY, FORGOTTEN, BulkRun
from subscribers.importing.models import UNDO_DAYS
from subscribers.privacy.erasure import register_text
from subscribers.privacy.retention import Rule, register_rule

#: Columns that may name somebody, beside the text of the filter.
COLUMNS = ("segment_filter", "value", "reason")
#: Runs dealt with in one transaction.
CHUNK = 500


def register() -> None:
    """Register the rule, and what is done when somebody is erased; called when the app starts."""
    register_text(forget_person)
    register_rule(
        Rule(
            name="bulk actions",
            days=lambda: UNDO_DAYS,
            count=lambda before: told_before(before).count(),
            remove=forget_old,
        )
    )


def told_before(before: dt.datetime) -> QuerySet[BulkRun]:
    """Return the runs that are older and done, and still have texts."""
    told = Q(filter__has_key="text") & ~Q(filter__text=FORGOTTEN)
    for column in COLUMNS:
        told |= ~Q(**{f"{column}__in": ("", FORGOTTEN)})
    return BulkRun.objects.filter(told, applied_at__lt=before).exclude(state__in=BUSY)


def forget_old(before: dt.datetime) -> int:
    """Forget the texts of runs that are older, and cannot be undone any more; return how many."""
    forgotten = 0
    while some := list(told_before(before).order_by("pk")[:CHUNK]):
        for run in some:
            forget_names(run, COLUMNS, lambda _text: True)
        forgotten += len(some)
    return forgotten


@transaction.atomic
def forget_person(key: str) -> None:
    """Forget the texts that hold an address, in any case of its letters.

    A run that is worked on just now is left to `forget_old`, for its process may wait for
    the person.  So is a value: others have it as an attribute, and an undo compares it.
    """
    columns = [column for column in COLUMNS if column != "value"]
    holding = Q(filter__text__icontains=key)
    for column in columns:
        holding |= Q(**{f"{column}__icontains": key})
    rows = BulkRun.objects.filter(holding).order_by("pk")
    for run in rows.select_for_update(skip_locked=True, of=("self",)):
        forget_names(run, columns, lambda text: key in text.lower())


def forget_names(run: BulkRun, columns: Sequence[str], named: Callable[[str], bool]) -> None:
    """Put `FORGOTTEN` in the place of each text of a run that names somebody."""
    text = run.filter.get("text", "")
    if text and named(text):
        run.filter = {**run.filter, "text": FORGOTTEN}
    for column in columns:
        value = getattr(run, column)
        if value and named(value):
            setattr(run, column, FORGOTTEN)
    run.save(update_fields=["filter", *columns])
