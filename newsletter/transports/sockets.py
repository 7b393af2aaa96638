"""What every connection needs of a socket: whole lines, a time limit, and who refused to send."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

#: Seconds until somebody is woken again who did not hear it: TLS just began on that socket.
WAKE_AGAIN_SECONDS = 0.1


class WholeLines:
    """A file that says so when it ends in the middle of a line.

    Python's readers of HTTP and SMTP take the end of a connection for the end of a line, so that
    half an answer looks like one.
    """

    def __init__(self, file: Any) -> None:
        self.file = file

    def readline(self, limit: int = -1) -> bytes:
        """Return a whole line, or nothing at the end; raises `ConnectionResetError` for less."""
        line: bytes = self.file.readline(limit)
        if line and not line.endswith(b"\n") and (limit < 0 or len(line) < limit):
            raise ConnectionResetError("The answer ends in the middle of a line")
        return line

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)


def is_of_the_kernel(error: OSError) -> bool:
    """Say whether the operating system refused to send (TLS's own errors have other numbers)."""
    return error.errno is not None and not isinstance(error, ssl.SSLError)


def wake_waiting(sock: Any) -> None:
    """Wake whoever waits on a socket, with an error.

    Not by the method of a TLS socket: that one drops its encryption first, and what another
    thread writes then would leave in the clear.
    """
    with suppress(OSError, TypeError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


class TimeLimit:
    """Wakes whoever waits on a socket once its time is over, again and again until it is left.

    A limit for one read starts again with every byte: a server that drips would hold us for ever.
    `sock` is asked each time, for a socket is replaced when TLS begins on it.
    """

    def __init__(self, seconds: float, sock: Callable[[], Any]) -> None:
        self._seconds, self._sock = seconds, sock
        self._left = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="time-limit", daemon=True)
        self.is_over = False

    def __enter__(self) -> TimeLimit:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._left.set()
        self._thread.join()

    def _watch(self) -> None:
        seconds = self._seconds
        while not self._left.wait(seconds):
            self.is_over, seconds = True, WAKE_AGAIN_SECONDS
            wake_waiting(self._sock())
