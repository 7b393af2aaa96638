"""A provider that takes everything at once: `python -m benchmarks.sink PORT DELAY`.

It is a process of its own and looks at nothing, so that a measurement shows the sender and not a
emulator that checks each mail.  `DELAY` is the time to an answer, in seconds.
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


async def serve(port: int, delay: float) -> None:
    """Serve on loopback until killed."""
    Http.delay = delay
    server = await asyncio.get_running_loop().create_server(Http, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))
