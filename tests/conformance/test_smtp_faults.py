"""Faults of our own, of this machine and of odd servers: who is in doubt, and who is not."""

from __future__ import annotations

import itertools
import socket
import threading
from collections.abc import Callable

import pytest

from newsletter.errors import NotSubmitted, PartiallySubmitted, TransportError
from newsletter.transports.base import Message, Recipient
from newsletter.transports.smtp import connection, pool
from newsletter.transports.smtp.latency import Latency
from newsletter.transports.smtp.server import Server
from newsletter.transports.smtp.submission import SmtpTransport
from tests.rawserver import Client, RawServer

MESSAGE = Message(
    from_email="desk@tideline.example",
    from_name="Tideline",
    reply_to="",
    subject="Reed beds",
    html="<p>Good morning</p>",
    text="Good morning",
)
PEOPLE = [Recipient(address=f"r{number}@tideline.example", values={}) for number in range(4)]


def serve(
    *,
    go: bytes = b"354 go on\r\n",
    sender: bytes = b"250 ok\r\n",
    message: bytes = b"250 taken\r\n",
    seconds: float = 0.0,
    sender_seconds: float = 0.0,
) -> Callable[[Client], None]:
    """Return a script: say this to DATA, and to the sender and to a message so much later."""

    def script(client: Client) -> None:
        client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.send(b"220 here\r\n")
        said = {b"EHLO": b"250-here\r\n250 PIPELINING\r\n", b"DATA": go, b"MAIL": sender}
        with client.sock.makefile("rb") as file:
            while line := file.readline():
                client.server.over.wait(sender_seconds if line.startswith(b"MAIL") else 0)
                client.send(said.get(line[:4].upper(), b"250 ok\r\n"))
                if line.startswith(b"DATA"):
                    while (line := file.readline()) != b".\r\n":
                        if not line:
                            return
                    client.server.taken += 1
                    client.server.over.wait(seconds)
                    client.send(message)

    return script


def submit(server: RawServer, *, count: int = 4, answer: float = 5) -> TransportError | None:
    """Submit to N people over one connection; return what was decided, None if all accepted."""
    way = Server(host="127.0.0.1", port=server.port, security="none", connect=5, answer=answer)
    transport = SmtpTransport(way, connections=1)
    try:
        transport.submit(MESSAGE, PEOPLE[:count])
    except TransportError as error:
        return error
    finally:
        transport.close()
    return None


def fails_at(number: int, error: BaseException) -> Callable[..., None]:
    """Return a function that raises at its N-th call."""
    calls = itertools.count(1)

    def fail(*_given: object, **_named: object) -> None:
        if next(calls) == number:
            raise error

    return fail


@pytest.mark.parametrize("error", [MemoryError(), ValueError(), SystemExit()])
def test_fault_behind_a_yes(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Whatever breaks when a yes has come, it is a yes; those who were not begun go again."""
    monkeypatch.setattr(Latency, "add", fails_at(2, error))
    with RawServer(serve()) as server:
        decided = submit(server)

        assert isinstance(decided, PartiallySubmitted)
        assert set(decided.accepted) == {0, 1}
        assert not decided.unknown | set(decided.refused)
        assert type(decided.cause) is NotSubmitted
        assert decided.interruption is (None if isinstance(error, Exception) else error)
        assert server.taken == 2


def test_fault_over_a_reply(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reply that we cannot handle leaves that one person in doubt, and holds no sender."""
    monkeypatch.setattr(connection, "decide", fails_at(1, MemoryError()))
    with RawServer(serve(message=b"550 5.1.1 unknown\r\n")) as server:
        decided = submit(server)

        assert isinstance(decided, PartiallySubmitted)
        assert (set(decided.accepted), set(decided.unknown)) == (set(), {0})
        assert server.taken == 1


@pytest.mark.parametrize("what", ["thread", "loop", "socket"])
def test_machine_that_has_no_more(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """Without a thread or a socket nothing has left: all go again, and then it works."""
    with RawServer(serve()) as server, monkeypatch.context() as patch:
        start = threading.Thread.start
        refused = {"thread": "smtp-opening", "loop": "smtp"}.get(what)

        def refuse(thread: threading.Thread) -> None:
            if thread.name == refused:
                raise RuntimeError("can't start new thread")
            start(thread)

        def no_more(*_given: object) -> None:
            raise OSError(24, "Too many open files")

        patch.setattr(threading.Thread, "start", refuse)
        if what == "socket":
            patch.setattr(socket, "socketpair", no_more)
        way = Server(host="127.0.0.1", port=server.port, security="none", connect=5, answer=5)
        transport = SmtpTransport(way, connections=1)
        with pytest.raises(NotSubmitted):
            transport.submit(MESSAGE, PEOPLE)
        assert server.taken == 0
        patch.undo()
        transport.submit(MESSAGE, PEOPLE)
        transport.close()
        assert server.taken == len(PEOPLE)


@pytest.mark.parametrize("more", [b"250 taken\r\n", b"421 4.3.2 closing\r\n", b"2"])
def test_what_comes_before_the_dot_is_no_answer_to_it(more: bytes) -> None:
    """What a server says behind its 354 is about no message, and none follows it."""
    with RawServer(serve(go=b"354 go on\r\n" + more)) as server:
        decided = submit(server)

        assert type(decided) is NotSubmitted
        assert server.taken == 0


def test_no_empty_message_to_a_recipient() -> None:
    """A server that refuses the sender, and yet waits for a message, does not get an empty one."""
    with RawServer(serve(sender=b"450 4.2.1 later\r\n")) as server:
        assert submit(server) is not None
        assert server.taken == 0


def test_slow_answer_at_the_end_of_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who answers within the time for a reply leaves nobody in doubt, however late a batch is."""
    monkeypatch.setattr(pool, "BATCH_SECONDS", 0.05)
    with RawServer(serve(seconds=0.45)) as server:
        assert submit(server, count=2, answer=0.7) is None
        assert server.taken == 2


def test_slow_envelopes_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that needs longer for an envelope than a batch has gets one message of it."""
    monkeypatch.setattr(pool, "BATCH_SECONDS", 0.05)
    with RawServer(serve(sender_seconds=0.3)) as server:
        decided = submit(server)

        assert isinstance(decided, PartiallySubmitted)
        assert set(decided.accepted) == {0}
        assert server.taken == 1
