"""The one process of a small deployment: web, clock, senders and the reader of events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from socket import socket

from newsletter.backup.nightly import BackupWorker
from newsletter.conf.config import Config
from newsletter.doctor.worker import SystemCheckWorker
from newsletter.monitoring.alarms.worker import AlarmWorker
from newsletter.runtime.gc_tuning import tune_gc
from newsletter.runtime.housekeeper import Housekeeper
from newsletter.runtime.list_keeper import ListKeeper
from newsletter.runtime.sender_process import SenderProcess
from newsletter.runtime.shutdown import GRACE, Stoppable
from newsletter.runtime.web_server import WebServer
from newsletter.scheduling.clock import Clock
from newsletter.sending import trusted_time
from newsletter.sending.operations.dry_run_worker import DryRunWorker
from newsletter.sending.workers.base import Engine
from newsletter.sending.workers.factory import open_engine
from newsletter.tracking.event_worker import EventWorker
from newsletter.tracking.restore_watch import RestoreWatch
from newsletter.transports.base import Transport
from newsletter.transports.factory import open_cancellation, open_transport
from newsletter.welcoming.worker import SignUpWorker
from subscribers.bulk.worker import BulkWorker
from subscribers.importing.worker import ImportWorker

#: Seconds that reading events gets.
STOP_SECONDS = 2.0
#: Seconds that taking out people who left gets before a stop.
LEAVERS = 6.0


def open_senders(config: Config, transport: Transport) -> Engine:
    """Return the senders that the settings want: threads of this process, or one beside it."""
    if config.sending.has_sender_process:
        return SenderProcess(config, open_engine(config, transport, senders=0))
    return open_engine(config, transport, senders=config.sender_count)


class Service(Stoppable):
    """Starts them all, and stops them so that nothing is left in doubt."""

    def __init__(self, config: Config, *, web: bool = True, sockets: Sequence[socket] = ()) -> None:
        super().__init__()
        self._transport: Transport = open_transport(config)
        self._engine = open_senders(config, self._transport)
        self._clock = Clock(
            late=dt.timedelta(hours=config.sending.max_delay_hours),
            enqueue=self._engine.enqueue,
            canceller=open_cancellation(config),
        )
        self._watch = RestoreWatch(config)
        self._event_worker = EventWorker(config)
        self._dry_run_worker = DryRunWorker(self._transport)
        self._sign_up_worker = SignUpWorker(self._transport)
        self._housekeeper = Housekeeper()
        self._list_keeper = ListKeeper()
        self._import_worker = ImportWorker(trusted_time.now)
        self._system_check = SystemCheckWorker(config)
        self._bulk_worker = BulkWorker(trusted_time.now)
        self._alarm_worker = AlarmWorker()
        self._backup_worker = BackupWorker(config)
        self._web = WebServer(config, sockets) if web else None

    @property
    def address(self) -> str:
        """Where the web answers; empty without it."""
        return self._web.address if self._web else ""

    def start(self) -> None:
        """Start the web first: mail links to pages."""
        tune_gc()
        if self._web:
            self._web.start()
        # Before anything is sent: the database may be older than what was submitted.
        self._watch.start()
        # Nor before it is known whether the clock can be trusted.
        self._clock.read_time_at_start()
        self._engine.start()
        self._clock.start()
        self._event_worker.start()
        self._dry_run_worker.start()
        self._sign_up_worker.start()
        self._housekeeper.start()
        self._list_keeper.start()
        self._import_worker.start()
        self._system_check.start()
        self._bulk_worker.start()
        self._alarm_worker.start()
        self._backup_worker.start()

    def stop(self) -> bool:
        """Finish what is in flight, claim nothing more; False when time ran out over it."""
        self._clock.stop()
        finished = self._engine.stop(GRACE)
        self._clock.take_out_leavers(LEAVERS)
        # A post that is not read by then is read after the next start.
        self._event_worker.stop(STOP_SECONDS)
        self._watch.stop(STOP_SECONDS)
        self._dry_run_worker.stop(STOP_SECONDS)
        self._sign_up_worker.stop(STOP_SECONDS)
        self._housekeeper.stop(STOP_SECONDS)
        # A reading that is cut off is begun again.
        self._list_keeper.stop(STOP_SECONDS)
        # An import that is cut off has left nothing, and is begun again.
        self._import_worker.stop(STOP_SECONDS)
        # It only asks; what it has not found by then is not kept.
        self._system_check.stop(STOP_SECONDS)
        # A message that is cut off is sent again.
        self._alarm_worker.stop(STOP_SECONDS)
        # A bulk action goes on where it stood.
        self._bulk_worker.stop(STOP_SECONDS)
        # A backup that is cut off has left nothing, and is made again.
        self._backup_worker.stop(STOP_SECONDS)
        if self._web:
            self._web.stop()
        self._transport.close()
        return finished
