"""Say in words how a send stands, what it waits for, and what was done with it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from itertools import groupby

from django.db.models import QuerySet
from django.utils.translation import ngettext

from newsletter import counted
from newsletter.scheduling.times import format_time
from newsletter.sending.limits import rates, warmup
from newsletter.sending.models import AuditEntry, Evidence, Send
from newsletter.sending.prescheduled import leavers, provider_batches
from newsletter.sending.reporting import totals
from newsletter.sending.reporting.totals import LEFT_TOO_LATE
from newsletter.sending.resolution import unresolved
from newsletter.sending.restores import suspensions
from newsletter.sending.safeguards import canary, lost_answers

#: A send that leaves so soon is counted down.
COUNTDOWN_WITHIN = dt.timedelta(minutes=10)
#: What a person made of a doubt.
DECIDED: Mapping[str, str] = {
    Evidence.Kind.ACCEPTED: "taken for accepted",
    Evidence.Kind.SUBMITTED_AGAIN: "submitted again",
}


def zone(send: Send) -> str:
    """Return the zone that the publication of a send lives in."""
    return str(send.issue.publication.time_zone)


def seconds_left(send: Send, now: dt.datetime) -> int | None:
    """Return in how many seconds a queued send leaves, if that is soon; else None."""
    if (
        send.state != Send.State.QUEUED
        or send.at - now > COUNTDOWN_WITHIN
        or suspensions.suspension()
    ):
        return None
    return max(0, math.ceil((send.at - now).total_seconds()))


def sentences(send: Send, now: dt.datetime) -> list[str]:
    """Return what is to be said of a send besides its state and its counts."""
    said = [
        countdown(send, now),
        of_others(send),
        note(send),
        of_canary(send),
        of_ahead(send, now),
        of_late_leavers(send),
        of_limits() if send.state == Send.State.SENDING else "",
    ]
    return [words for words in said if words]


def note(send: Send) -> str:
    """Return why a send stands as it does; in the reader's language, where that is known."""
    held = send.state == Send.State.HELD and send.held_by == Send.AutoPause.LOST
    return lost_answers.words(send) if held else send.note


def countdown(send: Send, now: dt.datetime) -> str:
    """Say how long there is to undo a send that is about to leave."""
    left = seconds_left(send, now)
    if left is None:
        return ""
    return f"Leaves in {left} s. Until then it can be undone, with nobody mailed."


def of_cancelled(people: int) -> str:
    """Say how many have a send that was just cancelled, or may have it."""
    if people:
        return f"{counted.people(people)} may have it already."
    if suspensions.suspension():
        return "Who has it is not known before this is done: newsletter send resolve."
    return "Nobody has been mailed."


def of_others(send: Send) -> str:
    """Say whom a send is for that follows another one."""
    if send.resend_of_id is None:
        return ""
    also = " and for those who joined since" if send.newcomers else ""
    return f"Resend of send {send.resend_of_id}{also}."


def of_canary(send: Send) -> str:
    """Say what the rest of a send waits for."""
    waits = (Send.State.SENDING, Send.State.PAUSED, Send.State.HELD)
    if send.canary != Send.Canary.FIRST or send.state not in waits:
        return ""
    first = counted.people(canary.count_people(send))
    until = canary.waits_until(send)
    when = f"at {format_time(until, zone(send))}, or earlier" if until else "when they have it and"
    return f"First {first}; the rest follows {when} if all is well."


def of_ahead(send: Send, now: dt.datetime) -> str:
    """Say what waits at the provider, and what stops it and what does not."""
    if send.state == Send.State.QUEUED:
        if provider_batches.delivery_mode_for(send, now) == Send.DeliveryMode.IMMEDIATE:
            return ""
        begins = format_time(
            max(now, send.at - provider_batches.lead(send.issue.publication)), zone(send)
        )
        return f"It is submitted to the provider from {begins} on, and waits there."
    if send.delivery_mode == Send.DeliveryMode.IMMEDIATE:
        return ""
    return of_waiting(send, now) if provider_batches.has_open(send) else of_gone(send, now)


def of_waiting(send: Send, now: dt.datetime) -> str:
    """Say how many mails wait at the provider, and until when they can be cancelled."""
    people = (
        f"The mail of {counted.people(provider_batches.count_waiting(send))} waits at the provider"
    )
    if send.state == Send.State.CANCELLED:
        return f"{people}, and is being cancelled."
    last, zone_name = provider_batches.cancellable_until(send), zone(send)
    leaves = f"{people} and leaves at {format_time(send.at, zone_name)}."
    leaves += " No pause, automatic or not, stops that"
    if now >= last:
        return f"{leaves}, and it is too late to cancel it."
    until = format_time(last, zone_name)
    return f"{leaves}. If the send is cancelled before {until}, this mail is cancelled too."


def of_gone(send: Send, now: dt.datetime) -> str:
    """Say that an automatic pause comes too late for what was pre-scheduled."""
    stands = (Send.State.SENDING, Send.State.PAUSED, Send.State.HELD)
    if send.state not in stands or now < send.at:
        return ""
    return (
        "What was pre-scheduled left at its scheduled time, all at once. A pause stops only"
        " what is not submitted yet."
    )


def of_late_leavers(send: Send) -> str:
    """Say how many left before their mail went out, but too late to be taken out."""
    people = (
        leavers.left_too_late(send).count()
        if send.delivery_mode != Send.DeliveryMode.IMMEDIATE
        else 0
    )
    if not people:
        return ""
    return (
        f"{counted.people(people)} left while their mail waited at the provider, too late to be"
        " taken out."
        f" Who: newsletter send who {send.pk} --state {LEFT_TOO_LATE}"
    )


def of_limits() -> str:
    """Say how fast mail may leave."""
    said = [rates.describe()] if rates.describe() else []
    room = warmup.remaining_today()
    if room is not None:
        said.append(f"{warmup.daily_limit(warmup.today()):,} today, of which {room:,} are left")
    return f"At most {'; '.join(said)}." if said else ""


def record(send: Send) -> list[str]:
    """Return what was done with a send, and decided on it, one line each, the first first."""
    lines = [(act.at, line(act, zone(send))) for act in acts_of(send)]
    lines += [(made[0].at, decided(made, zone(send))) for made in decisions_of(send)]
    return [words for _, words in sorted(lines)]


def decisions_of(send: Send) -> list[list[Evidence]]:
    """Return what persons made of doubts; the batches of one decision stand together."""
    pieces = unresolved.decisions(send)
    made = groupby(pieces, key=lambda piece: (piece.at, piece.kind, piece.by, piece.note))
    return [list(together) for _, together in made]


def decided(made: Sequence[Evidence], zone_name: str) -> str:
    """Return one decision: when, which, by whom, about how many, and why."""
    one, batches = made[0], ", ".join(str(piece.attempt.batch.number) for piece in made)
    people = sum(piece.attempt.size for piece in made)
    why = f": {one.note}" if one.note else ""
    return (
        f"{format_time(one.at, zone_name)}: {DECIDED[one.kind]} by {one.by}, batch {batches}"
        f" ({counted.people(people)}){why}"
    )


def acts_of(send: Send) -> QuerySet[AuditEntry]:
    """Return what was done with a send, in order."""
    return send.audit_entries.order_by("pk")


def line(act: AuditEntry, zone_name: str) -> str:
    """Return what was done, when, by whom, and with which figures in view."""
    who = f" by {act.by}" if act.by else ""
    note = f": {act.note}" if act.note else ""
    return f"{format_time(act.at, zone_name)}: {act.get_kind_display()}{who}{note}"


def prospect(send: Send) -> str:
    """Say how many have a send, or may have it, for somebody about to stop it."""
    reached = totals.reached(send)
    if not reached:
        return "Nobody has it."
    return ngettext(
        "{number} person has it, or may have it.",
        "{number} people have it, or may have it.",
        reached,
    ).format(number=f"{reached:,}")
