"""The limit of the web server: `python -m benchmarks.prebuilt PORT`.

Answers every request with the bytes of the standard input, by the server that `newsletter serve`
has, and nothing else.
"""

from __future__ import annotations

import logging
import socket
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

from newsletter.runtime.web_server import open_server

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

#: As many as `[web] threads`.
THREADS = 6


def main(port: int) -> None:
    """Serve until the process ends."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    body = sys.stdin.buffer.read()
    headers = [
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "public, max-age=60"),
    ]

    def answer(_environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", headers)
        return [body]

    listener = socket.create_server(("127.0.0.1", port), backlog=1024)
    open_server(answer, [listener], threads=THREADS).run()


if __name__ == "__main__":
    main(int(sys.argv[1]))
