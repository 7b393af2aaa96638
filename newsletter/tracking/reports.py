"""What became of a send, in figures that add up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from newsletter.sending.models import Delivery, Send
from newsletter.sending.reporting.totals import count_send
from newsletter.tracking.models import Event

#: Outcomes of which only the provider can tell: it has accepted each of these.
TOLD = ("delivered", "blocked", "bounced", "complained", "dropped")


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """How many people stand where; `told` is part of `accepted`, `deferred` of what is not told.

    planned = accepted + `others`, which holds the unknown, refused, excluded and so on by state.
    Opens and clicks are not in it: our mail is sent with tracking off.
    """

    planned: int
    accepted: int
    told: Mapping[str, int]
    deferred: int
    others: Mapping[str, int]

    @property
    def silent(self) -> int:
        """How many were accepted without any news since."""
        return self.accepted - sum(self.told.values())


def report(send: Send) -> Report:
    """Count a send from its rows and from what events told."""
    counted = count_send(send)
    told = {state: counted.deliveries[state] for state in TOLD if state in counted.deliveries}
    silent = counted.deliveries.get("accepted", 0)
    others = {
        state: count
        for state, count in counted.deliveries.items()
        if state not in (*TOLD, "accepted")
    }
    return Report(
        planned=counted.planned,
        accepted=silent + sum(told.values()),
        told=told,
        deferred=count_deferred(send) if silent else 0,
        others=others,
    )


def count_deferred(send: Send) -> int:
    """Return how many people's mail the provider still tries to deliver."""
    waiting = Delivery.objects.filter(send=send, outcome=None, events__kind=Event.Kind.DEFERRED)
    return waiting.distinct().count()
