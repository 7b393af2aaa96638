"""The record of every request made to the API, for tests and for the page of requests."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass

#: Older exchanges are forgotten (their counts are not).
KEPT = 10_000
SEND = "/v3/mail/send"


@dataclass(slots=True)
class Exchange:
    """One request and what was answered; `status` 0 means that the connection was broken.

    `at` is Unix time by the emulator's clock, `seconds` how long the answer took, `message_id`
    the X-Message-Id if the request was accepted, whatever the client was told.
    """

    number: int
    at: float
    method: str
    path: str
    status: int = 0
    size: int = 0
    seconds: float = 0.0
    recipients: int = 0
    message_id: str = ""
    fault: str = ""
    error: str = ""


class RequestLog:
    """Exchanges, the oldest first, and how many requests to send were open at one time."""

    def __init__(self) -> None:
        self._kept: deque[Exchange] = deque(maxlen=KEPT)
        self.statuses: Counter[int] = Counter()
        self.total = 0
        self.open = 0
        #: The most requests to /v3/mail/send that were ever open at once.
        self.peak = 0

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[Exchange]:
        return iter(tuple(self._kept))

    def __getitem__(self, position: int) -> Exchange:
        return self._kept[position]

    def begin(self, at: float, method: str, path: str) -> Exchange:
        """Note that a request has arrived."""
        self.total += 1
        exchange = Exchange(self.total, at, method, path)
        self._kept.append(exchange)
        if exchange.path == SEND:
            self.open += 1
            self.peak = max(self.peak, self.open)
        return exchange

    def end(self, exchange: Exchange, seconds: float) -> None:
        """Note that a request is over."""
        exchange.seconds = seconds
        self.statuses[exchange.status] += 1
        if exchange.path == SEND:
            self.open -= 1

    def newest(self, start: int = 0, count: int = 50) -> list[Exchange]:
        """Return exchanges, the newest first."""
        return list(reversed(self._kept))[start : start + count]

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()
        self.statuses.clear()
        self.total = self.peak = 0
