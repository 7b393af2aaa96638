"""Read replies out of the bytes of a server as they come (RFC 5321 4.2)."""

from __future__ import annotations

from collections.abc import Iterator

from newsletter.transports.error_text import without_addresses
from newsletter.transports.smtp.replies import Reply

#: What one reply may have, in bytes: RFC 5321 4.5.3.1.5 allows 512 a line.
MAX_BYTES = 65_536


class NoReply(Exception):
    """What came is no reply of SMTP."""


class ReplyParser:
    """Collects bytes; half a line is no reply, and neither are lines without the last one."""

    def __init__(self) -> None:
        self._rest = b""
        self._lines: list[bytes] = []
        self._size = 0
        #: Whether bytes have come behind the last reply.
        self.has_more = False

    def feed(self, data: bytes) -> Iterator[Reply]:
        """Yield the replies that are whole by now; raises `NoReply`."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        for number, line in enumerate(lines, 1):
            code = line[:3]
            if len(code) != 3 or not code.isdigit():
                raise NoReply
            self._lines.append(line[4:].strip(b" \t\r"))
            self._limit(len(line))
            if line[3:4] != b"-":
                told = b"\n".join(self._lines).decode("utf-8", "replace")
                self._lines, self._size = [], 0
                self.has_more = number < len(lines) or bool(self._rest)
                # Only a refusal is shown to people.
                yield Reply(int(code), told if code < b"400" else without_addresses(told))
        self._limit(0)

    def _limit(self, more: int) -> None:
        self._size += more
        if self._size + len(self._rest) > MAX_BYTES:
            raise NoReply
