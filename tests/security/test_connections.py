"""Clients that ask for much and read nothing, or say two things at once, over real sockets."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from newsletter.runtime import connection_limits
from newsletter.runtime.connection_limits import MEBIBYTE
from tests.unit.runtime.test_connection_limits import application, asked, ended, opened, served

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment


def pages(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer with a large page, with the name of the host, or with the number of bytes."""
    if environ["PATH_INFO"] == "/large":
        start_response("200 OK", [("Content-Length", str(MEBIBYTE))])
        return [b"a" * MEBIBYTE]
    if environ["PATH_INFO"] == "/name":
        start_response("200 OK", [])
        return [environ["SERVER_NAME"].encode()]
    return application(environ, start_response)


@pytest.fixture
def port() -> Iterator[int]:
    """Where such a server answers."""
    with served(pages) as found:
        yield found


def requests_for(path: str, number: int) -> bytes:
    """Return a number of requests in one piece."""
    return f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode() * number


def test_who_does_not_read_holds_no_worker(port: int) -> None:
    """Hundreds of requests at once over each of several connections, and not an answer read."""
    with ExitStack() as connections:
        for _ in range(8):
            connections.enter_context(opened(port, requests_for("/large", 250)))

        # As many as it takes until those who wait would have filled all that is kept for them.
        assert [asked(port) for _ in range(100)] == [(200, b"0")] * 100


def test_many_requests_at_once_are_answered_in_order(port: int) -> None:
    """Each gets its own answer, also where the last comes in two parts."""
    sent = b"".join(
        f"POST /u/x HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n\r\n{'a' * size}".encode()
        for size in range(1, 40)
    )
    last = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    with opened(port, sent + last[:20]) as connection:
        connection.sendall(last[20:])
        answers = ended(connection).split(b"\r\n\r\n")

    assert [answer.partition(b"HTTP/")[0] for answer in answers[1:]] == [
        *(str(size).encode() for size in range(1, 40)),
        b"0",
    ]


def was_cut(connection: socket.socket) -> bool:
    """Say whether the other side ends a connection of which nothing is read."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            connection.sendall(b"GET / HTTP/1.1\r\n")
        except OSError:
            return True
    return False


@pytest.mark.parametrize("requests", [1, 20])
def test_an_answer_must_be_read(port: int, monkeypatch: pytest.MonkeyPatch, requests: int) -> None:
    """Whoever does not read it loses the connection, and what is left of it."""
    monkeypatch.setattr(connection_limits, "ANSWER_SECONDS", 0.0)
    monkeypatch.setattr(connection_limits, "ANSWER_BYTES_PER_SECOND", 10**12)
    with opened(port, requests_for("/large", requests)) as connection:
        assert was_cut(connection)


@pytest.mark.parametrize(
    "head",
    [
        "POST /u/x HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST /u/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n",
        "POST /u/x HTTP/1.0\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST /u/x HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n",
        "POST /u/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\n",
        "POST /u/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding : chunked\r\n\r\n",
    ],
)
def test_a_body_has_one_length(port: int, head: str) -> None:
    """A head with two of them is refused, and nothing behind it is taken for a request."""
    with opened(port, head.encode() + b"0\r\n\r\n" + requests_for("/", 1)) as connection:
        answer = ended(connection)

    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.0 400", b"HTTP/1.1 501"))
    assert answer.count(b"HTTP/1") == 1


def test_a_request_without_a_host(port: int) -> None:
    """HTTP/1.0 needs none: then it is for this site."""
    with opened(port, b"GET /name HTTP/1.0\r\n\r\n") as connection:
        assert ended(connection).endswith(b"localhost")
