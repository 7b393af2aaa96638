"""A process that only sends: no web, no clock.

With the embedded engine it is one more process beside `newsletter serve`, for another core of the
same machine; with Procrastinate it may be on any machine.
"""

from __future__ import annotations

from newsletter.conf.config import Config
from newsletter.runtime.gc_tuning import tune_gc
from newsletter.runtime.shutdown import GRACE, Stoppable
from newsletter.scheduling.clock_reader import ClockReader
from newsletter.sending.workers.factory import open_engine
from newsletter.tracking.restore_watch import RestoreWatch
from newsletter.transports.factory import open_transport

#: Seconds that the watch over the database, and the reader of the clock, get to stop.
STOP_SECONDS = 2.0


class Worker(Stoppable):
    """Takes batches, submits them, and stops so that nothing is left in doubt."""

    def __init__(self, config: Config, *, senders: int) -> None:
        super().__init__()
        self._transport = open_transport(config)
        self._engine = open_engine(config, self._transport, senders=senders)
        self._watch = RestoreWatch(config)
        self._clock = ClockReader()

    def start(self) -> None:
        """Begin to send."""
        tune_gc()
        # Before anything is sent: the database may be older than what was submitted.
        self._watch.start()
        self._clock.start()
        self._engine.start()

    def stop(self) -> bool:
        """Finish what is in flight, claim nothing more; False when time ran out over it."""
        finished = self._engine.stop(GRACE)
        self._clock.stop(STOP_SECONDS)
        self._watch.stop(STOP_SECONDS)
        self._transport.close()
        return finished
