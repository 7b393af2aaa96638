"""Slots of a publication: which come, which are taken, which were held."""

from __future__ import annotations

import datetime as dt
import logging
from itertools import islice
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max

from newsletter.errors import BadInput, InvalidTransition, NotFound
from newsletter.publishing.models import Issue, Publication
from newsletter.scheduling.cadence import Cadence
from newsletter.scheduling.models import Slot
from newsletter.scheduling.times import format_time
from newsletter.sending.models import Send

log = logging.getLogger(__name__)

#: Why the clock holds a slot.
NOTHING_QUEUED = "Nothing was queued for it."
#: A slot without an issue that is not open stands so.
EMPTY = (Slot.State.SKIPPED, Slot.State.HELD)
#: How many slots ahead an open one is looked for.
FAR = 60
#: How a slot stands where its send has gone further than the slot itself knows.
FOLLOWED = {
    Send.State.HELD: Slot.State.HELD,
    Send.State.SENT: Slot.State.SENT,
    Send.State.UNRESOLVED: Slot.State.SENT,
}


def cadence_of(publication: Publication) -> Cadence:
    """Return the rhythm of a publication."""
    return Cadence(
        starts_on=publication.starts_on,
        weeks=publication.every_weeks,
        time=publication.time,
        zone=ZoneInfo(publication.time_zone),
    )


def upcoming_slots(publication: Publication, now: dt.datetime, count: int) -> list[Slot]:
    """Return the next slots in the order they open; those without a row are not saved."""
    cadence = cadence_of(publication)
    rows = {slot.date: slot for slot in publication.slots.filter(at__gt=now).select_related("send")}
    moved = set(publication.slots.exclude(pk__in=[s.pk for s in rows.values()]).values_list("date"))
    for date in islice(cadence.dates(now), count + len(moved)):
        if date not in rows and (date,) not in moved:
            rows[date] = Slot(publication=publication, date=date, at=cadence.time_on(date))
    return sorted(rows.values(), key=lambda slot: slot.at)[:count]


def slots_to_show(publication: Publication, now: dt.datetime, count: int) -> list[Slot]:
    """Return what people look at: the slots that were held, and some of those to come."""
    held = publication.slots.filter(state=Slot.State.HELD, at__lte=now)
    return [*held, *upcoming_slots(publication, now, count)]


def state_of(slot: Slot) -> str:
    """Return how a slot stands: its send, once it has one, knows better."""
    if slot.send is None:
        return slot.state
    return FOLLOWED.get(Send.State(slot.send.state), Slot.State.FILLED)


def first_open(publication: Publication, now: dt.datetime) -> Slot | None:
    """Return the first slot to come that nothing is planned for, saved or not."""
    return next(
        (slot for slot in upcoming_slots(publication, now, FAR) if slot.state == Slot.State.OPEN),
        None,
    )


def next_open(publication: Publication, now: dt.datetime) -> Slot:
    """Return the first slot to come that nothing is planned for, saved."""
    if slot := first_open(publication, now):
        return save_slot(slot)
    raise InvalidTransition(f"{publication} has no open slot among the next {FAR}")


def day_out(issue: Issue, now: dt.datetime) -> dt.date | None:
    """Return the day an issue goes out where its readers are: as queued, else the next slot."""
    queued = issue.sends.filter(state=Send.State.QUEUED).first()
    slot = queued or first_open(issue.publication, now)
    return slot.at.astimezone(ZoneInfo(issue.publication.time_zone)).date() if slot else None


def save_slot(slot: Slot) -> Slot:
    """Return the row of a slot, making it if it is the first to be needed."""
    if slot.pk is not None:
        return slot
    row, _ = Slot.objects.get_or_create(
        publication=slot.publication, date=slot.date, defaults={"at": slot.at}
    )
    return row


def find_slot(publication: Publication, date: dt.date) -> Slot:
    """Return the slot of a date, saved, or raise `NotFound`."""
    row = publication.slots.filter(date=date).first()
    if row is not None:
        return row
    cadence = cadence_of(publication)
    if not cadence.holds(date):
        raise NotFound(f"{publication} has no slot on {date}: it goes out {cadence}")
    return save_slot(Slot(publication=publication, date=date, at=cadence.time_on(date)))


def fill_slot(slot: Slot, send: Send) -> None:
    """Give an open slot its send; of two who try, one wins."""
    rows = Slot.objects.filter(pk=slot.pk, state=Slot.State.OPEN)
    if not rows.update(state=Slot.State.FILLED, send=send, note=""):
        raise InvalidTransition(f"the slot of {slot.date} is not open any more")


def release(send: Send, now: dt.datetime) -> None:
    """Open the slot of a send that was taken back; one whose time has passed is left out."""
    rows = Slot.objects.filter(send=send)
    rows.filter(at__gt=now).update(state=Slot.State.OPEN, send=None)
    rows.update(
        state=Slot.State.SKIPPED, send=None, note="The issue that was queued for it was taken back."
    )


def skip_slot(slot: Slot) -> None:
    """Leave a slot out, for a holiday; only an open one can be."""
    if not Slot.objects.filter(pk=slot.pk, state=Slot.State.OPEN).update(state=Slot.State.SKIPPED):
        raise InvalidTransition(
            f"the slot of {slot.date} is {state_of(slot)}, so it cannot be skipped",
            hint=before_skipping(slot),
        )


def before_skipping(slot: Slot) -> str:
    """Return what must be done before a slot with a queued issue is skipped; else nothing."""
    if state_of(slot) != Slot.State.FILLED or slot.send is None:
        return ""
    return (
        f"{slot.send.issue.title} is queued for it. Take it back first:"
        f" newsletter send cancel {slot.send.pk}"
    )


def reopen(slot: Slot, now: dt.datetime) -> None:
    """Open a slot again that was skipped or held without an issue; an open one stays open.

    One that the cadence would not make any more is kept where it is, as if it had been moved.
    """
    if slot.send is not None:
        raise InvalidTransition(
            f"the slot of {slot.date} has an issue: {slot.send.issue.title}",
            hint=f"To take it back: newsletter send cancel {slot.send.pk}",
        )
    if slot.at <= now:
        raise InvalidTransition(
            f"the slot of {slot.date} was due {format_time(slot.at, slot.publication.time_zone)}",
            hint=f"Give it a time to come: newsletter schedule move {slot.date} TIME",
        )
    cadence = cadence_of(slot.publication)
    moved = slot.moved or not cadence.holds(slot.date) or slot.at != cadence.time_on(slot.date)
    closed = Slot.objects.filter(pk=slot.pk, send=None, state__in=EMPTY)
    closed.update(state=Slot.State.OPEN, note="", moved=moved)


@transaction.atomic
def move_slot(slot: Slot, at: dt.datetime, now: dt.datetime) -> None:
    """Move a slot to another time, and its queued send with it.

    One that was skipped or held without an issue is open again.  The cadence does not move it
    back (`moved`).
    """
    zone = slot.publication.time_zone
    if at <= now:
        raise BadInput(f"{format_time(at, zone)} has passed; a slot is moved to a time to come")
    if slot.send is not None and not Send.objects.filter(
        pk=slot.send.pk, state=Send.State.QUEUED
    ).update(at=at):
        raise InvalidTransition(
            f"the slot of {slot.date} cannot be moved: its send {slot.send.pk} is {slot.send.state}"
        )
    rows = Slot.objects.filter(pk=slot.pk, send=slot.send)
    if not rows.update(at=at, moved=True):
        raise InvalidTransition(
            f"the slot of {slot.date} was changed by somebody else; look at it again"
        )
    rows.filter(send=None).update(state=Slot.State.OPEN, note="")


def hold_empty_slots(publication: Publication, now: dt.datetime) -> None:
    """Hold every slot that opened empty, and have the row of the next one ready.

    Rows are made one slot ahead, so a slot that passes while nothing runs is found afterwards,
    and each of several missed ones gets its own line.
    """
    cadence = cadence_of(publication)
    apply_cadence(publication, cadence, now)
    passed = publication.slots.filter(at__lte=now).aggregate(last=Max("date"))["last"]
    for date in cadence.dates(cadence.time_on(passed) if passed else now):
        save_slot(Slot(publication=publication, date=date, at=cadence.time_on(date)))
        if cadence.time_on(date) > now:
            break
    due = publication.slots.filter(state=Slot.State.OPEN, at__lte=now)
    due.update(state=Slot.State.HELD, note=NOTHING_QUEUED)
    # Only a clock that was ahead can have held what is still to come: no person can.
    early = publication.slots.filter(state=Slot.State.HELD, send=None, at__gt=now)
    if early.update(state=Slot.State.OPEN, note=""):
        log.warning("%s: a slot that was held before its time is open again", publication.slug)


def apply_cadence(publication: Publication, cadence: Cadence, now: dt.datetime) -> None:
    """Bring open slots into line with a cadence that was changed meanwhile.

    What a person did to a slot in between wins: each row is changed only as it was read.
    """
    for slot in publication.slots.filter(state=Slot.State.OPEN, at__gt=now, moved=False):
        row = Slot.objects.filter(pk=slot.pk, state=Slot.State.OPEN, moved=False, at=slot.at)
        if not cadence.holds(slot.date):
            row.delete()
        elif slot.at != cadence.time_on(slot.date):
            row.update(at=cadence.time_on(slot.date))
