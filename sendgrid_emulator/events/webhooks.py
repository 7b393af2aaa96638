"""The account's webhooks and their settings."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sendgrid_emulator.events.event import Event
from sendgrid_emulator.events.oauth import OAuth
from sendgrid_emulator.events.signature import Signer

MAX_WEBHOOKS = 5

#: The names of events in the settings, and in the events themselves where they differ.
SETTINGS: dict[str, str] = {
    "processed": "processed",
    "dropped": "dropped",
    "delivered": "delivered",
    "deferred": "deferred",
    "bounce": "bounce",
    "open": "open",
    "click": "click",
    "spam_report": "spamreport",
    "unsubscribe": "unsubscribe",
    "group_unsubscribe": "group_unsubscribe",
    "group_resubscribe": "group_resubscribe",
}


@dataclass(slots=True)
class Webhook:
    """One address that events are posted to; `wanted` holds the names of events."""

    url: str
    created: float
    enabled: bool = True
    signed: bool = True
    friendly_name: str = ""
    wanted: set[str] = field(default_factory=lambda: set(SETTINGS.values()))
    signer: Signer = field(default_factory=Signer)
    oauth: OAuth = field(default_factory=OAuth)
    id: str = field(default_factory=lambda: secrets.token_hex(16))

    def wants(self, event: str) -> bool:
        """Return whether an event of that name is to be posted."""
        return self.enabled and bool(self.url) and event in self.wanted

    def change(self, settings: Mapping[str, Any]) -> None:
        """Change the given settings; the others stay."""
        self.url = settings.get("url", self.url)
        self.enabled = settings.get("enabled", self.enabled)
        self.friendly_name = settings.get("friendly_name", self.friendly_name)
        self.oauth = self.oauth.changed(settings)
        for name, event in SETTINGS.items():
            if name in settings:
                (self.wanted.add if settings[name] else self.wanted.discard)(event)

    def as_json(self) -> dict[str, Any]:
        """Return the settings as the API shows them."""
        shown: dict[str, Any] = {
            "enabled": self.enabled,
            "url": self.url,
            **{name: event in self.wanted for name, event in SETTINGS.items()},
            "friendly_name": self.friendly_name,
            "id": self.id,
            "created_date": datetime.fromtimestamp(self.created, UTC).strftime(
                "%Y-%m-%dT%H:%M:%SZ"
            ),
            **self.oauth.as_json(),
        }
        if self.signed:
            shown["public_key"] = self.signer.public_key
        return shown


class Webhooks:
    """The webhooks of an account, the oldest first."""

    def __init__(self) -> None:
        self.all: list[Webhook] = []

    def get(self, webhook_id: str = "") -> Webhook | None:
        """Return the webhook of that id, or without one the oldest."""
        return next((hook for hook in self.all if webhook_id in {"", hook.id}), None)

    def at(self, url: str) -> Webhook | None:
        """Return the webhook that posts to `url`."""
        return next((hook for hook in self.all if hook.url == url), None)

    def wanting(self, event: str) -> list[Webhook]:
        """Return those that want an event of that name."""
        return [hook for hook in self.all if hook.wants(event)]


def sample_events(at: int) -> list[Event]:
    """Return one event of each sort that never happened, at the Unix time `at`."""
    return [
        {
            "email": "example@test.com",
            "timestamp": at,
            "event": name,
            "category": ["test"],
            "sg_event_id": secrets.token_urlsafe(16),
            "sg_message_id": f"{secrets.token_urlsafe(16)}.recvd-test-1-{at:X}-0.0",
        }
        for name in SETTINGS.values()
    ]
