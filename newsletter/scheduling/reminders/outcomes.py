"""What people are told of sends and slots: what goes out soon, went, is held, or was skipped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse

from newsletter.phrases import Phrase, Time, phrase
from newsletter.scheduling import holds, send_status
from newsletter.scheduling.holds import Hold
from newsletter.scheduling.models import Notice, Slot
from newsletter.scheduling.reminders.people import Concerned
from newsletter.scheduling.reminders.reminder import (
    BEFORE_SEND,
    TOO_LATE,
    Reminder,
    due,
    key_of_slot,
    slot_path,
    time_of,
    title_of,
)
from newsletter.scheduling.slots import GRACE_OVER, LATER_DUE
from newsletter.sending.models import Send
from newsletter.sending.reporting.totals import count_send

#: Of slots that passed one after the other only those are told of that are not older than this.
LONG_AGO = dt.timedelta(days=14)


def list_tomorrow(now: dt.datetime) -> Iterator[Reminder]:
    """Yield the queued sends that leave within a day."""
    soon = Send.objects.filter(state=Send.State.QUEUED, at__gt=now, at__lte=now + BEFORE_SEND)
    # What is queued for the next minutes is no news to whoever queued it.
    queued = soon.filter(created_at__lt=now - dt.timedelta(hours=1))
    for send in queued.select_related("issue__publication"):
        yield of_send(
            send,
            Notice.Kind.TOMORROW,
            phrase("{issue} goes out on {time}.", issue=title_of(send.issue), time=due(send)),
        )


def list_finished(now: dt.datetime) -> Iterator[Reminder]:
    """Yield the sends that were submitted lately, with their accounts."""
    ended = (Send.State.SENT, Send.State.UNRESOLVED)
    lately = Send.objects.filter(state__in=ended, finished_at__gt=now - TOO_LATE)
    for send in lately.select_related("issue__publication"):
        words = describe_outcome(send)
        went = of_send(send, Notice.Kind.WENT, words, details=partial(account_of, send))
        yield replace(went, note=brief_account(send))


def describe_outcome(send: Send) -> Phrase:
    """Say that a send is over; while some answers are unknown, it is no more than submitted."""
    if send.state == Send.State.SENT:
        return phrase("{issue} was sent.", issue=title_of(send.issue))
    return phrase("{issue} was submitted; some answers are unknown.", issue=title_of(send.issue))


def brief_account(send: Send) -> Phrase:
    """Return the account of a send as it was counted when it began."""
    return phrase(
        "Candidates: {candidates}, left out: {excluded}, planned: {planned}",
        candidates=f"{send.candidates:,}",
        excluded=f"{send.excluded:,}",
        planned=f"{send.planned:,}",
    )


def account_of(send: Send) -> tuple[str, ...]:
    """Return the account of a send, line by line."""
    totals = count_send(send)
    unknown = totals.deliveries.get("unknown", 0)
    lines = [
        phrase("Candidates: {number}", number=f"{totals.candidates:,}"),
        phrase("Left out: {number}", number=f"{sum(totals.excluded.values()):,}"),
        phrase("Planned: {number}", number=f"{totals.planned:,}"),
    ]
    if unknown:
        lines.append(phrase("Unknown: {number}", number=f"{unknown:,}"))
    return tuple(lines)


def reason_of(send: Send) -> tuple[str, ...]:
    """Return why a send is held."""
    return (send_status.note_of(send),)


def list_held(now: dt.datetime) -> Iterator[Reminder]:
    """Yield the slots and sends that were held lately, with the reason."""
    shown = set[int]()
    for hold in holds.list_holds(now):
        if hold.slot.send_id:
            shown.add(hold.slot.send_id)
        if hold.since > now - TOO_LATE:
            yield held_slot(hold)
    lately = Coalesce("held_at", "at")
    sends = Send.objects.filter(state=Send.State.HELD).select_related("issue__publication")
    held = sends.annotate(since=lately)
    for send in held.filter(since__gt=now - TOO_LATE).exclude(pk__in=shown):
        words = phrase("{issue} is held.", issue=title_of(send.issue))
        held_send = of_send(send, Notice.Kind.HELD, words, details=partial(reason_of, send))
        yield replace(held_send, key=key_of_hold(held_send.key, send.held_at))


def held_slot(hold: Hold) -> Reminder:
    """Return that a slot is held: why, and until when its issue can be sent."""
    slot = hold.slot
    return Reminder(
        kind=Notice.Kind.HELD,
        key=key_of_hold(key_of_slot(slot), hold.since),
        publication=slot.publication,
        concerned=Concerned.EVERYBODY,
        words=phrase("The slot of {time} is held.", time=time_of(slot)),
        details=partial(explain_hold, hold),
        path=slot_path(slot),
    )


def explain_hold(hold: Hold) -> tuple[str, ...]:
    """Return why a slot is held, which issue is meant for it, and what can be done."""
    until = Time(hold.until, hold.slot.publication.time_zone)
    return (
        holds.reason_of(hold.slot),
        phrase("Issue: {title}", title=title_of(hold.issue)) if hold.issue else "",
        phrase(
            "Until {time} it can be sent with one click, on the page below."
            " After that the slot is skipped.",
            time=until,
        ),
    )


def key_of_hold(name: str, since: dt.datetime | None) -> str:
    """Return the name of one hold: what is held a second time is told again."""
    return f"{name}:{since.timestamp():.0f}" if since else name


def list_skipped(now: dt.datetime) -> Iterator[Reminder]:
    """Yield the slots that the clock skipped lately, because nothing was sent in time."""
    skipped = Slot.objects.filter(state=Slot.State.SKIPPED, note__in=[GRACE_OVER, LATER_DUE])
    lately = skipped.filter(changed_at__gt=now - TOO_LATE, changed_at__lte=now)
    # After months in which nothing ran nobody wants a mail about each slot.
    recent = lately.filter(Q(note=GRACE_OVER) | Q(at__gt=now - LONG_AGO - TOO_LATE))
    for slot in recent.select_related("publication__archive"):
        yield Reminder(
            kind=Notice.Kind.SKIPPED,
            key=key_of_hold(key_of_slot(slot), slot.held_at),
            publication=slot.publication,
            concerned=Concerned.EVERYBODY,
            words=phrase("The slot of {time} was skipped.", time=time_of(slot)),
            note=phrase(slot.note),
            details=partial(explain_skip, slot),
            path=slot_path(slot),
        )


def explain_skip(slot: Slot) -> tuple[str, ...]:
    """Return why the clock skipped a slot, and what becomes of its issue."""
    return (
        phrase(slot.note),
        phrase("Its issue, if it had one, is a draft again and can be queued for another slot."),
    )


def of_send(
    send: Send,
    kind: Notice.Kind,
    words: Phrase,
    *,
    details: Callable[[], tuple[str, ...]] = tuple,
) -> Reminder:
    """Return a reminder about a send."""
    return Reminder(
        kind=kind,
        key=f"send:{send.pk}",
        publication=send.issue.publication,
        concerned=Concerned.SENDERS,
        words=words,
        path=reverse("desk_send", args=[send.pk]),
        details=details,
    )
