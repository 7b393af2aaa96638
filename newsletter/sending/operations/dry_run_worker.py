"""A thread that does the dry runs of queued sends, while there is nothing more urgent."""

from __future__ import annotations

from newsletter.runtime.background import BackgroundThread
from newsletter.sending import trusted_time
from newsletter.sending.operations import background_dry_run
from newsletter.transports.base import Transport

#: Seconds between two checks when no dry run is due, and after an error.
IDLE_SECONDS = 2.0


class DryRunWorker(BackgroundThread):
    """Works from `start` to `stop`; it stops between two chunks."""

    def __init__(self, transport: Transport) -> None:
        super().__init__("dry-run", self._work, retry_seconds=IDLE_SECONDS)
        self._transport = transport

    def _work(self) -> float:
        """Do one chunk of a dry run; return the seconds until the next."""
        send = background_dry_run.next_due_send(trusted_time.now())
        if send is not None and background_dry_run.check_next_chunk(send, self._transport):
            return 0.0
        return IDLE_SECONDS
