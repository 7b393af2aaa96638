"""Find people a page at a time, the newest first, and count them honestly.

Where a condition finds few, as a text or a small list does, these few are looked at.  Else people
are looked through from the newest on, some ids at a time, until the page is full or a time is over:
so no page of a million reads everybody because of a filter that hardly finds anybody.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from django.db import connection
from django.db.models import Max, Q

from subscribers.finding.filters import (
    NOWHERE,
    SUPPRESSED,
    PeopleFilter,
    build_condition,
    matching_subscriptions,
)
from subscribers.finding.texts import address_holds, begins_with, holds_text, name_holds
from subscribers.models import ERASED_DOMAIN, ListSuppression, Subscriber, Suppression

PAGE_SIZE = 50
#: What finds no more than this is counted and sorted; of more it is said that they are more.
MAX_COUNTED = 10_000
#: Ids looked through at a time at first; twice as many after a look that found nobody.
WINDOW = 5_000
MAX_WINDOW = 100_000
#: Ids in one statement.
CHUNK = 500
Value = TypeVar("Value")
#: Seconds for which one page, and one count, look through people.
PAGE_SECONDS, COUNT_SECONDS = 0.5, 0.1


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Some people, the newest first.

    The next page begins below the id `next`; 0 on the last page.  `full` is false where the time
    was over before the page was full.
    """

    people: tuple[Subscriber, ...]
    next: int = 0
    full: bool = True


@dataclass(frozen=True, slots=True)
class Found:
    """How many people a filter finds: exactly, or at least this number."""

    people: int
    exact: bool


@dataclass(slots=True)
class Search:
    """One search, whose page and count share what was looked up."""

    of: PeopleFilter
    condition: Q = field(init=False)
    few: set[int] | None = field(init=False)

    def __post_init__(self) -> None:
        self.condition = build_condition(self.of)
        self.few = find_few(self.of)

    def page(
        self, before: int = 0, *, size: int = PAGE_SIZE, seconds: float = PAGE_SECONDS
    ) -> Page:
        """Return those whom the filter finds with ids below `before`; 0 begins at the newest."""
        if self.few is not None:
            ids = (pk for pk in sorted(self.few, reverse=True) if not before or pk < before)
            return page_of_few(self.condition, ids, size)
        people: list[Subscriber] = []
        end = time.monotonic() + seconds
        for low, high in windows(before):
            rows = Subscriber.objects.filter(self.condition, pk__gte=low, pk__lt=high)
            people += rows.order_by("-pk")[: size + 1 - len(people)]
            if len(people) > size:
                return cut(people, size)
            if time.monotonic() > end and low > 1:
                return Page(people=tuple(people), next=low, full=False)
        return Page(people=tuple(people))

    def ids(self, *, after: int, last: int) -> Iterator[int]:
        """Yield the ids of those found, `after < id <= last`, from the oldest on."""
        if self.few is not None:
            for chunk in split_chunks(pk for pk in sorted(self.few) if after < pk <= last):
                found = Subscriber.objects.filter(self.condition, pk__in=chunk)
                yield from found.order_by("pk").values_list("pk", flat=True)
            return
        while after < last:
            high = min(after + MAX_WINDOW, last)
            found = Subscriber.objects.filter(self.condition, pk__gt=after, pk__lte=high)
            yield from list(found.order_by("pk").values_list("pk", flat=True))
            after = high

    def count(self, *, seconds: float = COUNT_SECONDS) -> Found:
        """Count whom the filter finds: exactly up to `MAX_COUNTED`, and everybody."""
        if self.of.asks_nothing:
            erased = Subscriber.objects.filter(begins_with("erased-"))
            gone = erased.filter(key__endswith=f"@{ERASED_DOMAIN}").count()
            return Found(Subscriber.objects.count() - gone, exact=True)
        if self.few is not None:
            chunks = split_chunks(self.few)
            rows = (Subscriber.objects.filter(self.condition, pk__in=chunk) for chunk in chunks)
            return Found(sum(each.count() for each in rows), exact=True)
        if self.of == PeopleFilter(text=self.of.text):
            # They are many, so that in any order enough of them are found soon.
            some = Subscriber.objects.filter(self.condition).order_by()[: MAX_COUNTED + 1].count()
            return Found(min(some, MAX_COUNTED), exact=some <= MAX_COUNTED)
        people, end = 0, time.monotonic() + seconds
        for low, high in windows():
            rows_here = Subscriber.objects.filter(self.condition, pk__gte=low, pk__lt=high)
            people += rows_here.order_by()[: MAX_COUNTED + 1 - people].count()
            if people > MAX_COUNTED:
                return Found(MAX_COUNTED, exact=False)
            if time.monotonic() > end and low > 1:
                return Found(people, exact=False)
        return Found(people, exact=True)


def page_of_few(condition: Q, ids: Iterator[int], size: int) -> Page:
    """Return a page of those among some ids, in their order, of whom a condition is true."""
    people: list[Subscriber] = []
    for chunk in split_chunks(ids):
        rows = Subscriber.objects.filter(condition, pk__in=chunk).order_by("-pk")
        people += rows[: size + 1 - len(people)]
        if len(people) > size:
            return cut(people, size)
    return Page(people=tuple(people))


def split_chunks(values: Iterable[Value]) -> Iterator[list[Value]]:
    """Yield values in lists of as many as one statement names."""
    rest = iter(values)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def cut(people: Sequence[Subscriber], size: int) -> Page:
    """Return a page of people of whom there is one more."""
    shown = tuple(people[:size])
    return Page(people=shown, next=shown[-1].pk)


def windows(before: int = 0) -> Iterator[tuple[int, int]]:
    """Yield ranges of ids, `low <= id < high`, from the newest down; each twice as wide."""
    high = before or (Subscriber.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
    width = WINDOW
    while high > 1:
        low = max(1, high - width)
        yield low, high
        high, width = low, min(2 * width, MAX_WINDOW)


def find_few(of: PeopleFilter) -> set[int] | None:
    """Return the ids among whom everybody is whom a filter finds; `None` where they are many."""
    known = [ids_of_text(of.text) if of.text else None, ids_of_subscriptions(of), ids_stopped(of)]
    return min((ids for ids in known if ids is not None), key=len, default=None)


def ids_of_text(text: str) -> set[int] | None:
    """Return who has a text in the address or name; `None` where they are many."""
    named = name_holds(text)
    if named is None or connection.vendor == "postgresql":
        return ids_where(holds_text(text))
    # Each by its own index, without reading a person.
    ids = ids_where(address_holds(text))
    others = ids_where(named & ~Q(name="")) if ids is not None else None
    return None if ids is None or others is None else ids | others


def ids_where(condition: Q) -> set[int] | None:
    """Return the ids of whom a condition is true; `None` where they are many."""
    rows = Subscriber.objects.filter(condition).order_by()
    ids = set(rows.values_list("pk", flat=True)[: MAX_COUNTED + 1])
    return None if len(ids) > MAX_COUNTED else ids


def ids_of_subscriptions(of: PeopleFilter) -> set[int] | None:
    """Return who has a subscription of a list, in a state; `None` where they are many."""
    if not of.list or (rows := matching_subscriptions(of)) is None or of.state == NOWHERE:
        return None
    ids = list(rows.order_by().values_list("subscriber_id", flat=True)[: MAX_COUNTED + 1])
    return None if len(ids) > MAX_COUNTED else set(ids)


def ids_stopped(of: PeopleFilter) -> set[int] | None:
    """Return who is suppressed, where that is asked; `None` where they are many."""
    if of.state != SUPPRESSED:
        return None
    keys = list(Suppression.objects.order_by().values_list("key", flat=True)[: MAX_COUNTED + 1])
    if of.list:
        here = ListSuppression.objects.filter(list__slug=of.list).order_by()
        keys += here.values_list("key", flat=True)[: MAX_COUNTED + 1]
    if len(keys) > MAX_COUNTED:
        return None
    found: set[int] = set()
    for chunk in split_chunks(keys):
        found.update(Subscriber.objects.filter(key__in=chunk).values_list("pk", flat=True))
    return found
