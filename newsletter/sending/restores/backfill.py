"""Write attempts into the ledger that it lost: from the submission log, events and provider logs.

The people of an attempt are known from the submission log; else from the batch of the delivery that
an event or a log entry names.  People of a send that the ledger does not have are excluded from
every later send of that issue.  An attempt that cannot be matched stays open, and a person decides.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q
from django.db.models.functions import Now

from newsletter.phrases import phrase
from newsletter.publishing.models import Issue
from newsletter.sending.ledger.splitting import split_into_chunks
from newsletter.sending.ledger.states import transition
from newsletter.sending.models import (
    AlreadyMailed,
    Attempt,
    Batch,
    Delivery,
    Exclusion,
    MissingAttempt,
    Send,
)
from newsletter.sending.restores import suspensions
from newsletter.sending.restores.submission_log import from_ranges
from subscribers.models import Subscriber

State = MissingAttempt.State

#: The possible states of a batch of which the ledger lost an attempt.
LOST = (Batch.State.PLANNED, Batch.State.WAITING, Batch.State.UNKNOWN, Batch.State.CLAIMED)
#: Rows in one statement.
CHUNK = 500
ANSWER = phrase("the database was restored from before this attempt; its answer is not known")


def restore_all() -> int:
    """Restore every missing attempt that can be matched; return how many."""
    return sum(restore(row) for row in sorted(suspensions.open_attempts(), key=sort_key))


def restore_named(keys: Collection[str]) -> int:
    """Restore the missing attempts with these keys that can be matched; return how many."""
    rows = suspensions.open_attempts().filter(key__in=keys)
    return sum(restore(row) for row in sorted(rows, key=sort_key))


def sort_key(row: MissingAttempt) -> tuple[bool, float]:
    """Return the order in which attempts are restored.

    Those of the submission log first: it knows the people of each, and so separates them
    correctly.  The latest first: people in two of them had not been accepted in the earlier one.
    """
    return bool(row.delivery), -made_at(row).timestamp()


@transaction.atomic
def restore(row: MissingAttempt) -> bool:
    """Restore one attempt; False if nothing in the ledger belongs to it."""
    found = deliveries_of(row)
    beyond = find_outside(row, found)
    issue = issue_of(row)
    if beyond and issue is None:
        return False
    if not found and not beyond:
        return False
    if found:
        attach(row, found)
    if beyond and issue is not None:
        leave_out(row, issue, beyond)
    state = State.RESTORED if found else State.LEFT_OUT
    MissingAttempt.objects.filter(pk=row.pk, state=State.OPEN).update(state=state)
    return True


def deliveries_of(row: MissingAttempt) -> list[Delivery]:
    """Return the deliveries that went with an attempt, as far as the ledger has them."""
    # The number may belong to another send now: one that was queued later is another send.
    begun = Send.objects.filter(pk=row.send, created_at__lte=made_at(row), started_at__isnull=False)
    if row.issue_key:
        begun = begun.filter(issue__translation_key=row.issue_key)
    if not begun.exists():
        return []
    rows = Delivery.objects.filter(send=row.send).select_related("batch")
    if row.people and not row.delivery:
        found: list[Delivery] = []
        for some in split_into_chunks(list(from_ranges(row.people)), CHUNK):
            found += rows.filter(subscriber__in=some)
        return found
    named = rows.filter(pk=row.delivery).first() if row.delivery else None
    if named is None:
        return []
    if is_taken(named.batch) and row.source == MissingAttempt.Source.EVENT:
        return [named]
    return list(rows.filter(batch=named.batch_id).exclude(outcome__in=NEVER_SUBMITTED))


#: Outcomes of people who were in no request.
NEVER_SUBMITTED = (Delivery.Outcome.EXCLUDED, Delivery.Outcome.REFUSED)


def is_taken(batch: Batch) -> bool:
    """Return whether a batch has an attempt whose key is known already."""
    live = Q(state__in=Attempt.TAKEN) & ~Q(owner=suspensions.UNCERTAIN)
    return batch.attempts.filter(live).exists()


def find_outside(row: MissingAttempt, found: Sequence[Delivery]) -> list[int]:
    """Return the people of an attempt who have no delivery in its send, but are in this database.

    The number may belong to somebody else now: somebody who came later is another person.
    """
    if not row.people or row.delivery:
        return []
    named = set(from_ranges(row.people)) - {delivery.subscriber_id for delivery in found}
    return still_here(named, row.submitted_at)


def people_beyond_the_ledger(send: Send) -> list[str]:
    """Return the addresses of people who may have the mail of a send, but are not in its ledger.

    The submission log names them, but the database is older than their planning.
    """
    rows = MissingAttempt.objects.filter(send=send.pk, state__in=(State.OPEN, State.LEFT_OUT))
    own = rows.filter(issue_key__in=("", send.issue.translation_key.hex))
    numbers = {number for row in own for number in find_outside(row, ())}
    nowhere = [
        ~Exists(kind.objects.filter(send=send, subscriber=OuterRef("pk")))
        for kind in (Delivery, Exclusion)
    ]
    addresses: list[str] = []
    for some in split_into_chunks(sorted(numbers), CHUNK):
        people = Subscriber.objects.filter(*nowhere, pk__in=some).order_by("pk")
        addresses += people.values_list("email", flat=True)
    return addresses


def still_here(numbers: Collection[int], at: dt.datetime | None) -> list[int]:
    """Return the subscribers who existed at a time."""
    here: list[int] = []
    for some in split_into_chunks(sorted(numbers), CHUNK):
        rows = Subscriber.objects.filter(pk__in=some)
        if at:
            rows = rows.filter(created_at__lte=at)
        here += rows.values_list("pk", flat=True)
    return here


def issue_of(row: MissingAttempt) -> Issue | None:
    """Return the issue that an attempt was about, in this database."""
    send = Send.objects.select_related("issue").filter(pk=row.send).first()
    by_key = Issue.objects.filter(translation_key=row.issue_key) if row.issue_key else None
    if by_key is not None and (issue := by_key.first()):
        return issue
    if row.issue_number or row.volume:
        return Issue.objects.filter(
            publication=row.publication, volume=row.volume, number=row.issue_number
        ).first()
    # An event names only the send, whose number another issue's may have now.
    return send.issue if send and not row.issue_key and send.created_at <= made_at(row) else None


def made_at(row: MissingAttempt) -> dt.datetime:
    """Return when an attempt was made, or at the latest when it was found."""
    return row.submitted_at or row.found_at


def attach(row: MissingAttempt, found: Sequence[Delivery]) -> None:
    """Attach the attempt to its deliveries, unknown until there is evidence.

    They keep their batch if it had exactly these people; else they get one of their
    own.  Deliveries whose outcome the ledger knows stay as they are.
    """
    forget_unsent(row.key)
    if Attempt.objects.filter(key=row.key).exists():
        return
    batches = Batch.objects.in_bulk({each.batch_id for each in found})
    for batch in batches.values():
        supersede(row, batch)
    for each in found:
        each.batch = batches[each.batch_id]
    lost = [each for each in found if each.batch.state in LOST and not is_taken(each.batch)]
    if not lost:
        # Known under another attempt: the key is kept, so that its events are recognised.
        keep_key(row, found[0].batch)
        return
    if len({each.batch_id for each in lost}) == 1 and is_whole(lost):
        batch = lost[0].batch
    else:
        batch = set_apart(lost)
    take_over(row, batch, len(lost))


def supersede(row: MissingAttempt, batch: Batch) -> None:
    """Close an attempt in the ledger, because a later attempt shows that it is over.

    People are submitted again only when nothing of the first request was accepted, or it was
    cancelled.  So what is still in progress, unknown or waiting at the provider in the ledger
    had no result after the backup was made.  An event does not say when its mail was submitted.
    """
    if row.source == MissingAttempt.Source.EVENT:
        return
    over = batch.attempts.filter(state__in=Attempt.TAKEN, posted_at__lte=made_at(row))
    for attempt in over.exclude(owner=suspensions.UNCERTAIN):
        start = Attempt.State(attempt.state)
        if start == Attempt.State.ACCEPTED and attempt.provider_batch_id is None:
            continue
        cancelled = attempt.provider_batch_id is not None and start != Attempt.State.IN_FLIGHT
        end = Attempt.State.CANCELLED if cancelled else Attempt.State.NOT_SENT
        if not transition(Attempt, attempt.pk, start=start, end=end):
            continue
        people = Delivery.objects.filter(batch=batch.pk, outcome=None).count()
        if batch.state == Batch.State.UNKNOWN:
            suspensions.mark_uncertain(batch, people)
        else:
            suspensions.mark_batch_unknown(batch, people)
        batch.refresh_from_db(fields=["state"])


def is_whole(lost: Sequence[Delivery]) -> bool:
    """Return whether deliveries are all of their batch that could have been in a request."""
    rows = Delivery.objects.filter(batch=lost[0].batch_id).exclude(outcome__in=NEVER_SUBMITTED)
    return set(rows.values_list("pk", flat=True)) <= {each.pk for each in lost}


def set_apart(lost: Sequence[Delivery]) -> Batch:
    """Move deliveries to an unknown batch of their own; close batches that become empty."""
    old = lost[0].batch
    send = Send.objects.select_for_update().get(pk=old.send_id)
    last = send.batches.aggregate(last=Max("number"))["last"]
    batch = Batch.objects.create(
        send=send,
        number=last + 1,
        state=Batch.State.UNKNOWN,
        canary=old.canary,
        domain=old.domain,
    )
    for some in split_into_chunks([each.pk for each in lost], CHUNK):
        Delivery.objects.filter(pk__in=some).update(batch=batch)
    for pk in {each.batch_id for each in lost}:
        resize(pk)
    return batch


def resize(batch: int) -> None:
    """Count the uncertain people again in a batch that lost people; close it if nobody is left."""
    left = Delivery.objects.filter(batch=batch, outcome=None).count()
    rows = suspensions.uncertain_attempts().filter(batch=batch)
    if left:
        rows.update(size=left)
        return
    for pk in rows.values_list("pk", flat=True):
        transition(Attempt, pk, start=Attempt.State.UNKNOWN, end=Attempt.State.NOT_SENT)
        transition(Batch, batch, start=Batch.State.UNKNOWN, end=Batch.State.PLANNED)


def take_over(row: MissingAttempt, batch: Batch, size: int) -> None:
    """Write an attempt into the ledger, in place of the placeholder for the uncertainty."""
    for each in suspensions.uncertain_attempts().filter(batch=batch):
        transition(Attempt, each.pk, start=Attempt.State.UNKNOWN, end=Attempt.State.NOT_SENT)
    batch.refresh_from_db(fields=["state"])
    if batch.state != Batch.State.UNKNOWN:
        transition(Batch, batch.pk, start=batch.state, end=Batch.State.UNKNOWN, not_before=None)
    Attempt.objects.create(
        key=row.key,
        batch=batch,
        state=Attempt.State.UNKNOWN,
        owner=row.get_source_display()[:80],
        lease_until=Now(),
        size=size,
        posted_at=row.submitted_at or row.found_at,
        answered_at=Now(),
        answer=ANSWER,
    )


def keep_key(row: MissingAttempt, batch: Batch) -> None:
    """Keep the key of an attempt at a batch that another attempt resolved or holds."""
    Attempt.objects.create(
        key=row.key,
        batch=batch,
        state=Attempt.State.NOT_SENT,
        owner=row.get_source_display()[:80],
        lease_until=Now(),
        size=row.size,
        posted_at=row.submitted_at or row.found_at,
        answer=ANSWER,
    )


def forget_unsent(key: str) -> None:
    """Make room for an attempt that the ledger has, but not as a submitted one."""
    rows = Attempt.objects.filter(key=key, posted_at=None)
    for attempt in rows.filter(state=Attempt.State.RESERVED).select_related("batch"):
        transition(Attempt, attempt.pk, start=Attempt.State.RESERVED, end=Attempt.State.NOT_SENT)
        transition(
            Batch,
            attempt.batch_id,
            start=Batch.State.CLAIMED,
            end=Batch.State.PLANNED,
        )
    rows.filter(state=Attempt.State.NOT_SENT).delete()


def leave_out(row: MissingAttempt, issue: Issue, people: Sequence[int]) -> None:
    """Record that people got an issue, or may have got it."""
    AlreadyMailed.objects.bulk_create(
        [AlreadyMailed(issue=issue, subscriber_id=pk, attempt=row) for pk in people],
        ignore_conflicts=True,
        batch_size=CHUNK,
    )


def dismiss_missing(rows: Sequence[MissingAttempt], *, by: str) -> int:
    """Close missing attempts that a person decided to ignore; return how many."""
    pks = [row.pk for row in rows]
    found = MissingAttempt.objects.filter(pk__in=pks, state=State.OPEN)
    return int(found.update(state=State.DISMISSED, by=by[:150]))
