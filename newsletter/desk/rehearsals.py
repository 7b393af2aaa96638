"""What the page of a send says of its dry run: when, for how many, and who was refused."""

from __future__ import annotations

import datetime as dt
from typing import Any

from newsletter.scheduling import standing
from newsletter.scheduling.moments import in_words
from newsletter.sending.models import Rehearsal, Send
from newsletter.sending.operations import background_dry_run

#: People named before the rest is folded away.
NAMED = 5
#: While it stands here a dry run says something of what will come.
AHEAD = (Send.State.QUEUED, Send.State.HELD)


def of(send: Send) -> Rehearsal | None:
    """Return the dry run of the edition that a send holds now, if there is one."""
    return Rehearsal.objects.filter(send=send, edition=send.edition_id).first()


def note_of(send: Send) -> str:
    """Return the note in which a dry run tells its result; empty where there is none."""
    rehearsal = of(send)
    return background_dry_run.summary(rehearsal) if rehearsal and rehearsal.done_at else ""


def shown(send: Send, now: dt.datetime) -> dict[str, Any] | None:
    """Return what is to be said of a send's dry run; None where there is nothing."""
    rehearsal = of(send)
    if rehearsal is None:
        waits = send.state == Send.State.QUEUED and send.at > now + background_dry_run.MIN_LEAD
        return {"words": to_come(send)} if waits else None
    if not rehearsal.done_at and send.state not in AHEAD:
        return None
    people = background_dry_run.people(rehearsal)
    return {
        "words": words(send, rehearsal),
        "good": bool(rehearsal.done_at) and not rehearsal.refused,
        "problem": rehearsal.problem,
        "people": people[:NAMED],
        "folded": people[NAMED:],
        "unnamed": max(0, rehearsal.refused - len(people)),
    }


def to_come(send: Send) -> str:
    """Say that a send is still to be rehearsed."""
    if send.edition.approved_at is None:
        return "The dry run begins once it is approved."
    return (
        "It has not begun yet. The provider will be asked whether it would take everybody;"
        " nobody is mailed by that."
    )


def words(send: Send, rehearsal: Rehearsal) -> str:
    """Say when a send was rehearsed, for how many, and how many were refused."""
    asked, refused = f"{rehearsal.asked:,}", f"{rehearsal.refused:,}"
    if rehearsal.done_at:
        when = in_words(rehearsal.done_at, standing.zone(send))
        outcome = (
            f"{refused} of them would be refused" if rehearsal.refused else "all can be mailed"
        )
        return f"{when}: the provider was asked for {asked} people; {outcome}. Nobody was mailed."
    if rehearsal.problem and send.state == Send.State.HELD:
        return "It met what holds the send, and begins again when the send goes on."
    if rehearsal.problem and rehearsal.not_before:
        again = in_words(rehearsal.not_before, standing.zone(send))
        return f"Not done: there was no answer that says anything. Tried again from {again}."
    return f"In progress: the provider was asked for {asked} people so far, and refused {refused}."
