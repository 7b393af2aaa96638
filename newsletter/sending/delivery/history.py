"""Look up what a decision depends on: earlier tries, and who else was accepted."""

from __future__ import annotations

from django.db.models import Max

from newsletter.errors import (
    AccountError,
    Deferred,
    NotSubmitted,
    PartiallySubmitted,
    TransportError,
)
from newsletter.sending.delivery.decisions import EVERYBODY, MAX_DEFERRALS, History
from newsletter.sending.models import Attempt, AuditEntry, Batch, Send
from newsletter.transports.reply_words import normalise


def look_up(attempt: Attempt, error: TransportError) -> History:
    """Return what the ledger knows about a batch, as far as it matters for this error."""
    cause = (isinstance(error, PartiallySubmitted) and error.cause) or error
    tries = count_tries(attempt) if isinstance(cause, NotSubmitted) else 0
    if isinstance(cause, Deferred) and tries >= MAX_DEFERRALS:
        return History(tries=tries, others_go=others_go(attempt))
    if isinstance(cause, AccountError) and cause.persons:
        confirmed = is_confirmed(attempt, cause)
        return History(is_confirmed=confirmed, is_last=is_last(attempt.batch))
    return History(tries=tries)


def count_tries(attempt: Attempt) -> int:
    """Return how often the batch was tried before, with nobody accepted."""
    return attempt.batch.attempts.filter(state=Attempt.State.NOT_SENT).count()


def others_go(attempt: Attempt) -> bool:
    """Return whether others of the send were accepted, or a person knows that nobody is."""
    send = attempt.batch.send_id
    accepted = Attempt.objects.filter(batch__send=send, state=Attempt.State.ACCEPTED)
    # A note is stored with what it takes to translate it: the database cannot compare its words.
    went_on = AuditEntry.objects.filter(send=send, kind=AuditEntry.Kind.RESUMED)
    notes = went_on.values_list("note", flat=True)
    return accepted.exists() or any(note.startswith(EVERYBODY) for note in notes)


def is_confirmed(attempt: Attempt, error: AccountError) -> bool:
    """Return whether a person resumed the send after the same people had got the same answer.

    If the answer is clearly about us, somebody must have been accepted since; or earlier, if
    nobody is left who could be accepted.
    """
    words = normalise(str(error))
    noted = attempt.batch.attempts.filter(state=Attempt.State.NOT_SENT, posted_at=None)
    if all(normalise(answer) != words for answer in noted.values_list("answer", flat=True)):
        return False
    went_on = AuditEntry.objects.filter(
        send=attempt.batch.send_id, kind__in=(AuditEntry.Kind.RESUMED, AuditEntry.Kind.OVERRULED)
    )
    if not any(
        normalise(note).startswith(words) for note in went_on.values_list("note", flat=True)
    ):
        return False
    return not error.certain or others_were_accepted(attempt.batch)


def others_were_accepted(batch: Batch) -> bool:
    """Return whether anybody was accepted since a person last resumed the send."""
    send = Send.objects.get(pk=batch.send_id)
    accepted = Attempt.objects.filter(batch__send=send, state=Attempt.State.ACCEPTED)
    before = send.batches.filter(
        number__lt=batch.number, state__in=(Batch.State.PLANNED, Batch.State.CLAIMED)
    )
    if not before.exists():
        return accepted.exists()
    return accepted.filter(pk__gt=send.lost_answers_from).exists()


def is_last(batch: Batch) -> bool:
    """Return whether this is the last batch of the send."""
    return bool(batch.number == batch.send.batches.aggregate(last=Max("number"))["last"])
