"""A batch on its way: the mails that wait for a connection, and what became of the others.

All of it belongs to the thread of the event loop, from its first mail until `done` is set.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from newsletter.errors import TransportError
from newsletter.transports.smtp.progress import Progress


@dataclass(kw_only=True, slots=True, eq=False)
class Mail:
    """One message to one person; without `write` the server is only asked about the sender.

    `write` returns the message with CRLF line ends, doubled dots and the final dot, or raises
    `Refused`.  It is called when the mail gets a connection, so messages that wait need no memory.
    """

    batch: Batch
    place: int
    sender: str
    address: str = ""
    write: Callable[[], bytes] | None = None
    #: The message, once it is written.
    data: bytes = b""
    #: How many refusals there had been when this message began to leave.
    begun_after: int = 0


@dataclass(kw_only=True, slots=True, eq=False)
class Batch:
    """Mails of one call of `submit`."""

    progress: Progress
    #: Raises `NotSubmitted` when nothing may begin to leave any more.
    raise_if_expired: Callable[[], None]
    waiting: deque[Mail] = field(default_factory=deque)
    #: Mails that have a connection.
    active: int = 0
    came_at: float = 0.0
    #: When the first mail got a connection; None until then.
    began_at: float | None = None
    #: When no envelope is waited for any longer; a message that has left has the server's time.
    ends_at: float = float("inf")
    done: threading.Event = field(default_factory=threading.Event)
    #: What broke the event loop, if that happened: then no mail of it leaves any more.
    crash: BaseException | None = None

    @property
    def unfinished(self) -> int:
        """How many mails have no outcome yet."""
        return len(self.waiting) + self.active

    def stop(self, cause: TransportError) -> None:
        """Let no more mail begin; those that have begun come to their end."""
        self.progress.stop(cause)
        self.waiting.clear()

    def put_back(self, mail: Mail) -> None:
        """Take back a mail of which nothing was accepted: it goes first, unless all has stopped."""
        if not self.progress.is_stopped and mail.place not in self.progress.leaving:
            self.waiting.appendleft(mail)
