"""One timeline of many sources, a page at a time.

A page ends at a time, and notes how many entries of exactly that time it had: so none is lost and
none comes twice, also where an import wrote many at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from newsletter.errors import BadInput
from newsletter.joint_reading import read_together
from newsletter.phrases import phrase
from subscribers.models import Subscriber

PAGE_SIZE = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One thing that happened, in the reader's language.

    `kind` is `list`, `person`, `consent`, `mail` or `stop`; `send` is the number of the send that
    it is about, or 0.  Of entries at one time and of one source the one with the larger `order`
    is newer.
    """

    at: dt.datetime
    text: str
    detail: str = ""
    kind: str = "person"
    send: int = 0
    order: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: at the entries of a time, without a number that was shown."""

    at: dt.datetime
    shown: int

    def __str__(self) -> str:
        return f"{self.at.astimezone(dt.UTC):%Y%m%dT%H%M%S.%f}-{self.shown}"


@dataclass(frozen=True, slots=True)
class TimelinePage:
    """Some entries, the newest first, and where the next page begins."""

    entries: tuple[Entry, ...]
    next: Place | None = None


#: Names what holds the entries of a person that are not newer than a time, up to a number.
Ask = Callable[[Subscriber, dt.datetime | None, int], tuple[QuerySet[Any, Any], ...]]
#: Gives the entries of a person, of the rows of these query sets; those that are newer are dropped.
Tell = Callable[..., Iterable[Entry]]
_SOURCES: dict[str, tuple[Ask, Tell]] = {}


def register_source(name: str, ask: Ask, tell: Tell) -> None:
    """Add a source, or replace the one of that name: what it reads, and what that tells.

    `tell` gets the person, and the query sets of `ask`, which were read together with all others.
    """
    _SOURCES[name] = (ask, tell)


def until(rows: QuerySet[Any], column: str, last: dt.datetime | None, limit: int) -> QuerySet[Any]:
    """Return the newest rows by a time, up to `limit`, none newer than `last`."""
    if last is not None:
        rows = rows.filter(**{f"{column}__lte": last})
    return rows.order_by(f"-{column}", "-pk")[:limit]


def list_entries(
    person: Subscriber,
    place: Place | None = None,
    *,
    size: int = PAGE_SIZE,
    besides: Sequence[QuerySet[Any, Any]] = (),
) -> TimelinePage:
    """Return a page of the timeline of a person; what else a page needs is read along."""
    shown, last = place.shown if place else 0, place.at if place else None
    parts = [
        (tell, ask(person, last, size + shown + 1))
        for _name, (ask, tell) in sorted(_SOURCES.items())
    ]
    read_together(*(rows for _tell, asked in parts for rows in asked), *besides)
    found = [
        (entry.at, -position, entry.order, entry)
        for position, (tell, asked) in enumerate(parts)
        for entry in tell(person, *asked)
        if last is None or entry.at <= last
    ]
    found.sort(key=lambda each: each[:3], reverse=True)
    rest = [entry for *_key, entry in found][shown:]
    entries = tuple(rest[:size])
    if len(rest) <= size:
        return TimelinePage(entries)
    last = entries[-1].at
    of_last = sum(entry.at == last for entry in entries)
    before = shown if place and place.at == last else 0
    return TimelinePage(entries, Place(last, of_last + before))


def read_place(text: str) -> Place | None:
    """Return the place that an address names; nothing for the first page.  Raises `BadInput`."""
    if not text:
        return None
    time, _, shown = text.partition("-")
    try:
        at = dt.datetime.strptime(time, "%Y%m%dT%H%M%S.%f").replace(tzinfo=dt.UTC)
        return Place(at, min(max(int(shown), 0), 10_000))
    except ValueError:
        raise BadInput(phrase("{text} is no place in a timeline", text=text[:40])) from None
