"""Count what would become of many people, in the background, before a bulk action is begun.

A preview is a run that changes nobody.  It looks at everybody found who was there when it was asked
for, chunk by chunk; after a stop it goes on where it stood.  To begin makes another run of it.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter

from django.db import transaction
from django.utils import timezone

from newsletter.errors import InvalidTransition
from subscribers.bulk.models import PREVIEWS, BulkRun
from subscribers.bulk.outcomes import decide, read_known
from subscribers.bulk.runs import (
    Order,
    check_reasons,
    chunks_of,
    count_people,
    describe_state,
    filter_of,
    prepare,
    start,
)

State = BulkRun.State
#: How often it is kept how far a count is.
KEEP_EVERY = dt.timedelta(seconds=1)
#: What a run has of its preview.
ASKED = (
    "action",
    "filter",
    "segment_filter",
    "attribute",
    "value",
    "basis",
    "reason",
    "language",
    "last_id",
)


def ask_for_preview(order: Order) -> BulkRun:
    """Ask for an order to be counted; raise `BadInput` for what is missing to do it."""
    run = prepare(order)
    check_reasons(run)
    run.state = State.COUNTING
    run.save()
    return run


def count_run(run: BulkRun) -> None:
    """Count what would become of those who are still to be looked at; then the run is counted."""
    if not run.rows_total:
        BulkRun.objects.filter(pk=run.pk).update(rows_total=count_people(run))
    last = timezone.now()
    figures, done = Counter(run.result), run.rows_done
    for ids in chunks_of(run):
        figures.update(map(str, decide(run, read_known(run, ids)).values()))
        done += len(ids)
        if (now := timezone.now()) - last >= KEEP_EVERY:
            keep_progress(run, figures, done, position=ids[-1])
            last = now
    keep_progress(run, figures, done, position=run.last_id, state=State.COUNTED, worked_at=None)


def keep_progress(run: BulkRun, figures: Counter[str], done: int, **values: object) -> None:
    """Keep how far a count is, or raise `InvalidTransition` when somebody discarded it."""
    found = {"worked_at": timezone.now(), "result": dict(figures), "rows_done": done} | values
    if not BulkRun.objects.filter(pk=run.pk, state=State.COUNTING).update(**found):
        raise InvalidTransition(describe_state(run))


@transaction.atomic
def begin_counted(preview: BulkRun, *, by: str) -> BulkRun:
    """Begin what was counted, for those who were there then; return the run that does it.

    Raises `InvalidTransition` if somebody was quicker, or if the filter is another by now.
    """
    filter_of(preview)
    gone, _rows = BulkRun.objects.filter(pk=preview.pk, state=State.COUNTED).delete()
    if not gone:
        raise InvalidTransition(describe_state(preview))
    run = BulkRun(
        **{name: getattr(preview, name) for name in ASKED}, list_id=preview.list_id, by=by[:150]
    )
    return start(run)


def discard_before(before: dt.datetime) -> int:
    """Delete the previews from before a time; return how many."""
    old = BulkRun.objects.filter(state__in=PREVIEWS, applied_at__lt=before)
    return old.delete()[0]
