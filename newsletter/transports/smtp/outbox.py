"""The bytes that a connection has to write, and whether the final dot of a message has left."""

from __future__ import annotations

import socket
import ssl

from newsletter.transports.sockets import is_of_the_kernel

#: What the socket says when it has nothing for us, or takes nothing from us, just now.
NOT_YET = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)
#: What one record of TLS holds (RFC 8446 5.1): so much leaves whole, or cannot be read.
RECORD_BYTES = 16_384


class Outbox:
    """Bytes that wait for room in a socket that does not block."""

    def __init__(self) -> None:
        self._bytes = memoryview(b"")
        #: How many of them stand up to and with the final dot; 0 if it is not in them.
        self._to_dot = 0
        #: Whether the final dot may have left; whoever gets the answer to it says that it is over.
        self.in_doubt = False

    def __bool__(self) -> bool:
        return bool(self._bytes)

    def fill(self, data: bytes, *, to_dot: int) -> None:
        """Take what is written next; `to_dot` as above."""
        self._bytes, self._to_dot = memoryview(data), to_dot

    def send(self, sock: socket.socket) -> None:
        """Write once, and record whether the final dot may have left.

        If the operating system accepts no more bytes, the final dot has not left: over TLS
        its record is not complete, and nobody can read it.  So until it is, nothing may be read,
        for that may make TLS write.  Raises what the socket raises.

        Of several records TLS does not say how many have left, only that the last one has not:
        so the dot stands in the last one, and what is behind it leaves by the next write.
        """
        has_dot = self._to_dot > 0
        self.in_doubt = self.in_doubt or has_dot
        has_records = isinstance(sock, ssl.SSLSocket) and len(self._bytes) > RECORD_BYTES
        piece = self._bytes[: self._to_dot] if has_dot and has_records else self._bytes
        try:
            count = sock.send(piece)
        except BaseException as error:
            if has_dot and (isinstance(error, NOT_YET) or is_refusal(error)):
                self.in_doubt = False
            raise
        self._bytes = self._bytes[count:]
        self._to_dot = max(0, self._to_dot - count)
        if has_dot and self._to_dot:
            self.in_doubt = False


def is_refusal(error: BaseException) -> bool:
    """Say whether the operating system refused to take the bytes."""
    return isinstance(error, OSError) and is_of_the_kernel(error)
