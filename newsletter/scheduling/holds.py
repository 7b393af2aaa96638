"""Held slots: for a while their issue can still be sent; after that they are skipped.

A slot is held when it is due and nothing goes out: nothing was queued for it, or its send is held
before it began.  Its grace period lasts `Publication.grace_hours` from then on, or
until the next slot is due.  So of several slots that passed while nothing ran only the latest asks.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from newsletter.errors import BadInput, InvalidTransition
from newsletter.phrases import Day, Phrase, Time, phrase
from newsletter.publishing.models import Issue, Publication
from newsletter.scheduling.models import Slot
from newsletter.scheduling.slots import (
    GRACE_OVER,
    LATER_DUE,
    TAKEN_BACK,
    changed,
    issue_meant_for,
    open_fields,
    with_plans,
)
from newsletter.sending.ledger.states import transition
from newsletter.sending.models import Send
from newsletter.sending.operations import control
from newsletter.sending.planning import queue
from newsletter.sending.planning.undo_window import after_undo_window
from newsletter.sending.restores import suspensions

log = logging.getLogger(__name__)

#: Nothing was queued for the slot, or its issue was taken back.
EMPTY_AND_HELD = Q(state=Slot.State.HELD, send=None)
#: Its send is held, and nobody is mailed yet.
WITH_HELD_SEND = Q(send__state=Send.State.HELD, send__started_at=None)
#: Why a send waits that was due together with a later one.
LATER_GOES = phrase("A later slot is due, too, and never do two issues go out at once.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Hold:
    """A held slot: since when, until when its issue can be sent, and which issue that is."""

    slot: Slot
    since: dt.datetime
    until: dt.datetime
    issue: Issue | None


def list_holds(now: dt.datetime, publications: Iterable[Publication] | None = None) -> list[Hold]:
    """Return the slots that are held now, the first due first; of all publications, or of some."""
    rows = held_rows(now)
    if publications is not None:
        rows = rows.filter(publication__in=list(publications))
    related = rows.select_related("publication", "send__issue", "send__edition", "issue")
    return [hold_of(slot) for slot in with_plans(related).order_by("at")]


def find_hold(slot: Slot, now: dt.datetime) -> Hold | None:
    """Return how a slot is held; None where it is not."""
    return next((each for each in list_holds(now, [slot.publication]) if each.slot == slot), None)


def held_rows(now: dt.datetime) -> QuerySet[Slot]:
    """Return the slots that are due and held."""
    return Slot.objects.filter(EMPTY_AND_HELD | WITH_HELD_SEND, at__lte=now)


def hold_of(slot: Slot) -> Hold:
    """Return how a slot is held that is one of `held_rows`."""
    return Hold(
        slot=slot,
        since=max(slot.at, (slot.send.held_at if slot.send else slot.held_at) or slot.at),
        until=grace_end(slot) or slot.at + grace_of(slot.publication),
        issue=slot.send.issue if slot.send else issue_meant_for(slot),
    )


def reason_of(slot: Slot) -> str:
    """Return why a slot is held, as a phrase; nothing where it is not held."""
    if slot.send is None:
        return phrase(slot.note) if slot.state == Slot.State.HELD else ""
    is_held = slot.send.state == Send.State.HELD and slot.send.started_at is None
    return slot.send.note if is_held else ""


def grace_of(publication: Publication) -> dt.timedelta:
    """Return for how long the issue of a held slot can still be sent."""
    return dt.timedelta(hours=publication.grace_hours)


def hold_all_but_latest(now: dt.datetime) -> None:
    """Hold each queued send of a slot that is due together with a later slot of its publication.

    To be called before due sends are started: after a long sleep two issues would go out at once.
    """
    if suspensions.get_suspension():
        return
    due = Slot.objects.filter(send__state=Send.State.QUEUED, send__at__lte=now, at__lte=now)
    for slot in due.filter(Exists(later_slots(now))).select_related("publication"):
        held = transition(
            Send, slot.send_id or 0, start=Send.State.QUEUED, end=Send.State.HELD, note=LATER_GOES
        )
        if held:
            name = slot.publication.slug
            log.error("%s: the slot of %s is held. %s", name, slot.date, LATER_GOES)


def later_slots(now: dt.datetime) -> QuerySet[Slot]:
    """Return the slots that are due later than one of an outer query, but due by now."""
    others = Slot.objects.filter(publication=OuterRef("publication"), at__gt=OuterRef("at"))
    return others.filter(at__lte=now).exclude(state=Slot.State.SKIPPED)


def keep_holds(publication: Publication, now: dt.datetime) -> None:
    """Begin the grace periods of slots whose send was held; skip the slots whose period is over."""
    rows = held_rows(now).filter(publication=publication).select_related("publication", "send")
    held = list(rows.annotate(has_later=Exists(later_slots(now))))
    if not held or suspensions.get_suspension():
        return
    for slot in held:
        if slot.has_later:
            skip_automatically(slot, LATER_DUE, now)
        elif (until := grace_end(slot)) is None:
            begin_grace(slot, now)
        elif until <= now:
            skip_automatically(slot, GRACE_OVER, now)


def grace_end(slot: Slot) -> dt.datetime | None:
    """Return when the grace period of a slot ends; None before it began.

    One that was held before its time and moved since begins again.
    """
    is_current = slot.held_at is not None and slot.held_at >= slot.at
    return slot.grace_until if is_current else None


def begin_grace(slot: Slot, now: dt.datetime) -> None:
    """Begin the grace period of a held slot; of two who try, one wins."""
    rows = Slot.objects.filter(pk=slot.pk, held_at=slot.held_at, grace_until=slot.grace_until)
    rows.update(**changed(now, held_at=now, grace_until=now + grace_of(slot.publication)))


def skip_automatically(slot: Slot, reason: Phrase, now: dt.datetime) -> None:
    """Skip a held slot unless somebody was quicker; its issue is a draft again."""
    try:
        end_hold(slot, str(reason), now)
    except InvalidTransition:
        return  # it was sent, moved or skipped just now
    log.warning("the slot of %s is skipped. %s", slot.date, reason)


@transaction.atomic
def end_hold(slot: Slot, reason: str, now: dt.datetime, *, by: str = "") -> None:
    """Skip a held slot; a send that waits in it is cancelled, and its issue is a draft again.

    Raises `InvalidTransition` where the slot is not held any more.
    """
    rows = Slot.objects.filter(pk=slot.pk, send=slot.send_id)
    if slot.send is None:
        rows = rows.filter(state=Slot.State.HELD)
    else:
        control.cancel(slot.send, by=by, start=Send.State.HELD)
    if not rows.update(**changed(now, state=Slot.State.SKIPPED, send=None, note=reason)):
        raise not_held(slot)


def send_held(
    slot: Slot, issue: Issue | None, *, now: dt.datetime, batch_size: int, by: Any = None
) -> Send:
    """Send the issue of a held slot, after the undo window; `by` is a user or nobody.

    A send that waits in the slot goes on; else `issue` is queued, or the one that is meant for
    the slot.  Raises `InvalidTransition` where the slot is not held or its grace period is over,
    `BadInput` where no issue is known, and as queueing does.
    """
    hold = require_hold(slot, now)
    if hold.slot.send is not None:
        if issue is not None and issue != hold.issue:
            raise BadInput(
                phrase("The slot has another issue: {title}", title=hold.slot.send.issue.title)
            )
        return control.resume(hold.slot.send, by=by.get_username() if by else "")
    chosen = issue or hold.issue
    if chosen is None:
        raise BadInput(
            phrase("No issue is meant for the slot of {day}", day=Day(slot.date)),
            hint=phrase("Say which: newsletter schedule send {date} REF", date=str(slot.date)),
        )
    if chosen.publication_id != slot.publication_id:
        raise BadInput(phrase("{title} belongs to another publication", title=chosen.title))

    def fill(send: Send) -> None:
        fill_held(hold.slot, send)

    at = after_undo_window(now)
    return queue.queue(chosen, at=at, batch_size=batch_size, by=by, also=fill)


def require_hold(slot: Slot, now: dt.datetime) -> Hold:
    """Return how a slot is held; raise `InvalidTransition` where nothing can be sent in it."""
    hold = find_hold(slot, now)
    if hold is None:
        raise not_held(slot)
    if hold.until <= now:
        until = Time(hold.until, slot.publication.time_zone)
        raise InvalidTransition(
            phrase(
                "The issue of the slot of {day} could be sent until {time}",
                day=Day(slot.date),
                time=until,
            ),
            hint=phrase("Queue it for the next slot: newsletter issue queue REF --next-slot"),
        )
    return hold


def not_held(slot: Slot) -> InvalidTransition:
    """Return the error that a slot is not held, or not any more."""
    return InvalidTransition(
        phrase("The slot of {day} is not held", day=Day(slot.date)),
        hint=phrase("See how it stands: newsletter schedule show"),
    )


def fill_held(slot: Slot, send: Send) -> None:
    """Give a held slot its send; of two who try, one wins."""
    rows = Slot.objects.filter(EMPTY_AND_HELD, pk=slot.pk)
    if not rows.update(**changed(state=Slot.State.FILLED, send=send, note="")):
        raise not_held(slot)
    # Another issue was meant for it, which is a draft like any other now.
    Slot.objects.filter(pk=slot.pk).exclude(issue=send.issue_id).update(issue=None)


def release(send: Send, now: dt.datetime) -> None:
    """Open the slot of a send that was taken back; one that is due by now is held, or skipped."""
    slot = Slot.objects.filter(send=send).select_related("publication").first()
    if slot is None:
        return
    rows = Slot.objects.filter(pk=slot.pk, send=send)
    if slot.at > now:
        rows.update(**changed(now, send=None, **open_fields()))
        return
    until = grace_end(slot) or slot.at + grace_of(slot.publication)
    state = Slot.State.HELD if until > now else Slot.State.SKIPPED
    rows.update(
        **changed(now, state=state, send=None, note=str(TAKEN_BACK), held_at=now, grace_until=until)
    )
