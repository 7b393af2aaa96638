"""What providers tell has the words of the tables, and outcomes count in one order."""

from __future__ import annotations

from newsletter.sending.models import Delivery
from newsletter.tracking.models import Event
from newsletter.tracking.outcomes import STRENGTH, outcomes_below
from newsletter.transports import events
from subscribers.models import Suppression


def test_outcomes_stand_in_one_order() -> None:
    """Each outcome gives way to all behind it, and to none before it."""
    assert [len(outcomes_below(outcome)) for outcome in STRENGTH] == list(range(len(STRENGTH)))
    assert Delivery.Outcome.BLOCKED in outcomes_below(Delivery.Outcome.BOUNCED)


def test_transports_and_tables_have_the_same_words() -> None:
    """Transports know no table; what they tell can be written into one all the same."""
    assert set(map(str, events.Kind)) == set(Event.Kind.values)
    assert set(map(str, events.Outcome)) <= set(Delivery.Outcome.values)
    assert set(map(str, events.Reason)) <= set(Suppression.Reason.values)
