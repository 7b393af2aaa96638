"""The mail that has left, by the provider's log or the files of a Maildir.

A mail server keeps nothing that can be queried.
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
    """The entry of a mail in the log; `went_out`: a receiver accepted it or turned it away.

    `message_id` is the id that the answer to the request had.
    """

    message_id: str
    went_out: bool


class SubmittedMails(Protocol):
    """Lists the mail that has left."""

    def submitted_since(
        self, since: dt.datetime, *, categories: Sequence[str], known: Callable[[str], bool]
    ) -> Iterator[SubmittedMail]:
        """Yield the mails that left since a time; raise `TransportError` if it is not known."""
        ...

    def close(self) -> None:
        """Let go of what is open."""
        ...


class EmailLog(SubmittedMails, Protocol):
    """A provider's log, in which one mail can be found."""

    def find(self, address: str, *, since: dt.datetime, labels: tuple[str, str]) -> Entry | None:
        """Return the entry of a mail to an address with a label, if there is one.

        `labels` is the name of the label and its value.
        """
        ...
