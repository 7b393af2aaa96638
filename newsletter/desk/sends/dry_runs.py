"""What the page of a send says of its dry run: when, for how many, and who was refused."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext

from newsletter.dates import format_time
from newsletter.phrases import translate
from newsletter.scheduling import send_status
from newsletter.sending.models import DryRun, Send
from newsletter.sending.operations import background_dry_run

#: People named before the rest is folded away.
MAX_NAMED = 5
#: While it stands here a dry run says something of what will come.
OPEN_STATES = (Send.State.QUEUED, Send.State.HELD)


def find_dry_run(send: Send) -> DryRun | None:
    """Return the dry run of the edition that a send holds now, if there is one."""
    return DryRun.objects.filter(send=send, edition=send.edition_id).first()


def note_of(dry_run: DryRun | None) -> str:
    """Return the note in which a dry run tells its result; empty where there is none."""
    if dry_run is None or not dry_run.done_at:
        return ""
    return str(translate(background_dry_run.summarise_refused(dry_run)))


def describe_dry_run(send: Send, dry_run: DryRun | None, now: dt.datetime) -> dict[str, Any] | None:
    """Return what is to be said of a send's dry run; None where there is nothing."""
    if dry_run is None:
        waits = send.state == Send.State.QUEUED and send.at > now + background_dry_run.MIN_LEAD
        return {"words": to_come(send)} if waits else None
    if not dry_run.done_at and send.state not in OPEN_STATES:
        return None
    people = [
        (translate(address), translate(why))
        for address, why in background_dry_run.list_refused(dry_run)
    ]
    return {
        "words": describe_done(send, dry_run),
        "good": bool(dry_run.done_at) and not dry_run.refused,
        "problem": translate(dry_run.problem),
        "people": people[:MAX_NAMED],
        "folded": people[MAX_NAMED:],
        "unnamed": max(0, dry_run.refused - len(people)),
    }


def to_come(send: Send) -> str:
    """Say that the dry run of a send is still to come."""
    if send.edition.approved_at is None:
        return gettext("The dry run begins once it is approved.")
    return gettext(
        "It has not begun yet. The provider will be asked whether it would take everybody;"
        " nobody is mailed by that."
    )


def describe_done(send: Send, dry_run: DryRun) -> str:
    """Say when a dry run was done, for how many people, and how many were refused."""
    asked, refused = f"{dry_run.asked:,}", f"{dry_run.refused:,}"
    if dry_run.done_at:
        when = format_time(dry_run.done_at, send_status.zone_of(send))
        return describe_refused(dry_run.refused).format(time=when, asked=asked, refused=refused)
    if dry_run.problem and send.state == Send.State.HELD:
        return gettext("It met what holds the send, and begins again when the send goes on.")
    if dry_run.problem and dry_run.not_before:
        again = format_time(dry_run.not_before, send_status.zone_of(send))
        return gettext(
            "Not done: there was no answer that says anything. Tried again from {time}."
        ).format(time=again)
    return gettext(
        "In progress: the provider was asked for {asked} people so far, and refused {refused}."
    ).format(asked=asked, refused=refused)


def describe_refused(refused: int) -> str:
    """Return the words of a dry run that is done, with places for its time and its numbers."""
    if refused:
        return gettext(
            "{time}: the provider was asked for {asked} people; {refused} of them would be"
            " refused. Nobody was mailed."
        )
    return gettext(
        "{time}: the provider was asked for {asked} people; all can be mailed. Nobody was mailed."
    )
