"""The events of providers about accepted mail: the same types for all providers.

Every event about an attempt, whatever its type, proves that the provider accepted it.  The type
says what else follows.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from newsletter.conf.config import Config


class Kind(enum.StrEnum):
    """What happened; other events are not kept."""

    DEFERRED = "deferred"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    BLOCKED = "blocked"
    DROPPED = "dropped"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    LEFT = "left"


class Counted(enum.StrEnum):
    """What is counted of readers, where a publication has asked for it."""

    OPEN = "open"
    CLICK = "click"


class Outcome(enum.StrEnum):
    """The outcome of a delivery."""

    DELIVERED = "delivered"
    BOUNCED = "bounced"
    BLOCKED = "blocked"
    DROPPED = "dropped"
    COMPLAINED = "complained"


class Reason(enum.StrEnum):
    """Why an address must not be mailed any more."""

    BOUNCED = "bounced"
    INVALID = "invalid"
    COMPLAINED = "complained"


@dataclass(frozen=True, kw_only=True, slots=True)
class EventType:
    """What follows from an event."""

    kind: Kind | None = None  #: kept as this; None: only the proof counts
    counted: Counted | None = None  #: counted as this, if the send counts it
    outcome: Outcome | None = None  #: what becomes of the delivery
    suppress: Reason | None = None  #: why the address must not be mailed any more
    leaves_all: bool = False  #: the person leaves every list
    leaves_these: bool = False  #: the person leaves the lists of this send
    went_out: bool = True  #: the mail has left the provider's queue, or a reader has it
    personal: bool = True  #: it is about the person; else about the account or the mail


@dataclass(frozen=True, slots=True)
class ParsedEvent:
    """One event, parsed.

    `delivery`, `attempt`, `send` and `database` are its labels, empty if it has none.  `url` is
    the link of a click; `machine` says that the provider knows an open as a machine's.
    """

    key: str
    type: EventType
    at: dt.datetime
    email: str
    delivery: int | None
    attempt: str
    message: str
    reason: str
    send: int | None = None
    database: str = ""
    url: str = ""
    machine: bool = False


@dataclass(slots=True)
class ParsedPost:
    """The content of a post: events, unparsed ones as (reason, text), and account events."""

    facts: list[ParsedEvent] = field(default_factory=list)
    unparsed: list[tuple[str, str]] = field(default_factory=list)
    account: list[str] = field(default_factory=list)


class InvalidEvent(ValueError):
    """An event lacks what every event has."""


class Webhook(Protocol):
    """How one provider posts events: each post is verified when it comes, and read later."""

    def keys_variable(self, config: Config) -> str:
        """Return the environment variable that holds the keys by which posts are believed."""
        ...

    def has_keys(self, config: Config, environ: Mapping[str, str]) -> bool:
        """Return whether posts are accepted; raise `ConfigError` for an invalid key."""
        ...

    def find_fault(
        self,
        body: bytes,
        headers: Mapping[str, str],
        config: Config,
        environ: Mapping[str, str],
        now: dt.datetime,
    ) -> str:
        """Return why a post is not trusted; empty if it is the provider's."""
        ...

    def read(self, body: bytes) -> ParsedPost:
        """Return the content of a post; never fail."""
        ...

    def set_up(self, config: Config, url: str, counts: Collection[Counted] = ()) -> str:
        """Let the provider post to an address; return the public key of its posts.

        Of opens and clicks it posts only those in `counts`.
        """
        ...
