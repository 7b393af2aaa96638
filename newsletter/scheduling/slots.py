"""Slots of a publication: which come, which are taken, which were held."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping
from functools import lru_cache
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet

from newsletter.errors import ConfigError, InvalidTransition, NotFound
from newsletter.phrases import phrase
from newsletter.publishing.models import Issue, Publication
from newsletter.publishing.rhythm_fields import cadence_of
from newsletter.scheduling.cadence_words import phrase_cadence
from newsletter.scheduling.holiday_calendar import is_region
from newsletter.scheduling.models import Slot
from newsletter.scheduling.quiet_dates import QuietDates, QuietRange, parse_quiet_dates
from newsletter.scheduling.quiet_policy import Policy
from newsletter.scheduling.rhythm import PlannedSlot, Rhythm
from newsletter.sending.models import Send

log = logging.getLogger(__name__)

#: Why the clock holds a slot.
NOTHING_QUEUED = phrase("Nothing was queued for it.")
#: Why a slot is held or skipped whose issue was taken back when it was due.
TAKEN_BACK = phrase("The issue that was queued for it was taken back.")
#: Why the clock skips a slot that was held.
GRACE_OVER = phrase("Nothing was sent in time.")
LATER_DUE = phrase("A later slot was due before anything was sent.")
#: What we write into notes ourselves, in English; pages translate it.
OUR_NOTES = frozenset({NOTHING_QUEUED, TAKEN_BACK, GRACE_OVER, LATER_DUE})
#: A slot without an issue that is not open stands so.
EMPTY = (Slot.State.SKIPPED, Slot.State.HELD)
#: What a slot is kept for, where it is for nothing.
NO_MARKS: Mapping[str, Any] = {
    "issue_id": None,
    "name": "",
    "volume": None,
    "number": None,
    "drafted_at": None,
}
#: How many slots ahead an open one is looked for.
FAR = 60
#: How a slot stands where its send has gone further than the slot itself knows.
FOLLOWED = {
    Send.State.HELD: Slot.State.HELD,
    Send.State.SENT: Slot.State.SENT,
    Send.State.UNRESOLVED: Slot.State.SENT,
}


def rhythm_of(publication: Publication) -> Rhythm:
    """Return when a publication comes out, with what becomes of slots on quiet days."""
    return Rhythm(
        cadence=cadence_of(publication),
        quiet=quiet_dates_of(publication),
        policy=Policy(publication.quiet_policy),
    )


def read_rhythm(publication: Publication) -> Rhythm | None:
    """Return the same; None where the machine does not know the time zone any more."""
    try:
        return rhythm_of(publication)
    except ConfigError:
        return None


def quiet_dates_of(publication: Publication) -> QuietDates:
    """Return the quiet days of a publication.

    A region that the library does not know any more has none: the clock goes on without it.
    """
    regions = tuple(code for code in publication.holiday_regions if is_region(code))
    return QuietDates(regions=regions, ranges=own_ranges(publication.quiet_dates))


@lru_cache(maxsize=64)
def own_ranges(text: str) -> tuple[QuietRange, ...]:
    """Return the dates of a publication's own; the clock asks every second."""
    return parse_quiet_dates(text)


def with_plans(rows: QuerySet[Slot]) -> QuerySet[Slot]:
    """Note of each slot whether the issue that is meant for it has a send by now (`has_send`)."""
    live = Send.objects.filter(issue=OuterRef("issue")).exclude(state=Send.State.CANCELLED)
    return rows.select_related("send", "issue").annotate(has_send=Exists(live))


def issue_meant_for(slot: Slot) -> Issue | None:
    """Return the issue that waits to be queued for a slot (read `with_plans`)."""
    return None if getattr(slot, "has_send", False) else slot.issue


def upcoming_slots(publication: Publication, now: dt.datetime, count: int) -> list[Slot]:
    """Return the next slots in the order they open; those without a row are not saved."""
    rhythm = rhythm_of(publication)
    early = now.date() - dt.timedelta(days=rhythm.reach + 2)
    known = list(with_plans(publication.slots.filter(Q(at__gt=now) | Q(date__gte=early))))
    rows = {slot.date: slot for slot in known if slot.at > now}
    gone = {slot.date for slot in known if slot.at <= now}
    for plan in islice(rhythm.plans(now), count + len(gone)):
        if plan.date not in rows and plan.date not in gone:
            rows[plan.date] = unsaved_slot(publication, plan)
    return sorted(rows.values(), key=lambda slot: slot.at)[:count]


def unsaved_slot(publication: Publication, plan: PlannedSlot) -> Slot:
    """Return a slot as the rhythm makes it."""
    return Slot(publication=publication, date=plan.date, **fields_of(plan))


def fields_of(plan: PlannedSlot) -> dict[str, Any]:
    """Return the fields of a slot that follow from the rhythm."""
    state = Slot.State.SKIPPED if plan.skipped else Slot.State.OPEN
    return {"at": plan.at, "state": state, "skipped_by_rule": plan.skipped}


def changed(now: dt.datetime | None = None, **fields: Any) -> dict[str, Any]:
    """Return fields of a slot to update, with what tells calendar programs that it changed."""
    return {**fields, "sequence": F("sequence") + 1, "changed_at": now or dt.datetime.now(dt.UTC)}


def open_fields() -> dict[str, Any]:
    """Return the fields of a slot that is opened again."""
    return {"state": Slot.State.OPEN, "note": "", "held_at": None, "grace_until": None}


def state_of(slot: Slot) -> str:
    """Return how a slot stands: its send, once it has one, knows better."""
    if slot.send is None:
        return slot.state
    return FOLLOWED.get(Send.State(slot.send.state), Slot.State.FILLED)


def first_open(
    publication: Publication, now: dt.datetime, issue: Issue | None = None
) -> Slot | None:
    """Return the slot that is meant for an issue, else the first that is meant for none.

    It may not be saved yet.
    """
    ahead = upcoming_slots(publication, now, FAR)
    free = [slot for slot in ahead if slot.state == Slot.State.OPEN]
    own = (slot for slot in free if issue is not None and slot.issue_id == issue.pk)
    return next(own, None) or next((slot for slot in free if issue_meant_for(slot) is None), None)


def next_open(publication: Publication, now: dt.datetime, issue: Issue | None = None) -> Slot:
    """Return as `first_open` does, saved."""
    if slot := first_open(publication, now, issue):
        return save_slot(slot)
    raise InvalidTransition(
        phrase(
            "{publication} has no open slot among the next {number}",
            publication=publication,
            number=FAR,
        )
    )


def day_out(issue: Issue, now: dt.datetime) -> dt.date | None:
    """Return the day an issue goes out where its readers are: as queued, else its next slot."""
    queued = next((each for each in issue.sends.all() if each.state == Send.State.QUEUED), None)
    return day_of(issue, queued or first_open(issue.publication, now, issue))


def day_of(issue: Issue, slot: Slot | Send | None) -> dt.date | None:
    """Return the day of a slot or send where the readers of an issue are."""
    return slot.at.astimezone(ZoneInfo(issue.publication.time_zone)).date() if slot else None


def save_slot(slot: Slot) -> Slot:
    """Return the row of a slot, making it if it is the first to be needed."""
    if slot.pk is not None:
        return slot
    fields = {name: getattr(slot, name) for name in ("at", "state", "skipped_by_rule")}
    row, _ = Slot.objects.get_or_create(
        publication=slot.publication, date=slot.date, defaults=fields
    )
    return row


def find_slot(publication: Publication, date: dt.date) -> Slot:
    """Return the slot of a date, saved, or raise `NotFound`."""
    row = publication.slots.filter(date=date).first()
    if row is not None:
        return row
    rhythm = rhythm_of(publication)
    if not rhythm.cadence.holds(date):
        raise NotFound(
            phrase(
                "{publication} has no slot on {date}: it goes out {cadence}",
                publication=publication,
                date=date,
                cadence=phrase_cadence(rhythm.cadence),
            ),
            hint=phrase("See its slots: newsletter schedule show"),
        )
    return save_slot(unsaved_slot(publication, rhythm.plan(date)))


def fill_slot(slot: Slot, send: Send) -> None:
    """Give an open slot its send; of two who try, one wins."""
    rows = Slot.objects.filter(pk=slot.pk, state=Slot.State.OPEN)
    if not rows.update(state=Slot.State.FILLED, send=send, note=""):
        raise InvalidTransition(phrase("the slot of {date} is no longer open", date=slot.date))
    # Another issue was meant for it, which is queued or sent elsewhere by now.
    Slot.objects.filter(pk=slot.pk).exclude(issue=send.issue_id).update(issue=None)


def hold_empty_slots(publication: Publication, now: dt.datetime) -> None:
    """Hold every slot that opened empty, and have the row of the next one ready.

    Rows are made one slot ahead, so a slot that passes while nothing runs is found afterwards,
    and each of several missed ones gets its own line.
    """
    rhythm = rhythm_of(publication)
    apply_rhythm(publication, rhythm, now)
    make_rows(publication, rhythm, now)
    due = publication.slots.filter(state=Slot.State.OPEN, at__lte=now)
    until = now + dt.timedelta(hours=publication.grace_hours)
    fields = {"note": str(NOTHING_QUEUED), "held_at": now, "grace_until": until}
    due.update(**changed(now, state=Slot.State.HELD, **fields))
    # Only a clock that was ahead can have held what is still to come, or skipped it by itself.
    by_itself = Q(state=Slot.State.SKIPPED, note__in=(str(LATER_DUE), str(GRACE_OVER)))
    empty = publication.slots.filter(send=None, at__gt=now)
    early = empty.filter(Q(state=Slot.State.HELD) | by_itself)
    if early.update(**changed(now, **open_fields())):
        log.warning("%s: a slot that was held before its time is open again", publication.slug)


def make_rows(publication: Publication, rhythm: Rhythm, now: dt.datetime) -> None:
    """Make the rows of the slots that have passed, and of the next one.

    What a person moved does not say how far the rows go.  Dates from before the rhythm was
    changed never were slots.
    """
    unmoved = publication.slots.filter(at__lte=now, moved=False)
    last: dt.date | None = unmoved.aggregate(last=Max("date"))["last"]
    plans = rhythm.plans_from(last + dt.timedelta(days=1)) if last else rhythm.plans(now)
    since = publication.rhythm_changed_at
    for plan in plans:
        if since is None or plan.at > since:
            save_slot(unsaved_slot(publication, plan))
        if plan.at > now:
            return


def apply_rhythm(publication: Publication, rhythm: Rhythm, now: dt.datetime) -> None:
    """Bring slots to come into line with a rhythm that was changed meanwhile.

    What a person did to a slot in between wins: each row is changed only as it was read.
    """
    ahead = publication.slots.filter(at__gt=now, moved=False)
    for slot in ahead.filter(state=Slot.State.OPEN) | ahead.filter(skipped_by_rule=True):
        row = Slot.objects.filter(pk=slot.pk, state=slot.state, moved=False, at=slot.at)
        if not rhythm.cadence.holds(slot.date):
            drop_slot(slot, row, rhythm)
            continue
        fields = fields_of(rhythm.plan(slot.date))
        if any(getattr(slot, name) != value for name, value in fields.items()):
            row.update(**changed(now, **fields))


def drop_slot(slot: Slot, row: QuerySet[Slot], rhythm: Rhythm) -> None:
    """Delete the slot of a date that is none any more; what it was kept for goes to the next."""
    if row.delete()[0]:
        pass_on(slot, rhythm)


def pass_on(slot: Slot, rhythm: Rhythm) -> None:
    """Give what a slot was kept for, as it was read, to the next one that is kept for nothing."""
    if not (slot.issue_id or slot.name or slot.number is not None):
        return
    publication = slot.publication
    later = publication.slots.filter(date__gte=slot.date)
    free = later.filter(state=Slot.State.OPEN, issue=None, name="", number=None)
    taken = set(later.exclude(pk__in=free).values_list("date", flat=True))
    plans = rhythm.plans_from(slot.date)
    plan = next(each for each in plans if each.date not in taken and not each.skipped)
    heir = save_slot(unsaved_slot(publication, plan))
    Slot.objects.filter(pk=heir.pk).update(**changed(**marks_of(slot)))


def marks_of(slot: Slot) -> dict[str, Any]:
    """Return the fields that say what a slot is kept for."""
    return {name: getattr(slot, name) for name in NO_MARKS}
