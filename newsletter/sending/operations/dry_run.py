"""Ask the provider by hand whether it would take a send.  It reports, and changes nothing.

The person who runs it may have other settings than the process that sends: a wrong key in one
shell says nothing about tomorrow's send.  So no row is written, and no send is held; only the
background does that (`operations.dry_run_worker`), with the settings that will send.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from newsletter.errors import TransportError
from newsletter.sending.delivery.compose import Person
from newsletter.sending.models import Batch, Delivery, Send
from newsletter.sending.operations.background_dry_run import CHUNK_SIZE, find_refusals, next_chunk
from newsletter.transports.base import Transport

#: In these states a send has people who are still to be mailed.
POSSIBLE = (Send.State.QUEUED, Send.State.HELD, Send.State.PAUSED)


@dataclass(frozen=True, kw_only=True, slots=True)
class DryRunReport:
    """What the provider said: for how many people it was asked, whom it would refuse, and why.

    `refused` holds (address, reason).  With a `problem` it was not asked about everybody.
    """

    asked: int
    refused: Sequence[tuple[str, str]]
    problem: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether the provider was asked about everybody."""
        return not self.problem


def dry_run(send: Send, transport: Transport) -> DryRunReport:
    """Ask the provider about everybody who is still to be mailed; mail nobody, write nothing."""
    asked, refused = 0, list[tuple[str, str]]()
    for people in iterate_portions(send):
        addresses = {person.delivery: person.address for person in people}
        try:
            reasons = find_refusals(send, people, transport)
        except TransportError as error:
            return DryRunReport(
                asked=asked, refused=refused, problem=f"{error} {error.hint}".strip()
            )
        refused += [(addresses[number], why) for number, why in reasons.items()]
        asked += len(people)
    return DryRunReport(asked=asked, refused=refused)


def iterate_portions(send: Send) -> Iterator[Sequence[Person]]:
    """Yield the people of a send, up to a request's worth at a time."""
    return of_lists(send) if send.started_at is None else of_ledger(send)


def of_lists(send: Send) -> Iterator[Sequence[Person]]:
    """Yield the people on the lists: the audience is not counted yet."""
    through = 0
    while portion := next_chunk(send, through):
        through = portion.through
        if portion.people:
            yield portion.people


def of_ledger(send: Send) -> Iterator[Sequence[Person]]:
    """Yield the people of a counted audience to whom nothing has been submitted."""
    through, columns = 0, ("pk", "address", "subscriber", "subscriber__name")
    waiting = (Batch.State.PLANNED, Batch.State.WAITING)
    rows = Delivery.objects.filter(send=send, outcome=None, batch__state__in=waiting)
    rows = rows.order_by("pk")
    while found := rows.filter(pk__gt=through)[:CHUNK_SIZE]:
        values = found.values_list(*columns, "subscriber__attributes")
        yield [Person._make(row) for row in values]
        through = found[len(found) - 1].pk
