"""How a long-running program is told to stop."""

from __future__ import annotations

import logging
import signal
import threading
from abc import ABC, abstractmethod
from types import FrameType

log = logging.getLogger(__name__)

#: Seconds that senders get to finish what is in progress; supervisors kill after 30 or more.
GRACE = 20.0
#: Whether this process was told to stop: a load balancer then sends its visitors elsewhere.
_told = threading.Event()


def is_stopping() -> bool:
    """Say whether this process was told to stop, and finishes what is in progress."""
    return _told.is_set()


class Stoppable(ABC):
    """A program that works until SIGTERM or SIGINT, and then finishes what is in progress.

    A second signal ends it at once, which is safe: what was posted is found as unknown.
    """

    def __init__(self) -> None:
        self._stopped = threading.Event()

    def handle_signals(self) -> None:
        """Let SIGTERM and SIGINT end `wait` from now on, and nothing else."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)

    def wait(self) -> None:
        """Return once the process has been told to stop."""
        self._stopped.wait()

    def tell(self) -> None:
        """End `wait`, as a signal does."""
        _told.set()
        self._stopped.set()

    @abstractmethod
    def stop(self) -> bool:
        """Finish what is in flight, claim nothing more; False when time ran out over it."""

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        del frame
        log.info("%s: finishing what is in progress", signal.Signals(number).name)
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, signal.SIG_DFL)
        _told.set()
        self._stopped.set()
