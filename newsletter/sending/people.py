"""The people of a send, a page at a time, in the order of their addresses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from newsletter.sending.accounts import by_standing
from newsletter.sending.models import Batch, Delivery, Exclusion, Send

#: People on a page.
PAGE = 50
#: So few are sought by where they stand and then sorted; of more, the next page is near anyway.
FEW = 5_000
#: In the place of a state: those who were left out when the audience was counted.
LEFT_OUT = "left-out"


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """One candidate: where they stand, and why if there is a reason."""

    address: str
    stands: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Some people, and the address behind which the next page begins; empty on the last."""

    people: tuple[Person, ...]
    next: str


def page(
    send: Send,
    *,
    state: str = "",
    search: str = "",
    after: str = "",
    counted: Mapping[str, int] | None = None,
) -> Page:
    """Return people behind an address; of one state, and whose addresses begin with `search`.

    `counted` says how many stand where, if that is known already.
    """
    if state == LEFT_OUT:
        found = list(left_out(send, search, after))
    elif state and (counted or by_standing(send)).get(state, 0) <= FEW:
        named = sorted(few(send, state, search), key=lambda person: person.address)
        # Compared as it was sorted: a database may have another order than Python.
        found = [person for person in named if person.address > after]
    else:
        found = list(many(send, state, search, after))
    last = found[PAGE - 1].address if len(found) > PAGE else ""
    return Page(people=tuple(found[:PAGE]), next=last)


def many(send: Send, state: str, search: str, after: str) -> Iterator[Person]:
    """Yield one page and one more, going along the addresses."""
    rows = narrowed(Delivery.objects.filter(send=send), search, after)
    rows = rows.annotate(stands=Coalesce(F("outcome"), F("batch__state")))
    if state:
        rows = rows.filter(stands=state)
    for address, stands, why in rows.order_by("address").values_list("address", "stands", "reason")[
        : PAGE + 1
    ]:
        yield Person(address=address, stands=stands, reason=why)


def few(send: Send, state: str, search: str) -> Iterator[Person]:
    """Yield everybody of a rare state, in no order."""
    batches = Batch.objects.filter(send=send, state=state)
    for rows in (
        Delivery.objects.filter(send=send, outcome=state),
        Delivery.objects.filter(batch__in=batches, outcome=None),
    ):
        for address, why in narrowed(rows, search, "").values_list("address", "reason"):
            yield Person(address=address, stands=state, reason=why)


def narrowed(rows: QuerySet[Delivery], search: str, after: str) -> QuerySet[Delivery]:
    """Return those behind an address, and whose addresses begin so."""
    if after:
        rows = rows.filter(address__gt=after)
    return rows.filter(address__startswith=search) if search else rows


def left_out(send: Send, search: str, after: str) -> Iterator[Person]:
    """Yield one page, and one more, of those who were left out when the audience was counted."""
    rows = Exclusion.objects.filter(send=send, subscriber__email__gt=after)
    if search:
        rows = rows.filter(subscriber__email__startswith=search)
    named = rows.order_by("subscriber__email").values_list("subscriber__email", "reason")
    for address, reason in named[: PAGE + 1]:
        label = Exclusion.Reason(reason).label
        yield Person(address=address, stands="left out", reason=label)
