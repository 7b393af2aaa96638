"""Connections to an HTTP API that record what has left, and accept only complete answers."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from newsletter.transports.http_exchange import EXCHANGE, Exchange
from newsletter.transports.sockets import WholeLines, wake_waiting

#: Seconds after which a kept connection is opened again: something between us and the
#: provider may have forgotten it, and would drop a request silently.
MAX_IDLE_SECONDS = 30.0


class WholeHead(http.client.HTTPResponse):
    """An answer whose head is complete: a head without its empty line is not accepted."""

    fp: Any

    def begin(self) -> None:
        """Read the head."""
        if self.fp is None:
            raise http.client.ResponseNotReady
        lines = HeadLines(self.fp)
        self.fp = lines
        super().begin()
        if self.fp is lines:
            self.fp = lines.file


class HeadLines(WholeLines):
    """The lines of a head: it may not end before its empty line."""

    def __init__(self, file: Any) -> None:
        super().__init__(file)
        self._begun = self._over = False

    def readline(self, limit: int = -1) -> bytes:
        """Return a line; raise `ConnectionResetError` if the head ends too early."""
        line = super().readline(limit)
        if not line and self._begun and not self._over:
            raise ConnectionResetError("The answer ends in the middle of its head")
        self._over = self._begun and line in (b"\r\n", b"\n")
        self._begun = True
        return line


class Recording:
    """A mix-in for a connection: records the first byte, and ends what takes too long.

    A read timeout alone begins again with every byte, so a very slow server would block a sender
    for ever.
    """

    #: Seconds for opening a connection, and for everything after that.
    longest_connect: float
    longest_exchange: float
    response_class: Any = WholeHead
    sock: Any
    is_connected: bool
    close: Callable[[], None]
    _tunnel_host: str | None
    _exchange: Exchange | None = None
    #: When the last answer came; 0 on a new connection.
    _used_at = 0.0

    def connect(self) -> None:
        """Connect, with or without a proxy; this is not part of a request."""
        self._exchange, self._used_at = None, 0.0
        exchange = EXCHANGE.get() or Exchange()
        exchange.ring_after(self.longest_connect, lambda: wake_waiting(self.sock))
        try:
            super().connect()  # type: ignore[misc]  # the connection class has it
        finally:
            exchange.end()

    def request(self, *args: Any, **kwargs: Any) -> None:
        """Send a request, if it may still leave; its first byte starts the time limit."""
        if self._used_at and self._is_stale():
            self.close()
        if self.sock is None:
            self.connect()
        exchange = EXCHANGE.get() or Exchange()
        if exchange.message:
            exchange.message.raise_if_expired()
        sock = self.sock
        exchange.ring_after(self.longest_exchange, lambda: wake_waiting(sock))
        self._exchange = exchange
        super().request(*args, **kwargs)  # type: ignore[misc]  # as above
        exchange.complete = True

    def send(self, data: Any) -> None:
        """Write bytes to the socket; those of a request are recorded.

        In the middle of a request, no new connection is opened automatically.
        """
        if self._exchange is None:
            super().send(data)  # type: ignore[misc]  # as above
        elif self.sock is None:
            raise http.client.NotConnected
        elif isinstance(data, bytes):
            self._exchange.write(self.sock, data)
        else:
            self._exchange.began = True
            super().send(data)  # type: ignore[misc]  # as above

    def getresponse(self) -> Any:
        """Return a complete answer, and end the time limit.

        After an interim one (1xx) another follows, which must not be taken for the answer to the
        next request on this connection.
        """
        exchange = self._exchange or Exchange()
        try:
            answer = require_final(super().getresponse())  # type: ignore[misc]  # as above
        except BaseException:
            self.close()
            raise
        finally:
            exchange.end()
            self._exchange = None
        self._used_at = time.monotonic()
        return answer

    def _is_stale(self) -> bool:
        """Return whether a kept connection was closed meanwhile, or idle for too long."""
        if self._tunnel_host:
            # Closed, it would forget the proxy.
            return False
        return time.monotonic() - self._used_at > MAX_IDLE_SECONDS or not self.is_connected


def require_final(answer: Any) -> Any:
    """Return an answer, or raise `BadStatusLine` if another follows it (1xx)."""
    if answer.status < 200:
        raise http.client.BadStatusLine(f"{answer.status} is no final answer")
    return answer


def pool_classes(*, connect: float, exchange: float) -> dict[str, type[HTTPConnectionPool]]:
    """Return urllib3's pools by scheme, over connections that keep these limits in seconds."""

    class Plain(Recording, HTTPConnection):
        longest_connect, longest_exchange = connect, exchange

    class Secure(Recording, HTTPSConnection):
        longest_connect, longest_exchange = connect, exchange

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
