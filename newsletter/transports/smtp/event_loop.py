"""One thread that waits for many sockets at once; it runs only while there is something to do."""

from __future__ import annotations

import selectors
import socket
import threading
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack, suppress

from newsletter.transports.error_text import log_unexpected

Work = Callable[[], object]


class EventLoop:
    """Tells when sockets are ready, and runs what other threads give it by `call`.

    `tick` is called in each round; it returns for how many seconds nothing is due, or None when
    the thread may end.  `on_crash` gets an error that no callback has handled; the loop goes on.
    """

    def __init__(
        self, tick: Callable[[], float | None], on_crash: Callable[[BaseException], object]
    ) -> None:
        self._tick, self._on_crash = tick, on_crash
        self._lock, self._inbox = threading.Lock(), deque[Work]()
        self._running = False
        self._selector: selectors.BaseSelector
        self._waker: socket.socket
        self._masks: dict[socket.socket, int] = {}

    def call(self, work: Work) -> None:
        """Have the loop call this soon; starts its thread if it has ended.

        Raises what the system says when it has no socket or no thread for us; never called then.
        """
        with self._lock:
            if not self._running:
                self._start()
            self._inbox.append(work)
            if len(self._inbox) == 1:
                with suppress(BlockingIOError):
                    self._waker.send(b"\0")

    def watch(self, sock: socket.socket, mask: int, on_ready: Work) -> None:
        """Call this whenever the socket is ready for what the mask says (`selectors`)."""
        known = self._masks.get(sock)
        if known is None:
            self._selector.register(sock, mask, on_ready)
        elif known != mask:
            self._selector.modify(sock, mask, on_ready)
        self._masks[sock] = mask

    def forget(self, sock: socket.socket) -> None:
        """Watch a socket no longer; it is still open."""
        if self._masks.pop(sock, None) is not None:
            self._selector.unregister(sock)

    def _start(self) -> None:
        opened = ExitStack()
        try:
            selector = opened.enter_context(selectors.DefaultSelector())
            waker, wakes = (opened.enter_context(sock) for sock in socket.socketpair())
            for sock in (waker, wakes):
                sock.setblocking(False)
            selector.register(wakes, selectors.EVENT_READ, lambda: wakes.recv(64))
            self._selector, self._waker = selector, waker
            threading.Thread(target=self._run, args=(opened,), name="smtp", daemon=True).start()
        except BaseException:
            opened.close()
            raise
        self._running = True

    def _run(self, opened: ExitStack) -> None:
        while True:
            try:
                while self._work():
                    pass
            except BaseException as error:  # noqa: BLE001  those who wait must hear of it
                log_unexpected(error)
                self._on_crash(error)
            with self._lock:
                if not self._inbox:
                    self._running = False
                    self._masks.clear()
                    opened.close()
                    return

    def _work(self) -> bool:
        """Do one round; return whether there is more to do."""
        seconds = self._tick()
        if seconds is None:
            with self._lock:
                if not self._inbox:
                    return False
            seconds = 0.0
        for key, _ in self._selector.select(seconds):
            key.data()
        while self._inbox:
            self._inbox.popleft()()
        return True
