"""What makes a database doubtful while nothing of it is missing in any log, and what then happens.

Nobody can be asked here (a mail server); the witnesses are the submission log and the heartbeats.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable

import orjson
import pytest
from django.conf import settings
from django.utils import timezone

from newsletter.sending.delivery import claims, dispatch
from newsletter.sending.models import Attempt, DatabaseIdentity, Send, Submitter
from newsletter.sending.restores import heartbeats, identity, suspensions
from newsletter.sending.restores.heartbeats import Kept
from newsletter.tracking import restore_watch, restoring
from newsletter.transports.memory import MemoryTransport
from subscribers.models import Subscriber
from tests.unit.sending.conftest import LEASE, Configure, configure

__all__ = ["configure"]

Reason = DatabaseIdentity.Reason
YESTERDAY = dt.timedelta(days=1)


@pytest.fixture
def transport() -> MemoryTransport:
    """What takes the mail."""
    return MemoryTransport()


@pytest.fixture
def send(
    configure: Configure,
    start: Callable[..., Send],
    add_people: Callable[..., list[Subscriber]],
    transport: MemoryTransport,
) -> Send:
    """A send in the middle: a process examined the database and submitted its first batch."""
    configure(sending={"transport": "smtp"})
    add_people(6)
    begun = start(batch_size=2)
    restore_watch.check_at_start(settings.CONFIG)
    submit(transport)
    restore_watch.check_while_running(settings.CONFIG)
    return begun


def submit(transport: MemoryTransport) -> None:
    """Let a sender take one batch, if there is one."""
    if (batch := claims.next_batch()) is not None:
        dispatch.send_batch(batch, transport, lease=LEASE)


def submit_all(transport: MemoryTransport) -> None:
    """Let a sender take what there is; what waits for a time, too."""
    while True:
        Send.objects.get().batches.update(not_before=None)
        if claims.next_batch() is None:
            return
        submit(transport)


def change(**columns: object) -> None:
    """Change what the database says of itself."""
    DatabaseIdentity.objects.update(**columns)


def reason() -> str:
    """Return why nothing is sent; empty while all is well."""
    return identity.get_identity().suspended_for


def everybody_once(transport: MemoryTransport) -> bool:
    """Say whether all six have the mail, and nobody has it twice."""
    found = transport.addresses()
    return len(found) == len(set(found)) == 6


def test_program_whose_heartbeat_is_lost_submits_nothing(
    send: Send, transport: MemoryTransport
) -> None:
    """It looks at once; where nobody can be asked the send is held until the logs agree."""
    change(heartbeats=heartbeats.get_process().last - 1)

    submit(transport)
    assert len(transport.addresses()) == 2
    assert heartbeats.get_process().wanted.is_set()

    restore_watch.check_while_running(settings.CONFIG)
    assert reason() == Reason.UNCONFIRMED
    send.refresh_from_db()
    assert send.state == Send.State.HELD
    assert "newsletter send resolve" in send.note

    restore_watch.check_while_running(settings.CONFIG)  # the only log was compared since: it agrees
    assert reason() == ""
    submit_all(transport)
    assert everybody_once(transport)


def test_program_that_slept_looks_before_it_submits(send: Send, transport: MemoryTransport) -> None:
    """A machine that was set back wakes as one that slept: nothing leaves before the look."""
    change(heartbeat_at=timezone.now() - dt.timedelta(minutes=11))

    submit(transport)
    assert len(transport.addresses()) == 2
    assert heartbeats.get_process().wanted.is_set()

    restore_watch.check_while_running(settings.CONFIG)
    assert reason() == "", "the log lies where it was, and agrees"
    submit_all(transport)
    assert everybody_once(transport)


def test_program_whose_last_attempt_is_lost_submits_nothing(
    send: Send, transport: MemoryTransport
) -> None:
    """What the log has and the database lacks holds everything at the next look."""
    Attempt.objects.all().delete()
    send.batches.update(state="planned")

    submit(transport)
    assert len(transport.addresses()) == 2

    restore_watch.check_while_running(settings.CONFIG)
    assert reason() == Reason.BEHIND
    restoring.bring_back(settings.CONFIG)
    submit_all(transport)
    assert everybody_once(transport)


def test_lost_heartbeats_alone_hold_nothing(send: Send, transport: MemoryTransport) -> None:
    """A backup from after the last attempt lacks nothing, and the log says so."""
    heartbeats.write_file(dataclasses.replace(heartbeats.read_file(), number=1000))
    forget_process()

    restore_watch.check_at_start(settings.CONFIG)

    assert reason() == ""
    submit_all(transport)
    assert everybody_once(transport)


def forget_process() -> None:
    """Be another process, which knows nothing by itself."""
    heartbeats.process_of.cache_clear()
    identity.cached_log.cache_clear()


def test_log_of_another_machine_is_forgotten(send: Send, transport: MemoryTransport) -> None:
    """A machine that joined after the backup, and is gone: nobody's log tells what it submitted."""
    known = heartbeats.read_file()
    heartbeats.write_file(Kept(number=known.number + 5, logs=[*known.logs, "joined-later"]))
    forget_process()

    for _ in range(2):
        restore_watch.check_at_start(settings.CONFIG)
        assert reason() == Reason.UNCONFIRMED

    came = restoring.bring_back(settings.CONFIG)
    assert not came.whole, "nobody knows"
    assert came.resumed
    assert not send.batches.filter(state="planned").exists()

    forget_process()
    restore_watch.check_at_start(settings.CONFIG)
    assert reason() == "", "a person has seen to it"
    assert len(transport.addresses()) == 2


@pytest.mark.parametrize("was_started", [True, False])
def test_move_asks_what_the_old_one_sent_since_the_copy(send: Send, was_started: bool) -> None:
    """However long the copy ran, and said that it is alive, before somebody says that it moved."""
    there = orjson.dumps({"unit": "elsewhere", "machine": "", "path": ""}).decode()
    beaten = timezone.now() - YESTERDAY
    change(place=there, heartbeat_at=beaten)
    if was_started:
        for _ in range(3):
            restore_watch.check_at_start(settings.CONFIG)
        assert reason() == Reason.MOVED

    assert suspensions.confirm_move()

    assert identity.get_identity().known_until == beaten
    if was_started:
        assert reason() == Reason.UNCONFIRMED, "a program that runs must not go on before it asks"
    assert not suspensions.confirm_move(), "it lies here now"


def test_move_with_nothing_begun_goes_on_at_once(send: Send, transport: MemoryTransport) -> None:
    """Where no send is at stake there is nothing to ask about."""
    submit_all(transport)
    there = orjson.dumps({"unit": "elsewhere", "machine": "", "path": ""}).decode()
    change(place=there)
    restore_watch.check_at_start(settings.CONFIG)
    assert reason() == Reason.MOVED

    suspensions.confirm_move()

    assert reason() == ""


def test_backup_from_before_an_upgrade(send: Send, transport: MemoryTransport) -> None:
    """It had no identity and gets a new one: its issues are found in the log of the old one."""
    Attempt.objects.all().delete()
    Submitter.objects.all().delete()
    send.batches.update(state="planned")
    log = identity.submission_log().path
    stranger = log.with_stem("0" * 32)
    stranger.write_bytes(
        log.read_bytes().replace(send.issue.translation_key.hex.encode(), b"a" * 32)
    )
    change(key="1" * 32, place="", heartbeat_at=None, heartbeats=0)
    forget_process()
    identity.cached_key.cache_clear()
    try:
        restore_watch.check_at_start(settings.CONFIG)
        assert reason() == Reason.BEHIND
        assert suspensions.open_attempts().count() == 1

        restoring.bring_back(settings.CONFIG)
        submit_all(transport)
    finally:
        identity.cached_key.cache_clear()
    assert len(transport.addresses()) == 2
    assert not send.batches.filter(state="planned").exists(), "no log tells of the others"


def test_damaged_log_does_not_vouch(send: Send, transport: MemoryTransport) -> None:
    """A line that cannot be read may have named an attempt that the database lacks."""
    submit(transport)
    submit(transport)
    path = identity.submission_log().path
    lines = path.read_bytes().splitlines()
    lines[2] = b"?" * len(lines[2])
    path.write_bytes(b"\n".join([*lines, b""]))
    Attempt.objects.order_by("pk")[1].delete()
    send.batches.filter(number=2).update(state="planned")
    change(heartbeat_at=timezone.now() - YESTERDAY)
    forget_process()

    restore_watch.check_at_start(settings.CONFIG)
    assert reason() == Reason.UNCONFIRMED
    came = restoring.bring_back(settings.CONFIG)

    assert not came.whole
    assert not send.batches.filter(state="planned").exists()


def test_new_machine_does_not_hold_the_others(send: Send, transport: MemoryTransport) -> None:
    """One that joins with an empty folder, while others are alive, goes on with them."""
    identity.submission_log().path.unlink()
    heartbeats.file_path().unlink()
    forget_process()

    restore_watch.check_at_start(settings.CONFIG)
    assert reason() == ""
    submit_all(transport)

    restore_watch.check_while_running(settings.CONFIG)
    assert everybody_once(transport)
    assert Submitter.objects.count() == 2
    assert set(heartbeats.read_file().logs) == set(Submitter.objects.values_list("log", flat=True))


def test_a_database_set_back_between_look_and_heartbeat_is_not_vouched_for(send: Send) -> None:
    """The heartbeat would hide it: none is written, and the watch looks again at once."""
    seen = identity.get_identity().heartbeats
    change(heartbeats=seen - 1)

    heartbeats.record_heartbeat(seen)

    assert identity.get_identity().heartbeats == seen - 1
    assert heartbeats.get_process().last == seen
    assert heartbeats.get_process().wanted.is_set()
    heartbeats.get_process().wanted.clear()
    restore_watch.check_while_running(settings.CONFIG)
    assert reason()
