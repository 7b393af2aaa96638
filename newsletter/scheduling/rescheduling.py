"""When the rhythm of a publication changes: what comes of its slots, and of what is queued."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from newsletter.publishing.models import Publication
from newsletter.scheduling.dropped_dates import note_dropped
from newsletter.scheduling.models import Slot
from newsletter.scheduling.rhythm import PlannedSlot, Rhythm
from newsletter.scheduling.slots import (
    NO_MARKS,
    changed,
    marks_of,
    pass_on,
    read_rhythm,
    rhythm_of,
    unsaved_slot,
)
from newsletter.sending.models import Send


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A queued send whose time would be another by the new rhythm.

    `date` is that of its slot by the new rhythm; None where it has no slot, or its slot was
    moved by hand: then only its wall time is kept in the new zone.
    """

    send: Send
    at: dt.datetime
    date: dt.date | None


def list_changes(publication: Publication, new: Rhythm, now: dt.datetime) -> list[Change]:
    """Return the queued sends whose time would change with the rhythm, in their order.

    `publication` still has its old rhythm.  A send of a slot takes the first date of the new
    one that is not before its old one and not taken; any other one keeps its time on the clock
    on the wall, in the new zone; where the old zone has vanished, it keeps its time.
    """
    old = read_rhythm(publication)
    if old == new:
        return []
    queued = Send.objects.filter(issue__publication=publication, state=Send.State.QUEUED)
    found: list[Change] = []
    taken = fixed_dates(publication)
    for send in queued.select_related("issue__publication", "slot").order_by("at"):
        slot: Slot | None = getattr(send, "slot", None)
        if slot is not None and not slot.moved:
            plan = next_plan(new, slot.date, taken, now)
            taken.add(plan.date)
            change = Change(send=send, at=plan.at, date=plan.date)
        else:
            at = same_hour(send.at, old.cadence.zone, new.cadence.zone) if old else send.at
            change = Change(send=send, at=at, date=None)
        if change.at != send.at and change.at > now:
            found.append(change)
    return found


def fixed_dates(publication: Publication) -> set[dt.date]:
    """Return the dates of slots that a change of the rhythm leaves alone."""
    rows = publication.slots.select_related("send")
    return {slot.date for slot in rows if slot.moved or not is_movable(slot)}


def is_movable(slot: Slot) -> bool:
    """Say whether a slot goes with the rhythm.

    It does if it is open, if its send can still be moved, or if the rhythm skipped it.
    """
    if slot.send is not None:
        return slot.send.state == Send.State.QUEUED
    return slot.state == Slot.State.OPEN or slot.skipped_by_rule


def next_plan(
    rhythm: Rhythm, date: dt.date, taken: Iterable[dt.date], now: dt.datetime
) -> PlannedSlot:
    """Return the first slot of a rhythm from a date on that is to come and free."""
    return next(
        each
        for each in rhythm.plans_from(date)
        if each.at > now and not each.skipped and each.date not in taken
    )


def preview_slots(
    publication: Publication, new: Rhythm, now: dt.datetime, count: int
) -> list[Slot]:
    """Return the next slots as they would be by a new rhythm, in their order; saves nothing.

    What a person moved or skipped stays, and so does what has an issue in the queue.
    """
    ahead = publication.slots.filter(at__gt=now).select_related("send__issue")
    rows = {slot.date: slot for slot in ahead if slot.moved or slot.send or not is_movable(slot)}
    past = set(publication.slots.filter(at__lte=now).values_list("date", flat=True))
    for plan in islice(new.plans(now), count):
        if plan.date not in rows and plan.date not in past:
            rows[plan.date] = unsaved_slot(publication, plan)
    return sorted(rows.values(), key=lambda slot: slot.at)[:count]


def note_change(publication: Publication, now: dt.datetime) -> None:
    """Note in a publication, which is not saved, that its rhythm changes, and what that drops."""
    note_dropped(publication, now)
    publication.rhythm_changed_at = now
    publication.rhythm_version += 1


def same_hour(at: dt.datetime, old: ZoneInfo, new: ZoneInfo) -> dt.datetime:
    """Return the time at which the clocks of the new zone show what those of the old one did."""
    return at.astimezone(old).replace(tzinfo=new).astimezone(dt.UTC)


@transaction.atomic
def move_queued(publication: Publication, wanted: Sequence[Change]) -> int:
    """Move sends that are still queued; return how many.  `publication` has its new rhythm.

    Their slots go along: each leaves the row of its old date for that of the new one, with what
    it is kept for.  What the row of the new date was kept for goes to the next one.
    """
    moved = [
        each
        for each in wanted
        if Send.objects.filter(pk=each.send.pk, state=Send.State.QUEUED).update(at=each.at)
    ]
    leaving: dict[dt.date, tuple[Change, dict[str, Any]]] = {}
    for each in moved:
        rows = Slot.objects.filter(send=each.send)
        if each.date is None:
            rows.update(**changed(at=each.at))
        elif slot := rows.first():
            leaving[each.date] = each, marks_of(slot)
            rows.update(**changed(send=None, state=Slot.State.OPEN, **NO_MARKS))
    # Only now: an issue and a number are in one row at most.
    displaced = list(publication.slots.filter(date__in=leaving))
    for date, (change, marks) in leaving.items():
        fill_date(publication, date, change, marks)
    for slot in displaced:
        pass_on(slot, rhythm_of(publication))
    return len(moved)


def fill_date(
    publication: Publication, date: dt.date, change: Change, marks: Mapping[str, Any]
) -> None:
    """Fill the row of the new date of a send with it, and with what its slot was kept for."""
    defaults = {
        "at": change.at,
        "state": Slot.State.FILLED,
        "send": change.send,
        "note": "",
        "skipped_by_rule": False,
        "changed_at": timezone.now(),
    }
    Slot.objects.update_or_create(
        publication=publication, date=date, defaults=defaults | dict(marks)
    )
