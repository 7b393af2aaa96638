"""Future actions, in the order of their time."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count

Action = Callable[[], None]


class Timeline:
    """Actions that wait for their time (Unix seconds); for one thread only."""

    def __init__(self) -> None:
        #: Called whenever `next_due` has become earlier.
        self.on_earlier: Action = lambda: None
        self._heap: list[tuple[float, int, Action]] = []
        self._numbers = count()

    def at(self, due: float, action: Action) -> None:
        """Run `action` at the time `due`; actions with the same time keep their order."""
        entry = (due, next(self._numbers), action)
        heapq.heappush(self._heap, entry)
        if self._heap[0] is entry:
            self.on_earlier()

    @property
    def next_due(self) -> float | None:
        """When the next action is due, if there is one."""
        return self._heap[0][0] if self._heap else None

    def run_due(self, now: Callable[[], float]) -> None:
        """Run everything that is due, and whatever becomes due by that."""
        while self._heap and self._heap[0][0] <= now():
            heapq.heappop(self._heap)[2]()

    def clear(self) -> None:
        """Forget everything."""
        self._heap.clear()
