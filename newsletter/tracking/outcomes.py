"""The order in which outcomes of a delivery count, whoever reports them."""

from __future__ import annotations

from newsletter.sending.models import Delivery

Outcome = Delivery.Outcome

#: If several outcomes are reported, in any order, the last of these counts.
STRENGTH: tuple[Outcome, ...] = (
    # Our own, about people who were in no request: events about them are about another one.
    Outcome.EXCLUDED,
    Outcome.REFUSED,
    # The provider did not try; whatever a receiver says counts more.
    Outcome.DROPPED,
    Outcome.DELIVERED,
    # Servers accept first and report later that they cannot deliver it, never the other way.
    Outcome.BLOCKED,
    Outcome.BOUNCED,
    # Only somebody who has the mail can complain about it.
    Outcome.COMPLAINED,
)


def outcomes_below(outcome: Outcome) -> tuple[Outcome, ...]:
    """Return the outcomes that this one replaces."""
    return STRENGTH[: STRENGTH.index(outcome)]
