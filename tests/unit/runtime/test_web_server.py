"""The web server: what goes over one connection."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import pytest
from waitress.server import create_server

from newsletter.runtime.web_server import RestingLoop, close, list_listeners, without_bodies

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

PAGE = b"<!doctype html>"


class Page:
    """A body that has to be closed, with or without its length being known beforehand."""

    def __init__(self, closed: threading.Semaphore) -> None:
        self.closed = closed

    def __iter__(self) -> Iterator[bytes]:
        return iter([PAGE])

    def close(self) -> None:
        """Note that it was closed."""
        self.closed.release()


class Application:
    """Answers every request with a page, as Django does, and counts the closed ones."""

    def __init__(self) -> None:
        self.closed = threading.Semaphore(0)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Return a page, with its length where the address says so."""
        known = environ["PATH_INFO"] == "/known"
        start_response("200 OK", [("Content-Length", str(len(PAGE)))] if known else [])
        return Page(self.closed)


@pytest.fixture
def application() -> Application:
    """An application that has answered nothing yet."""
    return Application()


@pytest.fixture
def connection(application: Application) -> Iterator[HTTPConnection]:
    """One kept connection to such a server."""
    server = create_server(without_bodies(application), host="127.0.0.1", port=0)
    with running(server):
        opened = HTTPConnection("127.0.0.1", server.effective_port, timeout=60)
        yield opened
        opened.close()


@contextmanager
def running(server: Any) -> Iterator[None]:
    """Let a server answer meanwhile; in the end its thread is over."""
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield
    close(server)
    thread.join(60)
    assert not thread.is_alive()


@pytest.mark.parametrize("path", ["/known", "/unknown"])
def test_a_head_has_no_body(
    connection: HTTPConnection, application: Application, path: str
) -> None:
    """After HEAD the next answer on the connection is whole, and every body was closed."""
    read = []
    for method in ("HEAD", "GET", "HEAD", "GET"):
        connection.request(method, path)
        read.append(connection.getresponse().read())

    assert read == [b"", PAGE, b"", PAGE]
    # A body is closed after the client has its last byte, so this waits for it.
    assert all(application.closed.acquire(timeout=60) for _ in range(4))
    assert not application.closed.acquire(blocking=False)


def test_a_name_with_two_addresses(application: Application) -> None:
    """Both are listened at, as for `localhost` with its two, and both end."""
    server = create_server(without_bodies(application), listen="127.0.0.1:0 127.0.0.2:0")
    with running(server):
        for each in list_listeners(server):
            asked = HTTPConnection(each.effective_host, each.effective_port, timeout=60)
            asked.request("GET", "/known")
            assert asked.getresponse().read() == PAGE
            asked.close()


def test_a_stop_with_a_kept_connection() -> None:
    """What is being answered is answered whole, and nobody waits for a connection that is kept."""
    asked, may_answer = threading.Event(), threading.Event()

    def slow(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        del environ
        asked.set()
        may_answer.wait(60)
        start_response("200 OK", [("Content-Length", str(len(PAGE)))])
        return [PAGE]

    server = create_server(slow, host="127.0.0.1", port=0)
    server.asyncore = RestingLoop
    busy, kept = (HTTPConnection("127.0.0.1", server.effective_port, timeout=60) for _ in "12")
    with running(server):
        busy.request("GET", "/")
        kept.connect()
        assert asked.wait(60)
        close(server)
        assert kept.sock.recv(1) == b"", "it is closed while the other is still answered"
        may_answer.set()
        assert busy.getresponse().read() == PAGE
    busy.close()
    kept.close()
