"""A process of a fleet that only sends: no web, no clock."""

from __future__ import annotations

from newsletter.config import Config
from newsletter.errors import ConfigError
from newsletter.sending.engines.opening import open_engine
from newsletter.stopping import GRACE, Stoppable
from newsletter.transports.opening import open_transport


class Worker(Stoppable):
    """Takes jobs, hands batches over, and stops so that nothing is left in doubt."""

    def __init__(self, config: Config, *, senders: int) -> None:
        super().__init__()
        if config.sending.engine == "embedded":
            raise ConfigError(
                f"{config.path}: [sending] engine: with embedded, `newsletter serve` sends itself",
                hint="Set engine = procrastinate for every process of the fleet: docs/fleet.md",
            )
        self._transport = open_transport(config)
        self._engine = open_engine(config, self._transport, senders=senders)

    def start(self) -> None:
        """Begin to take jobs."""
        self._engine.start()

    def stop(self) -> bool:
        """Finish what is in flight, claim nothing more; False when time ran out over it."""
        finished = self._engine.stop(GRACE)
        self._transport.close()
        return finished
