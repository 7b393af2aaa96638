"""What a person does with a slot: skip it, open it again, move it, name it, give it an issue."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.db import transaction

from newsletter.errors import BadInput, InvalidTransition
from newsletter.phrases import Day, Time, phrase, translate
from newsletter.publishing.models import Issue, Publication
from newsletter.scheduling.holds import end_hold, find_hold
from newsletter.scheduling.models import Slot
from newsletter.scheduling.slots import (
    EMPTY,
    changed,
    open_fields,
    rhythm_of,
    save_slot,
    state_of,
    unsaved_slot,
)
from newsletter.sending import trusted_time
from newsletter.sending.models import Send

#: How long a reason and a name may be: the columns are as wide.
MAX_REASON, MAX_NAME = 300, 120


def skip_slot(slot: Slot, reason: str = "", *, by: str = "") -> None:
    """Leave a slot out, for a reason; only one that is open or held can be.

    A send that is held in it is cancelled: nobody is mailed.  `by` is the name of a person.
    """
    now, reason = trusted_time.now(), reason[:MAX_REASON].strip()
    if (hold := find_hold(slot, now)) is not None:
        end_hold(hold.slot, reason, now, by=by)
        return
    rows = Slot.objects.filter(pk=slot.pk, state=Slot.State.OPEN)
    if not rows.update(**changed(now, state=Slot.State.SKIPPED, note=reason)):
        raise InvalidTransition(
            phrase(
                "The slot of {day} is {state}, so it cannot be skipped",
                day=Day(slot.date),
                state=phrase(state_of(slot)),
            ),
            hint=before_skipping(slot),
        )


def before_skipping(slot: Slot) -> str:
    """Return what must be done before a slot with a queued issue is skipped; else nothing."""
    if state_of(slot) != Slot.State.FILLED or slot.send is None:
        return ""
    return phrase(
        "{title} is queued for it. Take it back first: newsletter send cancel {send}",
        title=slot.send.issue.title,
        send=slot.send.pk,
    )


def reopen(slot: Slot, now: dt.datetime) -> None:
    """Open a slot again that was skipped or held without an issue; an open one stays open.

    One that the rhythm would not make, or would skip, is kept where it is, as if it were moved.
    """
    if slot.send is not None:
        title = slot.send.issue.title
        raise InvalidTransition(
            phrase("The slot of {day} has an issue: {title}", day=Day(slot.date), title=title),
            hint=phrase("To take it back: newsletter send cancel {send}", send=slot.send.pk),
        )
    if slot.at <= now:
        raise InvalidTransition(
            phrase("The slot of {day} was due {time}", day=Day(slot.date), time=time_of(slot)),
            hint=phrase(
                "Give it a time to come: newsletter schedule move {date} TIME", date=str(slot.date)
            ),
        )
    if slot.state == Slot.State.SKIPPED:
        require_free_day(slot, slot.at)
    closed = Slot.objects.filter(pk=slot.pk, send=None, state__in=EMPTY)
    fields = open_fields() | {"skipped_by_rule": False}
    closed.update(**changed(now, **fields, moved=slot.moved or is_off_rhythm(slot)))


def is_off_rhythm(slot: Slot) -> bool:
    """Say whether the rhythm would have a slot at another time, or not at all."""
    rhythm = rhythm_of(slot.publication)
    if not rhythm.cadence.holds(slot.date):
        return True
    plan = rhythm.plan(slot.date)
    return plan.skipped or plan.at != slot.at


@transaction.atomic
def move_slot(slot: Slot, at: dt.datetime, now: dt.datetime) -> None:
    """Move a slot to another time, and its queued send with it.

    One that was skipped or held without an issue is open again.  The rhythm does not move it
    back (`moved`).
    """
    if at <= now:
        time = Time(at, slot.publication.time_zone)
        raise BadInput(phrase("{time} has passed; a slot is moved to a time to come", time=time))
    # Of two who move slots to one day, the second waits here, and sees what the first did.
    Publication.objects.select_for_update().get(pk=slot.publication_id)
    require_free_day(slot, at)
    move_send(slot, at)
    rows = Slot.objects.filter(pk=slot.pk, send=slot.send)
    if not rows.update(**changed(now, at=at, moved=True)):
        raise InvalidTransition(
            phrase(
                "The slot of {day} was changed by somebody else; look at it again",
                day=Day(slot.date),
            )
        )
    rows.filter(send=None).update(**open_fields(), skipped_by_rule=False)


def move_send(slot: Slot, at: dt.datetime) -> None:
    """Move the send of a slot, which must be queued still."""
    if slot.send is None:
        return
    if not Send.objects.filter(pk=slot.send.pk, state=Send.State.QUEUED).update(at=at):
        slot.send.refresh_from_db()
        raise InvalidTransition(
            phrase(
                "The slot of {day} cannot be moved: its send is {state}",
                day=Day(slot.date),
                state=phrase(slot.send.state),
            )
        )


def require_free_day(slot: Slot, at: dt.datetime) -> None:
    """Raise `BadInput` where another slot of the publication is on the day of a time."""
    other = slot_on(slot.publication, at, besides=slot)
    if other is not None:
        raise BadInput(
            phrase(
                "{publication} has another slot on that day, due {time}",
                publication=slot.publication.name,
                time=time_of(other),
            ),
            hint=phrase("Choose another day, or skip or move that slot first."),
        )


def slot_on(publication: Publication, at: dt.datetime, besides: Slot) -> Slot | None:
    """Return another slot of the day of a time, that is not skipped, saved or not."""
    zone = ZoneInfo(publication.time_zone)
    day = at.astimezone(zone).date()
    begin = dt.datetime.combine(day, dt.time(), zone)
    end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), zone)
    rows = publication.slots.exclude(pk=besides.pk).exclude(state=Slot.State.SKIPPED)
    found = rows.filter(at__gte=begin, at__lt=end).first()
    if found is not None:
        return found
    rhythm = rhythm_of(publication)
    near = rhythm.plans_from(day - dt.timedelta(days=rhythm.reach))
    plan = next((each for each in near if each.day >= day), None)
    if plan is None or plan.day != day or plan.skipped:
        return None
    known = publication.slots.filter(date=plan.date).exists()
    return None if known or plan.date == besides.date else unsaved_slot(publication, plan)


@transaction.atomic
def put_back(slot: Slot, now: dt.datetime) -> None:
    """Move a slot back to where the rhythm would have it; from then on it follows the rhythm."""
    rhythm = rhythm_of(slot.publication)
    if not rhythm.cadence.holds(slot.date):
        raise InvalidTransition(
            phrase("The rhythm has no slot on {day} any more", day=Day(slot.date))
        )
    move_slot(slot, rhythm.plan(slot.date).at, now)
    Slot.objects.filter(pk=slot.pk).update(moved=False)


def name_slot(slot: Slot, name: str) -> None:
    """Give a slot a name of its own, or take it away."""
    Slot.objects.filter(pk=slot.pk).update(**changed(name=name[:MAX_NAME].strip()))


@transaction.atomic
def plan_issue(slot: Slot, issue: Issue | None) -> None:
    """Mean an open slot for an issue that is not queued yet, or for none again.

    An issue that was meant for another slot leaves that one.
    """
    row = save_slot(slot)
    if issue is not None:
        require_unqueued(issue)
        Slot.objects.filter(issue=issue).exclude(pk=row.pk).update(**changed(issue=None))
    rows = Slot.objects.filter(pk=row.pk, state=Slot.State.OPEN)
    if not rows.update(**changed(issue=issue)):
        raise InvalidTransition(phrase("The slot of {day} is no longer open", day=Day(slot.date)))


def describe_other_date(slot: Slot, issue: Issue) -> str:
    """Say that an issue carries another date than the day of its slot; nothing where it does not.

    The date may be meant, so nothing is refused; the check of the issue warns of it, too.
    """
    day = slot.at.astimezone(ZoneInfo(slot.publication.time_zone)).date()
    if issue.date is None or issue.date in {day, slot.date}:
        return ""
    words = phrase(
        "The issue is dated {date}: change that if it is not meant.", date=Day(issue.date)
    )
    return str(translate(words))


def require_unqueued(issue: Issue) -> None:
    """Raise `InvalidTransition` for an issue that is queued or sent already."""
    send = issue.sends.exclude(state=Send.State.CANCELLED).first()
    if send is not None:
        state = phrase(send.state)
        raise InvalidTransition(
            phrase("{title} is {state} already", title=issue.title, state=state)
        )


def time_of(slot: Slot) -> Time:
    """Return when a slot is due, for people."""
    return Time(slot.at, slot.publication.time_zone)
