"""Say in words how a send stands, what it waits for, and what was done with it."""

from __future__ import annotations

import datetime as dt
import math

from django.db.models import QuerySet

from newsletter.scheduling.moments import in_words
from newsletter.sending import canaries, control, ramps, rates
from newsletter.sending.models import Act, Send

#: A send that leaves so soon is counted down.
SOON = dt.timedelta(minutes=10)


def zone(send: Send) -> str:
    """Return the zone that the publication of a send lives in."""
    return str(send.issue.publication.time_zone)


def seconds_left(send: Send, now: dt.datetime) -> int | None:
    """Return in how many seconds a queued send leaves, if that is soon; else None."""
    if send.state != Send.State.QUEUED or send.at - now > SOON:
        return None
    return max(0, math.ceil((send.at - now).total_seconds()))


def sentences(send: Send, now: dt.datetime) -> list[str]:
    """Return what is to be said of a send besides its state and its counts."""
    said = [
        countdown(send, now),
        of_others(send),
        send.note,
        of_canary(send),
        of_limits() if send.state == Send.State.SENDING else "",
    ]
    return [words for words in said if words]


def countdown(send: Send, now: dt.datetime) -> str:
    """Say how long there is to undo a send that is about to leave."""
    left = seconds_left(send, now)
    if left is None:
        return ""
    return f"Leaves in {left} s. Until then it can be undone, with nobody mailed."


def of_others(send: Send) -> str:
    """Say whom a send is for that follows another one."""
    if send.follows_id is None:
        return ""
    also = " and for those who joined since" if send.newcomers else ""
    return f"For the others of send {send.follows_id}{also}."


def of_canary(send: Send) -> str:
    """Say what the rest of a send waits for."""
    waits = (Send.State.SENDING, Send.State.PAUSED, Send.State.HELD)
    if send.canary != Send.Canary.FIRST or send.state not in waits:
        return ""
    people = f"{canaries.people(send):,} people get it first"
    until = canaries.ends(send)
    when = f"at {in_words(until, zone(send))}, or earlier" if until else "when they have it and"
    return f"{people}; the rest follows {when} if all is well."


def of_limits() -> str:
    """Say how fast mail may leave."""
    said = [rates.in_words()] if rates.in_words() else []
    room = ramps.room()
    if room is not None:
        said.append(f"{ramps.most(ramps.today()):,} today, of which {room:,} are left")
    return f"At most {'; '.join(said)}." if said else ""


def record(send: Send) -> list[str]:
    """Return what was done with a send, one line each, the first first."""
    return [line(act, zone(send)) for act in acts_of(send)]


def acts_of(send: Send) -> QuerySet[Act]:
    """Return what was done with a send, in order."""
    return send.acts.order_by("pk")


def line(act: Act, zone_name: str) -> str:
    """Return what was done, when, by whom, and with which figures in view."""
    who = f" by {act.by}" if act.by else ""
    note = f": {act.note}" if act.note else ""
    return f"{in_words(act.at, zone_name)}: {act.get_kind_display()}{who}{note}"


def prospect(send: Send) -> str:
    """Say how many have a send, or may have it, for somebody about to stop it."""
    reached = control.reached(send)
    return f"{reached:,} people have it, or may have it." if reached else "Nobody has it."
