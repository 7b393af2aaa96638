"""Servers that take everything at once: `python -m benchmarks.sinks http|smtp PORT DELAY`.

They stand where a provider would, in a process of their own, so that a measurement shows the
sender and not a stand-in that checks each mail.  `DELAY` is the time to an answer, in seconds.
"""

from __future__ import annotations

import asyncio
import re
import sys

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_ACCEPTED = b"HTTP/1.1 202 Accepted\r\nX-Message-Id: sink\r\nContent-Length: 0\r\n\r\n"
#: Bytes read at a time: requests have half a megabyte.
_WINDOW = 4_000_000


class Http(asyncio.Protocol):
    """Reads a request to its end without looking at it, and says 202."""

    delay = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin with nothing read."""
        self._transport: asyncio.WriteTransport = transport  # type: ignore[assignment]
        self._head, self._left = b"", -1

    def data_received(self, data: bytes) -> None:
        """Count what came; answer when the body is whole."""
        if self._left < 0:
            self._head += data
            head, found, rest = self._head.partition(b"\r\n\r\n")
            if not found:
                return
            length = _LENGTH.search(head)
            self._left, self._head, data = int(length[1]) if length else 0, b"", rest
        self._left -= len(data)
        if self._left <= 0:
            self._left = -1
            asyncio.get_running_loop().call_later(self.delay, self._transport.write, _ACCEPTED)


class Smtp(asyncio.Protocol):
    """Takes mail for anybody: EHLO, MAIL, RCPT, DATA, pipelined or not."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        self._transport: asyncio.WriteTransport = transport  # type: ignore[assignment]
        self._read, self._in_data = b"", False
        self._transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        """Answer every line that is whole."""
        self._read += data
        answers = []
        while (answer := self._next()) is not None:
            answers.append(answer)
        self._transport.write(b"".join(answers))

    def _next(self) -> bytes | None:
        end = b"\r\n.\r\n" if self._in_data else b"\r\n"
        line, found, rest = self._read.partition(end)
        if not found:
            return None
        self._read = rest
        if self._in_data:
            self._in_data = False
            return b"250 taken\r\n"
        verb = line[:4].upper()
        self._in_data = verb == b"DATA"
        known = {b"EHLO": b"250-sink\r\n250 PIPELINING\r\n", b"DATA": b"354 go on\r\n"}
        return known.get(verb, b"250 yes\r\n")


async def serve(kind: str, port: int, delay: float) -> None:
    """Serve on loopback until killed."""
    Http.delay = delay
    protocol = Http if kind == "http" else Smtp
    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
