"""Faults on demand: everything that can go wrong between a sender and SendGrid."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase as fnmatch
from itertools import count
from typing import Any

from sendgrid_emulator.randomness import draw_number
from sendgrid_emulator.state.request_log import SEND


class Kind(StrEnum):
    """What goes wrong.  Names with `accept_then` mean that the request counts as accepted."""

    REFUSE = "refuse"  #: no connection for `seconds`
    TLS_FAIL = "tls_fail"  #: the handshake fails; only where TLS is spoken
    RESET_BEFORE = "reset_before"  #: connection reset before the request is read
    READ_THEN_RESET = "read_then_reset"  #: reset after `size` bytes of the body; not accepted
    ACCEPT_THEN_RESET = "accept_then_reset"
    ACCEPT_THEN_500 = "accept_then_500"
    ACCEPT_THEN_HTML_502 = "accept_then_html502"
    ACCEPT_THEN_503 = "accept_then_503"
    ACCEPT_THEN_504 = "accept_then_504"
    ACCEPT_THEN_HANG = "accept_then_hang"  #: no answer for `seconds`, then a reset
    ACCEPT_TWICE = "accept_twice"  #: SendGrid's own rare double
    REJECT_500 = "reject_500"
    TOO_MANY = "429"  #: with X-RateLimit-Reset `seconds` ahead
    TOO_LARGE = "413"
    NO_CREDITS = "401_credits"
    BAD_KEY = "401"
    UNVERIFIED = "403"
    REDIRECT = "302"
    CAPTIVE_PORTAL = "200_html"
    DELAY = "delay"  #: the answer comes `seconds` late
    SLOW_BODY = "slow_body"  #: the answer's head comes at once, its body byte by byte for `seconds`
    CLOSE_IDLE = "close_idle"  #: a kept-alive connection is closed right after the answer
    ZOMBIE = "zombie"  #: accepted `seconds` after the client has left (it waits for nothing)


@dataclass(slots=True)
class Fault:
    """One rule: which requests it hits, and how.

    `times`: how many requests (None: all).  `after`: requests to let pass first.  `odds`: the
    probability for each.  `max_wait_seconds`: how long a patient client is kept waiting.
    """

    kind: Kind
    times: int | None = 1
    path: str = SEND
    after: int = 0
    odds: float = 1.0
    seconds: float = 1.0
    size: int = 1024
    max_wait_seconds: float = 600.0
    id: int = 0
    hits: int = 0

    @property
    def is_spent(self) -> bool:
        """Return whether it has hit as many requests as it should."""
        return self.times is not None and self.hits >= self.times


class Faults:
    """The active faults; safe to use from any thread."""

    def __init__(self, *, seed: int = 0) -> None:
        #: Called with a `refuse` fault: only the owner of the socket can carry it out.
        self.on_refuse: Callable[[Fault], None] = lambda _fault: None
        self.on_clear: Callable[[], None] = lambda: None
        #: Whether TLS is spoken, so that a handshake can fail.
        self.speaks_tls = False
        self._rules: list[Fault] = []
        self._lock = threading.Lock()
        self._numbers = count(1)
        self._draws = count()
        self._seed = seed

    def __iter__(self) -> Iterator[Fault]:
        with self._lock:
            return iter(list(self._rules))

    def add(self, kind: str, **how: Any) -> Fault:
        """Add a rule; `how` are the fields of `Fault`.

        Raises ValueError for an unknown kind, and for `tls_fail` where no TLS is spoken.

        >>> Faults().add("429", times=3, seconds=30).kind
        <Kind.TOO_MANY: '429'>
        """
        fault = Fault(Kind(kind), **how, id=next(self._numbers))
        if fault.kind is Kind.TLS_FAIL and not self.speaks_tls:
            raise ValueError("tls_fail: this emulator does not speak TLS")
        if fault.kind is Kind.REFUSE:
            self.on_refuse(fault)
            return fault
        with self._lock:
            self._rules.append(fault)
        return fault

    def take(self, path: str) -> Fault | None:
        """Return the fault for a request to `path`, if one is due: the oldest rule that fits."""
        return self._take(lambda f: f.kind is not Kind.TLS_FAIL and fnmatch(path, f.path))

    def take_handshake(self) -> Fault | None:
        """Return the fault for a handshake, if one is due."""
        return self._take(lambda fault: fault.kind is Kind.TLS_FAIL)

    def _take(self, fits: Callable[[Fault], bool]) -> Fault | None:
        with self._lock:
            for fault in self._rules:
                if fits(fault) and self._hits(fault):
                    return fault
        return None

    def _hits(self, fault: Fault) -> bool:
        if fault.is_spent:
            return False
        if fault.after > 0:
            fault.after -= 1
            return False
        if draw_number(self._seed, fault.id, next(self._draws)) >= fault.odds:
            return False
        fault.hits += 1
        return True

    def remove(self, fault_id: int) -> None:
        """Remove a rule."""
        with self._lock:
            self._rules = [fault for fault in self._rules if fault.id != fault_id]

    def clear(self) -> None:
        """Remove all rules; a refused port opens again."""
        with self._lock:
            self._rules.clear()
        self.on_clear()
