"""What a server has shown of its limits: connections at a time, and messages on one of them.

Nothing announces them (RFC 5321 has no word for it), so they are learned from refusals, and
forgotten after a while: a server that restarts looks like one that has a limit.
"""

from __future__ import annotations

import time

#: Seconds after which more connections are tried than the server took the last time.
PROBE_SECONDS = 60.0
#: Seconds after which the number of messages on a connection is learned again.
REMEMBER_SECONDS = 600.0


class Limits:
    """How many connections we open, and how many messages one of them takes."""

    def __init__(self, connections: int) -> None:
        self._configured = self._allowed = connections
        self._probe_at = float("inf")
        self._messages: int | None = None
        self._forget_at = float("inf")
        self._ends: set[int] = set()

    @property
    def connections(self) -> int:
        """How many connections may be open at the same time."""
        if time.monotonic() >= self._probe_at:
            self.allow(self._allowed + max(1, self._allowed // 2))
        return self._allowed

    def allow(self, connections: int) -> None:
        """Note how many connections the server takes at the same time."""
        self._allowed = min(self._configured, max(1, connections))
        is_less = self._allowed < self._configured
        self._probe_at = time.monotonic() + PROBE_SECONDS if is_less else float("inf")

    def learn_end(self, begun: int, *, told: bool) -> None:
        """Note that a connection took this many messages, and that another one took more.

        If the server does not say that it has a limit, the same number twice shows it.
        """
        if told or begun in self._ends:
            self._messages = min(begun, self._messages or begun)
            self._forget_at = time.monotonic() + REMEMBER_SECONDS
        self._ends.add(begun)

    def is_over(self, begun: int) -> bool:
        """Return whether a connection has reached the server's limit of messages."""
        if time.monotonic() >= self._forget_at:
            self._messages, self._forget_at = None, float("inf")
            self._ends.clear()
        return self._messages is not None and begun >= self._messages
