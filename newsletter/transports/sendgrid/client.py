"""The official SendGrid client over kept connections, with time limits that hold.

The client's own way of posting opens a connection per request, follows redirects (which turns
the POST into a GET) and has no time limit (`research`: python_http_client 3.3.7, client.py).
Here the client is used for host, region, authorisation, version and error classes.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import urllib3
from python_http_client.client import Client
from python_http_client.exceptions import HTTPError, err_dict

from newsletter.errors import NotSubmitted, OutcomeUnknown, TransportError
from newsletter.phrases import phrase
from newsletter.transports.error_text import kind_of, log_unexpected
from newsletter.transports.http_connection import pool_classes
from newsletter.transports.http_exchange import EXCHANGE, Exchange, exchange_before_deadline

#: Who is spoken to, in messages.
PROVIDER_NAME = "SendGrid"


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Time limits in seconds; `total` bounds one request from its first to its last byte."""

    connect: float
    answer: float

    @property
    def total(self) -> float:
        """Time for everything after the connection is open."""
        return self.answer * 2


def pool_manager(limits: Limits, size: int) -> urllib3.PoolManager:
    """Return a pool that never retries, never follows redirects and keeps the time limits."""
    manager = urllib3.PoolManager(
        maxsize=size,
        block=True,
        retries=False,
        timeout=urllib3.Timeout(connect=limits.connect, read=limits.answer),
    )
    manager.pool_classes_by_scheme = pool_classes(connect=limits.connect * 2, exchange=limits.total)
    return manager


@dataclass(frozen=True, slots=True)
class Answer:
    """What the official client calls a response."""

    status_code: int
    body: bytes
    headers: Mapping[str, str]


class PooledClient(Client):
    """The official client, with requests through a pool."""

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
        """Make one request; raise the client's own error for a status of 300 or more.

        Without a complete answer it raises a `TransportError`, which says whether
        anything had left: `NotSubmitted` or `OutcomeUnknown`.
        """
        current = EXCHANGE.get()
        if current is None:
            with exchange_before_deadline(PROVIDER_NAME) as current:
                return self._exchange(current, method, body, query)
        current.begin_again()
        return self._exchange(current, method, body, query)

    def _exchange(self, current: Exchange, method: str, body: Any, query: Any) -> Answer:
        try:
            response = self._ask(method, body, query)
        except TransportError:
            raise
        except Exception as error:  # noqa: BLE001  whatever it is, what has left decides
            raise current.decision(error) from None
        if not current.began:
            raise NotSubmitted(phrase("SendGrid closed the connection before a request was sent"))
        if response.status < 400 and not current.complete:
            raise OutcomeUnknown(phrase("SendGrid answered before it had the whole request"))
        if response.status >= 300:
            kind = err_dict.get(response.status, HTTPError)
            raise kind(response.status, response.reason, response.data, response.headers)
        return Answer(response.status, response.data, response.headers)

    def _ask(self, method: str, body: Any, query: Any) -> urllib3.BaseHTTPResponse:
        # A copy: the original shares one dict between all requests and threads.
        headers = dict(self.request_headers)
        if body is not None:
            headers["Content-Type"] = "application/json"
        return self._pool.request(
            method,
            self._build_url(query),
            body=body if body is None or isinstance(body, bytes) else orjson.dumps(body),
            headers=headers,
            redirect=False,
        )


class SendGridClient:
    """One account, by the official client with its transport replaced; `size` connections at most.

    The official client is made for the first request: its package loads a library of cryptography,
    7 MB, which a service at rest does not need.
    """

    def __init__(self, *, base_url: str, api_key: str, limits: Limits, size: int) -> None:
        self._base_url, self._api_key = base_url, api_key
        self._pool = pool_manager(limits, size)
        self._lock = threading.Lock()
        self._made: PooledClient | None = None

    @property
    def client(self) -> PooledClient:
        """What names the addresses of the API, as `client.mail.send.post`.

        Raises `NotSubmitted` where it cannot be loaded: an upgrade has taken the package away, or
        this process has too many files open.
        """
        with self._lock:
            if self._made is None:
                try:
                    self._made = self._make()
                except Exception as error:  # noqa: BLE001  whatever it is, nothing has left
                    log_unexpected(error)
                    raise NotSubmitted(
                        phrase("SendGrid's client cannot be loaded: {kind}", kind=kind_of(error)),
                        hint=phrase("If the program was upgraded, restart the service."),
                    ) from None
            return self._made

    def close(self) -> None:
        """Close the connections that are kept."""
        self._pool.clear()

    def _make(self) -> PooledClient:
        from sendgrid import SendGridAPIClient

        official = SendGridAPIClient(api_key=self._api_key, host=self._base_url)
        return PooledClient(
            host=official.host,
            request_headers=official._default_headers,  # noqa: SLF001  it has no public name
            version=3,
            pool=self._pool,
        )
