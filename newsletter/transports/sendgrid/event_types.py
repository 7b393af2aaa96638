"""The meaning of each event of SendGrid, in one table.

Source: Twilio SendGrid, "Event Webhook Reference".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from newsletter.transports.events import Counted, EventType, Kind, Outcome, Reason

PROOF_ONLY = EventType()
EVENT_TYPES: Mapping[str, EventType] = {
    # Comes late, or never: it proves acceptance like any other, and says nothing more.
    "processed": EventType(went_out=False),
    # Shown only: the provider tries for three days, then says blocked or bounced.
    "deferred": EventType(kind=Kind.DEFERRED),
    "delivered": EventType(kind=Kind.DELIVERED, outcome=Outcome.DELIVERED),
    # For good: the reader said so, and no import may bring the address back.
    "spamreport": EventType(
        kind=Kind.COMPLAINED,
        outcome=Outcome.COMPLAINED,
        suppress=Reason.COMPLAINED,
        leaves_all=True,
    ),
    # From the provider's own link, which our mail does not have; it then drops all our mail.
    "unsubscribe": EventType(kind=Kind.UNSUBSCRIBED, leaves_all=True),
    "group_unsubscribe": EventType(kind=Kind.LEFT, leaves_these=True),
    # A provider cannot bring anybody back: only the person can, on our pages.
    "group_resubscribe": EventType(went_out=False),
    # They prove acceptance; counted where a publication has asked for it, else forgotten.
    "open": EventType(counted=Counted.OPEN),
    "click": EventType(counted=Counted.CLICK),
}
BOUNCED = EventType(kind=Kind.BOUNCED, outcome=Outcome.BOUNCED, suppress=Reason.BOUNCED)
#: The receiver turned the mail away, not the address: the provider suppresses nobody, and we only
#: by the policy of `newsletter.tracking.soft_bounces`.
BLOCKED = EventType(kind=Kind.BLOCKED, outcome=Outcome.BLOCKED)
#: The account, the quota, the content or a cancellation: not about the person.
DROPPED = EventType(kind=Kind.DROPPED, outcome=Outcome.DROPPED, went_out=False, personal=False)
#: Reasons that are about the person: the provider knew something that we did not.
DROPPED_FOR: Mapping[str, EventType] = {
    "bounced address": replace(DROPPED, personal=True, suppress=Reason.BOUNCED),
    "invalid": replace(DROPPED, personal=True, suppress=Reason.INVALID),
    "spam reporting address": replace(
        DROPPED, personal=True, suppress=Reason.COMPLAINED, leaves_all=True
    ),
    "unsubscribed address": replace(DROPPED, personal=True, leaves_all=True),
}


def event_type_of(event: Mapping[str, object]) -> EventType:
    """Return the meaning of an event; an unknown name is only proof of acceptance."""
    match event.get("event"):
        case "bounce":
            return BOUNCED if event.get("type") == "bounce" else BLOCKED
        case "dropped":
            reason = str(event.get("reason") or "").strip().lower()
            return DROPPED_FOR.get(reason, DROPPED)
        case str(name):
            return EVENT_TYPES.get(name, PROOF_ONLY)
    return PROOF_ONLY
