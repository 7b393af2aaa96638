"""Describe the state of a send, what it waits for, and what was done with it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from newsletter import counted
from newsletter.dates import format_time
from newsletter.phrases import translate
from newsletter.sending.limits import rates, warmup
from newsletter.sending.models import AuditEntry, Evidence, Send
from newsletter.sending.prescheduled import leavers, provider_batches
from newsletter.sending.reporting import totals
from newsletter.sending.reporting.totals import LEFT_TOO_LATE
from newsletter.sending.resolution import unresolved
from newsletter.sending.restores import suspensions
from newsletter.sending.safeguards import canary, lost_answers

#: A send that leaves within this time has a countdown.
COUNTDOWN_WITHIN = dt.timedelta(minutes=10)
#: The decisions of people about unknown batches.
DECIDED: Mapping[str, Any] = {
    Evidence.Kind.ACCEPTED: _("counted as accepted"),
    Evidence.Kind.SUBMITTED_AGAIN: _("submitted again"),
}


def zone_of(send: Send) -> str:
    """Return the time zone of the publication of a send."""
    return str(send.issue.publication.time_zone)


def seconds_left(send: Send, now: dt.datetime) -> int | None:
    """Return in how many seconds a queued send leaves, if that is soon; else None."""
    if (
        send.state != Send.State.QUEUED
        or send.at - now > COUNTDOWN_WITHIN
        or suspensions.get_suspension()
    ):
        return None
    return max(0, math.ceil((send.at - now).total_seconds()))


def describe_send(send: Send, now: dt.datetime) -> list[str]:
    """Return the notes about a send, besides its state and its counts."""
    said = [
        describe_undo_window(send, now),
        of_others(send),
        note_of(send),
        of_canary(send),
        of_ahead(send, now),
        of_late_leavers(send),
        of_limits() if send.state == Send.State.SENDING else "",
    ]
    return [words for words in said if words]


def note_of(send: Send) -> str:
    """Return why a send has its state, in the reader's language if there is a translation."""
    held = send.state == Send.State.HELD and send.held_by == Send.AutoPause.LOST
    return str(translate(lost_answers.describe_hold(send) if held else send.note))


def describe_undo_window(send: Send, now: dt.datetime) -> str:
    """Say how long a send can still be undone."""
    left = seconds_left(send, now)
    if left is None:
        return ""
    return gettext(
        "Leaves in {seconds} s. Until then you can stop it, and nobody is mailed."
    ).format(seconds=left)


def of_cancelled(people: int) -> str:
    """Say how many people have the mail of a cancelled send, or may have it."""
    if people:
        return gettext("{people} may have it already.").format(people=counted.people(people))
    if suspensions.get_suspension():
        return gettext("Who has it is not known before this is done: newsletter send resolve.")
    return gettext("Nobody has been mailed.")


def of_others(send: Send) -> str:
    """Say whom a resend is for."""
    if send.resend_of_id is None:
        return ""
    if send.newcomers:
        words = gettext("Resend of send {number}, also to those who joined since.")
    else:
        words = gettext("Resend of send {number}.")
    return words.format(number=send.resend_of_id)


def of_canary(send: Send) -> str:
    """Say what the rest of a send waits for."""
    waits = (Send.State.SENDING, Send.State.PAUSED, Send.State.HELD)
    if send.canary != Send.Canary.FIRST or send.state not in waits:
        return ""
    first = counted.people(canary.count_people(send))
    until = canary.waits_until(send)
    if until is None:
        words = gettext("First {people}; the rest follows when they have it and if all is well.")
        return words.format(people=first)
    words = gettext("First {people}; the rest follows at {time}, or earlier if all is well.")
    return words.format(people=first, time=format_time(until, zone_of(send)))


def of_ahead(send: Send, now: dt.datetime) -> str:
    """Say what waits at the provider, and what can stop it."""
    if send.state == Send.State.QUEUED:
        if provider_batches.delivery_mode_for(send, now) == Send.DeliveryMode.IMMEDIATE:
            return ""
        begins = format_time(
            max(now, send.at - provider_batches.lead_time(send.issue.publication)), zone_of(send)
        )
        return gettext("It is submitted to the provider from {time} on, and waits there.").format(
            time=begins
        )
    if send.delivery_mode == Send.DeliveryMode.IMMEDIATE:
        return ""
    return of_waiting(send, now) if provider_batches.has_open(send) else of_gone(send, now)


def of_waiting(send: Send, now: dt.datetime) -> str:
    """Say how many mails wait at the provider, and until when they can be cancelled."""
    people = counted.people(provider_batches.count_waiting(send))
    if send.state == Send.State.CANCELLED:
        words = gettext("The mail of {people} waits at the provider, and is being cancelled.")
        return words.format(people=people)
    last, zone_name = provider_batches.cancellable_until(send), zone_of(send)
    if now >= last:
        words = gettext(
            "The mail of {people} waits at the provider and leaves at {time}."
            " No pause, automatic or not, stops that, and it is too late to cancel it."
        )
    else:
        words = gettext(
            "The mail of {people} waits at the provider and leaves at {time}."
            " No pause, automatic or not, stops that. If the send is cancelled before {until},"
            " this mail is cancelled too."
        )
    until = format_time(last, zone_name)
    return words.format(people=people, time=format_time(send.at, zone_name), until=until)


def of_gone(send: Send, now: dt.datetime) -> str:
    """Say that an automatic pause is too late for pre-scheduled mail."""
    stands = (Send.State.SENDING, Send.State.PAUSED, Send.State.HELD)
    if send.state not in stands or now < send.at:
        return ""
    return gettext(
        "Pre-scheduled mail left at its scheduled time, all at once. A pause stops only"
        " mail that is not submitted yet."
    )


def of_late_leavers(send: Send) -> str:
    """Say how many left before their mail went out, but too late to cancel it."""
    people = (
        leavers.left_too_late(send).count()
        if send.delivery_mode != Send.DeliveryMode.IMMEDIATE
        else 0
    )
    if not people:
        return ""
    words = gettext(
        "{people} left while their mail waited at the provider, too late to be taken out."
        " Who: newsletter send who {send} --state {state}"
    )
    return words.format(people=counted.people(people), send=send.pk, state=LEFT_TOO_LATE)


def of_limits() -> str:
    """Say how fast mail may leave."""
    said = [rates.describe_limits()] if rates.describe_limits() else []
    room = warmup.remaining_today()
    if room is not None:
        words = gettext("{number} today, of which {left} are left")
        limit = warmup.daily_limit(warmup.site_date())
        said.append(words.format(number=f"{limit:,}", left=f"{room:,}"))
    return gettext("At most {limits}.").format(limits="; ".join(said)) if said else ""


def list_history(send: Send) -> list[str]:
    """Return the actions and decisions about a send, one line each, the oldest first."""
    lines = [(act.at, describe_entry(act, zone_of(send))) for act in acts_of(send)]
    lines += [(made[0].at, describe_decision(made, zone_of(send))) for made in decisions_of(send)]
    return [words for _, words in sorted(lines)]


def decisions_of(send: Send) -> list[list[Evidence]]:
    """Return the decisions about unknown batches; the batches of one decision are together."""
    pieces = unresolved.decisions_of(send)
    made = groupby(pieces, key=lambda piece: (piece.at, piece.kind, piece.by, piece.note))
    return [list(together) for _, together in made]


def describe_decision(made: Sequence[Evidence], zone_name: str) -> str:
    """Return one decision: when, which, by whom, about how many, and why."""
    one, batches = made[0], ", ".join(str(piece.attempt.batch.number) for piece in made)
    people = sum(piece.attempt.size for piece in made)
    why = f": {translate(one.note)}" if one.note else ""
    words = gettext("{time}: {what} by {person}, batch {numbers} ({people})").format(
        time=format_time(one.at, zone_name),
        what=DECIDED[one.kind],
        person=one.by,
        numbers=batches,
        people=counted.people(people),
    )
    return f"{words}{why}"


def acts_of(send: Send) -> QuerySet[AuditEntry]:
    """Return what was done with a send, in order."""
    return send.audit_entries.order_by("pk")


def describe_entry(act: AuditEntry, zone_name: str) -> str:
    """Return what was done, when, by whom, and with which figures."""
    who = gettext(" by {person}").format(person=act.by) if act.by else ""
    note = f": {translate(act.note)}" if act.note else ""
    return f"{format_time(act.at, zone_name)}: {act.get_kind_display()}{who}{note}"


def describe_reach(send: Send) -> str:
    """Say how many people have the mail, or may have it, for somebody who wants to stop a send."""
    reached = totals.count_reached(send)
    if not reached:
        return gettext("Nobody has it.")
    return ngettext(
        "{number} person has it, or may have it.",
        "{number} people have it, or may have it.",
        reached,
    ).format(number=f"{reached:,}")
