"""What one connection may take of the web server, over real sockets."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import pytest

from newsletter.runtime import connection_limits
from newsletter.runtime.connection_limits import (
    KIBIBYTE,
    MAX_UPLOAD_BYTES,
    MEBIBYTE,
    max_body_bytes,
)
from newsletter.runtime.listening import bind
from newsletter.runtime.web_server import close, open_server

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

HALF_OPEN = 500
SESSION = {"Cookie": "sessionid=abc"}


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer with the number of bytes that came."""
    size = sum(len(part) for part in iter(lambda: environ["wsgi.input"].read(65536), b""))
    start_response("200 OK", [("Content-Length", str(len(str(size))))])
    return [str(size).encode()]


@contextmanager
def served(application: WSGIApplication) -> Iterator[int]:
    """Serve an application with two workers; yield the port."""
    server: Any = open_server(application, bind("127.0.0.1", 0), threads=2)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield server.effective_port
    close(server)
    thread.join(60)
    assert not thread.is_alive()


@pytest.fixture
def port() -> Iterator[int]:
    """Where such a server answers."""
    with served(application) as found:
        yield found


@pytest.fixture
def short_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have short time limits."""
    monkeypatch.setattr(connection_limits, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(connection_limits, "BODY_SECONDS", 0.3)


def opened(port: int, data: bytes = b"") -> socket.socket:
    """Return a connection over which so much has been sent."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=60)
    connection.sendall(data)
    return connection


def asked(
    port: int, method: str = "GET", path: str = "/health/live", **more: Any
) -> tuple[int, bytes]:
    """Return status and body of an answer."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request(method, path, **more)
        answer = connection.getresponse()
        return answer.status, answer.read()


def ended(connection: socket.socket, drip: bytes = b"") -> bytes:
    """Return what came until the other side closed, a drip sent again and again meanwhile."""
    connection.settimeout(0.1)
    deadline = time.monotonic() + 20
    came = b""
    while time.monotonic() < deadline:
        try:
            if drip:
                connection.sendall(drip)
            if not (data := connection.recv(65536)):
                return came
            came += data
        except TimeoutError:
            continue
        except OSError:
            return came
    raise AssertionError("nobody closed the connection")


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"G",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-A: ",
        b"\r\n",
        b"POST /u/x HTTP/1.1\r\nHost: x\r\nContent-Length: 26\r\n\r\nList",
    ],
    ids=["nothing", "a-letter", "half-a-head", "a-blank-line", "half-a-body"],
)
def test_half_open_requests_stop_nobody(port: int, begun: bytes) -> None:
    """With hundreds of them, the next request is answered; Waitress alone stops at a hundred."""
    with ExitStack() as connections:
        for _ in range(HALF_OPEN):
            connections.enter_context(opened(port, begun))

        assert asked(port) == (200, b"0")


@pytest.mark.parametrize("drip", [b"", b"X-A: b\r\n", b"a"], ids=["silent", "lines", "letters"])
@pytest.mark.parametrize("begun", [b"", b"GET / HTTP/1.1\r\n"], ids=["nothing", "a-line"])
def test_a_head_must_come(port: int, short_limits: None, begun: bytes, drip: bytes) -> None:
    """However it drips, its time is counted from the first byte."""
    with opened(port, begun) as connection:
        assert b"200" not in ended(connection, drip)


def test_blank_lines_are_no_request(port: int, short_limits: None) -> None:
    """They keep no place."""
    with opened(port) as connection:
        ended(connection, b"\r\n")


@pytest.mark.parametrize("drip", [b"", b"a"], ids=["silent", "drips"])
def test_a_body_must_come(port: int, short_limits: None, drip: bytes) -> None:
    """Within its own time."""
    head = b"POST /p/x HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n"
    with opened(port, head) as connection:
        ended(connection, drip)


def test_a_second_request_must_come(port: int, short_limits: None) -> None:
    """On a kept connection the time of each is its own; idle it may be for longer."""
    with opened(port, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n") as connection:
        with connection.makefile("rb") as answer:
            assert answer.readline().startswith(b"HTTP/1.1 200")
            while answer.readline().strip():
                pass
            assert answer.read(1) == b"0"
        connection.sendall(b"GET / HTTP/1.1\r\n")
        assert ended(connection) == b""


def test_a_kept_connection_is_kept(port: int, short_limits: None) -> None:
    """Several requests over one connection, with a pause that a head would not have."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    for _ in range(3):
        connection.request("GET", "/health/live")
        assert connection.getresponse().read() == b"0"
        assert asked(port)[0] == 200
    connection.close()


@pytest.mark.parametrize(
    ("path", "headers", "most"),
    [
        ("/", {}, 64 * KIBIBYTE),
        ("/u/token", {}, 64 * KIBIBYTE),
        ("/p/token", SESSION, 64 * KIBIBYTE),
        ("/media/x", SESSION, 64 * KIBIBYTE),
        ("//admin/images/", SESSION, 64 * KIBIBYTE),
        ("/events/sendgrid", {}, 2 * MEBIBYTE),
        ("/admin/login/", SESSION, 64 * KIBIBYTE),
        ("/admin/images/add/", {}, 64 * KIBIBYTE),
        ("/admin/images/add/", SESSION, MAX_UPLOAD_BYTES),
    ],
)
@pytest.mark.parametrize("chunked", [False, True], ids=["counted", "chunked"])
def test_each_path_has_its_limit(
    port: int, path: str, headers: dict[str, str], most: int, chunked: bool
) -> None:
    """What is within it comes through; one byte too many of a small one, or more, is 413."""
    most = min(most, 3 * MEBIBYTE)
    part = b"a" * KIBIBYTE

    def body(size: int) -> Any:
        return iter([part] * (size // KIBIBYTE)) if chunked else b"a" * size

    within = most - (most // 4 if chunked else 0)
    assert asked(port, "POST", path, body=body(within), headers=headers) == (
        200,
        str(within).encode(),
    )
    if max_body_bytes(path, cookie=headers.get("Cookie", "")) <= most:
        try:
            status, _ = asked(port, "POST", path, body=body(2 * most), headers=headers)
        except OSError:
            status = 413  # closed before all of it was sent
        assert status == 413


@pytest.mark.parametrize("size", [64 * KIBIBYTE + 1, 30 * MEBIBYTE, 2**40])
def test_what_is_too_large_is_not_waited_for(port: int, size: int) -> None:
    """The answer comes before a byte of it, and nobody who asks is invited to send it."""
    for path in ("/", "/u/x", "/admin/login/"):
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {size}\r\n"
        with opened(port, f"{head}Expect: 100-continue\r\n\r\n".encode()) as connection:
            answer = ended(connection)
        assert answer.startswith(b"HTTP/1.1 413")
        assert b"100 Continue" not in answer


def test_a_large_head_is_refused(port: int) -> None:
    """With 431, as RFC 6585 says."""
    status, _ = asked(port, headers={"X-Long": "a" * 40_000})
    assert status == 431


def test_when_busy_the_slow_make_room_sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where half of all places are taken, a head has less time."""
    monkeypatch.setattr(connection_limits, "HEAD_SECONDS", 1000.0)
    monkeypatch.setattr(connection_limits, "HEAD_SECONDS_WHEN_BUSY", 0.0)
    listener = type("Listener", (), {})()
    channel = connection_limits.GuardedChannel.__new__(connection_limits.GuardedChannel)
    channel.requests, channel.connected_at, channel.has_asked = [], time.monotonic() - 1, False
    listener.adj = type("Settings", (), {"connection_limit": 1})()
    listener.active_channels = {1: channel}

    connection_limits.close_late(listener)

    assert channel.will_close


def test_there_is_room_for_thousands() -> None:
    """As far as the system gives descriptors."""
    assert connection_limits.connection_limit() >= min(connection_limits.MAX_CONNECTIONS, 768)
