"""The connections to one mail server, and which mail goes over which of them.

How many there are follows from how long the server takes: a batch gets as many connections as it
needs to be over in `BATCH_GOAL_SECONDS`, if the server answers as fast as it can.  A server on the
same machine gets one for each batch, one that needs 100 ms for a message gets hundreds, as long as
`[smtp] connections` and the server allow them.

All of it runs in the thread of the event loop; only opening a connection, which waits, does not.
"""

from __future__ import annotations

import _thread
import copy
import math
import selectors
import threading
import time
from contextlib import suppress
from functools import partial

from newsletter.errors import (
    AccountError,
    Deferred,
    NotSubmitted,
    OutcomeUnknown,
    Refused,
    Throttled,
    TransportError,
)
from newsletter.phrases import phrase
from newsletter.transports.error_text import kind_of
from newsletter.transports.smtp.batch import Batch, Mail
from newsletter.transports.smtp.connection import Connection
from newsletter.transports.smtp.event_loop import EventLoop
from newsletter.transports.smtp.latency import Latency
from newsletter.transports.smtp.limits import Limits
from newsletter.transports.smtp.opening import Opened, open_connection
from newsletter.transports.smtp.replies import CONNECTION_LIMIT, limits_number
from newsletter.transports.smtp.server import Server

#: Seconds after which a batch ends and its rest goes back: less than a stopping process has.
BATCH_SECONDS = 15.0
#: Seconds in which a batch is to be over, as far as more connections help.
BATCH_GOAL_SECONDS = 0.1
#: How many connections are opened at the same time, each in a thread of its own.
MAX_OPENINGS = 64
#: A connection that was idle for longer is closed: servers do the same, and not all say so.
MAX_IDLE_SECONDS = 30.0
#: Seconds between two looks at time limits.
LOOK_SECONDS = 0.1


class Pool:
    """Gives mails to connections, opens them, and closes them again."""

    def __init__(self, server: Server, connections: int) -> None:
        self._server, self._limits = server, Limits(connections)
        self._latency = Latency()
        self._loop = EventLoop(self._tick, self._on_crash)
        self._batches: list[Batch] = []
        self._live: set[Connection] = set()
        self._idle: dict[Connection, None] = {}
        self._openings = 0
        #: Why a connection could not be opened, until it is known what that means.
        self._failure: TransportError | None = None
        #: How many messages connections had taken that ended, and whether the server said why.
        self._ended: list[tuple[int, bool]] = []
        self._next_look = 0.0
        self._closed: list[threading.Event] = []
        #: When nothing is waited for any longer, and nothing begins before; None while it may.
        self._ends_at: float | None = None

    # From other threads

    def run(self, batch: Batch) -> None:
        """Return when every mail of a batch has its outcome."""
        if not batch.unfinished:
            return
        try:
            self._loop.call(partial(self._take, batch))
            batch.done.wait()
        except BaseException as error:  # noqa: BLE001  who was accepted is known all the same
            self._break_off(batch, error)
        if batch.crash:
            batch.progress.record_crash(batch.crash)

    def _break_off(self, batch: Batch, error: BaseException) -> None:
        """Return when what has begun of a batch has its outcome; nothing else begins."""
        try:
            self._loop.call(partial(self._interrupt, batch, error))
        except (OSError, RuntimeError, MemoryError):
            # There is no loop, and none can be started, so it has no mail of this batch.
            batch.progress.record_interruption(error)
        else:
            batch.done.wait()

    def finish(self, seconds: float) -> None:
        """Give back what has not begun, now and later; the rest has some seconds; do not wait."""
        self._ends_at = time.monotonic() + seconds
        # Without a loop, and where none can be started, nothing is on its way.
        with suppress(OSError, RuntimeError, MemoryError):
            self._loop.call(self._stop_all)

    def close(self, seconds: float) -> None:
        """Let what has begun come to its end, give the rest back, and close the connections.

        Returns when that is done, or after some seconds.
        """
        done = threading.Event()
        self._loop.call(partial(self._close_all, done))
        done.wait(seconds)

    def abandon(self) -> None:
        """Close the sockets in a process that has forked: they are those of the other process.

        Nothing is sent, and the selector, which both processes share, is left alone.
        """
        for connection in self._live:
            connection.sock.close()

    # Batches

    def _take(self, batch: Batch) -> None:
        batch.came_at = time.monotonic()
        self._batches.append(batch)
        if self._ends_at is not None:
            self._stop_all()
        self._next_look = 0.0
        self._assign()

    def _interrupt(self, batch: Batch, error: BaseException) -> None:
        if batch.crash:
            return
        batch.progress.record_interruption(error)
        self._check_done(batch)
        if not batch.unfinished:
            batch.done.set()

    def _check_done(self, batch: Batch) -> None:
        """Let the caller go when nobody of a batch waits or is on the way."""
        if batch.progress.is_stopped:
            batch.waiting.clear()
        if not batch.unfinished and batch in self._batches:
            self._batches.remove(batch)
            batch.done.set()

    def _stop(self, batch: Batch, cause: TransportError) -> None:
        batch.stop(cause)
        self._check_done(batch)

    def _choose(self, current: Batch | None) -> Batch | None:
        """Return the batch whose turn it is on a connection: the same one as long as it has mails.

        But one without a connection goes first where no other can be opened for it.
        """
        waiting = [batch for batch in self._batches if batch.waiting]
        if not waiting:
            return None
        first = min(waiting, key=lambda batch: batch.active)
        may_open = self._openings or len(self._live) < self._limits.connections
        if current in waiting and (first.active or self._idle or may_open):
            return current
        return first

    def _wanted(self, batch: Batch) -> int:
        """Return how many connections a batch should have."""
        return max(1, math.ceil(batch.unfinished * self._latency.seconds / BATCH_GOAL_SECONDS))

    def _assign(self) -> None:
        """Give idle connections to batches that want more, and open others."""
        for batch in sorted(self._batches, key=lambda each: each.active):
            while self._idle and batch.waiting and batch.active < self._wanted(batch):
                if mail := self._begin(batch):
                    self._idle.popitem()[0].start(mail)
        wanted = sum(
            min(len(batch.waiting), max(0, self._wanted(batch) - batch.active))
            for batch in self._batches
        )
        # After a failure it is learned first how many the server takes.
        room = 0 if self._failure else self._limits.connections - len(self._live)
        for _ in range(min(wanted, room, MAX_OPENINGS) - self._openings):
            self._openings += 1
            try:
                # `Thread.start` would wait until the system lets the thread run.
                _thread.start_new_thread(self._open, ())
            except (RuntimeError, MemoryError) as error:
                # The system has no more threads for us just now.
                what = phrase("interrupted: {kind}", kind=kind_of(error))
                self._on_failed(NotSubmitted(what))
                break

    def _begin(self, batch: Batch) -> Mail | None:
        """Return the next mail of a batch; none if its time is over, or no more can be written.

        Its message is written here, in the thread that sends it.  Where each sender wrote its own,
        the threads waited for each other at every write to a socket, most of the time.
        """
        now = time.monotonic()
        if batch.began_at is None:
            batch.began_at, batch.ends_at = now, now + BATCH_SECONDS + self._server.answer
        elif now > batch.began_at + BATCH_SECONDS:
            self._stop_slow(batch)
        while batch.waiting:
            mail = batch.waiting.popleft()
            try:
                if mail.write and not mail.data:
                    mail.data = mail.write()
            except Refused as error:
                batch.progress.record_refused(mail.place, error)
            except BaseException as error:  # noqa: BLE001  nothing of it has left
                batch.progress.record_interruption(error)
            else:
                batch.active += 1
                return mail
            self._check_done(batch)
        return None

    # What connections ask and tell

    def next_mail(self, connection: Connection) -> Mail | None:
        """Return a mail for a connection, which may be about to send another one."""
        begun = connection.begun + (connection.mail is not None)
        if self._limits.is_over(begun) or len(self._live) > self._limits.connections:
            return None
        current = connection.mail.batch if connection.mail else None
        while batch := self._choose(current):
            if mail := self._begin(batch):
                return mail
        return None

    def may_leave(self, mail: Mail) -> bool:
        """Say whether a message may begin to leave; count what was known then."""
        progress = mail.batch.progress
        if not progress.is_stopped:
            try:
                mail.batch.raise_if_expired()
            except NotSubmitted as error:
                mail.batch.stop(error)
        if progress.is_stopped:
            return False
        mail.begun_after = progress.streak.total
        progress.leaving.add(mail.place)
        return True

    def on_accepted(self, connection: Connection, mail: Mail, words: str) -> None:
        """Note a yes, and what it shows of the server's limits."""
        mail.batch.active -= 1
        mail.batch.progress.record_accepted(mail.place, words, mail.begun_after)
        if mail.write:
            self._latency.add(time.monotonic() - connection.mail_since)
        for begun, told in self._ended:
            self._limits.learn_end(begun, told=told)
        self._ended.clear()
        self._check_done(mail.batch)

    def on_error(self, connection: Connection, mail: Mail, error: BaseException) -> None:
        """Note what became of a mail that was not accepted."""
        batch, progress = mail.batch, mail.batch.progress
        batch.active -= 1
        if isinstance(error, OutcomeUnknown) or connection.in_doubt:
            progress.unknown.add(mail.place)
        else:
            progress.leaving.discard(mail.place)
        match error:
            case Refused():
                progress.record_refused(mail.place, error)
            case AccountError():
                progress.record_account(mail.place, error)
            case OutcomeUnknown():
                batch.stop(NotSubmitted(error.message))
            case Deferred():
                progress.record_wait(error, still_there=True)
            case NotSubmitted():
                self._on_not_now(connection, mail, error)
            case _:
                progress.record_interruption(error)
        self._check_done(batch)

    def _on_not_now(self, connection: Connection, mail: Mail, error: NotSubmitted) -> None:
        """Decide about a mail that may be accepted later, or on another connection."""
        others = len(self._live - {connection})
        too_many = connection.said is not None and limits_number(connection.said)
        if connection.spent:
            told = bool(CONNECTION_LIMIT.search(error.message))
            self._ended.append((connection.begun, told))
            mail.batch.put_back(mail)
        elif others and (not connection.usable or too_many):
            # It takes mail on others, so there were too many.
            self._limits.allow(others)
            connection.spent = True
            mail.batch.put_back(mail)
        elif isinstance(error, Throttled):
            mail.batch.progress.record_wait(error, still_there=connection.usable)
        else:
            mail.batch.stop(error)

    def on_unused(self, mail: Mail) -> None:
        """Take back a mail whose envelope is all that was sent."""
        mail.batch.active -= 1
        mail.batch.put_back(mail)
        self._check_done(mail.batch)

    def on_idle(self, connection: Connection) -> None:
        """Keep a connection, unless it has reached a limit."""
        if self._limits.is_over(connection.begun) or len(self._live) > self._limits.connections:
            connection.close()
        else:
            self._idle[connection] = None
        self._assign()

    def on_closed(self, connection: Connection) -> None:
        """Forget a connection; others are opened if they are wanted."""
        self._loop.forget(connection.sock)
        self._live.discard(connection)
        self._idle.pop(connection, None)
        self._next_look = 0.0

    def watch(self, connection: Connection, mask: int) -> None:
        """Have the connection called when its socket is ready."""
        self._loop.watch(connection.sock, mask, connection.on_ready)

    # Opening and closing

    def _open(self) -> None:
        """Open a connection, in a thread of its own."""
        try:
            opened = open_connection(self._server)
        except TransportError as error:
            self._loop.call(partial(self._on_failed, error))
        except BaseException as error:  # noqa: BLE001  whoever waits for it must hear of it
            what = phrase("interrupted: {kind}", kind=kind_of(error))
            self._loop.call(partial(self._on_failed, NotSubmitted(what)))
        else:
            self._loop.call(partial(self._on_opened, opened))

    def _on_opened(self, opened: Opened) -> None:
        self._openings -= 1
        connection = Connection(opened, self, answer=self._server.answer)
        self._live.add(connection)
        self.watch(connection, selectors.EVENT_READ)
        self.on_idle(connection)
        self._conclude()

    def _on_failed(self, error: TransportError) -> None:
        self._openings -= 1
        self._failure = error
        self._conclude()

    def _conclude(self) -> None:
        """Decide what it means that a connection could not be opened, once all others are.

        Where others are open, the server, or this machine, takes no more of them.  Before all are,
        nobody knows how many: one that failed first would keep the others from being used.
        """
        if not self._failure or self._openings:
            return
        failure, self._failure = self._failure, None
        if self._live:
            self._limits.allow(len(self._live))
            return
        for batch in list(self._batches):
            self._stop(batch, copy.copy(failure))

    def _stop_all(self) -> None:
        """Let no mail begin that has not; idle connections are closed."""
        for batch in list(self._batches):
            self._stop(batch, NotSubmitted(phrase("The process that sends is stopping")))
        for connection in list(self._idle):
            connection.close()
        self._next_look = 0.0

    def _close_all(self, done: threading.Event) -> None:
        self._stop_all()
        self._closed.append(done)

    def _on_crash(self, error: BaseException) -> None:
        """Let everybody go after an error of our own; from now on no byte of theirs leaves."""
        for batch in self._batches:
            batch.crash = error
        for connection in list(self._live):
            connection.closed = True
            with suppress(Exception):
                self._loop.forget(connection.sock)
                connection.sock.close()
        self._live.clear()
        self._idle.clear()
        self._failure = None
        for batch in self._batches:
            batch.done.set()
        self._batches.clear()

    # Time

    def _tick(self) -> float | None:
        """Look at what has become late; return for how long nothing can."""
        now = time.monotonic()
        if now < self._next_look:
            return self._next_look - now
        is_ending = bool(self._closed) or self._ends_at is not None
        for connection in list(self._live):
            if self._ends_at is not None and self._ends_at < now:
                connection.deadline = min(connection.deadline, self._ends_at)
            connection.check_time(now)
            if connection in self._idle and (
                is_ending or connection.used_at + MAX_IDLE_SECONDS < now
            ):
                connection.close()
        for batch in list(self._batches):
            self._check_late(batch, now)
        self._assign()
        if not (self._live or self._batches):
            for done in self._closed:
                done.set()
            self._closed.clear()
        if not (self._live or self._batches or self._openings):
            return None
        resting = len(self._idle) == len(self._live) and not self._batches
        self._next_look = now + (MAX_IDLE_SECONDS if resting else LOOK_SECONDS)
        return self._next_look - now

    def _check_late(self, batch: Batch, now: float) -> None:
        """Give a batch back whose time is over, or that gets no connection and none is opened.

        Not before its first message: else a server that is slow over envelopes never gets one.
        """
        is_over = batch.began_at is not None and now > batch.began_at + BATCH_SECONDS
        if is_over and batch.waiting and batch.progress.has_begun:
            self._stop_slow(batch)
        is_late = now - batch.came_at > self._server.connect
        if batch.began_at is None and is_late and not self._openings:
            words = phrase("All connections to the mail server are busy")
            self._stop(batch, NotSubmitted(words))

    def _stop_slow(self, batch: Batch) -> None:
        words = phrase("The mail server is slow; the rest is submitted later")
        self._stop(batch, Throttled(words, seconds=0))
