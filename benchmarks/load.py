"""Many requests over kept connections: `python -m benchmarks.load PORT CONNECTIONS SECONDS`.

A process of its own, so that it takes no time of what it measures.  Requests come from the standard
input, one a line: method, path, and a body if it has one; each is sent again and again, unless it
has a body: a form is sent once.  Prints how many were answered, in how many seconds, and how many
not with 200.
"""

from __future__ import annotations

import itertools
import socket
import sys
import threading
import time
from collections.abc import Iterator


def main(port: int, connections: int, seconds: float) -> None:
    """Ask from some connections for some seconds, or until every form was sent."""
    given = [bytes_of(line, port) for line in sys.stdin.read().splitlines()]
    once = any(each.startswith(b"POST") for each in given)
    source = iter(given) if once else itertools.cycle(given)
    lock, counts = threading.Lock(), [0, 0]
    began = time.perf_counter()
    threads = [
        threading.Thread(target=ask, args=(port, shared(source, lock), began + seconds, counts))
        for _ in range(connections)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(counts[0], time.perf_counter() - began, counts[1])


def bytes_of(line: str, port: int) -> bytes:
    """Return a request as it is sent."""
    method, path, *body = line.split(" ", 2)
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    if body:
        form = "Content-Type: application/x-www-form-urlencoded\r\n"
        head += f"{form}Content-Length: {len(body[0])}\r\n"
    return f"{head}\r\n{''.join(body)}".encode()


def shared(source: Iterator[bytes], lock: threading.Lock) -> Iterator[bytes]:
    """Yield what several threads take from one source."""
    while True:
        with lock:
            found = next(source, None)
        if found is None:
            return
        yield found


def ask(port: int, requests: Iterator[bytes], until: float, counts: list[int]) -> None:
    """Send one request after the other over one connection, and count the answers."""
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for request in requests:
            if time.perf_counter() > until:
                return
            connection.sendall(request)
            status = read_answer(connection)
            counts[0] += 1
            counts[1] += status != b"200"


def read_answer(connection: socket.socket) -> bytes:
    """Read one answer with a length, and return its status."""
    got = connection.recv(65_536)
    while b"\r\n\r\n" not in got:
        got += connection.recv(65_536)
    head, _, body = got.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n", 1)[0])
    missing = length - len(body)
    while missing > 0:
        missing -= len(connection.recv(65_536))
    return head[9:12]


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
