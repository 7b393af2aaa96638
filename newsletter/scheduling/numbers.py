"""The numbers of slots to come: each slot has the number that its issue will carry.

A number is that of the slot's issue, or one that a person reserved for it, or the next one.
Drafts that no slot is kept for take the first free slots, in the order of their numbers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from newsletter.errors import BadInput, InvalidTransition
from newsletter.phrases import Day, phrase
from newsletter.publishing.models import Issue, Publication
from newsletter.publishing.naming import ref_of
from newsletter.publishing.volumes import NO_NUMBER, Number, numbering_of, read_number
from newsletter.scheduling.calendar_slots import list_slots
from newsletter.scheduling.models import Slot
from newsletter.scheduling.slots import (
    FAR,
    changed,
    issue_meant_for,
    read_rhythm,
    save_slot,
    state_of,
    upcoming_slots,
)
from newsletter.sending.models import Send

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: A slot later than this from now has no number yet: each date before it would have to be counted.
AHEAD = dt.timedelta(days=5 * 366)
#: What a person types for an issue that carries no number, in the languages of the desk.
SPECIAL = frozenset({"special", "特別号", "-"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What is known of the issues of a publication.

    `last` is the highest number that went out, is queued or is on the web, and `day` its day;
    `waiting` are the drafts after it that no slot is kept for, by their numbers.
    """

    last: Number
    day: dt.date | None
    taken: frozenset[Number] = frozenset()
    waiting: Mapping[Number, int] = field(default_factory=dict)
    #: The number of the first issue, while there is none; else None.
    first: Number | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """The number of a slot; `draft` is the key of the draft that waits for it, else 0."""

    number: Number
    draft: int = 0

    @property
    def ref(self) -> str:
        """Return it as people read it; empty without a number."""
        return ref_of(*self.number)


def read_known(publications: Sequence[Publication], now: dt.datetime) -> dict[int, Known]:
    """Return what is known of the issues of each publication, in one statement."""
    sends = Send.objects.filter(issue=OuterRef("pk")).exclude(state=Send.State.CANCELLED)
    rows: dict[int, list[dict[str, Any]]] = {each.pk: [] for each in publications}
    issues: QuerySet[Issue] = Issue.objects.filter(publication__in=publications)
    columns = ("pk", "publication", "volume", "number", "date", "issued_on", "live")
    found = issues.annotate(has_send=Exists(sends)).values(
        *columns, "has_send", "planned_slot__at", "first_published_at"
    )
    for row in found.order_by("volume", "number", "pk"):
        rows[row["publication"]].append(row)
    known = {key: known_from(each, now) for key, each in rows.items()}
    for each in publications:
        if not rows[each.pk]:
            known[each.pk] = replace(known[each.pk], first=(each.first_volume, each.first_number))
    return known


def known_from(rows: list[dict[str, Any]], now: dt.datetime) -> Known:
    """Return what is known from the rows of the issues, which are in the order of their numbers.

    A slot that has passed had the number of its issue, also if that did not go out.
    """
    out = [row for row in rows if row["has_send"] or row["live"] or is_past(row, now)]
    last = number_in(out[-1]) if out else NO_NUMBER
    gone_out = {row["pk"] for row in out}
    numbered = [row for row in rows if row["number"]]
    waiting = {
        number_in(row): row["pk"]
        for row in numbered
        if row["pk"] not in gone_out and row["planned_slot__at"] is None and number_in(row) > last
    }
    if not out and numbered:
        # Nothing went out yet: the first draft tells where the numbers begin.
        volume, number = number_in(numbered[0])
        last = volume, number - 1
    return Known(
        last=last,
        day=day_in(out[-1]) if out else None,
        taken=frozenset(map(number_in, numbered)),
        waiting=waiting,
    )


def number_in(row: dict[str, Any]) -> Number:
    """Return the number in a row."""
    return row["volume"], row["number"]


def is_past(row: dict[str, Any], now: dt.datetime) -> bool:
    """Say whether the issue in a row is kept for a slot that has passed."""
    at: dt.datetime | None = row["planned_slot__at"]
    return at is not None and at <= now


def day_in(row: dict[str, Any]) -> dt.date | None:
    """Return the day of the issue in a row; a day in UTC is near enough for a year."""
    slot: dt.datetime | None = row["planned_slot__at"]
    published: dt.datetime | None = row["first_published_at"]
    days = (row["issued_on"], slot and slot.date(), row["date"], published and published.date())
    return next(filter(None, days), None)


def plan_numbers(
    publication: Publication, slots: Iterable[Slot], known: Known
) -> dict[dt.date, Planned]:
    """Return the numbers of slots that are to come, in their order, by the dates of the slots.

    `slots` begin with the next one and are read `with_plans`.  A skipped slot has none.
    """
    numbering, zone = numbering_of(publication), ZoneInfo(publication.time_zone)
    ahead = list(slots)
    kept = {number_of(slot) for slot in ahead if slot.number and holder_of(slot) is None}
    taken, waiting = set(known.taken | kept), dict(sorted(known.waiting.items()))
    last, last_day = known.last, known.day
    planned: dict[dt.date, Planned] = {}
    for slot in ahead:
        day = slot.at.astimezone(zone).date()
        number, draft = NO_NUMBER, 0
        if (issue := holder_of(slot)) is not None:
            number = issue.volume, issue.number
        elif state_of(slot) == Slot.State.SKIPPED:
            continue
        elif slot.number is not None and number_of(slot) not in known.taken - set(waiting):
            number = number_of(slot)
            draft = waiting.pop(number, 0)
        elif waiting:
            number = next(iter(waiting))
            draft = waiting.pop(number)
        elif known.first is not None and last == NO_NUMBER:
            number = known.first
        else:
            number = numbering.after(last, last_day, day)
            while number[1] and number in taken:
                number = numbering.after(number, day, day)
        taken.add(number)
        planned[slot.date] = Planned(number=number, draft=draft)
        if number > last:
            last, last_day = number, day
    return planned


def holder_of(slot: Slot) -> Issue | None:
    """Return the issue that is in a slot, or that it is kept for."""
    return slot.send.issue if slot.send is not None else issue_meant_for(slot)


def number_of(slot: Slot) -> Number:
    """Return the number that a person reserved for a slot."""
    return slot.volume or 0, slot.number or 0


def numbers_ahead(publication: Publication, now: dt.datetime, count: int) -> dict[dt.date, Planned]:
    """Return the numbers of the next slots, by their dates."""
    known = read_known([publication], now)[publication.pk]
    return plan_numbers(publication, upcoming_slots(publication, now, count), known)


def number_of_slot(slot: Slot, now: dt.datetime) -> Planned | None:
    """Return the number of one slot to come.

    None for one that has passed, is skipped, or is later than `AHEAD`.
    """
    if slot.at > now + AHEAD:
        return None
    second = dt.timedelta(seconds=1)
    found = list_slots([slot.publication], now + second, slot.at + second, now)
    known = read_known([slot.publication], now)[slot.publication_id]
    return plan_numbers(slot.publication, found, known).get(slot.date)


def plan_many(slots: Sequence[Slot], now: dt.datetime) -> dict[tuple[int, dt.date], Planned]:
    """Return the numbers of slots of several publications, by publication and date.

    Of each publication they are all that come up to the last of them, read `with_plans`.
    """
    ahead: dict[Publication, list[Slot]] = {}
    for slot in sorted(slots, key=lambda slot: slot.at):
        if slot.at > now:
            ahead.setdefault(slot.publication, []).append(slot)
    known = read_known(list(ahead), now)
    return {
        (publication.pk, date): planned
        for publication, found in ahead.items()
        for date, planned in plan_numbers(publication, found, known[publication.pk]).items()
    }


def next_free_number(publication: Publication) -> Number:
    """Return the number of the issue to begin next: that of the first slot without an issue."""
    now = timezone.now()
    known = read_known([publication], now)[publication.pk]
    if read_rhythm(publication) is not None:
        ahead = upcoming_slots(publication, now, FAR + len(known.waiting))
        planned = plan_numbers(publication, ahead, known)
        for slot in ahead:
            if slot.date in planned and holder_of(slot) is None and not planned[slot.date].draft:
                return planned[slot.date].number
    return numbering_of(publication).after(max([known.last, *known.taken]), None, None)


def reserve_number(slot: Slot, text: str) -> None:
    """Reserve the number of a slot that a person typed: `3.12`, `12`, `special`; empty: the next.

    Raises `BadInput` for what is no number or is taken, `InvalidTransition` where the slot has an
    issue, which carries its own.
    """
    number = parse_number(text)
    if (issue := holder_of(slot)) is not None:
        raise InvalidTransition(
            phrase("The slot of {day} is for {title}", day=Day(slot.date), title=issue.title),
            hint=phrase("Change the number of the issue instead."),
        )
    row = save_slot(slot)
    if number and number[1]:
        require_free(row, number)
    volume, count = number or (None, None)
    try:
        with transaction.atomic():
            Slot.objects.filter(pk=row.pk).update(**changed(volume=volume, number=count))
    except IntegrityError:
        require_free(row, number or NO_NUMBER)
        raise


def parse_number(text: str) -> Number | None:
    """Return the number that somebody typed; None for the next; raises `BadInput`."""
    if not text.strip():
        return None
    if text.strip().casefold() in SPECIAL:
        return NO_NUMBER
    number = read_number(text)
    if number is None:
        raise BadInput(
            phrase("{text!r} is not a number of an issue", text=text.strip()),
            hint=phrase("Write it as 3.12, or as 12 without volumes; special: no number."),
        )
    return number


def require_free(slot: Slot, number: Number) -> None:
    """Raise `BadInput` where an issue or another slot has a number."""
    volume, count = number
    issue = slot.publication.issues.filter(volume=volume, number=count).first()
    if issue is not None:
        raise BadInput(
            phrase("{ref} is the number of {title}", ref=ref_of(*number), title=issue.draft_title),
            hint=phrase("Keep the slot for that issue, or choose another number."),
        )
    others = slot.publication.slots.exclude(pk=slot.pk)
    other = others.filter(volume=volume, number=count).first()
    if other is not None:
        raise BadInput(
            phrase(
                "{ref} is reserved for the slot of {day}",
                ref=ref_of(*number),
                day=Day(other.date),
            ),
            hint=phrase("Choose another number, or take it from that slot first."),
        )
