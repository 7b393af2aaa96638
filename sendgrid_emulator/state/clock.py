"""The emulator's time: real time, which tests can move forward."""

from __future__ import annotations

import time
from collections.abc import Callable


class Clock:
    """Unix time in seconds; runs at real speed and can be advanced, never set back."""

    def __init__(self) -> None:
        self._ahead = 0.0
        self._listeners: list[Callable[[], None]] = []

    def now(self) -> float:
        """Return the present as seconds since 1970."""
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Move forward by `seconds`; on return, everything due by then has happened."""
        if seconds < 0:
            raise ValueError("time only moves forward")
        self._ahead += seconds
        for listener in self._listeners:
            listener()

    def on_advance(self, listener: Callable[[], None]) -> None:
        """Call `listener` after each `advance`."""
        self._listeners.append(listener)
