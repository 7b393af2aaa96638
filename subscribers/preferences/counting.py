"""Refuse to be counted: then no mail to a person has an invisible picture or rewritten links.

Which publications count, and what was counted, only packages above know; they connect themselves
when the program starts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from newsletter.statements import Statement
from subscribers.history.models import Actor, SubscriptionChange
from subscribers.history.recording import Change, record
from subscribers.models import Subscriber
from subscribers.people import lock_person
from subscribers.preferences.merges import list_former, list_merged
from subscribers.preferences.models import CountingRefusal

Kind = SubscriptionChange.Kind
REFUSALS = Statement(
    lambda pk: CountingRefusal.objects.filter(subscriber=pk, ended_at=None).values_list("pk"), int
)


@dataclass(frozen=True, kw_only=True, slots=True)
class CountedBy:
    """The names of publications that count opens, and of those that count clicks."""

    opens: Sequence[str] = ()
    clicks: Sequence[str] = ()

    def __bool__(self) -> bool:
        return bool(self.opens or self.clicks)


_find_counting: list[Callable[[Collection[int]], CountedBy]] = []
_forget: list[Callable[[int], object]] = []


def connect(find: Callable[[Collection[int]], CountedBy], forget: Callable[[int], object]) -> None:
    """Set what names the publications of some lists that count, and what forgets a person's counts.

    `find` gets the ids of lists, `forget` the id of a subscriber.
    """
    _find_counting[:], _forget[:] = [find], [forget]


def counted_by(lists: Collection[int]) -> CountedBy:
    """Return which publications count, of those that go to the lists of a person, by their ids."""
    return _find_counting[0](lists) if _find_counting else CountedBy()


def is_refused(person: Subscriber) -> bool:
    """Say whether a person refuses to be counted."""
    return bool(REFUSALS.rows(person.pk))


def find_refusers(people: Collection[int]) -> set[int]:
    """Return who of some people refuses to be counted, by their ids."""
    rows = CountingRefusal.objects.filter(subscriber__in=people, ended_at=None)
    return set(rows.values_list("subscriber_id", flat=True))


@transaction.atomic
def refuse(person: Subscriber, *, by: str = Actor.PERSON) -> bool:
    """Count a person no more, and forget what was counted; return whether that is new.

    It holds for whoever the person became, and was: mail went to each, and links of it come here.
    """
    if lock_person(person.pk) is None:
        return False
    also = {*list_merged(person.pk), *list_former(person.pk)}
    for each in Subscriber.objects.filter(pk__in=also).order_by("pk"):
        if not each.erased:
            refuse_one(each, by=by)
    return refuse_one(person, by=by)


def refuse_one(person: Subscriber, *, by: str) -> bool:
    """Do it for one row of a person."""
    if is_refused(person):
        return False
    CountingRefusal.objects.update_or_create(
        subscriber=person, defaults={"since": timezone.now(), "ended_at": None}
    )
    for forget in _forget:
        forget(person.pk)
    record(Change(subscriber_id=person.pk, kind=Kind.UNCOUNTED, by=by))
    return True


@transaction.atomic
def allow(person: Subscriber, *, by: str = Actor.PERSON) -> bool:
    """Let a person be counted again; return whether they had refused.

    Not whoever they became: that is said from there, and not by a link of the old mailbox.
    """
    rows = CountingRefusal.objects.filter(subscriber=person, ended_at=None)
    if lock_person(person.pk) is None or not rows.update(ended_at=timezone.now()):
        return False
    record(Change(subscriber_id=person.pk, kind=Kind.COUNTED, by=by))
    return True


def share_refusal(person: Subscriber, known: Subscriber) -> None:
    """Let the refusal of a person hold for the one whom they become just now, and the other way."""
    if is_refused(person):
        refuse(known)
    elif is_refused(known):
        refuse(person)
