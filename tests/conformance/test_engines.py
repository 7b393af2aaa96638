"""Every engine keeps the promises of the ledger, on every database that it works on."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import pytest
from django.conf import settings
from django.db import connection

from newsletter.errors import Throttled, TransportError
from newsletter.sending.delivery import claims, recovery
from newsletter.sending.ledger import job_queue
from newsletter.sending.models import Attempt, Batch, Send
from newsletter.sending.operations import control
from newsletter.sending.workers.base import Engine
from newsletter.sending.workers.factory import open_engine
from newsletter.transports.base import Message, Recipient, SubmitResult
from newsletter.transports.memory import MemoryTransport
from tests import sends
from tests.conftest import ON_POSTGRES
from tests.program.workspaces import wait_until
from tests.sends import batch_states

pytestmark = pytest.mark.django_db(transaction=True)

ENGINES = ["embedded", "procrastinate"] if ON_POSTGRES else ["embedded"]
LEASE = dt.timedelta(seconds=120)
#: A lease that is over when it begins.
OVER = dt.timedelta(seconds=-1)
#: Seconds within which whatever is waited for must come.
TIMEOUT_SECONDS = 60.0


class Guarded(MemoryTransport):
    """Lets a batch leave only once `open` is set; `entered` says that one stands before it."""

    def __init__(self, answers: Sequence[TransportError | None] = ()) -> None:
        super().__init__(answers)
        self.entered, self.open = threading.Semaphore(0), threading.Event()

    def submit(self, message: Message, recipients: Sequence[Recipient]) -> SubmitResult:
        """Wait, then answer like any other."""
        self.entered.release()
        assert self.open.wait(TIMEOUT_SECONDS)
        return super().submit(message, recipients)


OpenEngine = Callable[..., Engine]


@pytest.fixture(autouse=True, params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    """The engine that a test is about."""
    if request.param == "procrastinate":
        request.getfixturevalue("fleet")
    return str(request.param)


@pytest.fixture
def run(engine_name: str) -> Iterator[OpenEngine]:
    """Start an engine; it ends with the test."""
    running: list[Engine] = []

    def start(transport: MemoryTransport, senders: int = 2) -> Engine:
        engine = open_engine(settings.CONFIG, transport, senders=senders)
        engine.start()
        running.append(engine)
        return engine

    yield start
    for engine in running:
        engine.stop(TIMEOUT_SECONDS)


@pytest.fixture
def send() -> Send:
    """A send of eight batches of three people each, ready to be claimed."""
    return sends.begin_send(24, batch_size=3)


def all_accepted(send: Send) -> bool:
    """Return whether nothing is left to do."""
    return set(batch_states(send)) == {"accepted"}


def forget_jobs() -> None:
    """Delete every job, where there are any."""
    if job_queue.is_used():
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs")


def no_jobs() -> bool:
    """Return whether senders have looked wherever they were rung for."""
    if not job_queue.is_used():
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM procrastinate_jobs")
        return cursor.fetchone() == (0,)


def test_every_batch_is_submitted_once(run: OpenEngine, send: Send) -> None:
    """Two engines with two senders each submit every batch, and none of them twice."""
    transport = MemoryTransport()

    run(transport)
    run(transport)

    wait_until(lambda: all_accepted(send), TIMEOUT_SECONDS)
    assert set(Counter(transport.addresses()).values()) == {1}
    assert len(transport.addresses()) == 24
    assert Attempt.objects.count() == 8


def test_several_share_the_work(run: OpenEngine, send: Send) -> None:
    """While one sender waits for an answer, another takes the next batch."""
    first, second = Guarded(), Guarded()

    run(first, senders=1)
    run(second, senders=1)

    assert first.entered.acquire(timeout=TIMEOUT_SECONDS)
    assert second.entered.acquire(timeout=TIMEOUT_SECONDS)
    first.open.set()
    second.open.set()
    wait_until(lambda: all_accepted(send), TIMEOUT_SECONDS)
    assert len(first.addresses()) + len(second.addresses()) == 24


def test_a_reserved_batch_of_the_dead_is_taken_up(run: OpenEngine, send: Send) -> None:
    """What a sender had claimed, but not posted when it died, goes out when its lease is over."""
    for batch in send.batches.all()[:3]:
        assert claims.claim_batch(batch.pk, lease=OVER)
    forget_jobs()
    engine, transport = run(MemoryTransport()), MemoryTransport()
    wait_until(lambda: batch_states(send)["accepted"] == 5 or engine.enqueue(), TIMEOUT_SECONDS)

    run(transport)
    recovery.recover()

    wait_until(lambda: all_accepted(send), TIMEOUT_SECONDS)
    assert Attempt.objects.filter(state=Attempt.State.NOT_SENT).count() == 3


def test_a_posted_batch_of_the_dead_is_unknown(run: OpenEngine, send: Send) -> None:
    """What a sender had posted when it died is never submitted again unasked."""
    transport = MemoryTransport()
    lost = send.batches.all()[2]
    attempt = claims.claim_batch(lost.pk, lease=LEASE)
    assert attempt
    assert claims.begin_submission(attempt, lease=OVER)

    engine = run(transport)
    recovery.recover()
    wait_until(lambda: batch_states(send) == {"accepted": 7, "unknown": 1}, TIMEOUT_SECONDS)
    job_queue.enqueue([lost.pk])
    engine.enqueue()

    assert engine.stop(TIMEOUT_SECONDS)
    assert batch_states(send) == {"accepted": 7, "unknown": 1}
    assert len(transport.addresses()) == 21


def test_a_pause_stops_claiming(run: OpenEngine, send: Send) -> None:
    """While a send is paused only what was in progress is finished; then the rest follows."""
    transport = Guarded()
    run(transport, senders=1)
    assert transport.entered.acquire(timeout=TIMEOUT_SECONDS)

    control.pause(send)
    transport.open.set()
    wait_until(lambda: batch_states(send)["accepted"] == 1 and no_jobs(), TIMEOUT_SECONDS)

    assert claims.next_batch() is None
    assert batch_states(send) == {"accepted": 1, "planned": 7}

    control.resume(send)
    wait_until(lambda: all_accepted(send), TIMEOUT_SECONDS)


def test_what_must_wait_comes_again(run: OpenEngine, send: Send) -> None:
    """A batch that the provider asks to bring again later is brought then, by whoever is free."""
    transport = MemoryTransport([Throttled("slow down", seconds=0.5)])

    run(transport)

    wait_until(lambda: all_accepted(send), TIMEOUT_SECONDS)
    returned = Attempt.objects.get(state=Attempt.State.NOT_SENT)
    again = Attempt.objects.get(batch=returned.batch, state=Attempt.State.ACCEPTED)
    assert again.created_at >= returned.created_at + dt.timedelta(seconds=0.5)
    assert set(Counter(transport.addresses()).values()) == {1}


def test_it_repairs_the_queue_when_all_jobs_are_lost(run: OpenEngine, send: Send) -> None:
    """Nothing hangs on a job: when all are gone, the clock's ring brings the batches back."""
    forget_jobs()
    engine = run(MemoryTransport())

    wait_until(lambda: all_accepted(send) or engine.enqueue(), TIMEOUT_SECONDS)

    assert Attempt.objects.count() == 8


def test_to_stop_is_to_finish(run: OpenEngine, send: Send) -> None:
    """An engine that is told to stop records what is in progress and claims nothing more."""
    transport = Guarded()
    engine = run(transport, senders=2)
    assert transport.entered.acquire(timeout=TIMEOUT_SECONDS)
    assert transport.entered.acquire(timeout=TIMEOUT_SECONDS)
    timer = threading.Timer(0.3, transport.open.set)
    timer.start()

    finished = engine.stop(TIMEOUT_SECONDS)

    timer.join()
    assert finished
    assert batch_states(send) == {"accepted": 2, "planned": 6}


def test_to_stop_does_not_take_longer_than_it_may(run: OpenEngine, send: Send) -> None:
    """An engine whose senders do not come back in time says so, for all of them together."""
    transport = Guarded()
    engine = run(transport, senders=2)
    assert transport.entered.acquire(timeout=TIMEOUT_SECONDS)
    assert transport.entered.acquire(timeout=TIMEOUT_SECONDS)

    finished = engine.stop(0.2)

    assert not finished
    transport.open.set()
    assert engine.stop(TIMEOUT_SECONDS)
    assert batch_states(send)[Batch.State.CLAIMED] == 0
