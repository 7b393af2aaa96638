"""One SendGrid account: what it may do, and all it has been given.  No network in here."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from newsletter.standin.batches import Batches
from newsletter.standin.clock import Clock
from newsletter.standin.mailbox import Mailbox
from newsletter.standin.messages import Accepted
from newsletter.standin.personalizations import Rules
from newsletter.standin.shapes import Json
from newsletter.standin.traffic import Traffic

#: What a key with full access may do, as GET /v3/scopes tells it (those that matter here).
ALL_SCOPES = (
    "mail.send",
    "mail.batch.create",
    "mail.batch.read",
    "user.scheduled_sends.create",
    "user.scheduled_sends.delete",
    "user.scheduled_sends.read",
    "user.scheduled_sends.update",
    "suppression.bounces.delete",
    "suppression.bounces.read",
    "suppression.delete",
    "suppression.read",
    "suppression.update",
    "messages.read",
    "user.webhooks.event.settings.read",
    "user.webhooks.event.settings.update",
    "user.webhooks.event.test.create",
)


@dataclass(slots=True)
class Settings:
    """What the account allows; tests change these while it runs.

    `keys`: the API keys that are taken (empty: every key that begins with `SG.`).
    `senders`: domains mail may come from (empty: all).  `credits`: recipients that may still be
    mailed (None: no limit).  `map_bytes`: see `Rules`.
    """

    keys: frozenset[str] = frozenset()
    scopes: tuple[str, ...] = ALL_SCOPES
    senders: frozenset[str] = frozenset()
    credits: int | None = None
    map_bytes: int = 10_000


@dataclass
class Account:
    """All the state of the stand-in."""

    settings: Settings = field(default_factory=Settings)
    clock: Clock = field(default_factory=Clock)
    mailbox: Mailbox = field(default_factory=Mailbox)
    traffic: Traffic = field(default_factory=Traffic)

    def __post_init__(self) -> None:
        self.batches = Batches(self.clock.now)

    def takes_key(self, authorization: str) -> bool:
        """Tell whether the value of an Authorization header carries a key that is taken."""
        scheme, _, key = authorization.partition(" ")
        if scheme.lower() != "bearer":
            return False
        keys = self.settings.keys
        return key in keys if keys else key.startswith("SG.") and len(key) > len("SG.")

    def takes_sender(self, address: str) -> bool:
        """Tell whether the account may send from `address`."""
        senders = self.settings.senders
        return not senders or address.rpartition("@")[2].lower() in senders

    def rules(self) -> Rules:
        """Return what requests are judged by at this moment."""
        return Rules(self.clock.now(), self.batches.knows, self.settings.map_bytes)

    def accept(self, body: bytes, payload: Json) -> Accepted:
        """Take over a request that passed the rules; from here on it is SendGrid's to send."""
        name = secrets.token_urlsafe(16)
        request = Accepted.of(name, self.clock.now(), body, payload)
        if self.settings.credits is not None:
            self.settings.credits -= len(request)
        self.mailbox.add(request)
        return request

    def reset(self) -> None:
        """Forget all mail, requests and batches; settings and the clock stay."""
        self.mailbox.clear()
        self.traffic.clear()
        self.batches.clear()
