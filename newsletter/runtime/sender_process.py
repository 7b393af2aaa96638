"""The senders of `newsletter serve` as a process beside it, for machines with cores to spare.

It is a `newsletter worker`, so nothing about claims differs, and killing either is safe.  It is
started when something is to be sent soon, and ends after some minutes of nothing, since it takes as
much memory as the service.  It ends with the service, however that ends: its standard input is a
pipe that only the service holds, and the system closes it with the service (pipe(7)).
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import subprocess
import sys
import threading
import time

from django.db import close_old_connections, connection

from newsletter.conf.config import Config
from newsletter.runtime.availability import database
from newsletter.runtime.changes import watch
from newsletter.runtime.sender_state import SenderState, known
from newsletter.runtime.shutdown import is_stopping
from newsletter.scheduling.rest import IN_PROGRESS, MAX_REST_SECONDS
from newsletter.sending import trusted_time
from newsletter.sending.models import Send
from newsletter.sending.workers.base import Engine
from newsletter.sqlite.base import keep_connection

log = logging.getLogger(__name__)

#: What is due within this time has it started, so that mail leaves on time.  With nothing to do the
#: clock, at whose ticks it looks, rests for long; then some seconds are left until it is ready.
AHEAD = dt.timedelta(seconds=MAX_REST_SECONDS + 20)
#: Seconds of nothing to send after which it ends.
QUIET_SECONDS = 180.0
#: Seconds between two looks while it runs, and while it does not.
LOOK_SECONDS, REST_SECONDS = 1.0, 60.0
#: Seconds until it is started again when it ended by itself: twice as many each time.
FIRST_PAUSE_SECONDS, MAX_PAUSE_SECONDS = 1.0, 60.0
#: One that ran for this many seconds has recovered.
STEADY_SECONDS = 60.0
#: Seconds beyond those of its own until it is killed, at a stop.
MORE_SECONDS = 2.0


def is_wanted() -> bool:
    """Say whether something is being sent, or will be soon."""
    soon = trusted_time.now() + AHEAD
    return (
        Send.objects.filter(state__in=IN_PROGRESS).exists()
        or Send.objects.filter(state=Send.State.QUEUED, at__lte=soon).exists()
    )


class SenderProcess:
    """An engine that starts a worker when something is to be sent, and again when it dies.

    `queue` is the engine of this process, without senders: it keeps the job queue in order.
    """

    def __init__(self, config: Config, queue: Engine, command: list[str] | None = None) -> None:
        self._queue = queue
        count = str(config.sender_count)
        worker = [sys.executable, "-m", "newsletter", "worker", "--concurrency", count]
        self._command = command or [*worker, "--until-input-ends"]
        self._environment = {
            **os.environ,
            "NEWSLETTER_CONFIG": str(config.path),
            # The port that was really taken: links in mail lead there.
            "NEWSLETTER_WEB_PORT": str(config.web.port),
            "NEWSLETTER_SITE_BASE_URL": config.site.base_url,
        }
        self._child: subprocess.Popen[bytes] | None = None
        self._woken, self._stopping = threading.Event(), threading.Event()
        self._wanted_at = self._begun_at = self._not_before = 0.0
        self._pause = FIRST_PAUSE_SECONDS
        self._thread = threading.Thread(target=self._run, name="sender-process", daemon=True)

    def start(self) -> None:
        """Begin to look whether something is to be sent."""
        known.state = SenderState.OK
        watch.listen(self._woken.set, is_wanted)
        self._queue.start()
        self._thread.start()

    def enqueue(self) -> None:
        """Say that there may be work."""
        self._queue.enqueue()
        self._woken.set()

    def stop(self, timeout: float) -> bool:
        """Have the process finish what is in progress; False if it did not in time."""
        watch.forget(self._woken.set)
        self._stopping.set()
        self._woken.set()
        # A database that hangs must not keep the service: whoever waits for it begins nothing.
        self._thread.join(timeout)
        self._queue.stop(timeout)
        if (child := self._child) is None:
            return True
        self._let_go(child)
        try:
            return child.wait(timeout + MORE_SECONDS) == 0
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            return False

    def _run(self) -> None:
        keep_connection()
        try:
            while not self._stopping.is_set():
                self._supervise(time.monotonic())
                self._woken.wait(self._seconds_of_rest(time.monotonic()))
                self._woken.clear()
        finally:
            connection.close()

    def _seconds_of_rest(self, now: float) -> float:
        """Return the seconds until the next look: it may have died, or may be started again."""
        if self._child is not None or self._not_before > now:
            return LOOK_SECONDS
        return REST_SECONDS

    def _supervise(self, now: float) -> None:
        """Start the process, or let it end, as it is wanted; see whether it has died."""
        if self._child and (status := self._child.poll()) is not None:
            self._ended(self._child, status, now)
        elif self._child and now - self._begun_at >= STEADY_SECONDS:
            known.state, self._pause = SenderState.OK, FIRST_PAUSE_SECONDS
        if self._is_wanted():
            self._wanted_at = now
            if self._child is None and now >= self._not_before and not self._is_ending():
                self._begin(now)
        elif self._child is None:
            # With nothing to send it is not started again, so nobody waits for it.
            known.state = SenderState.OK
        elif now - self._wanted_at >= QUIET_SECONDS:
            self._let_go(self._child)

    def _is_ending(self) -> bool:
        return is_stopping() or self._stopping.is_set()

    def _is_wanted(self) -> bool:
        close_old_connections()
        try:
            return is_wanted()
        except Exception as error:
            if not database.lost(error):
                log.exception("the sender process met an error; it goes on")
            return False

    def _begin(self, now: float) -> None:
        self._begun_at = now
        try:
            self._child = subprocess.Popen(  # noqa: S603  our own module, our own arguments
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                env=self._environment,
            )
        except OSError as error:
            self._put_off(f"{error.strerror}", now)
        else:
            log.info("the sender process is started: something is to be sent")

    def _let_go(self, child: subprocess.Popen[bytes]) -> None:
        """Have it finish what is in progress, and end."""
        if child.stdin:
            child.stdin.close()

    def _ended(self, child: subprocess.Popen[bytes], status: int, now: float) -> None:
        """Take note that it ended; by itself it should not have."""
        self._child = None
        told = child.stdin is None or child.stdin.closed
        if child.stdin:
            child.stdin.close()
        if told or is_stopping():
            known.state = SenderState.OK
            return
        self._put_off(f"status {status}", now)

    def _put_off(self, why: str, now: float) -> None:
        known.state = SenderState.FAILED
        self._not_before = now + self._pause
        log.error("the sender process ended (%s); it is started again in %.0f s", why, self._pause)
        self._pause = min(self._pause * 2, MAX_PAUSE_SECONDS)
