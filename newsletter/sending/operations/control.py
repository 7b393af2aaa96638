"""What a person may do with a send: pause it, resume it, cancel it."""

from __future__ import annotations

from django.db import transaction
from django.db.models.functions import Now

from newsletter import counted
from newsletter.errors import InvalidTransition, NotApproved
from newsletter.phrases import phrase
from newsletter.sending.delivery import decisions, results
from newsletter.sending.ledger import audit_log, editions
from newsletter.sending.ledger.states import SEND, require_transition
from newsletter.sending.models import Attempt, AuditEntry, Send
from newsletter.sending.planning import undo_window
from newsletter.sending.reporting.totals import count_reached
from newsletter.sending.restores import suspensions
from newsletter.sending.safeguards import canary, lost_answers
from subscribers.preferences import pauses

#: Why a send cannot be paused of which nothing is submitted yet.
NOT_STARTED = {
    Send.State.QUEUED: phrase("it has not begun; cancel it instead, and nobody is mailed"),
    Send.State.PLANNING: phrase("its audience is being counted: try again in a few seconds"),
}


@transaction.atomic
def pause(send: Send, *, by: str = "") -> Send:
    """Pause a send: claim nothing more; a batch in progress is finished."""
    send.refresh_from_db()
    if why := NOT_STARTED.get(Send.State(send.state)):
        raise InvalidTransition(
            phrase("send {send} cannot be paused: {why}", send=send.pk, why=why)
        )
    require_transition(Send, send.pk, start=Send.State.SENDING, end=Send.State.PAUSED)
    audit_log.record(send.pk, AuditEntry.Kind.PAUSED, by=by)
    send.refresh_from_db()
    return send


@transaction.atomic
def resume(send: Send, *, by: str = "") -> Send:
    """Resume a paused or held send where it stopped.

    One that was held before its audience was counted is queued again: for its scheduled time if
    that is in the future, else for now, with an undo window.  An automatic pause that held it is
    overruled, and the audit log records that.
    """
    suspensions.require_not_suspended()
    send.refresh_from_db()
    if send.state == Send.State.HELD and send.started_at is None:
        queue_again(send)
        audit_log.record(send.pk, AuditEntry.Kind.RESUMED, by=by)
    elif send.state in (Send.State.HELD, Send.State.PAUSED):
        overrule(send, by)
        send.batches.update(not_before=None)
        require_transition(
            Send,
            send.pk,
            start=send.state,
            end=Send.State.SENDING,
            note="",
            held_by="",
            lost_answers_from=lost_answers.newest_attempt(),
        )
    else:
        raise InvalidTransition(
            phrase(
                "send {send} is {state}; only a paused or held send can be resumed",
                send=send.pk,
                state=phrase(send.state),
            )
        )
    send.refresh_from_db()
    return send


def queue_again(send: Send) -> None:
    """Queue a send again that was held before it began."""
    if send.edition.approved_at is None:
        raise NotApproved(phrase("{title} has not been approved", title=send.issue.title))
    at = undo_window.after_undo_window(send.at)
    require_transition(Send, send.pk, start=Send.State.HELD, end=Send.State.QUEUED, at=at, note="")


def overrule(send: Send, by: str) -> None:
    """Record that a send goes on, which automatic pause was overruled, and what it said."""
    kind = AuditEntry.Kind.OVERRULED if send.held_by else AuditEntry.Kind.RESUMED
    audit_log.record(send.pk, kind, by=by, auto_pause=send.held_by, note=send.note)
    if send.held_by == Send.AutoPause.CANARY:
        canary.release(send, AuditEntry.Kind.RELEASED, by=by)


@transaction.atomic
def cancel(send: Send, *, by: str = "", start: str = "") -> tuple[Send, int]:
    """Stop a send for good; return it with how many people have the mail, or may have it.

    With a state to `start` from, one that is in another by now is left alone.
    """
    send.refresh_from_db()
    if Send.State.CANCELLED not in SEND[send.state] or start not in {"", send.state}:
        raise InvalidTransition(
            phrase(
                "send {send} is {state}; there is nothing to cancel",
                send=send.pk,
                state=phrase(send.state),
            )
        )
    require_transition(
        Send,
        send.pk,
        start=send.state,
        end=Send.State.CANCELLED,
        finished_at=Now(),
        note="",
        held_by="",
    )
    send.refresh_from_db()
    take_claims(send)
    count = count_reached(send)
    if not count:
        editions.forget_day(send.issue_id)
        pauses.give_back(send.pk)
    audit_log.record(
        send.pk,
        AuditEntry.Kind.CANCELLED,
        by=by,
        note=phrase("{people} may have it.", people=counted.people_phrase(count)),
    )
    return send, count


def take_claims(send: Send) -> None:
    """Plan every batch again that a sender has claimed, but not begun to submit.

    Call it in the transaction that has stopped the send: from then on, no attempt of it can begin
    (`claims.mark_in_flight`).  An attempt that is locked is being given back by its sender.
    """
    rows = Attempt.objects.select_for_update(skip_locked=True, of=("self",))
    claimed = rows.filter(batch__send=send, state=Attempt.State.RESERVED).select_related("batch")
    for attempt in claimed:
        results.apply_decision(attempt, decisions.return_not_begun(looks=False))
