"""The reminders on the first page: what people are told by mail, for as long as it is true.

They are for whoever may do something about it.  Who has switched mails off sees them here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from newsletter.desk.home.rows import Row
from newsletter.phrases import translate
from newsletter.publishing.checks.known_checks import read_errors
from newsletter.scheduling.models import Notice
from newsletter.scheduling.reminders import outcomes, preparation
from newsletter.scheduling.reminders.people import is_concerned
from newsletter.scheduling.reminders.reminder import Reminder

Kind = Notice.Kind
#: These ask for something to be done; the others only tell.
URGENT = frozenset({Kind.DRAFT_DUE, Kind.CHECK_ERRORS, Kind.APPROVAL_MISSING})
#: How many are listed at most.
MAX_LISTED = 8


@dataclass(frozen=True, slots=True)
class Reminders:
    """What there is to do, and what there is to know."""

    to_do: list[Row]
    news: list[Row]


def reminders_for(user: Any, now: dt.datetime, *, besides: Collection[str]) -> Reminders:
    """Return the reminders that concern a person, without those that lead to an address again.

    What is held stands among what needs a person (`attention`).
    """
    to_do, news = list[Row](), list[Row]()
    for each in list_reminders(now):
        if each.path not in besides and is_concerned(user, each.concerned, each.publication):
            is_urgent = each.kind in URGENT
            (to_do if is_urgent else news).append(row_of(each, urgent=is_urgent))
    return Reminders(to_do[:MAX_LISTED], news[:MAX_LISTED])


def list_reminders(now: dt.datetime) -> Iterator[Reminder]:
    """Yield all that is true now; of errors in drafts counts what is known, nothing is checked."""
    yield from preparation.list_lacking_by(now, lambda issue, _day: read_errors(issue))
    yield from outcomes.list_skipped(now)
    yield from preparation.list_opened(now)
    yield from outcomes.list_tomorrow(now)
    yield from outcomes.list_finished(now)


def row_of(reminder: Reminder, *, urgent: bool) -> Row:
    """Return a reminder as a line."""
    return Row(
        title=str(translate(reminder.words)),
        url=reminder.path,
        status=" · ".join(filter(None, (reminder.publication.name, str(translate(reminder.note))))),
        urgent=urgent,
    )
