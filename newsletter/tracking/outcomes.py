"""In which order the outcomes of a delivery count, whoever tells of them."""

from __future__ import annotations

from newsletter.sending.models import Delivery

Outcome = Delivery.Outcome

#: Which outcome counts when several are told, in whatever order they come: the last of these.
STRENGTH: tuple[Outcome, ...] = (
    # Ours, and about a request in which they were not: news of them is about another one.
    Outcome.EXCLUDED,
    Outcome.REFUSED,
    # The provider did not try; whatever a receiver says outweighs that.
    Outcome.DROPPED,
    Outcome.DELIVERED,
    # Servers accept first and report later that they could not place it, never the other way.
    Outcome.BLOCKED,
    Outcome.BOUNCED,
    # Only somebody who has the mail can complain about it.
    Outcome.COMPLAINED,
)


def outcomes_below(outcome: Outcome) -> tuple[Outcome, ...]:
    """Return the outcomes that give way to this one."""
    return STRENGTH[: STRENGTH.index(outcome)]
