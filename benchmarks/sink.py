"""A provider that takes everything at once: `python -m benchmarks.sink PORT DELAY [CERTIFICATE]`.

It is a process of its own and looks at nothing, so that a measurement shows the sender and not an
emulator that checks each mail.  `DELAY` is the time to an answer, in seconds.  With a certificate,
it speaks TLS.  The first request is kept: `GET /kept` answers its bytes, and closes.
"""

from __future__ import annotations

import asyncio
import re
import ssl
import sys

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_ACCEPTED = b"HTTP/1.1 202 Accepted\r\nX-Message-Id: sink\r\nContent-Length: 0\r\n\r\n"
#: Bytes read at a time: requests have half a megabyte.
_WINDOW = 4_000_000


class Http(asyncio.Protocol):
    """Reads a request to its end without looking at it, and says 202."""

    delay = 0.0
    #: The first request that was sent by anybody.
    kept = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin with nothing read."""
        self._transport: asyncio.WriteTransport = transport  # type: ignore[assignment]
        self._head, self._left = b"", -1
        self._whole: list[bytes] | None = None if Http.kept else []

    def data_received(self, data: bytes) -> None:
        """Count what came; answer when the body is whole."""
        if self._whole is not None:
            self._whole.append(data)
        if self._left < 0:
            self._head += data
            head, found, rest = self._head.partition(b"\r\n\r\n")
            if not found:
                return
            if head.startswith(b"GET /kept "):
                self._transport.write(Http.kept)
                self._transport.close()
                return
            length = _LENGTH.search(head)
            self._left, self._head, data = int(length[1]) if length else 0, b"", rest
        self._left -= len(data)
        if self._left <= 0:
            self._left = -1
            if self._whole is not None:
                Http.kept, self._whole = Http.kept or b"".join(self._whole), None
            asyncio.get_running_loop().call_later(self.delay, self._transport.write, _ACCEPTED)


async def serve(port: int, delay: float, certificate: str) -> None:
    """Serve on loopback until killed."""
    Http.delay = delay
    context = None
    if certificate:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
    server = await asyncio.get_running_loop().create_server(Http, "127.0.0.1", port, ssl=context)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2]), "".join(sys.argv[3:])))
