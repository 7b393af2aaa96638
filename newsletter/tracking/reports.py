"""The results of a send, in figures that add up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from newsletter.sending.models import Delivery, Send
from newsletter.sending.reporting.totals import count_send
from newsletter.tracking.models import Event

#: Outcomes that only the provider can report: it accepted each of these mails.
TOLD = ("delivered", "blocked", "bounced", "complained", "dropped")


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """The number of people by result; `told` is part of `accepted`, `deferred` of the rest of it.

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
        """How many were accepted without any event since."""
        return self.accepted - sum(self.told.values())


def report(send: Send) -> Report:
    """Count a send from its rows and its events."""
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
    """Return for how many people the provider still tries to deliver."""
    waiting = Delivery.objects.filter(send=send, outcome=None, events__kind=Event.Kind.DEFERRED)
    return waiting.distinct().count()
