"""The parts of the SMTP transport that know no network: replies, limits, latency, the final dot."""

from __future__ import annotations

import socket
from types import SimpleNamespace

import pytest

from newsletter.errors import AccountError, NotSubmitted, Refused, Throttled
from newsletter.transports.smtp import limits
from newsletter.transports.smtp.latency import MESSAGES, Latency
from newsletter.transports.smtp.limits import Limits
from newsletter.transports.smtp.outbox import Outbox
from newsletter.transports.smtp.progress import Progress, Streak
from newsletter.transports.smtp.reply_parser import MAX_BYTES, NoReply, ReplyParser

SAID = b"250-here\r\n250 PIPELINING\r\n354 go on\r\n550 5.1.1 <a@b.example> is unknown\r\n"


def test_replies_cut_anywhere() -> None:
    """However the bytes come, the replies are the same, and a no has no address in it."""
    whole = list(ReplyParser().feed(SAID))
    assert [(reply.code, reply.words) for reply in whole] == [
        (250, "here\nPIPELINING"),
        (354, "go on"),
        (550, "5.1.1 <…> is unknown"),
    ]
    for cut in range(len(SAID)):
        parser = ReplyParser()
        assert [*parser.feed(SAID[:cut]), *parser.feed(SAID[cut:])] == whole


@pytest.mark.parametrize("said", [b"HTTP/1.1 400\r\n", b"25 ok\r\n", b"\r\n", b"250-" * MAX_BYTES])
def test_what_is_no_reply(said: bytes) -> None:
    """What does not begin with a code of three digits, or never ends, is no reply."""
    with pytest.raises(NoReply):
        list(ReplyParser().feed(said))


def test_limits_are_learned_and_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer connections hold for a minute, the messages on one for ten; then more are tried."""
    clock = [0.0]
    monkeypatch.setattr(limits, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    known = Limits(40)
    known.allow(20)
    known.learn_end(7, told=False)
    assert (known.connections, known.is_over(7)) == (20, False)
    known.learn_end(7, told=False)
    assert (known.is_over(6), known.is_over(7)) == (False, True)

    clock[0] = limits.PROBE_SECONDS
    assert known.connections == 30
    clock[0] += limits.PROBE_SECONDS
    assert known.connections == 40
    clock[0] = limits.REMEMBER_SECONDS
    assert not known.is_over(7)
    known.allow(0)
    assert known.connections == 1


def test_latency_is_the_shortest_of_late() -> None:
    """Waiting for each other does not count as the server's time; an old minimum is forgotten."""
    latency = Latency()
    assert latency.seconds == 0
    for seconds in (0.3, 0.1, 5.0):
        latency.add(seconds)
    assert latency.seconds == 0.1
    for _ in range(2 * MESSAGES):
        latency.add(0.2)
    assert latency.seconds == 0.2


def test_doubt_begins_with_the_final_dot() -> None:
    """As long as the system has not taken the dot nobody can have the mail; then it may."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    data = b"x" * 4_000_000
    outbox = Outbox()
    outbox.fill(data + b"MAIL FROM:<>\r\n", to_dot=len(data))
    assert not fill_socket(outbox, ours)
    assert not outbox.in_doubt

    while not fill_socket(outbox, ours):
        assert not outbox.in_doubt
        theirs.recv(1_000_000)
    assert outbox.in_doubt
    ours.close()
    theirs.close()


def fill_socket(outbox: Outbox, sock: socket.socket) -> bool:
    """Write as much as the system takes; return whether that was all."""
    while outbox:
        try:
            outbox.send(sock)
        except BlockingIOError:
            return False
    return True


def test_system_that_takes_nothing_leaves_no_doubt() -> None:
    """A socket that is broken before the dot takes none of it."""
    ours, theirs = socket.socketpair()
    theirs.close()
    outbox = Outbox()
    outbox.fill(b"a message\r\n.\r\n", to_dot=14)
    with pytest.raises(OSError, match="pipe"):
        outbox.send(ours)
    assert not outbox.in_doubt
    ours.close()


def test_yes_from_before_a_refusal_shows_nothing() -> None:
    """Only a message that left after a refusal shows whom it was about; one before it does not."""
    progress = Progress(streak=Streak())
    progress.record_accepted(0, "ok", begun_after=0)
    progress.record_refused(1, Refused("554 policy", about_us=True))
    progress.record_accepted(2, "ok", begun_after=0)
    assert set(progress.about_us) == {1}
    progress.record_accepted(3, "ok", begun_after=1)
    assert not progress.about_us


def test_what_holds_a_send_wins() -> None:
    """Of several reasons to end a batch the one that holds the send is told, with all it names."""
    progress = Progress(streak=Streak())
    progress.stop(NotSubmitted("lost"))
    progress.record_account(4, AccountError("550 quota", persons={0: "550 quota"}))
    progress.record_account(5, AccountError("550 quota", persons={0: "550 quota"}))
    progress.stop(Throttled("later"))
    assert isinstance(progress.cause, AccountError)
    assert set(progress.cause.persons) == {4, 5}
