"""What one connection may take of the web server: time for a request, and bytes for its body.

Waitress reads requests in one thread and hands whole ones to its workers, so a slow client holds no
worker.  But it holds a connection, of which Waitress has 100 by default, and without a word about
size the body of any request is buffered up to 1 GiB.  Here a request's head must be complete in ten
seconds and its body in a minute, connections are counted in thousands, and each path has a limit.

It also takes all requests that come at once over one connection, and a worker that has answered
more of them than the client reads waits for the client, without end: six such connections stop
the service.  Here the next request is looked at once the answer before it has left, and whoever
does not read an answer loses the connection.

A proxy in front does all this, too (deploy/nginx.conf, deploy/Caddyfile); this holds without one.
"""

from __future__ import annotations

import contextlib
import resource
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError

from newsletter.hostnames import path_below

#: Connections at a time.
MAX_CONNECTIONS = 4096
#: Descriptors of one connection: its own, and that of the file it is sent.
FILES_PER_CONNECTION = 2
#: Descriptors for everything else: the database, files, the provider.
OTHER_FILES = 256

#: This many are accepted before the others are looked at again.
MAX_ACCEPTED_AT_ONCE = 100

#: Seconds from the first byte of a request, or from connecting, until its head is complete.
HEAD_SECONDS = 10.0
#: Where more than half of all connections are taken, whoever is slow makes room sooner.
HEAD_SECONDS_WHEN_BUSY = 2.0
#: Seconds from there until its body is complete; a large one for the desk may take longer.
BODY_SECONDS = 60.0
LARGE_BODY_SECONDS = 300.0
#: Seconds in which an answer must have been read, and how much longer each byte of it gives.
ANSWER_SECONDS = 60.0
ANSWER_SECONDS_WHEN_BUSY = 10.0
ANSWER_BYTES_PER_SECOND = 4096
#: Seconds that a kept connection may be idle between two requests.
IDLE_SECONDS = 60

KIBIBYTE = 1024
MEBIBYTE = 1024 * KIBIBYTE
#: Bytes in the head of a request: long cookies and links that mail programs made longer.
MAX_HEAD_BYTES = 32 * KIBIBYTE
#: The forms of the public pages are a few hundred bytes; one-click is 26.
MAX_BODY_BYTES = 64 * KIBIBYTE
#: Pictures and imports come to the desk, from people who are logged in.
DESK = "/admin/"
MAX_UPLOAD_BYTES = 25 * MEBIBYTE
#: A table of two million people.
IMPORTS = "/admin/imports/new/"
MAX_IMPORT_BYTES = 128 * MEBIBYTE
#: What surrounds the files in a form.
FORM_BYTES = MEBIBYTE
#: Paths with a limit of their own; a post of events is at most 768 KB from SendGrid.
BODY_BYTES = {
    "/events/": 2 * MEBIBYTE,
    "/api/": 2 * MEBIBYTE,
}
#: Pages of the desk for people who are not logged in.
ANONYMOUS = ("/admin/login/", "/admin/password_reset/")


def max_body_bytes(path: str, *, cookie: str = "") -> int:
    """Return how many bytes the body of a request to a path may have.

    The large limit of the desk needs the cookie of a session; whether it is a good one, the desk
    itself finds out.
    """
    if path.startswith(DESK) and "sessionid=" in cookie and not path.startswith(ANONYMOUS):
        return (MAX_IMPORT_BYTES if path == IMPORTS else MAX_UPLOAD_BYTES) + FORM_BYTES
    return next(
        (size for prefix, size in BODY_BYTES.items() if path.startswith(prefix)), MAX_BODY_BYTES
    )


class Limits:
    """Waitress's settings with another limit for the body."""

    def __init__(self, settings: Any, most: int) -> None:
        self._settings = settings
        # Waitress refuses what is as large as the limit.
        self.max_request_body_size = most + 1

    def __getattr__(self, name: str) -> Any:
        """Return any other setting."""
        return getattr(self._settings, name)


class GuardedParser(HTTPRequestParser):  # type: ignore[misc]  # Waitress has no types
    """Knows when its request began, and how large the body may be once the path is known."""

    adj: Any

    #: The path that is asked for, with the prefix below which the site stands.
    path: str

    def __init__(
        self,
        adj: Any,
        *,
        prefix: str = "",
        on_head: Callable[[], None],
        on_rest: Callable[[bytes], None],
    ) -> None:
        """`on_head` is called once a head has come; blank lines before it are none.

        `on_rest` is given what came behind the request.
        """
        super().__init__(adj)
        self.began = time.monotonic()
        self._prefix = prefix
        self._on_head = on_head
        self._on_rest = on_rest

    def parse_header(self, header_plus: bytes) -> None:
        """Read the head as Waitress does, then set the limit for what follows."""
        super().parse_header(header_plus)
        # A proxy may have taken the prefix away, and who checks health need not know it.
        below = path_below(self._prefix, self.path)
        self.path = f"{self._prefix}{below}"
        self._require_one_length()
        self._on_head()
        most = max_body_bytes(below, cookie=self.headers.get("COOKIE", ""))
        self.adj = Limits(self.adj, most)

    def received(self, data: bytes) -> int:
        """Take bytes; whoever asks first whether to go on is not told so, where it is refused."""
        taken: int = super().received(data)
        if self.error:
            self.expect_continue = False
        if self.completed and not self.empty and taken < len(data):
            self._on_rest(data[taken:])
            return len(data)
        return taken

    def _require_one_length(self) -> None:
        """Refuse a head that says twice how long the body is (RFC 9112, 6.1).

        A proxy in front may believe the other one, and take a part of the body for a request.
        """
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("Content-Length and Transfer-Encoding together")
        if self.version != "1.1" and "TRANSFER_ENCODING" in self.headers:
            raise ParsingError("Transfer-Encoding in a request of version 1.0")

    def is_late(self, now: float, head_seconds: float) -> bool:
        """Say whether the request should have been complete by now."""
        if not self.headers_finished:
            return now - self.began > head_seconds
        large = self.adj.max_request_body_size > BODY_BYTES["/events/"] + 1
        return now - self.began > head_seconds + (LARGE_BODY_SECONDS if large else BODY_SECONDS)


class GuardedChannel(HTTPChannel):  # type: ignore[misc]  # Waitress has no types
    """A connection that ends when its request does not come, or its answer is not read."""

    def __init__(self, *args: Any, prefix: str = "", **kwargs: Any) -> None:
        self.connected_at = time.monotonic()
        self.has_asked = False
        self.parser_class = partial(
            GuardedParser, prefix=prefix, on_head=self.note_head, on_rest=self.keep_for_later
        )
        self._later = b""
        self._unread_since: float | None = None
        self._bytes_read = 0
        super().__init__(*args, **kwargs)

    def note_head(self) -> None:
        """Take note that whoever is there has asked for something."""
        self.has_asked = True

    def keep_for_later(self, data: bytes) -> None:
        """Keep what came behind a request until its answer has left."""
        self._later = data

    def readable(self) -> bool:
        """Say whether to read from the connection; first take what came behind a request."""
        if not super().readable():
            return False
        if not self._later:
            return True
        data, self._later = self._later, b""
        self.received(data)
        return bool(super().readable())

    def send(self, data: bytes, do_close: bool = True) -> int:
        """Send, and count."""
        sent: int = super().send(data, do_close=do_close)
        self._bytes_read += sent
        return sent

    def is_late(self, now: float, head_seconds: float) -> bool:
        """Say whether it keeps a place and gives nothing for it."""
        if self.requests:
            return False
        if not self.has_asked:
            return now - self.connected_at > head_seconds
        return self.request is not None and bool(self.request.is_late(now, head_seconds))

    def is_unread(self, now: float, seconds: float) -> bool:
        """Say whether an answer should have been read by now; a long one has longer."""
        if not self.total_outbufs_len:
            self._unread_since = None
        elif self._unread_since is None:
            self._unread_since, self._bytes_read = now, 0
        else:
            seconds += self._bytes_read / ANSWER_BYTES_PER_SECOND
            return now - self._unread_since > seconds
        return False


def close_late(listener: Any) -> None:
    """Close the connections of a listener whose requests do not come, or answers do not leave."""
    channels = list(listener.active_channels.values())
    busy = len(channels) > listener.adj.connection_limit / 2
    head_seconds = HEAD_SECONDS_WHEN_BUSY if busy else HEAD_SECONDS
    answer_seconds = ANSWER_SECONDS_WHEN_BUSY if busy else ANSWER_SECONDS
    now = time.monotonic()
    for channel in channels:
        if channel.is_late(now, head_seconds) or channel.is_unread(now, answer_seconds):
            channel.will_close = True


def limit_connections(listener: Any, prefix: str = "") -> None:
    """Have a listener of Waitress, before its first connection, keep to all this.

    `prefix` is the path below which the site stands, such as `/news`.
    """
    maintenance = listener.maintenance

    def maintain(now: float) -> None:
        maintenance(now)
        close_late(listener)

    listener.channel_class = partial(GuardedChannel, prefix=prefix)
    listener.maintenance = maintain
    listener.handle_accept = partial(accept_waiting, listener, listener.handle_accept)


def accept_waiting(listener: Any, accept: Callable[[], None]) -> None:
    """Accept all who wait, up to a number.

    Waitress accepts one, then looks at every connection there is: with a thousand half-open ones,
    whoever comes next would wait for seconds.
    """
    for _ in range(MAX_ACCEPTED_AT_ONCE):
        before = len(listener.active_channels)
        accept()
        if len(listener.active_channels) == before:
            return


def connection_limit() -> int:
    """Return how many connections there is room for, after asking the system for more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MAX_CONNECTIONS * FILES_PER_CONNECTION + OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if soft == resource.RLIM_INFINITY:
        return MAX_CONNECTIONS
    return max(64, min(MAX_CONNECTIONS, (soft - OTHER_FILES) // FILES_PER_CONNECTION))


def server_settings() -> dict[str, Any]:
    """Return the settings of Waitress that go with it."""
    return {
        "connection_limit": connection_limit(),
        "backlog": 1024,
        "channel_timeout": IDLE_SECONDS,
        "cleanup_interval": 1,
        "max_request_header_size": MAX_HEAD_BYTES,
        # Beyond 1,024 descriptors `select` cannot look.
        "asyncore_use_poll": True,
    }
