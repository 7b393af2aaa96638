"""What a bulk action is asked to do, and what becomes of some people by it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum

from subscribers.bulk.models import BulkChange, BulkRun
from subscribers.history.models import SubscriptionChange
from subscribers.history.recording import Change, record_all
from subscribers.models import List, ListSuppression, Subscriber, Subscription, Suppression
from subscribers.privacy import erased_addresses
from subscribers.privacy.erasure import erase_person
from subscribers.subscriptions import Ending, record_end

State, Kind, Action = Subscription.State, SubscriptionChange.Kind, BulkRun.Action


class Outcome(StrEnum):
    """What becomes of a person."""

    CHANGED = "changed"  #: added, unsubscribed, set or deleted
    SAME = "same"  #: it is so already
    LEFT = "left"  #: kept out: they left the list, or every list they were on
    UNCONFIRMED = "unconfirmed"  #: kept out: they are on a list, and have confirmed none
    SUPPRESSED = "suppressed"  #: kept out: they are suppressed, for all mail or for the list


Outcomes = Mapping[int, Outcome]
States = Mapping[int, Mapping[int, Subscription]]


def decide(run: BulkRun, people: Sequence[Subscriber]) -> dict[int, Outcome]:
    """Return what would become of each person, by their id; nothing is written."""
    return DECIDE[Action(run.action)](run, people)


def states_of(people: Iterable[Subscriber]) -> dict[int, dict[int, Subscription]]:
    """Return the subscriptions of people, by person and list."""
    found: dict[int, dict[int, Subscription]] = {person.pk: {} for person in people}
    for row in Subscription.objects.filter(subscriber__in=found):
        found[row.subscriber_id][row.list_id] = row
    return found


def stopped_keys(people: Sequence[Subscriber], to: List) -> set[str]:
    """Return the keys of those who must not be mailed, at all or as readers of a list."""
    keys = [person.key for person in people]
    everywhere = Suppression.objects.filter(key__in=keys).values_list("key", flat=True)
    here = ListSuppression.objects.filter(key__in=keys, list=to).values_list("key", flat=True)
    erased = (key for some in erased_addresses.find_all(keys) for key in some)
    return {*everywhere, *here, *erased}


def decide_adding(run: BulkRun, people: Sequence[Subscriber]) -> dict[int, Outcome]:
    """Add nobody who left, never confirmed, or is suppressed."""
    to = target_of(run)
    states, stopped = states_of(people), stopped_keys(people, to)

    def outcome(person: Subscriber) -> Outcome:
        mine = states[person.pk]
        here = mine.get(to.pk)
        if here is not None and here.state != State.UNSUBSCRIBED:
            return Outcome.SAME
        if here is not None or (mine and all(r.state == State.UNSUBSCRIBED for r in mine.values())):
            return Outcome.LEFT
        if mine and all(row.state != State.ACTIVE for row in mine.values()):
            return Outcome.UNCONFIRMED
        return Outcome.SUPPRESSED if person.key in stopped else Outcome.CHANGED

    return {person.pk: outcome(person) for person in people}


def target_of(run: BulkRun) -> List:
    """Return the list that a run adds to."""
    if run.list is None:
        raise ValueError(f"bulk run {run.pk} has no list")
    return run.list


def rows_to_end(run: BulkRun, people: Sequence[Subscriber]) -> list[Subscription]:
    """Return the subscriptions that a run ends."""
    states = states_of(people).values()
    rows = (row for mine in states for row in mine.values() if row.state != State.UNSUBSCRIBED)
    return [row for row in rows if run.list_id in (None, row.list_id)]


def decide_unsubscribing(run: BulkRun, people: Sequence[Subscriber]) -> dict[int, Outcome]:
    """Leave as they are those who are on none of the lists."""
    leaving = {row.subscriber_id for row in rows_to_end(run, people)}
    return {p.pk: Outcome.CHANGED if p.pk in leaving else Outcome.SAME for p in people}


def decide_setting(run: BulkRun, people: Sequence[Subscriber]) -> dict[int, Outcome]:
    """Set an attribute; a blank value removes it."""
    return {
        person.pk: Outcome.SAME
        if person.attributes.get(run.attribute, "") == run.value
        else Outcome.CHANGED
        for person in people
    }


def decide_deleting(_run: BulkRun, people: Sequence[Subscriber]) -> dict[int, Outcome]:
    """Delete those alone who are on a list, and have confirmed none."""
    states = states_of(people)
    return {
        person.pk: Outcome.CHANGED
        if states[person.pk] and all(r.state == State.PENDING for r in states[person.pk].values())
        else Outcome.SAME
        for person in people
    }


Decider = Callable[[BulkRun, Sequence[Subscriber]], dict[int, Outcome]]
DECIDE: Mapping[BulkRun.Action, Decider] = {
    Action.ADD: decide_adding,
    Action.UNSUBSCRIBE: decide_unsubscribing,
    Action.SET: decide_setting,
    Action.DELETE: decide_deleting,
}


def apply(run: BulkRun, people: Sequence[Subscriber], now: dt.datetime) -> dict[int, Outcome]:
    """Do it for some people, who are locked; return what became of each."""
    outcomes = decide(run, people)
    changing = [person for person in people if outcomes[person.pk] == Outcome.CHANGED]
    APPLY[Action(run.action)](run, changing, now)
    return outcomes


def add(run: BulkRun, people: Sequence[Subscriber], now: dt.datetime) -> None:
    """Subscribe people to the list of a run."""
    to, source = target_of(run), f"bulk action {run.pk}"
    Subscription.objects.bulk_create(
        Subscription(subscriber=p, list=to, source=source, created_at=now, changed_at=now)
        for p in people
    )
    note(run, ((person, to.pk, None) for person in people), now)
    record_all(
        Change(
            subscriber_id=person.pk,
            list_id=to.pk,
            kind=Kind.ADDED,
            to_state=State.ACTIVE,
            by=run.by,
            reason=run.reason,
            detail={"source": source},
        )
        for person in people
    )


def unsubscribe(run: BulkRun, people: Sequence[Subscriber], now: dt.datetime) -> None:
    """End the subscriptions of people to the list of a run, or to all."""
    rows = rows_to_end(run, people)
    Subscription.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=State.UNSUBSCRIBED, changed_at=now
    )
    by_number = {person.pk: person for person in people}
    note(run, ((by_number[row.subscriber_id], row.list_id, row.state) for row in rows), now)
    end = Ending(
        state=State.UNSUBSCRIBED,
        kind=Kind.LEFT,
        by=run.by,
        reason=run.reason,
        detail={"source": f"bulk action {run.pk}"},
    )
    record_end(rows, end)


def set_attribute(run: BulkRun, people: Sequence[Subscriber], now: dt.datetime) -> None:
    """Give people the attribute of a run."""
    before = {person.pk: person.attributes.get(run.attribute) for person in people}
    for person in people:
        person.attributes = with_attribute(person, run.attribute, run.value)
    Subscriber.objects.bulk_update(people, ["attributes"])
    note(run, ((person, None, before[person.pk]) for person in people), now)
    record_all(attribute_change(run, person) for person in people)


def with_attribute(person: Subscriber, name: str, value: str) -> dict[str, str]:
    """Return the attributes of a person with another value; a blank one is removed."""
    rest = {key: known for key, known in person.attributes.items() if key != name}
    return {**rest, name: value} if value else rest


def attribute_change(run: BulkRun, person: Subscriber) -> Change:
    """Return the change of history of an attribute that a run sets or takes back."""
    return Change(
        subscriber_id=person.pk, kind=Kind.ATTRIBUTES, by=run.by, detail={"source": run.attribute}
    )


def delete(_run: BulkRun, people: Sequence[Subscriber], _now: dt.datetime) -> None:
    """Delete people who never confirmed; they may come again, by any way."""
    for person in people:
        erase_person(person, remember=False)


APPLY: Mapping[BulkRun.Action, Callable[[BulkRun, Sequence[Subscriber], dt.datetime], None]] = {
    Action.ADD: add,
    Action.UNSUBSCRIBE: unsubscribe,
    Action.SET: set_attribute,
    Action.DELETE: delete,
}


def note(
    run: BulkRun, changed: Iterable[tuple[Subscriber, int | None, str | None]], now: dt.datetime
) -> None:
    """Note what is changed of whom, by which it can be undone: person, list, what there was."""
    BulkChange.objects.bulk_create(
        BulkChange(run=run, subscriber=person, list_id=list_id, before=before, at=now)
        for person, list_id, before in changed
    )
