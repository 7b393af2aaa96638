"""Processes that die or are told to stop: what other systems lose or double then."""

from __future__ import annotations

import datetime as dt
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from newsletter.publishing.models import Issue
from newsletter.sending.delivery import dispatch, recovery
from newsletter.sending.models import Attempt, Evidence, Send
from newsletter.sending.planning import starting
from newsletter.sending.planning.queue import queue
from newsletter.sending.reporting.totals import count_send
from newsletter.sending.resolution import proof
from newsletter.sending.workers.embedded import EmbeddedEngine
from newsletter.transports.base import Message, Recipient, SubmitResult
from newsletter.transports.memory import MemoryTransport
from tests import sends
from tests.fakes import LEASE, Sender
from tests.known_bugs.conftest import submit_mail
from tests.program.workspaces import wait_until
from tests.unit.sending.conftest import MAX_DELAY, AddPeople, Configure

TIMEOUT_SECONDS = 60.0
Start = Callable[..., Send]


def leases_end() -> None:
    """Let the leases of the dead be over, and the clock look after what they left."""
    open_ = Attempt.objects.filter(state__in=(Attempt.State.RESERVED, Attempt.State.IN_FLIGHT))
    open_.update(lease_until=timezone.now() - dt.timedelta(hours=1))
    recovery.recover()
    recovery.close_finished_sends()


@pytest.mark.parametrize(
    ("posts", "mailed", "after"),
    [
        pytest.param(False, 0, {"accepted": 9}, id="between-claim-and-request"),
        pytest.param(True, 3, {"accepted": 6, "unknown": 3}, id="before-the-answer-is-recorded"),
    ],
)
def test_listmonk_restart_skips_a_page(
    start: Start,
    add_people: AddPeople,
    take: Callable[[], Sender],
    posts: bool,
    mailed: int,
    after: dict[str, int],
) -> None:
    """A sender killed at any point loses nobody, and nobody it may have mailed is mailed again.

    listmonk #2278 and #3022: killed, it skips the page it had fetched; museletter sends its
    last mail again.
    """
    add_people(9)
    send, transport = start(batch_size=3), MemoryTransport()
    killed = take()
    if posts:
        killed.tell()

    leases_end()
    submit_mail(transport)
    recovery.close_finished_sends()

    assert count_send(send).deliveries == after
    assert len(set(transport.addresses())) == len(transport.addresses()) == 9 - mailed
    proof.prove(dict.fromkeys(Attempt.objects.values_list("key", flat=True), ""), "event")
    recovery.close_finished_sends()
    assert count_send(send).deliveries == {"accepted": 9}
    send.refresh_from_db()
    assert send.state == Send.State.SENT


def test_nuntius_tail_is_never_sent(
    start: Start, add_people: AddPeople, take: Callable[[], Sender]
) -> None:
    """A send is not over when its last batch is taken, but when the answer is known.

    nuntius 2.5.0 (`campaign_finished`): killed after the last message was queued, the campaign
    counts as sent, and the tail is never mailed.
    """
    add_people(4)
    send, transport = start(batch_size=2), MemoryTransport()
    take()
    take()

    recovery.close_finished_sends()
    send.refresh_from_db()
    assert send.state == Send.State.SENDING

    leases_end()
    submit_mail(transport)
    recovery.close_finished_sends()
    send.refresh_from_db()
    assert (send.state, count_send(send).deliveries) == ("sent", {"accepted": 4})


def test_ghost_crash_between_row_and_job(issue: Issue, add_people: AddPeople) -> None:
    """A queued send needs no job: whichever process looks next takes it up, half planned or not.

    Ghost #29987 and #30409: killed between the row and its job in memory, an email stays pending.
    """
    add_people(3)
    send = queue(issue, at=timezone.now(), batch_size=2)
    starting.begin_planning(send.pk, timezone.now(), late=MAX_DELAY)
    send.refresh_from_db()
    assert (send.state, send.planned) == ("planning", 0)

    dispatch.start_due(timezone.now(), late=MAX_DELAY)

    send.refresh_from_db()
    assert (send.state, send.planned) == ("sending", 3)


class Slow(MemoryTransport):
    """Says that a request is in progress, and answers when `open` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.entered, self.open = threading.Event(), threading.Event()

    def submit(self, message: Message, recipients: Sequence[Recipient]) -> SubmitResult:
        """Wait, then say yes."""
        self.entered.set()
        assert self.open.wait(TIMEOUT_SECONDS)
        return super().submit(message, recipients)


@pytest.mark.django_db(transaction=True)
def test_listmonk_sigterm_drops_a_request() -> None:
    """To stop in a request of a thousand people is to wait for the answer, and to record it.

    listmonk #2591: only SIGHUP is handled; stopped otherwise, what was queued in memory is skipped.
    """
    send, transport = sends.begin_send(1200, batch_size=1000), Slow()
    engine = EmbeddedEngine(transport, senders=1, lease=LEASE)
    engine.start()
    assert transport.entered.wait(TIMEOUT_SECONDS)
    timer = threading.Timer(0.2, transport.open.set)
    timer.start()

    assert engine.stop(TIMEOUT_SECONDS)

    timer.join()
    assert count_send(send).deliveries == {"accepted": 1000, "planned": 200}
    assert len(transport.addresses()) == 1000


@pytest.mark.django_db(transaction=True)
def test_listmonk_sigterm_while_the_rate_is_used_up(configure: Configure) -> None:
    """To stop while a rate keeps mail back leaves nobody behind: whoever comes next goes on.

    listmonk #2591 and #2278: it sleeps for its sliding window with the checkpoint moved already.
    """
    configure(rates={"per_minute": 60})
    send, transport = sends.begin_send(24, batch_size=10), MemoryTransport()
    engine = EmbeddedEngine(transport, senders=2, lease=LEASE)
    engine.start()
    wait_until(lambda: len(transport.addresses()) >= 10, TIMEOUT_SECONDS)

    assert engine.stop(TIMEOUT_SECONDS)
    assert set(count_send(send).deliveries) == {"accepted", "planned"}

    configure(rates={"per_minute": 0})
    submit_mail(transport)
    assert count_send(send).deliveries == {"accepted": 24}
    assert set(Counter(transport.addresses()).values()) == {1}


@pytest.mark.django_db(transaction=True)
def test_listmonk_two_instances_mail_everybody_twice() -> None:
    """Two clocks and two engines that start in the same second plan and mail everybody once.

    listmonk #2052: two instances on one database read the same page (1,000 of 1,000 overlap).
    """
    send, transport = sends.queue_due_send(60, batch_size=3), MemoryTransport()
    together = threading.Barrier(2)

    def begin() -> None:
        with closing(connection):
            together.wait(TIMEOUT_SECONDS)
            dispatch.start_due(timezone.now(), late=MAX_DELAY)

    clocks = [threading.Thread(target=begin) for _ in range(2)]
    engines = [EmbeddedEngine(transport, senders=2, lease=LEASE) for _ in range(2)]
    for each in (*clocks, *engines):
        each.start()

    wait_until(lambda: count_send(send).deliveries == {"accepted": 60}, TIMEOUT_SECONDS)
    for clock in clocks:
        clock.join()
    for engine in engines:
        assert engine.stop(TIMEOUT_SECONDS)
    count_send(send).check()
    assert set(Counter(transport.addresses()).values()) == {1}
    assert Attempt.objects.count() == 20


def test_mailtrain_full_disk_while_marking(
    start: Start, add_people: AddPeople, take: Callable[[], Sender]
) -> None:
    """Where the yes cannot be written down, the batch counts as unknown, not as planned.

    Ghost (AFTER_RETRY, 20 times) and Mailtrain (marks first, for it may run out of disk space):
    the database refuses to note what the provider has taken.
    """
    add_people(4)
    send, transport = start(batch_size=2), MemoryTransport()
    sender = take()
    sender.tell()

    with connection.execute_wrapper(full_disk):
        error = sender.tell(lambda: SubmitResult(message_id="m-1", status=202))
    assert isinstance(error, OperationalError)
    Attempt.objects.update(lease_until=timezone.now() - dt.timedelta(minutes=30))
    with connection.execute_wrapper(full_disk), pytest.raises(OperationalError):
        recovery.recover()

    leases_end()
    submit_mail(transport)
    assert count_send(send).deliveries == {"accepted": 2, "unknown": 2}
    assert len(transport.addresses()) == 2
    key = Attempt.objects.get(state=Attempt.State.UNKNOWN).key
    proof.prove({key: "m-1"}, Evidence.Kind.EVENT)
    assert count_send(send).deliveries == {"accepted": 4}


def full_disk(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
    """Refuse to write into the ledger."""
    if sql.startswith(("UPDATE", "INSERT")):
        raise OperationalError("the disk is full")
    return execute(sql, *rest)
