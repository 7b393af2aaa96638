"""Clocks that are wrong, or set: nothing goes before its time, nothing waits for the old one."""

from __future__ import annotations

import datetime as dt
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
import time_machine
from django.db import connection
from django.db.models import F
from django.utils import timezone

from newsletter.publishing.models import Issue, Publication
from newsletter.scheduling import slots, wall_clock
from newsletter.scheduling.booking import book_next_slot
from newsletter.scheduling.clock import Clock, tick
from newsletter.scheduling.models import ClockReading, Slot
from newsletter.scheduling.wall_clock import STEADY, WallClock
from newsletter.sending.delivery import claims, recovery
from newsletter.sending.models import Attempt, Batch, Send
from tests import sends

MAX_DELAY = dt.timedelta(hours=6)
LEASE = dt.timedelta(seconds=120)
HOUR, WEEK = dt.timedelta(hours=1), dt.timedelta(weeks=1)
NEVER_SET = dt.timedelta()


@dataclass
class Machine:
    """A machine whose two clocks the test moves; `set_by` is how far its wall clock is off."""

    began: dt.datetime = field(default_factory=timezone.now)
    seconds: float = 0.0
    set_by: dt.timedelta = NEVER_SET
    jumps: int = 0

    def true(self) -> dt.datetime:
        """Return the time that it really is."""
        return self.began + dt.timedelta(seconds=self.seconds)

    def wall(self) -> dt.datetime:
        """Return what its clock says."""
        return self.true() + self.set_by

    def steady(self) -> float:
        """Return the seconds since it began."""
        return self.seconds

    def jumped(self) -> None:
        """Count the jumps that were noticed."""
        self.jumps += 1

    def clock(self) -> WallClock:
        """Return a wall clock that reads these."""
        return WallClock(after_jump=self.jumped, wall=self.wall, steady=self.steady)

    def run(self, clock: WallClock, seconds: int) -> list[dt.datetime]:
        """Tick N seconds long; return what the clock said each time."""
        said = []
        for _ in range(seconds):
            self.seconds += 1
            said.append(clock.now())
        return said


@pytest.fixture
def machine(db: None) -> Machine:
    """A machine on which a service ran until now."""
    made = Machine()
    ClockReading.objects.create(pk=ClockReading.ONLY, at=made.wall())
    return made


@pytest.fixture(autouse=True)
def server_agrees(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of a database server is that of the machine, where a test does not say else."""
    if connection.vendor == "postgresql":
        monkeypatch.setattr(wall_clock, "time_of_server", machine.wall)


def test_right_clock_is_believed(machine: Machine) -> None:
    """A clock that only goes on is believed from the first look, and noted once a minute."""
    clock = machine.clock()
    assert clock.now() == machine.true()
    machine.run(clock, 61)

    assert ClockReading.objects.get().at == machine.true() - dt.timedelta(seconds=1)
    assert machine.jumps == 0


def test_three_weeks_ahead_at_the_start(machine: Machine, caplog: pytest.LogCaptureFixture) -> None:
    """Started with a clock three weeks ahead, it goes by the last time on record, and says so."""
    machine.set_by = 3 * WEEK
    clock = machine.clock()

    said = machine.run(clock, 30)

    assert max(said) <= machine.true()
    assert "21 days 0 h after the last time on record" in caplog.text
    assert ClockReading.objects.get().at == machine.began, "a wrong time was noted"
    machine.set_by = NEVER_SET
    assert machine.run(clock, 1) == [machine.true()]
    assert "the clock was set back by 21 days" in caplog.text


def test_long_pause(machine: Machine) -> None:
    """After a weekend switched off, the clock is believed once it was steady for a minute."""
    machine.seconds += 2 * 24 * 3600
    clock = machine.clock()

    said = machine.run(clock, round(STEADY) + 2)

    assert said[0] < machine.true() - HOUR
    assert said[-1] == machine.true()


def test_first_start_compares_with_what_there_is(db: None, publication: Publication) -> None:
    """Where no service ever ran, the drafts and the tables say what time it was."""
    machine = Machine(set_by=3 * WEEK)

    assert machine.clock().now() < machine.true() + HOUR


def test_queued_just_now(machine: Machine, draft: Callable[[int], Issue]) -> None:
    """What a person queued just now is a time on record: nobody waits a minute for it."""
    ClockReading.objects.update(at=F("at") - WEEK)
    book_next_slot(draft(1), now=machine.wall(), batch_size=10)

    assert machine.clock().now() == machine.true()


def test_set_back_while_it_runs(machine: Machine, caplog: pytest.LogCaptureFixture) -> None:
    """Set back by an hour, it says so once, and goes on by the clock as it is now."""
    clock = machine.clock()
    machine.run(clock, 5)
    machine.set_by = -HOUR

    said = machine.run(clock, 5)

    assert said[-1] == machine.wall()
    assert machine.jumps >= 1
    assert caplog.text.count("the clock was set back by 1 h 0 min") == 1


def test_set_ahead_while_it_runs(machine: Machine, caplog: pytest.LogCaptureFixture) -> None:
    """Set ahead, or after a sleep, it says so, and believes the new time after a minute."""
    clock = machine.clock()
    machine.run(clock, 5)
    machine.set_by = HOUR

    said = machine.run(clock, round(STEADY) + 3)

    assert said[0] <= machine.true() - dt.timedelta(minutes=50) + HOUR
    assert said[-1] == machine.wall()
    assert "the clock went ahead by 1 h 0 min" in caplog.text


def test_set_ahead_for_a_while(machine: Machine) -> None:
    """A clock that is wrong for some seconds never gives a time that is still to come."""
    clock = machine.clock()
    machine.run(clock, 5)
    machine.set_by = 3 * WEEK
    wrong = machine.run(clock, 20)
    machine.set_by = NEVER_SET
    right = machine.run(clock, 20)

    assert max(wrong) <= machine.true()
    assert right[-1] == machine.true()


def test_clock_that_is_slowly_put_right(machine: Machine, caplog: pytest.LogCaptureFixture) -> None:
    """What a time server corrects bit by bit is no jump."""
    clock = machine.clock()
    caplog.set_level(logging.WARNING)
    for _ in range(100):
        machine.set_by += dt.timedelta(milliseconds=500)
        machine.run(clock, 1)

    assert (machine.jumps, caplog.text) == (0, "")


@pytest.mark.parametrize("off", [HOUR, -HOUR])
def test_server_with_another_time(
    machine: Machine,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    off: dt.timedelta,
) -> None:
    """Where the database server's clock differs, the earlier one counts, and it is said once."""
    monkeypatch.setattr(wall_clock, "time_of_server", lambda: machine.wall() + off)
    clock = machine.clock()

    said = machine.run(clock, 100)

    assert said[-1] == min(machine.wall(), machine.wall() + off)
    assert caplog.text.count("the one of the database server") == 1


def test_slot_is_not_held_before_its_time(
    machine: Machine, publication: Publication, draft: Callable[[int], Issue]
) -> None:
    """Seconds with a clock three weeks ahead hold no slot and start no send."""
    tick(machine.true(), late=MAX_DELAY)
    slot, send = book_next_slot(draft(1), now=machine.true(), batch_size=10)
    before = list(Slot.objects.values_list("date", "at", "state"))
    machine.set_by = slot.at - machine.began + HOUR
    clock = machine.clock()

    for now in machine.run(clock, 20):
        tick(now, late=MAX_DELAY)

    send.refresh_from_db()
    assert send.state == Send.State.QUEUED
    assert list(Slot.objects.values_list("date", "at", "state")) == before
    machine.set_by = NEVER_SET
    machine.seconds = (slot.at - machine.began).total_seconds()
    tick(slot.at, late=MAX_DELAY)
    send.refresh_from_db()
    assert send.state != Send.State.QUEUED


def test_nothing_is_doubled_when_the_clock_goes_back(
    machine: Machine, publication: Publication, draft: Callable[[int], Issue]
) -> None:
    """An hour that comes twice starts a send once, and holds each slot once."""
    slot, send = book_next_slot(draft(1), now=machine.true(), batch_size=10)
    tick(slot.at, late=MAX_DELAY)
    send.refresh_from_db()
    started = send.started_at

    for minutes in range(-60, 60, 10):
        tick(slot.at + dt.timedelta(minutes=minutes), late=MAX_DELAY)

    send.refresh_from_db()
    assert send.started_at == started
    assert slots.state_of(Slot.objects.get(pk=slot.pk)) != "held"
    assert Send.objects.count() == 1


# The old clock's waits


def test_batch_that_waits_by_the_old_clock(db: None) -> None:
    """A batch that was to wait half a minute does not wait an hour more."""
    send = sends.begin_send(6)
    Batch.objects.update(not_before=timezone.now() + HOUR)
    assert claims.next_batch() is None

    recovery.forget_waits(LEASE)

    assert claims.next_batch() is not None
    assert sends.batch_states(send)["planned"] == 2


@pytest.mark.parametrize("off", [HOUR, -HOUR])
def test_lease_by_the_old_clock(db: None, off: dt.timedelta) -> None:
    """A sender that lives is not taken for dead; one that died is not waited for an hour more."""
    sends.begin_send(3)
    batch = claims.next_batch()
    assert batch
    attempt = claims.claim_batch(batch, lease=LEASE)
    assert attempt
    Attempt.objects.update(lease_until=timezone.now() + off)

    recovery.forget_waits(LEASE)
    recovery.recover()

    kept = Attempt.objects.get()
    assert kept.state == Attempt.State.RESERVED
    left = kept.lease_until - timezone.now()
    assert dt.timedelta(seconds=60) < left <= LEASE + dt.timedelta(seconds=5)


# The clock of APScheduler, in threads of its own


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("off", [-HOUR, HOUR, 52 * WEEK, -52 * WEEK])
def test_ticks_go_on(off: dt.timedelta, caplog: pytest.LogCaptureFixture) -> None:
    """Whichever way the clock is set, the ticks go on, none is caught up, and the log says it."""
    rung = threading.Semaphore(0)
    with time_machine.travel(timezone.now(), tick=True) as traveller:
        clock = Clock(late=MAX_DELAY, enqueue=rung.release)
        clock.start()
        try:
            assert rung.acquire(timeout=60)
            traveller.shift(off)
            for _ in range(4):
                assert rung.acquire(timeout=60), "the clock stands still"
        finally:
            clock.stop()

    assert "the clock was set back" in caplog.text or "the clock went ahead" in caplog.text
