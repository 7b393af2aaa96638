"""How long a server takes for a message when nothing keeps it waiting."""

from __future__ import annotations

#: After this many messages, the shortest time before them is forgotten.
MESSAGES = 200


class Latency:
    """The shortest time of the last messages.

    The mean would also contain the time that mails wait for each other, which more connections
    make longer.
    """

    def __init__(self) -> None:
        self._before = self._now = float("inf")
        self._count = 0

    @property
    def seconds(self) -> float:
        """The time for one message; 0 as long as nothing is known."""
        known = min(self._before, self._now)
        return 0.0 if known == float("inf") else known

    def add(self, seconds: float) -> None:
        """Take the time that one message took on its connection."""
        self._now = min(self._now, seconds)
        self._count += 1
        if self._count == MESSAGES:
            self._before, self._now, self._count = self._now, float("inf"), 0
