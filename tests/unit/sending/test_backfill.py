"""Attempts that a restored database lacks, where its mail waits at the provider."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.utils import timezone

from newsletter.publishing.models import Issue
from newsletter.sending.delivery import dispatch
from newsletter.sending.models import Attempt, Batch, MissingAttempt, ProviderBatch, Send
from newsletter.sending.planning.queue import queue
from newsletter.sending.prescheduled import cancellation, provider_batches
from newsletter.sending.reporting.totals import list_people
from newsletter.sending.restores import backfill, suspensions
from newsletter.sending.restores.submission_log import to_ranges
from newsletter.transports.cancellation import Status
from subscribers.models import Subscriber
from subscribers.subscriptions import unsubscribe
from tests.unit.sending.conftest import MAX_DELAY, AddPeople
from tests.unit.sending.test_prescheduled import Stage, ahead, stage

__all__ = ["ahead", "stage"]

Ahead = Callable[..., Send]
Source = MissingAttempt.Source


def later(batch: Batch, *, without: int = 0) -> MissingAttempt:
    """Return an attempt at a batch that was made after the backup, as a submission log has it."""
    people = list(batch.deliveries.order_by("subscriber_id").values_list("subscriber", flat=True))
    return MissingAttempt(
        key="f" * 32,
        source=Source.SUBMISSION_LOG,
        send=batch.send_id,
        batch=batch.number,
        submitted_at=timezone.now() + dt.timedelta(seconds=1),
        size=len(people) - without,
        people=to_ranges(people[without:]),
        issue_key=batch.send.issue.translation_key.hex,
    )


def test_provider_batch_that_was_cancelled_after_the_backup(stage: Stage, ahead: Ahead) -> None:
    """The ledger takes its first request for waiting; the log names a second one for its people.

    So the first was cancelled, and the second waits: nobody of it is submitted a third time,
    however many leave.
    """
    send = ahead()
    stage.run_until_resolved()
    [batch, *_] = send.batches.order_by("number")
    assert batch.state == Batch.State.ACCEPTED
    first = batch.attempts.get()

    suspensions.report_missing([later(batch)])
    assert backfill.restore_all() == 1

    batch.refresh_from_db()
    first.refresh_from_db()
    assert (first.state, batch.state) == (Attempt.State.CANCELLED, Batch.State.UNKNOWN)
    assert batch.attempts.get(key="f" * 32).state == Attempt.State.UNKNOWN
    suspensions.lift_suspension()
    before = len(stage.provider.mailbox)
    unsubscribe(Subscriber.objects.get(deliveries=batch.deliveries.all()[:1]))
    stage.pass_time(dt.timedelta(minutes=10))
    stage.run_until_resolved()
    again = [mail.address for mail in list(stage.provider.mailbox)[before:]]
    assert not set(again) & set(batch.deliveries.values_list("address", flat=True))


def test_somebody_had_left_before_the_second_request(stage: Stage, ahead: Ahead) -> None:
    """Who was in the first request and not in the second is known to have nothing."""
    send = ahead()
    stage.run_until_resolved()
    [batch, *_] = send.batches.order_by("number")

    suspensions.report_missing([later(batch, without=1)])
    backfill.restore_all()

    found = send.batches.get(attempts__key="f" * 32)
    assert found.deliveries.count() == 1
    left = suspensions.uncertain_attempts().get()
    assert left.batch_id == batch.pk
    assert left.size == 1


def test_accepted_at_once_stays_accepted(stage: Stage, ahead: Ahead) -> None:
    """Nothing cancels what has left: another attempt changes nothing, and is kept."""
    send = ahead()
    stage.run_until_resolved()
    Attempt.objects.update(provider_batch=None)
    [batch, *_] = send.batches.order_by("number")

    suspensions.report_missing([later(batch)])
    backfill.restore_all()

    batch.refresh_from_db()
    assert batch.state == Batch.State.ACCEPTED
    assert batch.attempts.get(key="f" * 32).state == Attempt.State.NOT_SENT
    assert not suspensions.open_attempts().exists()


def test_number_that_is_cancelled_takes_nothing_more(stage: Stage, ahead: Ahead) -> None:
    """What a restored ledger takes for open was cancelled: its people go under another number."""
    send = ahead()
    stage.run_until_resolved()
    provider_batch = send.provider_batches.filter(state=ProviderBatch.State.OPEN).order_by("group")[
        0
    ]
    stage.canceller.set_status(provider_batch.provider_id, Status.CANCEL)

    assert cancellation.cancel_forgotten(stage.canceller) == 1

    provider_batch.refresh_from_db()
    assert provider_batch.state == ProviderBatch.State.CANCELLING
    stage.run_until_resolved()
    assert ProviderBatch.objects.get(pk=provider_batch.pk).state == ProviderBatch.State.CANCELLED
    stage.pass_time(dt.timedelta(minutes=40))
    stage.go()
    assert len(stage.left()) == len(set(stage.left())) == 6
    assert not provider_batches.has_open(send)


def test_people_whom_only_the_log_names_are_unknown(issue: Issue, add_people: AddPeople) -> None:
    """Before, after and once they are left out: `send who --state unknown` lists each once."""
    known = add_people(2)
    send = queue(issue, at=timezone.now(), batch_size=10)
    lost = MissingAttempt(
        key="f" * 32,
        source=Source.SUBMISSION_LOG,
        send=send.pk,
        batch=1,
        submitted_at=timezone.now(),
        size=1,
        people=to_ranges([known[0].pk]),
        issue_key=issue.translation_key.hex,
    )

    suspensions.report_missing([lost])
    before = list_people(send, "unknown")
    backfill.restore_all()
    after = list_people(send, "unknown")
    suspensions.lift_suspension()
    dispatch.start_due(timezone.now(), late=MAX_DELAY)
    send.refresh_from_db()

    assert [(address, stands) for address, stands, _ in before] == [(known[0].email, "unknown")]
    assert after == before
    assert list_people(send, "unknown") == [(known[0].email, "excluded", "unknown")]
    assert [address for address, _, _ in list_people(send)] == [known[1].email, known[0].email]
