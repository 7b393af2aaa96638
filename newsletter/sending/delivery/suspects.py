"""People whose refusal held a send, because it may be about everybody.

They go last when the send goes on, in a batch of their own: the others show whom it is about.  If
the same people get the same answer again, after a person has let the send go on, it is about them,
and they are refused.  Else one person's server would hold the send of all others for ever.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from django.db.models import Max
from django.db.models.functions import Now

from newsletter.errors import AccountError, TransportError
from newsletter.sending.ledger import splitting
from newsletter.sending.models import Attempt, AuditEntry, Batch, Send
from newsletter.transports.reply_words import alike


def of(cause: TransportError | None, deliveries: Sequence[int]) -> dict[int, str]:
    """Return the deliveries whose refusal held a send, with the words."""
    if not isinstance(cause, AccountError):
        return {}
    return {deliveries[place]: words for place, words in cause.persons.items()}


def is_confirmed(attempt: Attempt, error: TransportError | None) -> bool:
    """Say whether a person let the send go on after the same people had got the same answer.

    Where the answer is plainly about us, somebody must have been accepted since; or earlier, where
    nobody is left who could be.
    """
    if not isinstance(error, AccountError) or not error.persons:
        return False
    words = alike(str(error))
    noted = attempt.batch.attempts.filter(state=Attempt.State.NOT_SENT, posted_at=None)
    if all(alike(answer) != words for answer in noted.values_list("answer", flat=True)):
        return False
    went_on = AuditEntry.objects.filter(
        send=attempt.batch.send_id, kind__in=(AuditEntry.Kind.RESUMED, AuditEntry.Kind.OVERRULED)
    )
    if not any(alike(note).startswith(words) for note in went_on.values_list("note", flat=True)):
        return False
    return not error.certain or others_were_accepted(attempt.batch)


def others_were_accepted(batch: Batch) -> bool:
    """Say whether anybody was accepted since a person last let a send go on, or could not be."""
    send = Send.objects.get(pk=batch.send_id)
    accepted = Attempt.objects.filter(batch__send=send, state=Attempt.State.ACCEPTED)
    before = send.batches.filter(
        number__lt=batch.number, state__in=(Batch.State.PLANNED, Batch.State.CLAIMED)
    )
    if not before.exists():
        return accepted.exists()
    return accepted.filter(pk__gt=send.lost_answers_from).exists()


def set_apart(
    attempt: Attempt, cause: TransportError | None, deliveries: Sequence[int]
) -> frozenset[int]:
    """Give those whose refusal held a send a batch behind all others; return who they are.

    The batch gets an attempt that was never posted, with their answer, by which the same is known
    again.  Where they are a whole batch, and it is the last one, they stay in it.
    """
    found = of(cause, deliveries)
    if not found:
        return frozenset()
    last = attempt.batch.send.batches.aggregate(last=Max("number"))["last"]
    stay = len(found) == len(deliveries) and attempt.batch.number == last
    Attempt.objects.create(
        key=secrets.token_hex(16),
        batch=attempt.batch if stay else splitting.move(attempt, list(found), Batch.State.PLANNED),
        state=Attempt.State.NOT_SENT,
        owner=attempt.owner,
        lease_until=attempt.lease_until,
        size=len(found),
        answered_at=Now(),
        answer=str(cause)[:500],
    )
    return frozenset() if stay else frozenset(found)
