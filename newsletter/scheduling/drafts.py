"""Open the draft of a slot some days before, once, and tell the writers."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from contextlib import suppress
from itertools import takewhile
from zoneinfo import ZoneInfo

from django.db import transaction

from newsletter.errors import ConfigError
from newsletter.phrases import phrase
from newsletter.publishing.models import Issue, Publication
from newsletter.publishing.starting import store_issue
from newsletter.scheduling import publication_errors
from newsletter.scheduling.models import Slot
from newsletter.scheduling.numbers import Planned, plan_numbers, read_known
from newsletter.scheduling.slot_changes import plan_issue
from newsletter.scheduling.slots import FAR, issue_meant_for, save_slot, upcoming_slots
from newsletter.sending.ledger import issue_log

log = logging.getLogger(__name__)

#: Who opens a draft, in the history of the issue.
BY_SCHEDULE = phrase("the schedule")


def open_due_drafts(now: dt.datetime) -> list[Slot]:
    """Open the drafts that are due, of all publications; return their slots.

    An error of one publication stops only the drafts of its own.
    """
    opened: list[Slot] = []
    for publication in Publication.objects.exclude(draft_days=0):
        # Of a lost time zone the clock speaks, each hour.
        with publication_errors.set_aside(publication, "drafts"), suppress(ConfigError):
            for slot, number in list(list_due(publication, now)):
                if row := open_draft(slot, number, now):
                    opened.append(row)
    return opened


def list_due(publication: Publication, now: dt.datetime) -> Iterator[tuple[Slot, Planned]]:
    """Yield the slots whose draft is to be opened by a time, each with its number."""
    ahead = upcoming_slots(publication, now, FAR)
    opened_by_now = takewhile(lambda slot: opens_at(slot) <= now, ahead)
    due = [slot for slot in opened_by_now if is_without_draft(slot)]
    if not due:
        # Numbers need all issues of a publication; the clock asks each minute.
        return
    numbers = plan_numbers(publication, ahead, read_known([publication], now)[publication.pk])
    for slot in due:
        if slot.date in numbers:
            yield slot, numbers[slot.date]


def opens_at(slot: Slot) -> dt.datetime:
    """Return when the draft of a slot is opened: at its local time, some days before."""
    zone = ZoneInfo(slot.publication.time_zone)
    local = slot.at.astimezone(zone).replace(tzinfo=None)
    early = local - dt.timedelta(days=slot.publication.draft_days)
    return early.replace(tzinfo=zone).astimezone(dt.UTC)


def is_without_draft(slot: Slot) -> bool:
    """Say whether a slot is open, has no issue, and never had a draft opened."""
    is_open = slot.state == Slot.State.OPEN and slot.send is None
    return is_open and slot.drafted_at is None and issue_meant_for(slot) is None


@transaction.atomic
def open_draft(slot: Slot, planned: Planned, now: dt.datetime) -> Slot | None:
    """Open the draft of a slot, or keep the slot for the draft that waits with its number.

    Returns the slot; None where somebody was quicker, or did something else with it.
    """
    row = save_slot(slot)
    free = Slot.objects.filter(pk=row.pk, state=Slot.State.OPEN, send=None, drafted_at=None)
    if not free.update(drafted_at=now):
        return None
    row.refresh_from_db()
    waiting = Issue.objects.filter(pk=planned.draft).first()
    issue = waiting or begin_draft(row, planned)
    plan_issue(row, issue)
    issue_log.record(issue, issue_log.OPENED, by=str(BY_SCHEDULE), day=row.date.isoformat())
    log.info("%s: the draft of %s is open: %s", row.publication.slug, row.date, issue.title)
    row.refresh_from_db()
    return row


def begin_draft(slot: Slot, planned: Planned) -> Issue:
    """Return a new draft, stored, with the number and the day of a slot."""
    publication = slot.publication
    issue = Issue(live=False)
    issue.begin(publication, publication.draft_start, planned.number)
    issue.date = slot.at.astimezone(ZoneInfo(publication.time_zone)).date()
    if slot.name and not planned.number[1]:
        issue.title = f"{publication.name}: {slot.name}"
    return store_issue(issue)
