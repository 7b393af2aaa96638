"""The one process of a small deployment: web, clock, senders and the reader of events."""

from __future__ import annotations

import datetime as dt
import logging
import signal
import threading
from types import FrameType

from newsletter.config import Config
from newsletter.scheduling.clock import Clock
from newsletter.sending.engines.embedded import EmbeddedEngine
from newsletter.tracking.follower import Follower
from newsletter.transports.base import Transport
from newsletter.transports.opening import open_transport
from newsletter.web import WebServer

log = logging.getLogger(__name__)

#: Seconds that senders get to finish what is under way; supervisors kill after 30 or more.
GRACE = 20.0
#: Seconds that reading events gets.
REST = 2.0


class Service:
    """Starts the four, and stops them so that nothing is left in doubt."""

    def __init__(self, config: Config, *, web: bool = True) -> None:
        lease = dt.timedelta(seconds=config.sending.lease_seconds)
        self._transport: Transport = open_transport(config)
        self._engine = EmbeddedEngine(self._transport, senders=config.sending.senders, lease=lease)
        self._clock = Clock(
            late=dt.timedelta(hours=config.sending.late_hours), ring=self._engine.ring
        )
        self._follower = Follower(config)
        self._web = WebServer(config) if web else None
        self._stopped = threading.Event()

    @property
    def address(self) -> str:
        """Where the web answers; empty without it."""
        return self._web.address if self._web else ""

    def start(self) -> None:
        """Start the web first: mail links to pages."""
        if self._web:
            self._web.start()
        self._engine.start()
        self._clock.start()
        self._follower.start()

    def heed_signals(self) -> None:
        """Let SIGTERM and SIGINT end `wait` from now on, and nothing else."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)

    def wait(self) -> None:
        """Return once the process has been told to stop."""
        self._stopped.wait()

    def stop(self) -> bool:
        """Finish what is in flight, claim nothing more; False when time ran out over it."""
        self._clock.stop()
        finished = self._engine.stop(GRACE)
        # A post that is not read by then is read after the next start.
        self._follower.stop(REST)
        if self._web:
            self._web.stop()
        self._transport.close()
        return finished

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        del frame
        log.info("%s: finishing what is under way", signal.Signals(number).name)
        # A second signal leaves at once, which is safe: what was posted is found as unknown.
        signal.signal(number, signal.SIG_DFL)
        self._stopped.set()
