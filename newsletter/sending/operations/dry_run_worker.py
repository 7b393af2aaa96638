"""A thread that does the dry runs of queued sends, while there is nothing more urgent."""

from __future__ import annotations

from newsletter.runtime.background import AfterChange, BackgroundThread, Pause
from newsletter.sending import trusted_time
from newsletter.sending.models import Send
from newsletter.sending.operations import background_dry_run
from newsletter.transports.base import Transport

#: Seconds between two checks when no dry run is due and the database does not change.
REST_SECONDS = 10.0
#: Seconds until the next check after an error.
RETRY_SECONDS = 2.0


class DryRunWorker(BackgroundThread):
    """Works from `start` to `stop`; it stops between two chunks."""

    def __init__(self, transport: Transport) -> None:
        queued = Send.objects.filter(state=Send.State.QUEUED)
        super().__init__("dry-run", self._work, retry_seconds=RETRY_SECONDS, has_work=queued.exists)
        self._transport = transport

    def _work(self) -> Pause:
        """Do one chunk of a dry run; return how long to wait."""
        send = background_dry_run.next_due_send(trusted_time.now())
        if send is not None and background_dry_run.check_next_chunk(send, self._transport):
            return 0.0
        return AfterChange(REST_SECONDS)
