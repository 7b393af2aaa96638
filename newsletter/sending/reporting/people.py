"""The people of a send, a page at a time, in the order of their addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from newsletter.sending.models import Batch, Delivery, Exclusion, Send
from newsletter.sending.prescheduled import contradictions, leavers
from newsletter.sending.reporting.totals import LEFT_TOO_LATE, TWICE, count_by_status
from subscribers.addresses import key_of, start_of_key
from subscribers.finding.texts import begins_with
from subscribers.models import Subscriber

#: The number of people on a page.
PAGE_SIZE = 50
#: Up to this many are found by state and then sorted; with more, the next page is near anyway.
MAX_SORTED = 5_000
#: Subscribers whose deliveries are read in one statement.
MAX_SUBSCRIBERS = 200
#: In place of a state: people who were left out when the audience was counted.
LEFT_OUT = "left-out"


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """One candidate: the state, and the reason if there is one."""

    address: str
    stands: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Some people, and the address after which the next page begins; empty on the last page."""

    people: tuple[Person, ...]
    next: str


def list_page(
    send: Send,
    *,
    state: str = "",
    search: str = "",
    after: str = "",
    counted: Mapping[str, int] | None = None,
) -> Page:
    """Return the people after an address, in one state, whose addresses begin with `search`.

    How an address is spelt does not matter: `Ann@` finds `ann@`.
    `counted` is the number of people by state, if it is known already.
    """
    if state == LEFT_OUT:
        found = list(left_out(send, search, after))
    elif state == TWICE:
        found = list(page_of_few(contradictions.reached_twice(send), search, after))
    elif state == LEFT_TOO_LATE:
        found = list(page_of_few(leavers.left_too_late(send), search, after))
    elif count_among(send, state, counted) <= MAX_SORTED:
        named = sorted(
            find_few(send, state, start_of_key(search)), key=lambda person: person.address
        )
        # Compared by the database that sorted it: Python may have another order.
        found = [person for person in named if person.address > after]
    elif search:
        found = list(islice(search_people(send, state, start_of_key(search), after), PAGE_SIZE + 1))
    else:
        found = list(page_of_many(send, state, after))
    last = found[PAGE_SIZE - 1].address if len(found) > PAGE_SIZE else ""
    return Page(people=tuple(found[:PAGE_SIZE]), next=last)


def count_among(send: Send, state: str, counted: Mapping[str, int] | None) -> int:
    """Return among how many people a page is to be found."""
    counts = counted or count_by_status(send)
    return counts.get(state, 0) if state else sum(counts.values())


def page_of_many(send: Send, state: str, after: str) -> Iterator[Person]:
    """Yield one page and one person more, in the order of the addresses."""
    rows = standing_in(Delivery.objects.filter(send=send), state)
    if after:
        rows = rows.filter(address__gt=after)
    columns = ("address", "stands", "reason")
    for address, stands, why in rows.order_by("address").values_list(*columns)[: PAGE_SIZE + 1]:
        yield Person(address=address, stands=stands, reason=why)


def standing_in(rows: QuerySet[Delivery], state: str) -> QuerySet[Any]:
    """Return rows with their state, all or those in one state."""
    rows = rows.annotate(stands=Coalesce(F("outcome"), F("batch__state")))
    return rows.filter(stands=state) if state else rows


def find_few(send: Send, state: str, key: str) -> Iterator[Person]:
    """Yield those of a rare state, or of a small send, whose keys begin with `key`; in no order."""
    for address, stands, why in stream_rare(send, state):
        if key_of(address).startswith(key):
            yield Person(address=address, stands=stands, reason=why)


def stream_rare(send: Send, state: str) -> Iterator[tuple[str, str, str]]:
    """Yield (address, state, reason) of everybody, or of one state by the index of outcomes."""
    rows = Delivery.objects.filter(send=send)
    if not state:
        yield from standing_in(rows, "").values_list("address", "stands", "reason")
        return
    batches = Batch.objects.filter(send=send, state=state)
    for found in (
        rows.filter(outcome=state),
        Delivery.objects.filter(batch__in=batches, outcome=None),
    ):
        for address, why in found.values_list("address", "reason"):
            yield address, state, why


def search_people(send: Send, state: str, key: str, after: str) -> Iterator[Person]:
    """Yield the people whose keys begin with `key`, in the order of these.

    The subscribers first, along the index of their keys; then, a portion at a time, what they
    got of this send: so no index over all deliveries is needed.
    """
    last = key_of(after)
    subscribers = Subscriber.objects.filter(begins_with(key)).order_by("key")
    while portion := dict(
        subscribers.filter(key__gt=last).values_list("pk", "key")[:MAX_SUBSCRIBERS]
    ):
        yield from of_these(send, state, list(portion))
        *_, last = portion.values()


def of_these(send: Send, state: str, subscribers: Sequence[int]) -> Iterator[Person]:
    """Yield those of some subscribers who are among the people of a send, in their order."""
    rows = Delivery.objects.filter(send=send, subscriber__in=subscribers)
    columns = ("subscriber", "address", "stands", "reason")
    found = {pk: told for pk, *told in standing_in(rows, state).values_list(*columns)}
    for pk in subscribers:
        if pk in found:
            address, stands, why = found[pk]
            yield Person(address=address, stands=stands, reason=why)


def page_of_few(deliveries: QuerySet[Delivery], search: str, after: str) -> Iterator[Person]:
    """Yield one page, and one person more, of the people of a few deliveries."""
    rows = standing_in(deliveries, "")
    rows = rows.filter(begins_with(start_of_key(search), "subscriber__key"), address__gt=after)
    columns = ("address", "stands", "reason")
    for address, stands, why in rows.order_by("address").values_list(*columns)[: PAGE_SIZE + 1]:
        yield Person(address=address, stands=stands, reason=why)


def left_out(send: Send, search: str, after: str) -> Iterator[Person]:
    """Yield one page, and one person more, of people who were excluded from the audience."""
    rows = Exclusion.objects.filter(send=send, subscriber__email__gt=after)
    if search:
        rows = rows.filter(begins_with(start_of_key(search), "subscriber__key"))
    named = rows.order_by("subscriber__email").values_list("subscriber__email", "reason")
    for address, reason in named[: PAGE_SIZE + 1]:
        label = str(Exclusion.Reason(reason).label)
        yield Person(address=address, stands="left out", reason=label)
