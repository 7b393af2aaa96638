"""What the schedule would do until a day, if nobody did anything more: nothing is changed or sent.

It reads the same tables and asks the same functions as the clock, but moves no time and writes
nothing, so it may run beside a service that sends.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from django.utils.translation import gettext

from newsletter.dates import format_day
from newsletter.errors import BadInput
from newsletter.phrases import Day, phrase
from newsletter.publishing.models import Publication
from newsletter.publishing.naming import ref_of
from newsletter.scheduling.calendar_slots import list_slots
from newsletter.scheduling.drafts import is_without_draft, opens_at
from newsletter.scheduling.holds import grace_of, list_holds
from newsletter.scheduling.models import Slot
from newsletter.scheduling.numbers import Planned, holder_of, plan_many
from newsletter.scheduling.reminders.reminder import BEFORE_SEND, BEFORE_SLOT
from newsletter.scheduling.slots import OUR_NOTES, quiet_dates_of, rhythm_of, state_of
from newsletter.sending.models import Send
from newsletter.sending.prescheduled import provider_batches

#: At most this far ahead; the slots of years are counted one by one.
MAX_AHEAD = dt.timedelta(days=3660)


class Kind(StrEnum):
    """What happens."""

    DRAFT = "draft"
    REMIND = "remind"
    SUBMIT = "submit"
    SEND = "send"
    HOLD = "hold"
    OPEN = "open"
    SKIP = "skip"


@dataclass(frozen=True, kw_only=True, slots=True)
class SimulatedEvent:
    """One thing that would happen: when, with which slot and number, and in words.

    `slot` is None for a send that has a time of its own; `number` is empty without one.
    """

    at: dt.datetime
    kind: Kind
    publication: Publication
    slot: dt.date | None
    number: str
    words: str


def simulate(
    publications: Sequence[Publication], now: dt.datetime, until: dt.datetime
) -> list[SimulatedEvent]:
    """Return what would happen after now and until a time, in order; raises `BadInput`."""
    require_span(now, until)
    # A draft may open for a slot that is due after the end.
    margin = max((each.draft_days for each in publications), default=0)
    far = until + dt.timedelta(days=margin + 1)
    slots = list_slots(publications, now + dt.timedelta(microseconds=1), far, now)
    numbers = plan_many(slots, now)
    found = [*events_of_sends(publications, now)]
    for slot in slots:
        found += events_of_slot(slot, numbers, now)
    found += ends_of_grace(publications, slots, now)
    return sorted(
        (each for each in found if now < each.at <= until),
        key=lambda each: (each.at, each.publication.name, list(Kind).index(each.kind)),
    )


def require_span(now: dt.datetime, until: dt.datetime) -> None:
    """Raise `BadInput` for a day that has passed, or that is too far."""
    if until <= now:
        raise BadInput(
            phrase("{day} has passed", day=Day(until.date())),
            hint=phrase("Give a day to come."),
        )
    if until - now > MAX_AHEAD:
        raise BadInput(
            phrase("{day} is more than ten years ahead", day=Day(until.date())),
            hint=phrase("Give an earlier day."),
        )


def events_of_sends(
    publications: Sequence[Publication], now: dt.datetime
) -> Iterator[SimulatedEvent]:
    """Yield the queued sends, also those without a slot."""
    queued = Send.objects.filter(
        state=Send.State.QUEUED, issue__publication__in=publications
    ).select_related("issue__publication", "edition", "slot")
    for send in queued:
        yield from events_of_send(send, now)


def events_of_send(send: Send, now: dt.datetime) -> Iterator[SimulatedEvent]:
    """Yield when a queued send is submitted and goes out, or is held for want of an approval."""
    publication, issue = send.issue.publication, send.issue
    slot: Slot | None = getattr(send, "slot", None)
    event = partial(
        SimulatedEvent,
        publication=publication,
        slot=slot.date if slot else None,
        number=ref_of(issue.volume, issue.number),
    )
    title = issue.draft_title or issue.title
    if is_unapproved(send):
        words = gettext("{title} is held: it is not approved").format(title=title)
        yield event(at=send.at, kind=Kind.HOLD, words=words)
        return
    words = gettext("people are told that {title} goes out within a day").format(title=title)
    yield event(at=send.at - BEFORE_SEND, kind=Kind.REMIND, words=words)
    if provider_batches.delivery_mode_for(send, now) != Send.DeliveryMode.IMMEDIATE:
        early = send.at - provider_batches.lead_time(publication)
        words = gettext("{title} is submitted to the provider, and waits there").format(title=title)
        yield event(at=early, kind=Kind.SUBMIT, words=words)
    words = gettext("{title} goes out").format(title=title)
    yield event(at=send.at, kind=Kind.SEND, words=words)


def events_of_slot(
    slot: Slot, numbers: Mapping[tuple[int, dt.date], Planned], now: dt.datetime
) -> Iterator[SimulatedEvent]:
    """Yield what happens with a slot that has no send: its draft opens, it is held or skipped."""
    if slot.send is not None:
        return
    planned = numbers.get((slot.publication_id, slot.date))
    event = partial(
        SimulatedEvent,
        publication=slot.publication,
        slot=slot.date,
        number=planned.ref if planned else "",
    )
    if state_of(slot) == Slot.State.SKIPPED:
        yield event(at=slot.at, kind=Kind.SKIP, words=skip_words(slot))
        return
    if slot.publication.draft_days and is_without_draft(slot):
        at = max(opens_at(slot), now + dt.timedelta(seconds=1))
        yield event(at=at, kind=Kind.DRAFT, words=draft_words(slot, planned))
    yield event(at=slot.at - BEFORE_SLOT, kind=Kind.REMIND, words=reminder_words(slot))
    issue = holder_of(slot)
    if issue is not None:
        words = gettext("{title} goes out if it is queued by then; else the slot is held")
        words = words.format(title=issue.draft_title or issue.title)
    else:
        words = gettext("an issue goes out if it is queued by then; else the slot is held")
    yield event(at=slot.at, kind=Kind.OPEN, words=f"{words}{shift_words(slot)}")


def ends_of_grace(
    publications: Sequence[Publication], slots: Sequence[Slot], now: dt.datetime
) -> Iterator[SimulatedEvent]:
    """Yield when the slots are skipped that are held, or that nothing is queued for."""
    ends = [(hold.slot, hold.until) for hold in list_holds(now, publications)]
    to_come = [slot for slot in slots if state_of(slot) != Slot.State.SKIPPED]
    ends += [
        (slot, slot.at + grace_of(slot.publication))
        for slot in to_come
        if slot.send is None or is_unapproved(slot.send)
    ]
    dues = sorted((slot.at, slot.publication_id) for slot in to_come)
    for slot, until in ends:
        later = (at for at, pk in dues if pk == slot.publication_id and at > slot.at)
        words = gettext("the slot of {day} is skipped, if nothing was sent by then")
        yield SimulatedEvent(
            at=min(until, next(later, until)),
            kind=Kind.SKIP,
            publication=slot.publication,
            slot=slot.date,
            number="",
            words=words.format(day=format_day(slot.date)),
        )


def is_unapproved(send: Send) -> bool:
    """Say whether a queued send would be held for want of an approval."""
    return bool(send.issue.publication.needs_approval) and send.edition.approved_at is None


def draft_words(slot: Slot, planned: Planned | None) -> str:
    """Say which draft opens for a slot."""
    day = format_day(slot.date)
    if planned is not None and planned.draft:
        return gettext("the slot of {day} is kept for the draft that waits").format(day=day)
    return gettext("the draft for the slot of {day} opens; the writers are told").format(day=day)


def reminder_words(slot: Slot) -> str:
    """Say of what people are reminded before a slot."""
    opens = slot.publication.draft_days and opens_at(slot) <= slot.at - BEFORE_SLOT
    if holder_of(slot) is None and not (opens and is_without_draft(slot)):
        words = gettext("the writers are reminded that the slot of {day} has no issue")
    else:
        words = gettext("people are reminded of errors and of a missing approval, for {day}")
    return words.format(day=format_day(slot.date))


def skip_words(slot: Slot) -> str:
    """Say why a slot is skipped."""
    reason = slot.note
    if slot.skipped_by_rule:
        quiet = quiet_dates_of(slot.publication)
        reason = quiet.name(slot.date, "en", unnamed=gettext("quiet date"))
    elif reason in OUR_NOTES:
        reason = gettext(reason)
    return gettext("skipped: {reason}").format(reason=reason) if reason else gettext("skipped")


def shift_words(slot: Slot) -> str:
    """Say that a person or a quiet day put a slot on another day; nothing if it is its own."""
    plan = rhythm_of(slot.publication).plan(slot.date)
    if slot.moved:
        return " " + gettext("(moved from {day})").format(day=format_day(slot.date))
    if plan.shifted:
        return " " + gettext("(instead of {day})").format(day=format_day(slot.date))
    return ""
