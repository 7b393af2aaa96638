"""What the account allows."""

from __future__ import annotations

from dataclasses import dataclass

#: The scopes of a key with full access, as GET /v3/scopes lists them (those that matter here).
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
    "asm.groups.create",
    "asm.groups.read",
    "asm.groups.update",
    "asm.groups.delete",
    "asm.groups.suppressions.create",
    "asm.groups.suppressions.read",
    "asm.groups.suppressions.delete",
    "asm.suppressions.read",
    "messages.read",
    "sender_verification_eligible",
    "user.credits.read",
    "user.webhooks.event.settings.read",
    "user.webhooks.event.settings.update",
    "user.webhooks.event.test.create",
    "whitelabel.read",
)


@dataclass(slots=True)
class Settings:
    """What the account allows; tests may change it at any time.

    `keys`: the API keys that are taken (empty: every key that begins with `SG.`).
    `senders`: domains mail may come from, `verified_senders`: single addresses (both empty: all).
    `pending_domains`, `pending_senders`: those that are entered, and not verified yet.
    `ip_pools`: pools that mail may be sent by (empty: all).
    `credits`: recipients that may still be mailed (None: no limit).  `map_bytes`: bytes that the
    substitutions, and the custom arguments, of one personalization may have.  `logs_lag`: seconds
    by which the logs are behind.  `date_skew`: seconds by which the Date header is ahead.
    """

    keys: frozenset[str] = frozenset()
    scopes: tuple[str, ...] = ALL_SCOPES
    senders: frozenset[str] = frozenset()
    verified_senders: frozenset[str] = frozenset()
    pending_senders: frozenset[str] = frozenset()
    pending_domains: frozenset[str] = frozenset()
    ip_pools: frozenset[str] = frozenset()
    credits: int | None = None
    map_bytes: int = 10_000
    logs_lag: float = 0.0
    date_skew: float = 0.0
