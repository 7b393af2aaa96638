"""What a provider tells afterwards of mail that it accepted: the same for all of them.

Every event of an attempt, whatever it says, proves that the provider accepted it; its type says
what follows besides.
"""

from __future__ import annotations

import datetime as dt
import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from newsletter.conf.config import Config


class Kind(enum.StrEnum):
    """What happened; what else a provider tells is not kept."""

    DEFERRED = "deferred"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    BLOCKED = "blocked"
    DROPPED = "dropped"
    COMPLAINED = "complained"
    UNSUBSCRIBED = "unsubscribed"
    LEFT = "left"


class Outcome(enum.StrEnum):
    """What becomes of a delivery."""

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
    outcome: Outcome | None = None  #: what becomes of the delivery
    suppress: Reason | None = None  #: why the address must not be mailed any more
    leaves_all: bool = False  #: the person leaves every list
    leaves_these: bool = False  #: the person leaves the lists of this send
    went_out: bool = True  #: the mail has left the provider's queue, or a reader has it
    personal: bool = True  #: it is about the person; else about the account or the mail


@dataclass(frozen=True, slots=True)
class ParsedEvent:
    """One event, understood.

    `delivery`, `attempt`, `send` and `database` are its labels, empty where it has none.
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


@dataclass(slots=True)
class ParsedPost:
    """What a post holds: events, what is not understood as (why, text), and account news."""

    facts: list[ParsedEvent] = field(default_factory=list)
    unparsed: list[tuple[str, str]] = field(default_factory=list)
    account: list[str] = field(default_factory=list)


class InvalidEvent(ValueError):
    """An event lacks what every event has."""


class Webhook(Protocol):
    """How one provider posts events: each post is verified as it comes, and read later."""

    def keys_variable(self, config: Config) -> str:
        """Return the environment variable that holds the keys by which posts are believed."""
        ...

    def has_keys(self, config: Config, environ: Mapping[str, str]) -> bool:
        """Say whether posts are taken; raises `ConfigError` where a key is none."""
        ...

    def find_fault(
        self,
        body: bytes,
        headers: Mapping[str, str],
        config: Config,
        environ: Mapping[str, str],
        now: dt.datetime,
    ) -> str:
        """Return why a post is not to be believed; empty when it is the provider's."""
        ...

    def read(self, body: bytes) -> ParsedPost:
        """Return what a post says; never fails."""
        ...

    def set_up(self, config: Config, url: str) -> str:
        """Have the provider post to an address; return the key by which its posts are known."""
        ...
