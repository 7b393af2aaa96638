"""What has left, as the provider's log or the files of a Maildir know it.

A mail server keeps nothing that it could be asked about.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class SubmittedMail:
    """A mail that left, with its labels as texts; `message_id` is the provider's, or empty."""

    address: str
    at: dt.datetime
    attempt: str
    send: str
    delivery: str
    database: str
    message_id: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the log has of a mail; `went_out`: a receiver took it, or turned it away.

    `message_id` is the id that the answer to the request had.
    """

    message_id: str
    went_out: bool


class SubmittedMails(Protocol):
    """Tells what has left."""

    def submitted_since(
        self, since: dt.datetime, *, categories: Sequence[str], known: Callable[[str], bool]
    ) -> Iterator[SubmittedMail]:
        """Yield mails that left since a time; raises `TransportError` when it cannot tell."""
        ...

    def close(self) -> None:
        """Let go of what is open."""
        ...


class EmailLog(SubmittedMails, Protocol):
    """A provider's log, in which one mail can be looked for."""

    def find(self, address: str, *, since: dt.datetime, labels: tuple[str, str]) -> Entry | None:
        """Return the entry of a mail to an address with a label, if there is one.

        `labels` is the name of the label and its value.
        """
        ...
