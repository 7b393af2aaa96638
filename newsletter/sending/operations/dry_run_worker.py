"""A thread that does the dry runs of queued sends, while there is nothing more urgent."""

from __future__ import annotations

import logging
import threading

from django.db import close_old_connections, connection

from newsletter.runtime.availability import database
from newsletter.sending import trusted_time
from newsletter.sending.operations import background_dry_run
from newsletter.transports.base import Transport

log = logging.getLogger(__name__)

#: Seconds between two looks when no dry run is due, and after an error.
IDLE_SECONDS = 2.0


class DryRunWorker:
    """Works from `start` to `stop`, and stops between two portions."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="dry-run", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self, timeout: float) -> bool:
        """Finish the portion in progress, and no more; False when time ran out."""
        self._stopping.set()
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                if not self._work():
                    self._stopping.wait(IDLE_SECONDS)
        finally:
            connection.close()

    def _work(self) -> bool:
        """Do one portion of a dry run; return whether there was one."""
        close_old_connections()
        try:
            send = background_dry_run.due(trusted_time.now())
            return send is not None and background_dry_run.step(send, self._transport)
        except Exception as error:
            if not database.lost(error):
                log.exception("the dry run worker met an error; it goes on")
            return False
