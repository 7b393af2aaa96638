"""The lists of addresses to which a provider does not deliver, or did not."""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol


class ListKind(enum.StrEnum):
    """What a list says of its addresses, in the words of SendGrid."""

    BOUNCES = "bounces"
    #: Mail that was turned away; the provider tries the next one.
    BLOCKS = "blocks"
    INVALID = "invalid_emails"
    COMPLAINTS = "spam_reports"
    UNSUBSCRIBES = "unsubscribes"


@dataclass(frozen=True, slots=True)
class ListedAddress:
    """One entry: since when, and what the provider notes of it."""

    email: str
    at: dt.datetime
    note: str = ""


class SuppressionLists(Protocol):
    """The lists of one account.

    Every call raises a `newsletter.errors.TransportError` where the provider gives no usable
    answer: `Throttled` with the seconds to wait, `AccountError` where the key may not do it.
    """

    def read(
        self, kind: ListKind, *, since: dt.datetime | None, until: dt.datetime
    ) -> Iterator[Sequence[ListedAddress]]:
        """Yield the entries of a list between two times, some at once; None: from the first."""
        ...

    def find(self, kind: ListKind, email: str, *, until: dt.datetime) -> ListedAddress | None:
        """Return the entry of an address on a list; None if it is not on it."""
        ...

    def remove(self, kind: ListKind, email: str) -> None:
        """Take an address off a list; whether it was on it does not matter."""
        ...

    def add(self, addresses: Sequence[str]) -> None:
        """Have the provider drop all mail to these addresses; one that is listed stays listed."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
