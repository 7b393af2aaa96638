"""What becomes of some people by a bulk action; nothing is written here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple

from subscribers.bulk.models import BulkRun
from subscribers.models import List, ListSuppression, Subscriber, Subscription, Suppression
from subscribers.privacy import erased_addresses

State, Action = Subscription.State, BulkRun.Action


class Outcome(StrEnum):
    """What becomes of a person."""

    CHANGED = "changed"  #: added, unsubscribed, set or deleted
    SAME = "same"  #: it is so already
    LEFT = "left"  #: kept out: they left the list, or every list they were on
    UNCONFIRMED = "unconfirmed"  #: kept out: they are on a list, and have confirmed none
    SUPPRESSED = "suppressed"  #: kept out: they are suppressed, for all mail or for the list


class Known(NamedTuple):
    """What of a person decides; a row of a million is read in a third of a model's time."""

    pk: int
    key: str
    attributes: Mapping[str, str]


Person = Subscriber | Known
#: The states of people, by person and list.
States = Mapping[int, Mapping[int, str]]


def decide(run: BulkRun, people: Sequence[Person]) -> dict[int, Outcome]:
    """Return what would become of each person, by their id."""
    return DECIDE[Action(run.action)](run, people)


def read_known(run: BulkRun, ids: Sequence[int]) -> list[Known]:
    """Return what decides of some people; attributes only where the run sets one."""
    rows = Subscriber.objects.filter(pk__in=ids)
    if run.action == Action.SET:
        return [Known(*row) for row in rows.values_list("pk", "key", "attributes")]
    return [Known(pk, key, {}) for pk, key in rows.values_list("pk", "key")]


def states_of(people: Iterable[Person]) -> States:
    """Return the states of the subscriptions of people."""
    found: dict[int, dict[int, str]] = {person.pk: {} for person in people}
    rows = Subscription.objects.filter(subscriber__in=list(found))
    for person, of, state in rows.values_list("subscriber_id", "list_id", "state"):
        found[person][of] = state
    return found


def stopped_keys(people: Sequence[Person], to: List) -> set[str]:
    """Return the keys of those who must not be mailed, at all or as readers of a list."""
    keys = [person.key for person in people]
    everywhere = Suppression.objects.filter(key__in=keys).values_list("key", flat=True)
    here = ListSuppression.objects.filter(key__in=keys, list=to).values_list("key", flat=True)
    erased = (key for some in erased_addresses.find_all(keys) for key in some)
    return {*everywhere, *here, *erased}


def target_of(run: BulkRun) -> List:
    """Return the list that a run adds to."""
    if run.list is None:
        raise ValueError(f"bulk run {run.pk} has no list")
    return run.list


def decide_adding(run: BulkRun, people: Sequence[Person]) -> dict[int, Outcome]:
    """Add nobody who left, never confirmed, or is suppressed."""
    to = target_of(run)
    states, stopped = states_of(people), stopped_keys(people, to)

    def outcome(person: Person) -> Outcome:
        mine = states[person.pk]
        here, known = mine.get(to.pk), set(mine.values())
        if here is not None and here != State.UNSUBSCRIBED:
            return Outcome.SAME
        if here is not None or known == {State.UNSUBSCRIBED}:
            return Outcome.LEFT
        if known and State.ACTIVE not in known:
            return Outcome.UNCONFIRMED
        return Outcome.SUPPRESSED if person.key in stopped else Outcome.CHANGED

    return {person.pk: outcome(person) for person in people}


def decide_unsubscribing(run: BulkRun, people: Sequence[Person]) -> dict[int, Outcome]:
    """Leave as they are those who are on none of the lists."""
    states = states_of(people)

    def is_on(person: Person) -> bool:
        mine = states[person.pk].items()
        return any(s != State.UNSUBSCRIBED and run.list_id in (None, of) for of, s in mine)

    return {p.pk: Outcome.CHANGED if is_on(p) else Outcome.SAME for p in people}


def decide_setting(run: BulkRun, people: Sequence[Person]) -> dict[int, Outcome]:
    """Set an attribute; a blank value removes it."""
    return {
        person.pk: Outcome.SAME
        if person.attributes.get(run.attribute, "") == run.value
        else Outcome.CHANGED
        for person in people
    }


def decide_deleting(_run: BulkRun, people: Sequence[Person]) -> dict[int, Outcome]:
    """Delete those alone who are on a list, and have confirmed none."""
    waiting = {
        person
        for person, mine in states_of(people).items()
        if set(mine.values()) == {State.PENDING}
    }
    return {p.pk: Outcome.CHANGED if p.pk in waiting else Outcome.SAME for p in people}


Decider = Callable[[BulkRun, Sequence[Person]], dict[int, Outcome]]
DECIDE: Mapping[BulkRun.Action, Decider] = {
    Action.ADD: decide_adding,
    Action.UNSUBSCRIBE: decide_unsubscribing,
    Action.SET: decide_setting,
    Action.DELETE: decide_deleting,
}
