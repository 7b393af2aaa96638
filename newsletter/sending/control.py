"""What a person may do with a send: pause it, go on, stop it for good."""

from __future__ import annotations

from django.db.models.functions import Now
from django.utils import timezone

from newsletter.errors import NotApproved, WrongStep
from newsletter.sending.accounts import account
from newsletter.sending.models import Send
from newsletter.sending.states import SEND, must_step

#: States in which the provider has a mail, or may have it.
REACHED = frozenset(
    {
        "claimed",
        "accepted",
        "unknown",
        "dropped",
        "delivered",
        "blocked",
        "bounced",
        "complained",
    }
)


def pause(send: Send) -> Send:
    """Claim nothing more; a batch under way is finished."""
    must_step(Send, send.pk, start=Send.State.SENDING, end=Send.State.PAUSED)
    send.refresh_from_db()
    return send


def resume(send: Send) -> Send:
    """Go on where a paused or held send stopped.

    One that was held before its audience was counted is queued anew: for its moment if that is
    still to come, else for now.
    """
    send.refresh_from_db()
    if send.state == Send.State.HELD and send.started_at is None:
        if send.edition.approved_at is None:
            raise NotApproved(f"{send.issue.title} has not been approved")
        must_step(
            Send,
            send.pk,
            start=Send.State.HELD,
            end=Send.State.QUEUED,
            at=max(send.at, timezone.now()),
            note="",
        )
    elif send.state in (Send.State.HELD, Send.State.PAUSED):
        send.batches.update(not_before=None)
        must_step(Send, send.pk, start=send.state, end=Send.State.SENDING, note="")
    else:
        raise WrongStep(f"send {send.pk} is {send.state}; only what stands still can go on")
    send.refresh_from_db()
    return send


def cancel(send: Send) -> tuple[Send, int]:
    """Stop a send for good; return it with how many people have the mail, or may have it."""
    send.refresh_from_db()
    if Send.State.CANCELLED not in SEND[send.state]:
        raise WrongStep(f"send {send.pk} is {send.state}; there is nothing to cancel")
    must_step(Send, send.pk, start=send.state, end=Send.State.CANCELLED, finished_at=Now(), note="")
    send.refresh_from_db()
    counted = account(send).deliveries
    return send, sum(n for state, n in counted.items() if state in REACHED)
