"""The official SendGrid client over kept connections, with time limits that hold.

The client's own way of posting opens a connection per request, follows redirects (which turns
the POST into a GET) and has no time limit (`research`: python_http_client 3.3.7, client.py).
Here it keeps what it is good for: host, region, authorisation, version and error classes.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import orjson
import urllib3
from python_http_client.client import Client
from python_http_client.exceptions import HTTPError, err_dict
from sendgrid import SendGridAPIClient
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from newsletter.transports.base import Letter

#: What is being handed over; the client's own calls have no place to say it.
LETTER: ContextVar[Letter | None] = ContextVar("LETTER", default=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Time limits in seconds; `total` bounds one request from its first to its last byte."""

    connect: float
    answer: float

    @property
    def total(self) -> float:
        """Time for everything after the connection stands."""
        return self.answer * 2


class Deadline:
    """Mixed into a connection: cuts it when the answer is not whole by then.

    A read limit alone starts anew with every byte, so a server that drips would hold a sender
    for ever.
    """

    total: float
    sock: Any
    connect: Any
    _alarm: threading.Timer | None = None

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Start the clock with the first byte that goes out, if it may still go out."""
        if self.sock is None:
            self.connect()
        if letter := LETTER.get():
            letter.must_be_in_time()
        self._alarm = threading.Timer(self.total, self.cut)
        self._alarm.daemon = True
        self._alarm.start()
        super().request(*args, **kwargs)  # type: ignore[misc]  # the connection class has it

    def getresponse(self) -> Any:
        """Stop the clock when the head of the answer is in."""
        try:
            return super().getresponse()  # type: ignore[misc]  # as above
        finally:
            self.stop()

    def stop(self) -> None:
        """Forget the deadline."""
        if self._alarm is not None:
            self._alarm.cancel()

    def cut(self) -> None:
        """Wake whoever waits on the socket, with an error."""
        with suppress(OSError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)


def pool_manager(limits: Limits, size: int) -> urllib3.PoolManager:
    """Return a pool that never retries, never redirects and keeps the time limits."""

    class Plain(Deadline, HTTPConnection):
        total = limits.total

    class Secure(Deadline, HTTPSConnection):
        total = limits.total

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    manager = urllib3.PoolManager(
        maxsize=size,
        block=True,
        retries=False,
        timeout=urllib3.Timeout(connect=limits.connect, read=limits.answer),
    )
    manager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
    return manager


@dataclass(frozen=True, slots=True)
class Answer:
    """What the official client calls a response."""

    status_code: int
    body: bytes
    headers: Mapping[str, str]


@contextmanager
def handing_over(letter: Letter) -> Iterator[None]:
    """Let no request begin to leave in here once the term of a letter is over."""
    token = LETTER.set(letter)
    try:
        yield
    finally:
        LETTER.reset(token)


class PooledClient(Client):
    """The official client, whose requests go through a pool."""

    def __init__(self, *args: Any, pool: urllib3.PoolManager, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._pool = pool

    def _build_client(self, name: str | None = None) -> PooledClient:
        return PooledClient(
            host=self.host,
            version=self._version,
            request_headers=self.request_headers,
            url_path=[*self._url_path, name] if name else self._url_path,
            append_slash=self.append_slash,
            pool=self._pool,
        )

    def __getattr__(self, name: str) -> Any:
        if name not in self.methods:
            return super().__getattr__(name)

        def call(request_body: Any = None, query_params: Any = None) -> Answer:
            return self._call(name.upper(), request_body, query_params)

        return call

    def _call(self, method: str, body: Any, query: Any) -> Answer:
        # A copy: the original shares one dict between all requests and threads.
        headers = dict(self.request_headers)
        if body is not None:
            headers["Content-Type"] = "application/json"
        response = self._pool.request(
            method,
            self._build_url(query),
            body=body if body is None or isinstance(body, bytes) else orjson.dumps(body),
            headers=headers,
            redirect=False,
        )
        if response.status >= 300:
            kind = err_dict.get(response.status, HTTPError)
            raise kind(response.status, response.reason, response.data, response.headers)
        return Answer(response.status, response.data, response.headers)


def pooled(client: SendGridAPIClient, limits: Limits, size: int) -> SendGridAPIClient:
    """Return the official client with its transport replaced."""
    client.client = PooledClient(
        host=client.host,
        request_headers=client._default_headers,  # noqa: SLF001  it has no public name
        version=3,
        pool=pool_manager(limits, size),
    )
    return client
