"""A batch on its way: the mails that wait for a connection, and what became of the others.

All of it belongs to the thread of the event loop, from its first mail until `done` is set.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from newsletter.errors import Refused, TransportError
from newsletter.transports.smtp.progress import Progress


@dataclass(kw_only=True, slots=True, eq=False)
class Mail:
    """One message to one person; without `data` the server is only asked about the sender.

    `data` has CRLF line ends, its dots are doubled, and it ends with the final dot.
    """

    batch: Batch
    place: int
    sender: str
    address: str = ""
    data: bytes | None = None
    #: How many refusals there had been when this message began to leave.
    begun_after: int = 0


class Unwritable(NamedTuple):
    """Somebody to whom no mail can be written."""

    place: int
    error: Refused


@dataclass(kw_only=True, slots=True, eq=False)
class Batch:
    """Mails of one call of `submit`."""

    progress: Progress
    #: Raises `NotSubmitted` when nothing may begin to leave any more.
    raise_if_expired: Callable[[], None]
    #: How many mails are still being written.
    coming: int = 0
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
        return self.coming + len(self.waiting) + self.active

    def take(self, written: Sequence[Mail | Unwritable]) -> None:
        """Take mails that have been written, and who cannot be written to."""
        self.coming -= len(written)
        for each in written:
            if isinstance(each, Unwritable):
                self.progress.record_refused(*each)
            elif not self.progress.is_stopped:
                self.waiting.append(each)

    def stop(self, cause: TransportError) -> None:
        """Let no more mail begin; those that have begun come to their end."""
        self.progress.stop(cause)
        self.waiting.clear()

    def put_back(self, mail: Mail) -> None:
        """Take back a mail of which nothing was accepted: it goes first, unless all has stopped."""
        if not self.progress.is_stopped and mail.place not in self.progress.leaving:
            self.waiting.appendleft(mail)
