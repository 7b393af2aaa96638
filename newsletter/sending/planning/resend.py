"""Resend: to the people of an ended send who did not get it, and to nobody else.

It is a new send with the same edition, lists and segment.  Everybody who has the
issue from any send, or may have it, is excluded when the audience is counted, with that
reason; the database allows one live send of an issue at a time.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction

from newsletter.errors import InvalidTransition
from newsletter.phrases import phrase
from newsletter.sending import trusted_time
from newsletter.sending.ledger import audit_log
from newsletter.sending.models import AuditEntry, Delivery, Send
from newsletter.sending.planning import undo_window
from newsletter.sending.planning.queue import already_queued, require_resolved
from newsletter.sending.reporting.totals import Totals, count_reached, count_send
from newsletter.sending.restores import suspensions
from subscribers.models import Suppression

ENDED = (Send.State.SENT, Send.State.UNRESOLVED, Send.State.CANCELLED)
#: States of people to whom nothing was submitted, or who were refused.
NOT_REACHED = ("waiting", "planned", "refused")
#: Outcomes of people whose mail was discarded.
DROPPED = Delivery.Outcome.DROPPED


def count_left(send: Send) -> int:
    """Return how many of a send's audience did not get it; some may have left since."""
    counted = count_send(send)
    return count_reachable(send, counted) + counted.deliveries.get("excluded", 0)


def count_reachable(send: Send, counted: Totals) -> int:
    """Return how many did not get it, and had not left when it was their turn."""
    untouched = sum(counted.deliveries.get(state, 0) for state in NOT_REACHED)
    return untouched + count_dropped(send, counted)


def count_dropped(send: Send, counted: Totals) -> int:
    """Return for how many people the provider discarded the mail, and would not do so again."""
    if not counted.deliveries.get(DROPPED):
        return 0
    barred = Suppression.objects.values("key")
    return send.deliveries.filter(outcome=DROPPED).exclude(subscriber__key__in=barred).count()


def queue_resend(send: Send, *, newcomers: bool = False, by: str = "") -> Send:
    """Queue a resend for the end of the undo window, and return it.

    `newcomers` also mails people who joined the lists since.  Raises `InvalidTransition`
    where the send has not ended or nobody is left, `AlreadyQueued` where another send of the issue
    is live.
    """
    suspensions.require_not_suspended()
    send.refresh_from_db()
    require_ended(send)
    require_resolved(send.issue)
    if not newcomers and not count_left(send):
        raise InvalidTransition(
            phrase(
                "everybody in send {send} has the mail, or may have it: nobody is left",
                send=send.pk,
            )
        )
    try:
        with transaction.atomic():
            return create(send, newcomers=newcomers, by=by)
    except IntegrityError:
        live = send.issue.sends.exclude(state__in=ENDED).get()
        raise already_queued(send.issue, live) from None


def require_ended(send: Send) -> None:
    """Raise `InvalidTransition` for a send that has not ended, or that mailed nobody."""
    if send.state not in ENDED:
        raise InvalidTransition(
            phrase(
                "send {send} is {state}; it can be resent only after it has ended",
                send=send.pk,
                state=phrase(send.state),
            ),
            hint=phrase("Stop it: newsletter send cancel {send}", send=send.pk),
        )
    if send.state == Send.State.CANCELLED and not count_reached(send):
        raise InvalidTransition(
            phrase("nobody got mail from send {send}", send=send.pk),
            hint=phrase("Queue the issue again: newsletter issue queue REF"),
        )


def create(send: Send, *, newcomers: bool, by: str) -> Send:
    """Return the new send."""
    new = Send.objects.create(
        issue=send.issue,
        edition=send.edition,
        at=undo_window.after_undo_window(trusted_time.now()),
        batch_size=send.batch_size,
        resend_of=send,
        newcomers=newcomers,
        segment=send.segment,
        segment_filter=send.segment_filter,
    )
    new.lists.set(send.lists.all())
    audit_log.record(
        send.pk, AuditEntry.Kind.RESENT, by=by, note=phrase("by send {send}", send=new.pk)
    )
    return new
