"""Do a bulk action with some people, and note what it changes of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence

from subscribers.bulk.models import BulkChange, BulkRun
from subscribers.bulk.outcomes import Outcome, decide, target_of
from subscribers.history.models import SubscriptionChange
from subscribers.history.recording import Change, record_all
from subscribers.models import Subscriber, Subscription
from subscribers.privacy.erasure import erase_person
from subscribers.sources import BULK
from subscribers.subscriptions import Ending, record_end

State, Kind, Action = Subscription.State, SubscriptionChange.Kind, BulkRun.Action


def rows_to_end(run: BulkRun, people: Sequence[Subscriber]) -> list[Subscription]:
    """Return the subscriptions that a run ends."""
    rows = Subscription.objects.filter(subscriber__in=people).exclude(state=State.UNSUBSCRIBED)
    return list(rows.filter(list=run.list_id) if run.list_id else rows)


def apply(run: BulkRun, people: Sequence[Subscriber], now: dt.datetime) -> dict[int, Outcome]:
    """Do it for some people, who are locked; return what became of each."""
    outcomes = decide(run, people)
    changing = [person for person in people if outcomes[person.pk] == Outcome.CHANGED]
    APPLY[Action(run.action)](run, changing, now)
    return outcomes


def add(run: BulkRun, people: Sequence[Subscriber], now: dt.datetime) -> None:
    """Subscribe people to the list of a run."""
    to, source = target_of(run), f"{BULK}{run.pk}"
    Subscription.objects.bulk_create(
        Subscription(subscriber=p, list=to, source=source, created_at=now, changed_at=now)
        for p in people
    )
    note_changes(run, ((person, to.pk, None) for person in people), now)
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
    note_changes(run, ((by_number[row.subscriber_id], row.list_id, row.state) for row in rows), now)
    end = Ending(
        state=State.UNSUBSCRIBED,
        kind=Kind.LEFT,
        by=run.by,
        reason=run.reason,
        detail={"source": f"{BULK}{run.pk}"},
    )
    record_end(rows, end)


def set_attribute(run: BulkRun, people: Sequence[Subscriber], now: dt.datetime) -> None:
    """Give people the attribute of a run."""
    before = {person.pk: person.attributes.get(run.attribute) for person in people}
    for person in people:
        person.attributes = with_attribute(person, run.attribute, run.value)
    Subscriber.objects.bulk_update(people, ["attributes"])
    note_changes(run, ((person, None, before[person.pk]) for person in people), now)
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


def note_changes(
    run: BulkRun, changed: Iterable[tuple[Subscriber, int | None, str | None]], now: dt.datetime
) -> None:
    """Note what is changed of whom, by which it can be undone: person, list, what there was."""
    BulkChange.objects.bulk_create(
        BulkChange(run=run, subscriber=person, list_id=list_id, before=before, at=now)
        for person, list_id, before in changed
    )
