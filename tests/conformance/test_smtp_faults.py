"""Faults of our own, of this machine and of odd servers: who is in doubt, and who is not."""

from __future__ import annotations

import _thread
import itertools
import os
import signal
import socket
import ssl
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from newsletter.errors import NotSubmitted, PartiallySubmitted, TransportError
from newsletter.transports.base import Message, Recipient
from newsletter.transports.smtp import connection, opening, pool
from newsletter.transports.smtp.latency import Latency
from newsletter.transports.smtp.outbox import NOT_YET, RECORD_BYTES, Outbox
from newsletter.transports.smtp.server import Server
from newsletter.transports.smtp.submission import SmtpTransport
from tests.mailserver import Arrived, make_certificate, server_context
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

        def refuse(thread: threading.Thread) -> None:
            if thread.name == "smtp":
                raise RuntimeError("can't start new thread")
            start(thread)

        def no_thread(*_given: object) -> None:
            raise RuntimeError("can't start new thread")

        def no_more(*_given: object) -> None:
            raise OSError(24, "Too many open files")

        if what == "thread":
            patch.setattr(_thread, "start_new_thread", no_thread)
        elif what == "loop":
            patch.setattr(threading.Thread, "start", refuse)
        else:
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


@pytest.mark.parametrize(
    "second", [b"450 4.2.1 later\r\n", b"450 4.3.2 too many messages here\r\n"]
)
def test_nothing_follows_a_message_that_is_not_sent(second: bytes) -> None:
    """A server that waits for a message that must not leave gets no byte of it, not even QUIT."""
    rest: list[bytes] = []

    def script(client: Client) -> None:
        client.send(b"220 here\r\n")
        with client.sock.makefile("rb") as file:
            assert file.readline().startswith(b"ehlo")
            client.send(b"250-here\r\n250 PIPELINING\r\n")
            for sender in (b"250 ok\r\n", second):
                for _ in range(3):
                    file.readline()
                client.send(sender + b"250 ok\r\n354 go on\r\n")
                if sender != second:
                    while file.readline() != b".\r\n":
                        pass
                    client.send(b"250 taken\r\n")
            rest.append(file.read())

    with RawServer(script) as server:
        submit(server, count=2)
        assert server.has_closed()
        assert rest[0] == b""


def test_one_connection_that_fails_among_many() -> None:
    """A connection that fails before others are open does not keep those from being used."""
    numbers, messages = itertools.count(1), itertools.count(1)
    enough = threading.Event()

    def script(client: Client) -> None:
        number = next(numbers)
        if number == 2:
            client.send(b"421 4.3.2 not just now\r\n")
            return
        # The others come later than its answer.
        client.server.over.wait(0.2 if number > 2 else 0)
        client.send(b"220 here\r\n")
        said = {b"EHLO": b"250-here\r\n250 PIPELINING\r\n", b"DATA": b"354 go on\r\n"}
        with client.sock.makefile("rb") as file:
            while line := file.readline():
                client.send(said.get(line[:4].upper(), b"250 ok\r\n"))
                if line.startswith(b"DATA"):
                    while file.readline() != b".\r\n":
                        pass
                    if (count := next(messages)) == 4:
                        enough.set()
                    # The first seems slow, so more connections are wanted; then three at a time.
                    enough.wait(0.15 if count == 1 else 10)
                    client.send(b"250 taken\r\n")

    everybody = [Recipient(address=f"r{number}@tideline.example", values={}) for number in range(6)]
    with RawServer(script) as server:
        way = Server(host="127.0.0.1", port=server.port, security="none", connect=5, answer=5)
        transport = SmtpTransport(way, connections=6)
        assert transport.submit(MESSAGE, everybody).status == 250
        transport.close()


def test_fork_has_connections_of_its_own() -> None:
    """A process that is forked from a sender submits over its own connections, and breaks none."""
    with RawServer(serve()) as server:
        way = Server(host="127.0.0.1", port=server.port, security="none", connect=5, answer=5)
        transport = SmtpTransport(way, connections=1)
        transport.submit(MESSAGE, PEOPLE[:1])
        with warnings.catch_warnings():
            # Python 3.12 warns of forks beside threads: that is what is tried here.
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if not child:
            signal.alarm(30)
            status = 1
            try:
                transport.submit(MESSAGE, PEOPLE[1:3])
                status = 0
            finally:
                os._exit(status)
        assert os.waitpid(child, 0)[1] == 0
        transport.submit(MESSAGE, PEOPLE[3:])
        transport.close()

        assert server.taken == len(PEOPLE)
        assert server.connections == 2


@pytest.mark.parametrize("tls", [False, True])
def test_server_that_reads_slowly(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, tls: bool
) -> None:
    """A message of which the system takes a part at a time arrives whole, over TLS as well."""
    certificate = make_certificate(tmp_path / "server.pem") if tls else None
    arrived: list[bytes] = []
    text = "\n".join(f".{number} reeds. " * 9 for number in range(2500))

    def script(client: Client) -> None:
        client.send(b"220 here\r\n")
        for answer in (b"250-here\r\n250 PIPELINING\r\n", b"250 ok\r\n250 ok\r\n354 go on\r\n"):
            client.sock.recv(65536)
            client.send(answer)
        message = b""
        while not message.endswith(b"\r\n.\r\n"):
            message += client.sock.recv(3000)
        arrived.append(message)
        client.send(b"250 taken\r\n")
        client.sock.recv(1)

    def open_narrow(server: Server) -> opening.Opened:
        opened = opening.open_connection(server)
        opened.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        return opened

    monkeypatch.setattr(pool, "open_connection", open_narrow)
    with RawServer(script, certificate=certificate) as server:
        way = Server(
            host="127.0.0.1",
            port=server.port,
            security="tls" if tls else "none",
            ca_file=str(certificate or ""),
        )
        transport = SmtpTransport(way, connections=1)
        transport.submit(replace(MESSAGE, text=text), PEOPLE[:1])
        transport.close()

    [message] = arrived
    assert len(message) > 300_000
    body = message.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
    part = Arrived("", "", body).message().get_body(("plain",))
    assert part
    assert part.get_content().split() == text.split()


def test_certificates_are_read_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Connections share what was read of this machine's certificates; a changed file is read."""
    read: list[object] = []
    original = ssl.create_default_context

    def count() -> ssl.SSLContext:
        read.append(None)
        return original()

    monkeypatch.setattr(ssl, "create_default_context", count)
    file = make_certificate(tmp_path / "authority.pem")
    way = Server(host="127.0.0.1", port=1, security="tls", ca_file=str(file))
    assert opening.build_tls_context(way) is opening.build_tls_context(way)
    assert len(read) == 1
    make_certificate(file)
    os.utime(file, (1, 1))
    opening.build_tls_context(way)
    assert len(read) == 2


def test_final_dot_in_a_whole_record_of_tls(tmp_path: Path) -> None:
    """A dot whose record has left is in doubt, though what stands behind it has no room yet."""
    certificate = make_certificate(tmp_path / "server.pem")
    trusting = ssl.create_default_context(cafile=str(certificate))
    trusting.check_hostname = False
    near, far = socket.socketpair()
    with ThreadPoolExecutor() as threads:
        shake = threads.submit(server_context(certificate).wrap_socket, far, server_side=True)
        sock = trusting.wrap_socket(near)
        peer = shake.result(30)
    with sock, peer:
        sock.setblocking(False)
        message = b"x" * (RECORD_BYTES - 3) + b".\r\n"
        out = Outbox()
        out.fill(message + b"MAIL FROM:<>\r\n" * 100_000, to_dot=len(message))
        with suppress(*NOT_YET):
            while out:
                out.send(sock)
        assert out

        assert peer.recv(RECORD_BYTES) == message
        assert out.in_doubt
