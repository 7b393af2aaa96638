"""A web server that keeps what is posted to it, for tests of what posts; on loopback."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson
import pytest


class Receiver:
    """Keeps what is posted to it, and answers as it is told.

    `statuses` are the next answers, after them `usual`; where `demands` is set, only a post with
    that Authorization is taken.  Posts to `/token` are answered with `token`, and kept apart.
    """

    def __init__(self) -> None:
        self.posts: list[tuple[dict[str, str], bytes]] = []
        self.asked: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        self.usual = 204
        self.demands = ""
        self.token: bytes = b""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, answer = receiver.answer(self.path, dict(self.headers), body)
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *arguments: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/events"
        self.token_url = f"http://127.0.0.1:{self.server.server_port}/token"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        """Keep a post; return status and body of the answer."""
        if path == "/token":
            self.asked.append((headers, body))
            return (200, self.token) if self.token else (500, b"")
        self.posts.append((headers, body))
        if self.statuses:
            return self.statuses.pop(0), b""
        welcome = not self.demands or headers.get("Authorization") == self.demands
        return (self.usual if welcome else 401), b""

    @property
    def events(self) -> list[dict[str, Any]]:
        """All events, in the order they came."""
        return [event for _, body in tuple(self.posts) for event in orjson.loads(body)]

    def names(self) -> Counter[str]:
        """Count the events by name."""
        return Counter(event["event"] for event in self.events)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Run a receiver."""
    running = Receiver()
    yield running
    running.server.shutdown()
    running.server.server_close()


def wait_until(holds: Callable[[], bool]) -> None:
    """Wait until something holds; give up after ten seconds."""
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline, "it did not happen"
        threading.Event().wait(0.01)
