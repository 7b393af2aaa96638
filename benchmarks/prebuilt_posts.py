"""The limit of submitting: `python -m benchmarks.prebuilt_posts PORT CERTIFICATE THREADS COUNT`.

Posts one request of the product's, which the sink has kept, over TLS again and again, and does
nothing else.  Prints when the first began and when the last was answered, in seconds.
"""

from __future__ import annotations

import socket
import ssl
import sys
import threading
import time


def main(port: int, certificate: str, connections: int, count: int) -> None:
    """Post, with a thread for each connection."""
    context = ssl.create_default_context(cafile=certificate)
    request = kept_request(port, context)
    shares = [count // connections + (n < count % connections) for n in range(connections)]
    threads = [
        threading.Thread(target=post, args=(port, context, request, share)) for share in shares
    ]
    began = time.time()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(began, time.time())


def connect(port: int, context: ssl.SSLContext) -> ssl.SSLSocket:
    """Open a connection."""
    plain = socket.create_connection(("127.0.0.1", port))
    return context.wrap_socket(plain, server_hostname="127.0.0.1")


def kept_request(port: int, context: ssl.SSLContext) -> bytes:
    """Return the first request that the sink was sent."""
    with connect(port, context) as connection:
        connection.sendall(b"GET /kept HTTP/1.1\r\n\r\n")
        return b"".join(iter(lambda: connection.recv(1 << 20), b""))


def post(port: int, context: ssl.SSLContext, request: bytes, times: int) -> None:
    """Send the request some times, each after the answer to the one before."""
    with connect(port, context) as connection:
        for _ in range(times):
            connection.sendall(request)
            answer = b""
            while b"\r\n\r\n" not in answer:
                answer += connection.recv(65_536)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
