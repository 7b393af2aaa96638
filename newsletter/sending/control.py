"""What a person may do with a send: pause it, let it go on, stop it for good."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now

from newsletter import counted
from newsletter.errors import NotApproved, WrongStep
from newsletter.sending import acts, canaries, editions, lost_answers, restores, trusted_time
from newsletter.sending.accounts import account
from newsletter.sending.models import Act, Send
from newsletter.sending.states import SEND, must_step

#: States in which the provider has a mail, or may have it.
REACHED = frozenset(
    {
        "claimed",
        "accepted",
        "unknown",
        "delivered",
        "blocked",
        "bounced",
        "complained",
    }
)
#: Why a send cannot be paused that nothing of is handed over yet.
NOT_GOING = {
    Send.State.QUEUED: "it has not begun: to cancel it undoes it, with nobody mailed",
    Send.State.PLANNING: "its audience is being counted: try again in a few seconds",
}


def earliest(moment: dt.datetime) -> dt.datetime:
    """Return when what a person starts by hand leaves: there is time to undo it until then."""
    held_back = dt.timedelta(seconds=settings.CONFIG.sending.hold_back_seconds)
    return max(moment, trusted_time.now() + held_back)


@transaction.atomic
def pause(send: Send, *, by: str = "") -> Send:
    """Claim nothing more; a batch under way is finished."""
    send.refresh_from_db()
    if why := NOT_GOING.get(Send.State(send.state)):
        raise WrongStep(f"send {send.pk} cannot be paused: {why}")
    must_step(Send, send.pk, start=Send.State.SENDING, end=Send.State.PAUSED)
    acts.record(send.pk, Act.Kind.PAUSED, by=by)
    send.refresh_from_db()
    return send


@transaction.atomic
def resume(send: Send, *, by: str = "") -> Send:
    """Go on where a paused or held send stopped.

    One that was held before its audience was counted is queued anew: for its moment if that is
    still to come, else for now, with time to undo it.  A brake that held it is overruled, on the
    record.
    """
    restores.must_not_be_suspended()
    send.refresh_from_db()
    if send.state == Send.State.HELD and send.started_at is None:
        queue_anew(send)
        acts.record(send.pk, Act.Kind.RESUMED, by=by)
    elif send.state in (Send.State.HELD, Send.State.PAUSED):
        overrule(send, by)
        send.batches.update(not_before=None)
        must_step(
            Send,
            send.pk,
            start=send.state,
            end=Send.State.SENDING,
            note="",
            held_by="",
            lost_answers_from=lost_answers.newest_attempt(),
        )
    else:
        raise WrongStep(f"send {send.pk} is {send.state}; only what stands still can go on")
    send.refresh_from_db()
    return send


def queue_anew(send: Send) -> None:
    """Queue a send again that was held before it began."""
    if send.edition.approved_at is None:
        raise NotApproved(f"{send.issue.title} has not been approved")
    at = earliest(send.at)
    must_step(Send, send.pk, start=Send.State.HELD, end=Send.State.QUEUED, at=at, note="")


def overrule(send: Send, by: str) -> None:
    """Write down that a send goes on, and against which brake, with what it said."""
    kind = Act.Kind.OVERRULED if send.held_by else Act.Kind.RESUMED
    acts.record(send.pk, kind, by=by, brake=send.held_by, note=send.note)
    if send.held_by == Send.Brake.CANARY:
        canaries.let_go(send, Act.Kind.HURRIED, by=by)


@transaction.atomic
def cancel(send: Send, *, by: str = "") -> tuple[Send, int]:
    """Stop a send for good; return it with how many people have the mail, or may have it."""
    send.refresh_from_db()
    if Send.State.CANCELLED not in SEND[send.state]:
        raise WrongStep(f"send {send.pk} is {send.state}; there is nothing to cancel")
    must_step(
        Send,
        send.pk,
        start=send.state,
        end=Send.State.CANCELLED,
        finished_at=Now(),
        note="",
        held_by="",
    )
    send.refresh_from_db()
    count = reached(send)
    if not count:
        editions.forget_day(send.issue_id)
    acts.record(send.pk, Act.Kind.CANCELLED, by=by, note=f"{counted.people(count)} may have it.")
    return send, count


def reached(send: Send) -> int:
    """Return how many people have the mail of a send, or may have it.

    A restored database knows of more than it has: those whom its missing attempts name.
    """
    known = sum(n for state, n in account(send).deliveries.items() if state in REACHED)
    return max(known, restores.people_missing(send.pk))
