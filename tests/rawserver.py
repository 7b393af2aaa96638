"""A server of bytes for tests, on loopback, plain or over TLS: it does what a script says.

It counts what it has taken whole, so that "taken, and called safe to send again" is seen.
"""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from tests.mailserver import server_context

#: What is done with one connection; raises `OSError` as sockets do.
Script = Callable[["Client"], None]


class Client:
    """One connection, on the server's side."""

    def __init__(self, sock: socket.socket, server: RawServer) -> None:
        self.raw = sock
        self.sock = sock
        self.server = server

    def secure(self) -> None:
        """Shake hands, where TLS is spoken."""
        if self.server.context:
            self.sock = self.server.context.wrap_socket(self.raw, server_side=True)

    def read_request(self) -> bytes:
        """Read a whole HTTP request, and count it; return less where the client leaves."""
        data = b""
        while b"\r\n\r\n" not in data:
            if not (more := self.sock.recv(65536)):
                return data
            data += more
        head, _, body = data.partition(b"\r\n\r\n")
        lengths = [
            line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
        ]
        length = int(lengths[0].partition(b":")[2]) if lengths else 0
        while len(body) < length:
            if not (more := self.sock.recv(65536)):
                return head
            body += more
        with self.server.lock:
            self.server.taken += 1
        return head + b"\r\n\r\n" + body

    def send(self, data: bytes) -> None:
        """Send."""
        self.sock.sendall(data)

    def reset(self) -> None:
        """Break the connection off, so that the other side gets a reset."""
        self.raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def garbage(self) -> None:
        """Send what is no TLS record, below the encryption."""
        socket.socket.send(self.sock, b"\x17\x03\x03\x00\x20" + b"\xaa" * 32)

    def alert(self) -> None:
        """Send a fatal alert that nobody has signed, below the encryption."""
        socket.socket.send(self.sock, b"\x15\x03\x03\x00\x02\x02\x50")

    def close(self) -> None:
        """Close without a goodbye of TLS."""
        with suppress(OSError):
            self.sock.close()
        with suppress(OSError):
            self.raw.close()


class RawServer:
    """A port of 127.0.0.1 on which every connection is handled by `script`."""

    def __init__(self, script: Script, *, certificate: Path | None = None) -> None:
        self.script = script
        self.context: ssl.SSLContext | None = server_context(certificate) if certificate else None
        self.taken = self.connections = 0
        self.lock = threading.Lock()
        self._closed = threading.Semaphore(0)
        self.over = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._clients: list[Client] = []
        self._thread = threading.Thread(target=self._listen, daemon=True)

    @property
    def url(self) -> str:
        """Where it is."""
        return f"{'https' if self.context else 'http'}://127.0.0.1:{self.port}"

    def has_closed(self, count: int = 1) -> bool:
        """Wait until N more connections were closed from here; False where they are not."""
        return all(self._closed.acquire(timeout=60) for _ in range(count))

    def __enter__(self) -> RawServer:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.over.set()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self.lock:
            clients = list(self._clients)
        for client in clients:
            client.close()
        self._thread.join(60)

    def _listen(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            client = Client(sock, self)
            with self.lock:
                self.connections += 1
                self._clients.append(client)
            threading.Thread(target=self._run, args=(client,), daemon=True).start()

    def _run(self, client: Client) -> None:
        with suppress(OSError, ValueError):
            client.secure()
            self.script(client)
        client.close()
        self._closed.release()
        with self.lock, suppress(ValueError):
            self._clients.remove(client)
