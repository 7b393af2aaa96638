"""Sender threads rest for long while nothing is to be sent, and no wake-up is lost."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Iterator

import pytest

from newsletter.sending.delivery import claims, dispatch
from newsletter.sending.workers import embedded
from newsletter.sending.workers.embedded import EmbeddedEngine
from newsletter.transports.memory import MemoryTransport

#: Longer than any test may take: what happens did not happen by the time being over.
FOR_EVER = 600.0
#: Seconds that something may take on a busy machine.
LIMIT_SECONDS = 20.0


class Looks:
    """What two senders find: nothing.  The first look of one lasts until it is let go."""

    def __init__(self) -> None:
        self.slow, self.may_end = threading.Event(), threading.Event()
        self.by_slow, self.by_other = threading.Semaphore(0), threading.Semaphore(0)
        self._lock, self._slow_one = threading.Lock(), ""
        self.other = threading.current_thread()

    def look(self) -> None:
        """Look for a batch."""
        looking = threading.current_thread()
        with self._lock:
            self._slow_one = self._slow_one or looking.name
        if looking.name != self._slow_one:
            self.other = looking
            self.by_other.release()
            return
        if not self.slow.is_set():
            self.slow.set()
            self.may_end.wait(LIMIT_SECONDS)
        self.by_slow.release()


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> Looks:
    """The looks of the senders, who rest for ever if nobody wakes them."""
    made = Looks()
    monkeypatch.setattr(claims, "next_batch", made.look)
    monkeypatch.setattr(embedded, "REST_SECONDS", FOR_EVER)
    return made


@pytest.fixture
def engine(looks: Looks) -> Iterator[EmbeddedEngine]:
    """Two senders: one is in the middle of a look, the other rests."""
    made = EmbeddedEngine(MemoryTransport(), senders=2, lease=dt.timedelta(minutes=1))
    made.start()
    assert looks.slow.wait(LIMIT_SECONDS)
    assert looks.by_other.acquire(timeout=LIMIT_SECONDS)
    yield made
    looks.may_end.set()
    made.stop(LIMIT_SECONDS)


@pytest.mark.django_db(transaction=True)
def test_woken_while_it_looks(looks: Looks, engine: EmbeddedEngine) -> None:
    """Who looks while all are woken looks once more, though another has woken up before."""
    while looks.by_other.acquire(timeout=1.0):
        pass  # the watch of the database begins with a wake-up
    engine.enqueue()
    assert looks.by_other.acquire(timeout=LIMIT_SECONDS)

    looks.may_end.set()

    assert looks.by_slow.acquire(timeout=LIMIT_SECONDS)
    assert looks.by_slow.acquire(timeout=LIMIT_SECONDS), "it looked once more"


@pytest.mark.django_db(transaction=True)
def test_who_finds_work_wakes_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """One wake-up is enough for all senders: each that finds a batch wakes another."""
    found, both, resting = threading.Event(), threading.Barrier(2), threading.Semaphore(0)

    def look() -> int | None:
        if found.is_set():
            return 1
        resting.release()
        return None

    def send(batch: int, transport: object, *, lease: dt.timedelta) -> None:
        both.wait(LIMIT_SECONDS)  # breaks, and fails the test, unless both have come
        found.clear()

    monkeypatch.setattr(claims, "next_batch", look)
    monkeypatch.setattr(dispatch, "send_batch", send)
    monkeypatch.setattr(embedded, "REST_SECONDS", FOR_EVER)
    wake_ups = embedded.WakeUps()
    engine = EmbeddedEngine(MemoryTransport(), senders=2, lease=dt.timedelta(minutes=1))
    engine._wake_ups = wake_ups
    for thread in engine._threads:
        thread.start()
    assert all(resting.acquire(timeout=LIMIT_SECONDS) for _ in engine._threads)
    found.set()

    wake_ups.wake()

    assert resting.acquire(timeout=LIMIT_SECONDS)
    assert not both.broken
    assert engine.stop(LIMIT_SECONDS)


@pytest.mark.django_db(transaction=True)
def test_stopped_while_it_looks(looks: Looks, engine: EmbeddedEngine) -> None:
    """A stop waits for nobody who rests."""
    stopped: list[bool] = []
    stopping = threading.Thread(target=lambda: stopped.append(engine.stop(LIMIT_SECONDS)))
    stopping.start()
    looks.other.join(LIMIT_SECONDS)
    assert not looks.other.is_alive()

    looks.may_end.set()

    stopping.join(2 * LIMIT_SECONDS)
    assert stopped == [True]
