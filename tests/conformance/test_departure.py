"""What has left decides, not what an error is called: every error at every point of a request.

The errors are collected from the modules themselves, so that new ones are met as well.  The points
are places of the standard library and of urllib3; the server behind is real, plain and over TLS,
and counts what it has taken whole.
"""

from __future__ import annotations

import builtins
import gc
import http.client
import inspect
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import urllib3
from urllib3.connection import HTTPConnection

from newsletter.errors import AccountError, NotSubmitted, OutcomeUnknown, TransportError
from newsletter.transports.base import Message, Recipient
from newsletter.transports.sendgrid.client import Limits
from newsletter.transports.sendgrid.submission import SendGridTransport
from tests.mailserver import make_certificate, server_context
from tests.rawserver import Client, RawServer

#: Python says of a socket that was left to the garbage collector that it was not closed.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

MESSAGE = Message(
    from_email="desk@tideline.example",
    from_name="Tideline",
    reply_to="",
    subject="Reed beds",
    html="<p>Good morning</p>" * 4000,
    text="Good morning",
)
PEOPLE = [Recipient(address="reader@tideline.example", values={})]
YES = b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\nX-Message-Id: 1\r\n\r\n{}"
MODULES = (urllib3.exceptions, ssl, socket, http.client, smtplib, builtins)
#: How errors are made: the first arguments that fit.
ARGUMENTS: tuple[tuple[Any, ...], ...] = (
    ("x",),
    (),
    (1, "x"),
    (None, "x"),
    (b"x",),
    ("x", "y", "z"),
    (1, b"x", "y"),
    ("x", "y", 1, 2, "z"),
    ("utf-8", b"x", 0, 1, "z"),
    ("x", [ValueError()]),
    ("x", 0, 1, "z"),
    (urllib3.HTTPResponse(body=b"x"), b"x"),
)


class GreenletExit(BaseException):
    """As greenlets end: no `Exception`, and of no module that is known here."""


def make_error(kind: type[BaseException]) -> BaseException:
    """Return an error of a class."""
    for arguments in ARGUMENTS:
        try:
            error = kind(*arguments)
        except Exception:  # noqa: BLE001  whatever does not fit
            continue
        return error
    raise AssertionError(f"no {kind.__name__} can be made; add to ARGUMENTS")


def error_classes() -> list[type[BaseException]]:
    """Return every class of error that there is in the modules."""
    found = {
        kind
        for module in MODULES
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, BaseException) and (module is not builtins or is_likely(kind))
    }
    return [GreenletExit, *sorted(found, key=lambda kind: f"{kind.__module__}.{kind.__name__}")]


def is_likely(kind: type[BaseException]) -> bool:
    """Leave out what Python raises for mistakes in a program, most of which are alike."""
    return not issubclass(kind, Exception) or issubclass(
        kind, OSError | ValueError | MemoryError | RuntimeError | TypeError | EOFError
    )


def answer_all(client: Client) -> None:
    """Say yes to request after request."""
    while client.read_request():
        client.send(YES)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for this machine."""
    return make_certificate(tmp_path_factory.mktemp("tls") / "server.pem")


@pytest.fixture(scope="module", autouse=True)
def collected() -> Iterator[None]:
    """Have what was interrupted leave its sockets to the garbage collector here, nowhere else."""
    yield
    gc.collect()


@contextmanager
def way(
    script: Callable[[Client], None], certificate: Path | None, answer: float = 2
) -> Iterator[Any]:
    """Return a server that does what a script says, and a transport to it."""
    with RawServer(script, certificate=certificate) as server:
        transport = SendGridTransport(
            base_url=server.url, api_key="SG.test", limits=Limits(connect=5, answer=answer)
        )
        yield server, transport
        transport.close()


@pytest.fixture(params=["plain", "tls"])
def trusted(
    request: pytest.FixtureRequest, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> Path | None:
    """The certificate of the server, trusted; None where it speaks no TLS."""
    if request.param == "plain":
        return None
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    return certificate


#: Where something goes wrong, and whether a byte of the request has left by then.
POINTS: dict[str, tuple[Any, str, bool]] = {
    "resolve": (socket, "getaddrinfo", False),
    "connect": (socket.socket, "connect", False),
    "after-connecting": (HTTPConnection, "putrequest", False),
    "head-made": (HTTPConnection, "endheaders", False),
    "head-read": (http.client.HTTPResponse, "_read_status", True),
    "fields-read": (http.client, "parse_headers", True),
    "body-read": (http.client.HTTPResponse, "read", True),
    "close": (http.client.HTTPResponse, "close", True),
}
OVER_TLS: dict[str, tuple[Any, str, bool]] = {
    "handshake": (ssl.SSLSocket, "do_handshake", False),
    "answer-decrypted": (ssl.SSLSocket, "recv_into", True),
}


def outcome(transport: SendGridTransport) -> TransportError | None:
    """Submit; return the decision, or None for a yes."""
    try:
        transport.submit(MESSAGE, PEOPLE)
    except TransportError as error:
        return error
    return None


@pytest.mark.parametrize("point", [*POINTS, *OVER_TLS])
def test_every_error_at_every_point(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    """Before the first byte an error means "again", after it "unknown"; no class changes that."""
    place, name, left = {**POINTS, **OVER_TLS}[point]
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    for tls in (certificate, None) if point in POINTS else (certificate,):
        with way(answer_all, tls) as (server, transport):
            for kind in error_classes():
                transport.close()
                taken, error = server.taken, make_error(kind)
                with monkeypatch.context() as patch:
                    patch.setattr(place, name, raiser(error, getattr(place, name)))
                    decided = outcome(transport)
                where = f"{kind.__module__}.{kind.__name__} at {point}: {decided!r}"
                if left:
                    assert decided is None or type(decided) is OutcomeUnknown, where
                else:
                    assert isinstance(decided, NotSubmitted | AccountError), where
                    assert server.taken == taken, where
                if decided is not None:
                    expected = None if isinstance(error, Exception) else error
                    assert decided.interruption is expected, where
                    assert "x" not in str(decided).split(": ")[-1].split(), where


def raiser(error: BaseException, whole: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that raises here, and does what it should in the threads of the server."""
    here = threading.get_ident()

    def fail(*given: Any, **named: Any) -> Any:
        if threading.get_ident() == here:
            raise error
        return whole(*given, **named)

    return fail


@pytest.mark.parametrize("tls", [False, True], ids=["plain", "tls"])
def test_every_error_while_bytes_leave(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, tls: bool
) -> None:
    """What the kernel refuses at the first byte has not left; anything else may have."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    place = ssl.SSLSocket if tls else socket.socket
    whole, here = place.send, threading.get_ident()
    for good in (0, 1, 2):
        with way(answer_all, certificate if tls else None) as (server, transport):
            for kind in error_classes():
                transport.close()
                taken, error, sent = server.taken, make_error(kind), [0]

                def send(
                    sock: Any,
                    data: Any,
                    flags: int = 0,
                    *,
                    sent: list[int] = sent,
                    error: BaseException = error,
                    good: int = good,
                ) -> int:
                    sent[0] += threading.get_ident() == here
                    if sent[0] > good and threading.get_ident() == here:
                        raise error
                    return int(whole(sock, data, flags))

                with monkeypatch.context() as patch:
                    patch.setattr(place, "send", send, raising=False)
                    if not tls:
                        patch.setattr(place, "sendall", send, raising=False)
                    decided = outcome(transport)
                where = f"{kind.__module__}.{kind.__name__} after {good}: {decided!r}"
                refused = isinstance(error, OSError) and error.errno and not good
                if refused and not isinstance(error, ssl.SSLError):
                    assert isinstance(decided, NotSubmitted), where
                    assert server.taken == taken, where
                elif decided is not None:
                    assert type(decided) is OutcomeUnknown, where
                else:
                    assert server.taken == taken + 1, where


def test_kernel_that_refuses_the_first_byte(
    trusted: Path | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that the kernel knows to be dead takes no byte: nobody is in doubt."""
    place = ssl.SSLSocket if trusted else socket.socket
    with way(answer_all, trusted) as (server, transport):
        for error in (BrokenPipeError(32, "x"), ConnectionResetError(104, "x"), OSError(9, "x")):
            transport.close()
            with monkeypatch.context() as patch:
                patch.setattr(place, "send", raiser(error, place.send), raising=False)
                decided = outcome(transport)
            assert isinstance(decided, NotSubmitted)
        assert server.taken == 0


# A real server that goes wrong


def after_the_request(client: Client) -> None:
    """Take the request, and go away."""
    client.read_request()


def reset(client: Client) -> None:
    """Take the request, and break off."""
    client.read_request()
    client.reset()


def garbage(client: Client) -> None:
    """Take the request, and send bytes that are not what they should be."""
    client.read_request()
    client.garbage()


def alert(client: Client) -> None:
    """Take the request, and send an alert."""
    client.read_request()
    client.alert()


def silent(client: Client) -> None:
    """Take the request, and say nothing."""
    client.read_request()
    client.server.over.wait(10)


def saying(*parts: bytes) -> Callable[[Client], None]:
    """Return a script: take the request, say this, and go away."""

    def script(client: Client) -> None:
        client.read_request()
        for part in parts:
            client.send(part)

    return script


LIMITED = b'{"errors":[{"message":"too many requests","field":null}]}'
REFUSING = b'{"errors":[{"message":"bad","field":"personalizations.0.to.0.email"}]}'
HTML = b"<html><body>Blocked by your administrator</body></html>"


def head(status: str, body: bytes, length: int | None = None) -> bytes:
    """Return an answer that promises this many bytes."""
    size = len(body) if length is None else length
    return f"HTTP/1.1 {status}\r\nContent-Length: {size}\r\n\r\n".encode() + body


INCOMPLETE = {
    "gone": after_the_request,
    "reset": reset,
    "garbage": garbage,
    "alert": alert,
    "silent": silent,
    "half-a-status": saying(b"HTTP/1.1 202"),
    "half-a-number": saying(b"HTTP/1.1 20"),
    "status-only": saying(b"HTTP/1.1 202 Accepted\r\n"),
    "half-a-head": saying(b"HTTP/1.1 202 Accepted\r\nContent-Le"),
    "head-without-end": saying(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n"),
    "half-a-429": saying(b"HTTP/1.1 429 Too Many\r\nRetry-Af"),
    "429-without-end": saying(b"HTTP/1.1 429 Too Many\r\nRetry-After: 1\r\n"),
    "half-a-body": saying(head("202 Accepted", b"{", 20)),
    "half-a-no": saying(head("400 Bad Request", REFUSING, 900)),
    "half-a-429-body": saying(head("429 Too Many", LIMITED, 900)),
    "no-without-length": saying(b"HTTP/1.0 400 Bad Request\r\n\r\n" + REFUSING[:40]),
    "half-a-chunk": saying(
        b"HTTP/1.1 400 Bad\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n" + REFUSING
    ),
    "no-http": saying(b"220 mail.example ESMTP\r\n"),
    "interim": saying(b"HTTP/1.1 103 Early Hints\r\n\r\n", YES),
    "switching": saying(b"HTTP/1.1 101 Switching Protocols\r\n\r\n"),
    "continue-and-gone": saying(b"HTTP/1.1 100 Continue\r\n\r\n"),
    "200": saying(head("200 OK", b"{}")),
    "201": saying(head("201 Created", b"{}")),
    "204": saying(b"HTTP/1.1 204 No Content\r\n\r\n"),
    "page": saying(head("200 OK", HTML)),
    "redirect": saying(b"HTTP/1.1 307 Temporary\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"),
    "filter": saying(head("403 Forbidden", HTML)),
    "filter-401": saying(head("401 Unauthorized", HTML)),
    "filter-400": saying(head("400 Bad Request", HTML)),
    "empty-404": saying(head("404 Not Found", b"")),
    "408": saying(head("408 Request Timeout", LIMITED)),
    "499": saying(head("499 Client Closed", LIMITED)),
    "500": saying(head("500 Internal", LIMITED)),
    "502": saying(head("502 Bad Gateway", HTML)),
    "bad-gzip": saying(
        b"HTTP/1.1 202 Accepted\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}"
    ),
}
ENCRYPTED_ONLY = ("garbage", "alert")


@pytest.mark.parametrize("name", INCOMPLETE)
def test_nothing_but_a_whole_answer_resolves_it(trusted: Path | None, name: str) -> None:
    """A request that was taken, and whose answer is none, is unknown: never safe to send again."""
    if trusted is None and name in ENCRYPTED_ONLY:
        # In the clear these bytes are an answer of somebody who speaks no HTTP.
        name = "no-http"
    with way(INCOMPLETE[name], trusted) as (server, transport):
        decided = outcome(transport)

        assert type(decided) is OutcomeUnknown
        assert server.taken == 1


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (head("429 Too Many", LIMITED), "throttled"),
        (head("429 Too Many", HTML), "throttled"),
        (head("413 Too Large", HTML), "too-large"),
        (head("407 Proxy Authentication Required", HTML), "account-error"),
        (head("400 Bad Request", REFUSING), "refused"),
        (head("401 Unauthorized", LIMITED), "account-error"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + head("401 Unauthorized", LIMITED), "account-error"),
    ],
)
def test_whole_no_is_a_no(trusted: Path | None, answer: bytes, kind: str) -> None:
    """A whole answer in SendGrid's form, or one that is given unread, is what it says."""
    with way(saying(answer), trusted, answer=60) as (_, transport):
        decided = outcome(transport)

        assert decided is not None
        assert decided.code == kind


@pytest.mark.parametrize("how", ["plain-server", "reset", "nonsense", "stranger"])
def test_failed_handshake_leaves_nobody_in_doubt(
    certificate: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """No secure connection: nothing has left, whatever broke it."""
    if how != "stranger":
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    context = server_context(certificate)

    def instead(client: Client) -> None:
        if how != "stranger":
            # The handshake has begun: Python's ssl leaks a socket that is reset before it.
            client.raw.recv(1)
        if how == "reset":
            client.reset()
        elif how == "nonsense":
            client.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        elif how == "stranger":
            client.sock = context.wrap_socket(client.raw, server_side=True)
            client.read_request()

    with RawServer(instead) as server:
        transport = SendGridTransport(
            base_url=f"https://127.0.0.1:{server.port}",
            api_key="SG.test",
            limits=Limits(connect=1, answer=1),
        )
        decided = outcome(transport)
        transport.close()

        assert type(decided) is NotSubmitted
        assert server.taken == 0


def test_kept_connection_that_was_closed_is_opened_again(trusted: Path | None) -> None:
    """A server that closes what was kept costs nothing: it is seen before the first byte."""

    def once(client: Client) -> None:
        client.read_request()
        client.send(YES)

    with way(once, trusted) as (server, transport):
        for _ in range(5):
            assert outcome(transport) is None
            assert server.has_closed()

        assert (server.taken, server.connections) == (5, 5)


def test_kept_connection_is_used_again(trusted: Path | None) -> None:
    """Request after request goes over one connection."""
    with way(answer_all, trusted) as (server, transport):
        for _ in range(5):
            assert outcome(transport) is None

        assert (server.taken, server.connections) == (5, 1)


def test_late_second_answer_is_not_taken_for_another(trusted: Path | None) -> None:
    """Two answers to one request: the second is never read as the answer to the next one."""
    numbers = iter(range(100))

    def twice(client: Client) -> None:
        while client.read_request():
            first = next(numbers)
            client.send(b"HTTP/1.1 103 Early Hints\r\n\r\n" if first % 2 else YES + YES)

    with way(twice, trusted) as (server, transport):
        for _ in range(6):
            taken = server.taken
            if outcome(transport) is None:
                assert server.taken == taken + 1


def test_proxy_that_says_no_has_passed_nothing_on(certificate: Path) -> None:
    """What is said to a proxy to get through it is no part of the request."""

    def no(client: Client) -> None:
        client.sock.recv(65536)
        client.send(b"HTTP/1.1 503 No\r\n\r\n")

    with RawServer(no) as server:
        transport = SendGridTransport(
            base_url="https://api.tideline.example",
            api_key="SG.test",
            limits=Limits(connect=1, answer=1),
        )
        pool = transport._client.client._pool
        through = urllib3.ProxyManager(f"http://127.0.0.1:{server.port}", retries=False)
        through.pool_classes_by_scheme = pool.pool_classes_by_scheme
        transport._client.client._pool = through
        decided = outcome(transport)
        transport.close()

    assert type(decided) is NotSubmitted
