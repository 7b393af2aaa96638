"""The jobs of a fleet: written together with what they are about, and never relied upon."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from newsletter.errors import ConfigError
from newsletter.publishing.bootstrap import create_publication
from newsletter.sending.ledger import job_queue
from newsletter.sending.ledger.states import transition, transition_all
from newsletter.sending.models import Attempt, Batch, Edition, Send
from newsletter.sending.operations import control
from newsletter.sending.reporting import jobs
from newsletter.sending.workers.factory import open_engine
from newsletter.transports.base import Message, Recipient, SubmitResult
from newsletter.transports.memory import MemoryTransport
from tests import desks, sends
from tests.program.workspaces import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fleet")]

PAUSED, SENDING = Send.State.PAUSED, Send.State.SENDING
PLANNED, CLAIMED = Batch.State.PLANNED, Batch.State.CLAIMED
TIMEOUT_SECONDS = 60.0
IN_PROGRESS = "SELECT id FROM procrastinate_jobs WHERE status = 'doing'"


class Undone(Exception):
    """Thrown to roll a transaction back."""


def rows(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """Return what a statement finds."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


def waiting() -> dict[int, dt.datetime | None]:
    """Return the batches that a job waits for, each with the job's time; fail at a second job."""
    found = rows("SELECT args ->> 'batch_id', scheduled_at FROM procrastinate_jobs"
                 " WHERE status = 'todo'")  # fmt: skip
    assert len({batch for batch, _ in found}) == len(found)
    return {int(batch): at for batch, at in found}


@pytest.fixture
def make_send() -> Callable[..., Send]:
    """Make a paused send with N batches of nobody."""

    def make(count: int = 3) -> Send:
        issue = desks.draft(create_publication("Tideline Digest"))
        edition = Edition.objects.create(issue=issue, subject="Reed beds", hash="0" * 64)
        send = Send.objects.create(issue=issue, edition=edition, at=timezone.now(), state=PAUSED)
        Batch.objects.bulk_create(Batch(send=send, number=n + 1) for n in range(count))
        return send

    return make


@pytest.fixture
def send(make_send: Callable[..., Send]) -> Send:
    """A paused send with three batches."""
    return make_send()


def ids(send: Send) -> list[int]:
    """Return the batches of a send in their order."""
    return list(send.batches.order_by("number").values_list("pk", flat=True))


def test_a_send_that_goes_rings_for_every_batch(send: Send) -> None:
    """When a send goes on there is one job for each batch that waits, due at once."""
    assert waiting() == {}

    control.resume(send)

    assert waiting() == dict.fromkeys(ids(send))


def test_ten_thousand_are_one_statement(
    make_send: Callable[..., Send], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """To ring for a send costs one statement however many batches it has."""
    send = make_send(10_000)

    with django_assert_num_queries(4):  # begin, step, ring, commit
        transition(Send, send.pk, start=PAUSED, end=SENDING)

    assert len(waiting()) == 10_000


def test_a_batch_that_is_planned_again_has_a_job_again(send: Send) -> None:
    """Whoever lets a batch be claimed again rings for it, one or many, by taking the step."""
    control.resume(send)
    first, *others = ids(send)
    transition_all(Batch, [first, *others], start=PLANNED, end=CLAIMED)
    rows("DELETE FROM procrastinate_jobs")

    transition(Batch, first, start=CLAIMED, end=PLANNED)
    assert waiting() == {first: None}

    transition_all(Batch, others, start=CLAIMED, end=PLANNED)
    assert set(waiting()) == {first, *others}


def test_what_is_rolled_back_rings_for_nobody(send: Send) -> None:
    """A job comes and goes with the transaction of its step."""
    with contextlib.suppress(Undone), transaction.atomic():
        transition(Send, send.pk, start=PAUSED, end=SENDING)
        assert len(waiting()) == 3
        raise Undone

    assert waiting() == {}


class Meddling(MemoryTransport):
    """Rings, while the first batch is submitted, in a transaction that is rolled back."""

    def __init__(self, send: Send) -> None:
        super().__init__()
        self._send, self.counts = send, list[int]()

    def submit(self, message: Message, recipients: Sequence[Recipient]) -> SubmitResult:
        """Count the jobs that wait: before, inside, and after the transaction."""
        if not self.counts:
            rows("DELETE FROM procrastinate_jobs WHERE status = 'todo'")
            with contextlib.suppress(Undone), transaction.atomic():
                job_queue.enqueue_send(self._send.pk)
                self.counts.append(len(waiting()))
                raise Undone
            self.counts.append(len(waiting()))
        return super().submit(message, recipients)


def test_also_inside_a_worker() -> None:
    """In a sender of a worker, too, a job comes and goes with the transaction of its step."""
    send = sends.begin_send(12, batch_size=3)
    transport = Meddling(send)
    engine = open_engine(settings.CONFIG, transport, senders=1)
    engine.start()
    try:
        wait_until(
            lambda: sends.batch_states(send)["accepted"] == 1 and not rows(IN_PROGRESS),
            TIMEOUT_SECONDS,
        )
        assert transport.counts == [3, 0]
        assert sends.batch_states(send) == {"accepted": 1, "planned": 3}

        job_queue.enqueue_send(send.pk)
        wait_until(lambda: sends.batch_states(send) == {"accepted": 4}, TIMEOUT_SECONDS)
    finally:
        assert engine.stop(TIMEOUT_SECONDS)


def test_a_job_is_due_with_its_batch(send: Send) -> None:
    """A batch that must wait has a job for that time; the job that it had is put right."""
    control.resume(send)
    batch = ids(send)[0]
    later = timezone.now() + dt.timedelta(minutes=5)

    send.batches.filter(pk=batch).update(not_before=later)
    job_queue.enqueue([batch])
    assert waiting()[batch] == later

    control.pause(send)
    control.resume(send)
    assert waiting()[batch] is None


def test_a_job_that_comes_too_early_waits(send: Send) -> None:
    """A job that is taken before its batch may be claimed leaves one for the right time."""
    later = timezone.now() + dt.timedelta(minutes=5)
    control.resume(send)
    send.batches.update(not_before=later)
    engine = open_engine(settings.CONFIG, MemoryTransport(), senders=2)

    engine.start()

    try:
        wait_until(lambda: waiting() == dict.fromkeys(ids(send), later), TIMEOUT_SECONDS)
    finally:
        assert engine.stop(TIMEOUT_SECONDS)
    assert sends.batch_states(send) == {"planned": 3}


def test_a_worker_may_be_stopped_while_it_starts() -> None:
    """Told to stop in the middle of its start, a worker still ends."""
    for _ in range(10):
        engine = open_engine(settings.CONFIG, MemoryTransport(), senders=1)
        engine.start()
        assert engine.stop(TIMEOUT_SECONDS)


def test_the_jobs_of_the_dead_are_pruned(send: Send) -> None:
    """The job of a worker that gives no sign of life ends, and its batch is rung for again."""
    control.resume(send)
    [(worker,)] = rows("SELECT worker_id FROM procrastinate_register_worker_v1()")
    rows("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", worker)
    assert job_queue.requeue_missing() == 0

    rows("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
    assert jobs.read_overview().counts.stalled == 3

    assert job_queue.requeue_missing() == 3
    assert set(waiting()) == set(ids(send))
    counts = jobs.read_overview().counts
    assert (counts.waiting, counts.stalled, counts.failed) == (3, 0, 3)


def test_dead_workers_are_forgotten(send: Send) -> None:
    """A worker that is dead can be seen for ten minutes."""
    rows("SELECT procrastinate_register_worker_v1(), procrastinate_register_worker_v1()")
    rows("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '9 minutes'")
    job_queue.requeue_missing()
    assert [worker.alive for worker in jobs.read_overview().workers] == [False, False]

    rows("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '11 minutes'")
    job_queue.requeue_missing()
    assert jobs.read_overview().workers == []


def test_a_worker_outlives_its_connections() -> None:
    """When the database drops every connection, a worker comes back by itself."""
    send = sends.begin_send(6, batch_size=3)
    rows("DELETE FROM procrastinate_jobs")
    engine = open_engine(settings.CONFIG, MemoryTransport(), senders=1)
    engine.start()
    try:
        wait_until(lambda: jobs.read_overview().workers, TIMEOUT_SECONDS)
        rows("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
             " WHERE datname = current_database() AND pid <> pg_backend_pid()")  # fmt: skip

        job_queue.enqueue_send(send.pk)

        wait_until(lambda: sends.batch_states(send) == {"accepted": 2}, TIMEOUT_SECONDS)
    finally:
        assert engine.stop(TIMEOUT_SECONDS)


def test_a_round_leaves_alone_what_is_in_order(send: Send) -> None:
    """Batches with a job, of sends that stand still, or that nobody may claim, are not rung for."""
    assert job_queue.requeue_missing() == 0
    control.resume(send)
    first, *_ = ids(send)
    transition(Batch, first, start=PLANNED, end=CLAIMED)
    rows("DELETE FROM procrastinate_jobs WHERE args ->> 'batch_id' = %s", str(first))

    assert job_queue.requeue_missing() == 0

    send.batches.filter(state=PLANNED).update(not_before=timezone.now() + dt.timedelta(hours=1))
    job_queue.enqueue_send(send.pk)
    send.batches.filter(number=2).update(not_before=None)
    assert job_queue.requeue_missing() == 1


def test_jobs_are_written_for_what_is_named(send: Send) -> None:
    """For the batches of one send, or for these batches; others that could go have none by it."""
    issue = desks.draft(send.issue.publication, 2)
    other = Send.objects.create(issue=issue, edition=send.edition, at=send.at, state=SENDING)
    Batch.objects.create(send=other, number=1)
    Send.objects.filter(pk=send.pk).update(state=SENDING)

    job_queue.enqueue(ids(send)[:1])
    assert set(waiting()) == set(ids(send)[:1])
    job_queue.enqueue_send(send.pk)
    assert set(waiting()) == set(ids(send))

    transition(Batch, ids(other)[0], start=PLANNED, end=CLAIMED)
    job_queue.enqueue_send(other.pk)
    assert set(waiting()) == set(ids(send))


def test_old_failures_are_forgotten(send: Send) -> None:
    """A job that ended badly is kept for a week, for people to see."""
    control.resume(send)
    rows("UPDATE procrastinate_jobs SET status = 'failed'")
    job_queue.requeue_missing()
    assert jobs.read_overview().counts.failed == 3

    rows("UPDATE procrastinate_events SET at = at - interval '8 days'")
    job_queue.requeue_missing()
    assert jobs.read_overview().counts.failed == 0


def test_what_people_see(send: Send) -> None:
    """The overview names the batches in progress with who has them, and those to come."""
    control.resume(send)
    first, second, third = ids(send)
    later = timezone.now() + dt.timedelta(minutes=5)
    send.batches.filter(pk=third).update(not_before=later)
    job_queue.enqueue([third])
    [(worker,)] = rows("SELECT worker_id FROM procrastinate_register_worker_v1()")
    rows("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s"
         " WHERE args ->> 'batch_id' = %s", worker, str(first))  # fmt: skip
    transition(Batch, first, start=PLANNED, end=CLAIMED)
    Attempt.objects.create(
        key="k", batch_id=first, owner="quay:7:8", lease_until=timezone.now(), size=1
    )

    seen = jobs.read_overview()

    assert seen.counts == jobs.Counts(waiting=1, later=1, in_progress=1, stalled=0, failed=0)
    [alive] = seen.workers
    assert (alive.number, alive.alive, alive.jobs, alive.machine) == (worker, True, 1, "quay:7")
    [running], [to_come] = seen.in_progress, seen.coming
    assert (running.batch, running.send, running.sender) == (1, send.pk, "quay:7:8")
    assert (to_come.batch, to_come.title, to_come.at) == (3, send.issue.title, later)
    assert second in waiting()


def test_without_the_tables() -> None:
    """Where the tables of the jobs are gone, the error names the database and the way back."""
    with contextlib.suppress(Undone), transaction.atomic():
        rows("ALTER TABLE procrastinate_jobs RENAME TO elsewhere")
        with pytest.raises(ConfigError, match=r"\[database\] url") as raised:
            open_engine(settings.CONFIG, MemoryTransport(), senders=1)
        assert "django_migrations" in raised.value.hint
        raise Undone
