"""The senders beside `serve`: started when something is to be sent, again if they die."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from newsletter.runtime.sender_process import (
    QUIET_SECONDS,
    SenderProcess,
    is_wanted,
)
from newsletter.runtime.sender_state import SenderState, known
from newsletter.scheduling.rest import MAX_REST_SECONDS
from newsletter.sending.models import Send
from newsletter.sending.workers.embedded import EmbeddedEngine
from newsletter.transports.memory import MemoryTransport
from tests.unit.sending.conftest import add_people, issue, publication, readers, start

__all__ = ["add_people", "issue", "publication", "readers", "start"]

pytestmark = pytest.mark.django_db(transaction=True)

#: A process that lives as a worker does: until its standard input ends.
LIVES = [sys.executable, "-S", "-c", "import sys; sys.stdin.read()"]
#: One that fails at once, and one that does not stop.
FAILS = [sys.executable, "-S", "-c", "raise SystemExit(3)"]
STAYS = [sys.executable, "-S", "-c", "import signal; signal.pause()"]
LIMIT_SECONDS = 30.0


@pytest.fixture(autouse=True)
def no_state() -> Any:
    """What is known of the process is that of a test alone."""
    yield
    known.state = SenderState.NONE


@pytest.fixture
def send(start: Callable[..., Send], add_people: Callable[..., Any]) -> Send:
    """A send in progress."""
    add_people(1)
    made = start()
    Send.objects.filter(pk=made.pk).update(state=Send.State.SENDING)
    return made


def beside(command: list[str]) -> SenderProcess:
    """Return the senders, looked after by the test alone: their thread is not started."""
    queue = EmbeddedEngine(MemoryTransport(), senders=0, lease=dt.timedelta(minutes=1))
    made = SenderProcess(settings.CONFIG, queue, command)
    made._thread.run = lambda: None  # type: ignore[method-assign]
    made.start()
    return made


def child_of(senders: SenderProcess) -> subprocess.Popen[bytes]:
    """Return the process that runs."""
    assert senders._child
    return senders._child


def test_it_runs_while_something_is_sent(send: Send) -> None:
    """It is started for a send, ends after minutes without one, and starts again for the next."""
    senders = beside(LIVES)
    senders._supervise(1000.0)
    first = child_of(senders)

    Send.objects.update(state=Send.State.SENT)
    senders._supervise(1000.0 + QUIET_SECONDS - 1)
    assert first.poll() is None
    senders._supervise(1000.0 + QUIET_SECONDS)
    assert first.wait(LIMIT_SECONDS) == 0
    senders._supervise(1001.0 + QUIET_SECONDS)
    assert senders._child is None
    assert known.state == SenderState.OK

    Send.objects.update(state=Send.State.SENDING)
    senders._supervise(1002.0 + QUIET_SECONDS)
    second = child_of(senders)
    assert senders.stop(LIMIT_SECONDS)
    assert second.returncode == 0


def test_it_dies(send: Send, caplog: pytest.LogCaptureFixture) -> None:
    """One that dies is started again, later each time; the log and the health page say so."""
    senders = beside(FAILS)
    now = 1000.0
    for pause in (1, 2, 4):
        senders._supervise(now)
        child_of(senders).wait(LIMIT_SECONDS)
        senders._supervise(now)
        assert senders._child is None, "not at once"
        assert known.state == SenderState.FAILED
        assert f"(status 3); it is started again in {pause} s" in caplog.text
        now += pause
    senders._command = LIVES
    senders._supervise(now)
    senders._supervise(now + 60)
    assert known.state == SenderState.OK
    child_of(senders).kill()
    child_of(senders).wait(LIMIT_SECONDS)
    Send.objects.update(state=Send.State.PAUSED)
    senders._supervise(now + 61)
    assert known.state == SenderState.OK, "nothing is to be sent, so nobody waits for it"
    assert senders.stop(LIMIT_SECONDS)


def test_it_cannot_be_started(send: Send, caplog: pytest.LogCaptureFixture) -> None:
    """A program that is not there is an error in the log, and is tried again."""
    senders = beside(["/nowhere/python"])

    senders._supervise(1000.0)

    assert "No such file" in caplog.text
    assert known.state == SenderState.FAILED
    assert senders.stop(LIMIT_SECONDS)


def test_it_does_not_stop(send: Send) -> None:
    """One that does not finish in time is killed, and a batch may be left in progress."""
    senders = beside(STAYS)
    senders._supervise(1000.0)
    child = child_of(senders)

    assert not senders.stop(-1.9)

    assert child.returncode == -9


def test_when_it_is_wanted(start: Callable[..., Send], add_people: Callable[..., Any]) -> None:
    """It starts ahead of what is due, and not for what is due later, paused or done.

    Also where the clock, at whose ticks it looks, had rested for as long as it does.
    """
    add_people(1)
    start()
    ready = dt.timedelta(seconds=MAX_REST_SECONDS + 15)
    soon, later = timezone.now() + ready, timezone.now() + dt.timedelta(hours=1)
    found = {}
    for state, at in (*((state, later) for state in Send.State), (Send.State.QUEUED, soon)):
        Send.objects.update(state=state, at=at)
        found[state, at] = is_wanted()

    assert {name for name, wanted in found.items() if wanted} == {
        (Send.State.PLANNING, later),
        (Send.State.SENDING, later),
        (Send.State.QUEUED, soon),
    }
