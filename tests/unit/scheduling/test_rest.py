"""The clock asks the tables when something changed, is in progress or is due, and else rests."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from apscheduler.job import Job
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import STATE_RUNNING
from django.utils import timezone

from newsletter.publishing.models import Publication
from newsletter.scheduling import rest
from newsletter.scheduling.clock import Clock, FromNow, tick
from newsletter.scheduling.models import Slot
from newsletter.scheduling.rest import MAX_REST_SECONDS, Rest, seconds_of_rest
from newsletter.sending.delivery import claims
from newsletter.sending.models import Batch, ProviderBatch, Send
from newsletter.sending.prescheduled import work_left
from newsletter.transports.sendgrid.cancellation import SendGridCancellation
from newsletter.transports.sendgrid.client import Limits
from tests.program.workspaces import wait_until
from tests.unit.sending.conftest import add_people, issue, readers, rows, start
from tests.unit.sending.ledger_rows import Rows

__all__ = ["add_people", "issue", "readers", "rows", "start"]

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
WEEKS = dt.timedelta(weeks=3)
#: Seconds that something may take on a busy machine.
LIMIT_SECONDS = 20.0


@pytest.mark.django_db
def test_nothing_is_due(publication: Publication) -> None:
    """Nothing is asked for some seconds."""
    Slot.objects.all().delete()

    assert seconds_of_rest(NOW) == MAX_REST_SECONDS


@pytest.mark.django_db
def test_a_slot_is_due_to_the_second(publication: Publication) -> None:
    """Whatever the clock knows to come ends the rest when it is due."""
    Slot.objects.all().delete()
    Slot.objects.create(publication=publication, date=NOW.date(), at=NOW + 4 * SECOND)

    assert seconds_of_rest(NOW) == 4


@pytest.mark.django_db
def test_a_queued_send_is_due(start: Callable[..., Send], add_people: Callable[..., Any]) -> None:
    """So does a send that is queued for a time; one that is overdue allows no rest."""
    add_people(1)
    Slot.objects.all().delete()
    Send.objects.filter(pk=start().pk).update(state="queued", at=NOW + 4 * SECOND)

    assert seconds_of_rest(NOW) == 4
    assert seconds_of_rest(NOW + 5 * SECOND) == 0


@pytest.mark.django_db
def test_mail_that_is_submitted_before_its_time(
    start: Callable[..., Send], add_people: Callable[..., Any]
) -> None:
    """A pre-scheduled send ends the rest when it is to be submitted, and again at its time."""
    add_people(1)
    Slot.objects.all().delete()
    send = start()
    publication = send.issue.publication
    publication.preschedule_minutes, publication.delivery_mode = 60, "prescheduled"
    publication.save()
    at = NOW + dt.timedelta(minutes=60)
    Send.objects.filter(pk=send.pk).update(state="queued", at=at + 4 * SECOND)

    assert seconds_of_rest(NOW) == 4
    assert seconds_of_rest(NOW + 5 * SECOND) == MAX_REST_SECONDS
    assert seconds_of_rest(at) == 4


#: How long the clock may rest with a send, or mail at the provider, in each state.  One that a
#: person or an event moves on is looked at after that change.
RESTS = {
    Send.State.QUEUED: 4.0,
    Send.State.PLANNING: 0.0,
    Send.State.SENDING: 0.0,
    Send.State.PAUSED: MAX_REST_SECONDS,
    Send.State.HELD: MAX_REST_SECONDS,
    Send.State.UNRESOLVED: MAX_REST_SECONDS,
    Send.State.SENT: MAX_REST_SECONDS,
    Send.State.CANCELLED: MAX_REST_SECONDS,
}
RESTS_AT_THE_PROVIDER = {
    ProviderBatch.State.NEW: 0.0,
    ProviderBatch.State.OPEN: 0.0,
    ProviderBatch.State.CANCELLING: 0.0,
    ProviderBatch.State.RELEASING: 0.0,
    ProviderBatch.State.CANCELLED: MAX_REST_SECONDS,
    ProviderBatch.State.RELEASED: MAX_REST_SECONDS,
}


@pytest.mark.django_db
def test_rest_in_each_state_of_a_send(rows: Rows) -> None:
    """Nothing rests while mail may leave, whatever the state of the send and of its batches."""
    Slot.objects.all().delete()
    for state in Send.State:
        send = rows.send(state, at=NOW + 4 * SECOND)
        for each in Batch.State:
            rows.batch(send, each)
        claimable = Batch.objects.claimable().exists()

        assert seconds_of_rest(NOW) == RESTS[state], state
        assert claims.is_in_progress() is claimable, "senders look for it"
        assert not claimable or rest.is_in_progress()
        send.delete()


@pytest.mark.django_db
def test_rest_in_each_state_of_mail_at_the_provider(rows: Rows) -> None:
    """Whoever leaves is taken out in time, and what waits leaves in time, though its send rests."""
    Slot.objects.all().delete()
    at = NOW - WEEKS
    for sends in (Send.State.PAUSED, Send.State.HELD, Send.State.CANCELLED, Send.State.SENT):
        send = rows.send(sends, at=at, delivery_mode="on_hold")
        for state in ProviderBatch.State:
            batch = ProviderBatch.objects.create(send=send, group=1, at=at, state=state)

            assert seconds_of_rest(NOW) == RESTS_AT_THE_PROVIDER[state], (sends, state)
            assert work_left.is_left(NOW) is rest.is_in_progress(), (sends, state)
            batch.delete()
        send.delete()


@pytest.mark.django_db
def test_a_sender_that_died_after_its_send_was_stopped(rows: Rows) -> None:
    """Its batch is given back, or unknown, by the tick that comes after each rest in any case."""
    Slot.objects.all().delete()
    for state in (Send.State.PAUSED, Send.State.HELD, Send.State.CANCELLED):
        send = rows.send(state)
        for attempt in ("reserved", "in_flight"):
            rows.attempt(rows.batch(send, "claimed"), attempt, left=-SECOND)
        assert seconds_of_rest(NOW) == MAX_REST_SECONDS

        tick(timezone.now(), late=WEEKS)

        found = send.batches.order_by("number").values_list("state", flat=True)
        assert list(found) == ["planned", "unknown"], state
        send.delete()


@pytest.mark.django_db
def test_nothing_is_left_to_tend(
    start: Callable[..., Send], add_people: Callable[..., Any]
) -> None:
    """What waits at the provider, or left it lately, is tended; a send that never was there not."""
    add_people(1)
    send = start()
    assert not work_left.is_left(NOW)

    batch = ProviderBatch.objects.create(send=send, group=1, at=NOW, state="open")
    tended: tuple[tuple[dict[str, Any], bool], ...] = (
        ({"state": "open", "at": NOW - WEEKS}, True),
        ({"state": "cancelled", "has_status": True}, True),
        ({"has_status": False}, False),
        ({"state": "released", "at": NOW}, True),
    )
    for columns, expected in tended:
        ProviderBatch.objects.filter(pk=batch.pk).update(**columns)
        assert work_left.is_left(NOW) is expected
    batch.delete()
    sent: tuple[tuple[dict[str, Any], bool], ...] = (
        ({"delivery_mode": "prescheduled", "state": "sending", "at": NOW - WEEKS}, True),
        ({"state": "sent"}, False),
        ({"at": NOW}, True),
        ({"state": "queued"}, False),
    )
    for columns, expected in sent:
        Send.objects.filter(pk=send.pk).update(**columns)
        assert work_left.is_left(NOW) is expected


@pytest.mark.django_db
def test_a_change_that_begins_nothing_wakes_only_the_tick(
    start: Callable[..., Send], add_people: Callable[..., Any]
) -> None:
    """Results, and mail at the provider, are looked at after changes while something goes on."""
    provider = SendGridCancellation(
        base_url="http://127.0.0.1:9", api_key="SG.trial", limits=Limits(connect=1, answer=1)
    )
    clock = Clock(late=dt.timedelta(hours=1), enqueue=int, canceller=provider)
    everything, *others = clock._rests.values()

    assert everything is None
    assert [question() for question in others if question] == [False, False]
    add_people(1)
    Send.objects.filter(pk=start().pk).update(state="sending")
    assert [question() for question in others if question] == [True, True]


# Jobs that sleep


@pytest.fixture
def job() -> Job:
    """A job of a scheduler that does not run: it is due in a second."""
    scheduler = BackgroundScheduler(timezone=dt.UTC)
    return scheduler.add_job(print, FromNow(1.0), next_run_time=NOW + SECOND)


def test_a_job_sleeps_and_is_woken(job: Job) -> None:
    """A job that found nothing sleeps; a change has it run at once."""
    resting = Rest(job)
    with time_machine.travel(NOW, tick=False) as traveller:
        resting.end()
        resting.begin(8.0)
        assert job.next_run_time == NOW + 8 * SECOND

        traveller.shift(2)
        resting.wake()

    assert job.next_run_time == NOW + 2 * SECOND + rest.WAKE_SECONDS * SECOND


def test_a_change_while_it_runs(job: Job) -> None:
    """A job during which something changed does not sleep: it runs again within its second."""
    resting = Rest(job)
    with time_machine.travel(NOW, tick=False):
        resting.end()
        resting.wake()
        resting.begin(8.0)
        assert job.next_run_time == NOW + SECOND

        resting.end()
        resting.begin(8.0)
        assert job.next_run_time == NOW + 8 * SECOND, "the next run has seen it"


def test_a_job_that_is_gone(job: Job) -> None:
    """A change that comes while the clock is being stopped wakes nobody, and is no error."""
    resting = Rest(job)
    resting.end()
    resting.begin(8.0)
    job.remove()

    resting.wake()

    resting.end()
    resting.begin(8.0)


def test_a_job_that_falls_asleep_during_the_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stop waits for the job, and the job for nothing that the stop holds."""
    clock = Clock(late=dt.timedelta(hours=6), enqueue=lambda: None)
    works, may_end = threading.Event(), threading.Event()

    def work_and_rest() -> None:
        works.set()
        assert may_end.wait(LIMIT_SECONDS)
        clock._rest.begin(MAX_REST_SECONDS)

    monkeypatch.setattr(clock, "_do_duties", work_and_rest)
    monkeypatch.setattr(clock._wall_clock, "stop", lambda: None)
    clock.start()
    assert works.wait(LIMIT_SECONDS)
    stop = threading.Thread(target=clock.stop, daemon=True)
    stop.start()
    wait_until(lambda: clock._scheduler.state != STATE_RUNNING, LIMIT_SECONDS)

    may_end.set()

    stop.join(LIMIT_SECONDS)
    assert not stop.is_alive()
