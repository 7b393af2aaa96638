"""When the cadence of a publication changes: what of it is queued, and where it would move."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db import transaction

from newsletter.publishing.models import Publication
from newsletter.scheduling.cadence import Cadence
from newsletter.scheduling.models import Slot
from newsletter.scheduling.slots import cadence_of
from newsletter.sending.models import Send


@dataclass(frozen=True, kw_only=True, slots=True)
class Change:
    """A queued send whose time would be another by the new cadence.

    `date` is that of its slot by the new cadence; None where it has no slot, or its slot was
    moved by hand: then only its wall time is kept in the new zone.
    """

    send: Send
    at: dt.datetime
    date: dt.date | None


def list_changes(publication: Publication, new: Cadence, now: dt.datetime) -> list[Change]:
    """Return the queued sends whose time would change with the cadence, in their order.

    `publication` still has its old cadence.  A send of a slot takes the first date of the new
    cadence that is not before its old one and not taken; any other one keeps its time on the
    clock on the wall, in the new zone.
    """
    old = cadence_of(publication)
    if old == new:
        return []
    queued = Send.objects.filter(issue__publication=publication, state=Send.State.QUEUED)
    found: list[Change] = []
    taken = fixed_dates(publication)
    for send in queued.select_related("issue__publication", "slot").order_by("at"):
        slot: Slot | None = getattr(send, "slot", None)
        if slot is not None and not slot.moved:
            date = next_date(new, slot.date, taken, now)
            taken.add(date)
            change = Change(send=send, at=new.time_on(date), date=date)
        else:
            change = Change(send=send, at=same_hour(send.at, old.zone, new.zone), date=None)
        if change.at != send.at and change.at > now:
            found.append(change)
    return found


def fixed_dates(publication: Publication) -> set[dt.date]:
    """Return the dates of slots that a change of the cadence leaves alone."""
    rows = publication.slots.select_related("send")
    return {slot.date for slot in rows if slot.moved or not follows(slot)}


def follows(slot: Slot) -> bool:
    """Say whether a slot goes with the cadence: it is open, or its send can still be moved."""
    if slot.send is not None:
        return slot.send.state == Send.State.QUEUED
    return slot.state == Slot.State.OPEN


def next_date(
    cadence: Cadence, date: dt.date, taken: Iterable[dt.date], now: dt.datetime
) -> dt.date:
    """Return the first date of a cadence from a day on that is to come and free."""
    day_before = dt.datetime.combine(date, dt.time(), cadence.zone) - dt.timedelta(days=1)
    dates = cadence.dates(max(now, day_before))
    return next(each for each in dates if each >= date and each not in taken)


def same_hour(at: dt.datetime, old: ZoneInfo, new: ZoneInfo) -> dt.datetime:
    """Return the time at which the clocks of the new zone show what those of the old one did."""
    return at.astimezone(old).replace(tzinfo=new).astimezone(dt.UTC)


@transaction.atomic
def move_queued(publication: Publication, wanted: Sequence[Change]) -> int:
    """Move sends that are still queued; return how many.  `publication` has its new cadence.

    Their slots go along: each leaves the row of its old date for that of the new one.
    """
    moved = [
        each
        for each in wanted
        if Send.objects.filter(pk=each.send.pk, state=Send.State.QUEUED).update(at=each.at)
    ]
    for each in moved:
        rows = Slot.objects.filter(send=each.send)
        if each.date is None:
            rows.update(at=each.at)
        else:
            rows.update(send=None, state=Slot.State.OPEN)
    for each in moved:
        if each.date is not None:
            Slot.objects.update_or_create(
                publication=publication,
                date=each.date,
                defaults={
                    "at": each.at,
                    "state": Slot.State.FILLED,
                    "send": each.send,
                    "note": "",
                },
            )
    return len(moved)
