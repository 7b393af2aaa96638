"""What a provider says of the account that mail is submitted by; nothing is changed there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class Credits:
    """How many more people may be mailed, of how many in a period, and when it begins again."""

    remain: int
    total: int
    next_reset: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PostedWebhook:
    """How a provider posts events to one address; `public_key` is empty without signatures."""

    enabled: bool
    public_key: str
    missing: tuple[str, ...] = ()  #: sorts of events that we read, and that it does not post
    counts: frozenset[str] = frozenset()  #: of `open` and `click`, those that it posts


@dataclass(frozen=True, kw_only=True, slots=True)
class DomainRecords:
    """The names in the DNS under which a domain is authenticated at a provider.

    `return_path` is the host of the envelope sender, `dkim` the hosts of keys.
    """

    return_path: str
    dkim: tuple[str, ...]


class ProviderAccount(Protocol):
    """Asks about one account.  All raise a `newsletter.errors.TransportError` without an answer."""

    @property
    def needed_scopes(self) -> tuple[str, ...]:
        """The scopes without which mail cannot leave."""
        ...

    @property
    def useful_scopes(self) -> Mapping[str, str]:
        """Scopes that something else needs, with what that is."""
        ...

    def read_scopes(self) -> tuple[frozenset[str], dt.datetime | None]:
        """Return what the key may do, and the provider's time."""
        ...

    def read_credits(self) -> Credits | None:
        """Return what is left; None where the key may not ask."""
        ...

    def read_webhook(self, url: str) -> PostedWebhook | None:
        """Return how events are posted to an address; None if they are not."""
        ...

    def read_domain(self, domain: str) -> DomainRecords | None:
        """Return the records of a domain that is authenticated there; None if it is not."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
