"""Bulk actions: seen before, done in chunks, undone; and nobody is brought back who left."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from newsletter.cli import subscriber
from newsletter.errors import BadInput, InvalidTransition, NotFound
from newsletter.sending.models import Exclusion, Send
from subscribers import lists
from subscribers.bulk import runs, worker
from subscribers.bulk.models import BulkChange, BulkRun
from subscribers.bulk.reports import describe_action, describe_people, describe_run
from subscribers.bulk.runs import Order
from subscribers.finding import pages
from subscribers.finding.exporting import export_people
from subscribers.finding.filters import PeopleFilter
from subscribers.history.models import Actor
from subscribers.importing.models import ImportRun
from subscribers.list_suppressions import suppress_for_list
from subscribers.models import List, Subscriber, Subscription
from subscribers.privacy.erasure import erase_person
from subscribers.privacy.retention import clean
from subscribers.segments.saved import change_segment, create_segment
from subscribers.subscriptions import unsubscribe
from subscribers.suppressions import suppress
from tests.unit.subscribers.conftest import Person
from tests.unit.subscribers.test_commands import run


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few people are several chunks."""
    monkeypatch.setattr(pages, "CHUNK", 2)


@pytest.fixture
def events(db: None) -> List:
    """Another list."""
    return lists.create("Events")


def order(action: str, **more: Any) -> Order:
    """Ask for something that has all it needs; for everybody, unless it is said for whom."""
    known = {"of": PeopleFilter(), "basis": "consent", "reason": "asked", "by": "ann"}
    return Order(action=action, **{**known, **more})


def do(action: str, **more: Any) -> BulkRun:
    """Do it in the background; return the run as it is then."""
    run = runs.begin_run(order(action, **more))
    while worker.work_once():
        pass
    run.refresh_from_db()
    return run


def undo(run: BulkRun) -> dict[str, int]:
    """Undo it in the background; return what became of it."""
    runs.ask_to_undo(run)
    while worker.work_once():
        pass
    run.refresh_from_db()
    assert run.state == "undone", run.problem
    return dict(run.result["undo"])


def states(of: List) -> dict[str, str]:
    """Return the state of each person on a list, by name."""
    rows = of.subscriptions.values_list("subscriber__email", "state")
    return {email.partition("@")[0]: state for email, state in rows}


@pytest.fixture
def readers(weekly: List, events: List, person: Person) -> dict[str, Subscriber]:
    """People of whom some left or are suppressed."""
    made = {
        "ann": person("ann@example.org", weekly="active"),
        "bob": person("bob@example.org", weekly="active", events="active"),
        "cid": person("cid@example.org", weekly="unsubscribed"),
        "dan": person("dan@example.org", weekly="active", events="unsubscribed"),
        "eve": person("eve@example.org", weekly="active"),
        "fay": person("fay@example.org", weekly="active"),
        "gus": person("gus@example.org"),
    }
    suppress("eve@example.org")
    suppress_for_list("fay@example.org", events)
    return made


def test_adding_keeps_out_who_must_not_come(
    weekly: List, events: List, readers: dict[str, Subscriber]
) -> None:
    """The preview says what becomes of whom, and so it becomes; the undo takes all off again."""
    before = states(events)
    wanted = order("add", to=events)

    seen = runs.preview(wanted)
    assert states(events) == before
    run = do("add", to=events)

    assert seen == run.result == {"changed": 2, "same": 1, "left": 2, "suppressed": 2}
    assert (run.state, run.rows_done, run.rows_total) == ("applied", 7, 7)
    assert states(events) == {**before, "ann": "active", "gus": "active"}
    change = readers["gus"].changes.get()
    assert (change.kind, change.by, change.reason) == ("added", "ann", "asked")

    assert undo(run) == {"undone": 2}
    assert states(events) == before
    assert not BulkChange.objects.exists()


def test_an_undo_of_adding_leaves_who_acted(events: List, send: Send, person: Person) -> None:
    """Who left, or was changed, stays as they are; who was in a send waits and keeps the row."""
    for name in ("ann", "bob", "cid"):
        person(f"{name}@example.org")
    send.lists.add(events)
    run = do("add", to=events)
    unsubscribe(Subscriber.objects.get(key="ann@example.org").pk, by=Actor.PERSON)
    bob = Subscriber.objects.get(key="bob@example.org")
    Exclusion.objects.create(send=send, subscriber=bob, reason="paused")

    assert undo(run) == {"undone": 1, "waiting": 1, "kept": 1}

    assert states(events) == {"ann": "unsubscribed", "bob": "pending"}


@pytest.mark.parametrize("sent", ["before", "to another list"])
def test_no_other_send_makes_anybody_wait(
    weekly: List, events: List, send: Send, person: Person, sent: str
) -> None:
    """Who was in a send before they were added, or in one to another list, is off again."""
    ann = person("ann@example.org")
    send.lists.add(events if sent == "before" else weekly)
    if sent == "before":
        Exclusion.objects.create(send=send, subscriber=ann, reason="paused")
    run = do("add", to=events)
    if sent != "before":
        Exclusion.objects.create(send=send, subscriber=ann, reason="paused")

    assert undo(run) == {"undone": 1}

    assert states(events) == {}


def test_who_never_confirmed_is_not_added(weekly: List, events: List, person: Person) -> None:
    """They wait on every list that they did not leave; who confirmed one may be added."""
    lists.create("Third")
    person("ann@example.org", weekly="pending")
    person("bob@example.org", weekly="pending", third="unsubscribed")
    person("cid@example.org", weekly="pending", third="active")
    wanted = order("add", to=events)

    seen = runs.preview(wanted)
    run = do("add", to=events)

    assert seen == run.result == {"changed": 1, "unconfirmed": 2}
    assert states(events) == {"cid": "active"}
    assert "2 kept out: they have not confirmed any list yet" in describe_run(run)


@pytest.mark.parametrize("later_of", ["same list", "all lists"])
def test_a_later_unsubscribing_is_undone_first(
    weekly: List, events: List, readers: dict[str, Subscriber], later_of: str
) -> None:
    """It names people who had been unsubscribed already; nobody comes back by the first undo."""
    run = do("unsubscribe", to=weekly)
    elsewhere = do("unsubscribe", to=events)
    later = do("unsubscribe", to=weekly if later_of == "same list" else None)
    assert "changed" not in later.result

    with pytest.raises(InvalidTransition, match=f"bulk action {later.pk} came after it"):
        runs.ask_to_undo(run)
    runs.ask_to_undo(later)
    worker.work_once()

    assert undo(run) == {"undone": 5}
    if later_of == "same list":
        assert undo(elsewhere) == {"undone": 1}


@pytest.mark.parametrize("later", ["bulk action", "import"])
def test_an_undo_that_is_asked_for_stops_when_something_comes_after_it(
    weekly: List, readers: dict[str, Subscriber], later: str
) -> None:
    """What begins while the people are taken back stops it; who is not back yet stays off."""
    run = do("unsubscribe", to=weekly)
    runs.ask_to_undo(run)
    if later == "import":
        ImportRun.objects.create(list=weekly, state="applied", applied_at=timezone.now())
    else:
        runs.begin_run(order("unsubscribe", to=weekly))

    with pytest.raises(InvalidTransition, match=f"{later} .* came after it"):
        runs.undo_some(run)

    assert set(states(weekly).values()) == {"unsubscribed"}


def test_a_list_that_is_archived_meanwhile_is_not_filled(
    events: List, readers: dict[str, Subscriber]
) -> None:
    """The run stops, and says why."""
    run = runs.begin_run(order("add", to=events))
    List.objects.filter(pk=events.pk).update(archived_at=timezone.now())

    worker.work_once()

    run.refresh_from_db()
    assert (run.state, "is archived" in run.problem) == ("failed", True)
    assert states(events) == {"bob": "active", "dan": "unsubscribed"}


def test_two_workers_do_each_person_once(weekly: List, readers: dict[str, Subscriber]) -> None:
    """Who took a run for abandoned counts nobody twice, and does not stop what is done."""
    run = runs.begin_run(order("unsubscribe", to=weekly))
    slow = BulkRun.objects.get(pk=run.pk)
    chunks = list(runs.chunks_of(slow))
    worker.work_once()
    BulkRun.objects.update(state="applying")
    for ids in chunks:
        runs.apply_chunk(slow, ids)
    BulkRun.objects.update(state="applied")

    with pytest.raises(InvalidTransition, match="is applied"):
        runs.finish(slow, lambda known: runs.change_state(known, "applying", "applied"))

    run.refresh_from_db()
    assert (run.state, run.problem, run.rows_done) == ("applied", "", 7)
    assert run.result == {"changed": 5, "same": 2}
    assert run.position == readers["gus"].pk


def test_a_long_count_gives_signs_of_work(
    monkeypatch: pytest.MonkeyPatch, weekly: List, readers: dict[str, Subscriber]
) -> None:
    """So that no other process takes the run for abandoned."""
    run = runs.begin_run(order("unsubscribe", to=weekly))
    monkeypatch.setattr(runs, "SIGN_OF_WORK", dt.timedelta(0))
    before = timezone.now()

    assert runs.count_people(run) == 7

    run.refresh_from_db()
    assert run.worked_at is not None
    assert run.worked_at >= before


def test_an_error_of_the_database_leaves_a_run_for_the_next_try(
    monkeypatch: pytest.MonkeyPatch, weekly: List, readers: dict[str, Subscriber]
) -> None:
    """A deadlock stops no run: it is taken up again some seconds later."""
    run = runs.begin_run(order("unsubscribe", to=weekly))

    def lock(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("INSERT") and "bulkchange" in sql:
            raise OperationalError("deadlock detected")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(lock), pytest.raises(OperationalError):
        worker.work_once()
    run.refresh_from_db()
    assert (run.state, run.attempts, run.rows_done) == ("applying", 0, 0)
    assert not worker.work_once()

    monkeypatch.setattr(worker, "LEASE", worker.LEASE - worker.RETRY)
    assert worker.work_once()

    run.refresh_from_db()
    assert (run.state, run.result) == ("applied", {"changed": 5, "same": 2})


@pytest.mark.parametrize("who", [Actor.PERSON, "ann", Actor.PROVIDER])
def test_an_undo_of_unsubscribing_revives_nobody_who_left_since(
    weekly: List, readers: dict[str, Subscriber], who: str
) -> None:
    """Also those who left when they had been unsubscribed already, and by whomever."""
    run = do("unsubscribe", to=weekly)
    assert run.result == {"changed": 5, "same": 2}
    assert set(states(weekly).values()) == {"unsubscribed"}
    unsubscribe(readers["ann"].pk, [weekly.pk], by=who)

    assert undo(run) == {"undone": 4, "kept": 1}

    assert states(weekly) == {
        **dict.fromkeys(("bob", "dan", "eve", "fay"), "active"),
        "ann": "unsubscribed",
        "cid": "unsubscribed",
    }
    assert readers["bob"].changes.last().get_kind_display() == "a bulk action was undone"  # type: ignore[union-attr]


def test_unsubscribing_from_all_lists(
    weekly: List, events: List, readers: dict[str, Subscriber]
) -> None:
    """Without a list they leave every one; the undo gives each its state back."""
    before = states(weekly), states(events)
    run = do("unsubscribe", of=PeopleFilter(text="bob"))

    assert (states(weekly)["bob"], states(events)["bob"]) == ("unsubscribed", "unsubscribed")
    assert undo(run) == {"undone": 2}
    assert (states(weekly), states(events)) == before


def test_a_later_import_is_undone_first(weekly: List, readers: dict[str, Subscriber]) -> None:
    """A file may say who left; of those who were unsubscribed already it leaves no trace."""
    run = do("unsubscribe", to=weekly)
    later = ImportRun.objects.create(list=weekly, state="applied", applied_at=timezone.now())

    with pytest.raises(InvalidTransition, match=f"import {later.pk} came after it"):
        runs.ask_to_undo(run)


def test_setting_an_attribute(weekly: List, readers: dict[str, Subscriber]) -> None:
    """It is set, and given back where nobody changed it since; a blank value removes it."""
    Subscriber.objects.filter(key="ann@example.org").update(attributes={"plan": "old", "a": "b"})
    Subscriber.objects.filter(key="bob@example.org").update(attributes={"plan": "free"})
    who = PeopleFilter(list="weekly", state="active")

    run = do("set", of=who, attribute="plan", value="free")
    assert run.result == {"changed": 4, "same": 1}
    assert Subscriber.objects.filter(attributes__plan="free").count() == 5
    Subscriber.objects.filter(key="dan@example.org").update(attributes={"plan": "paid"})
    assert undo(run) == {"undone": 3, "kept": 1}
    removed = do("set", of=who, attribute="plan", value="")

    ann = Subscriber.objects.get(key="ann@example.org")
    assert ann.attributes == {"a": "b"}
    assert removed.result == {"changed": 3, "same": 2}
    assert undo(removed) == {"undone": 3}
    ann.refresh_from_db()
    assert ann.attributes == {"plan": "old", "a": "b"}


def test_deleting_who_never_confirmed(weekly: List, events: List, person: Person) -> None:
    """Those alone who wait on every list they are on; that cannot be undone."""
    person("ann@example.org", weekly="pending")
    person("bob@example.org", weekly="pending", events="active")
    person("cid@example.org")

    run = do("delete")

    assert run.result == {"changed": 1, "same": 2}
    assert not Subscriber.objects.filter(key="ann@example.org").exists()
    with pytest.raises(InvalidTransition, match="cannot be brought back"):
        runs.ask_to_undo(run)


def test_a_killed_run_goes_on_where_it_stood(
    weekly: List, events: List, readers: dict[str, Subscriber]
) -> None:
    """What was done stays done once; nobody takes a run that somebody else works on."""
    run = runs.begin_run(order("add", to=events))
    first = next(runs.chunks_of(run))
    runs.apply_chunk(run, first)
    BulkRun.objects.update(worked_at=timezone.now())
    assert not worker.work_once()
    BulkRun.objects.update(worked_at=timezone.now() - dt.timedelta(hours=1))

    assert worker.work_once()

    run.refresh_from_db()
    assert run.result == {"changed": 2, "same": 1, "left": 2, "suppressed": 2}
    BulkRun.objects.update(state="applying", attempts=9, worked_at=None)
    worker.work_once()
    run.refresh_from_db()
    assert (run.state, "several times" in run.problem) == ("failed", True)


def test_who_comes_later_is_not_meant(weekly: List, person: Person) -> None:
    """A run is about those who were there when it was asked for."""
    person("ann@example.org", weekly="active")
    run = runs.begin_run(order("unsubscribe"))
    person("bob@example.org", weekly="active")
    worker.work_once()

    assert states(weekly) == {"ann": "unsubscribed", "bob": "active"}
    run.refresh_from_db()
    assert run.result == {"changed": 1}


def test_a_segment_that_was_changed_stops_it(weekly: List, person: Person) -> None:
    """It would be about other people than those of the preview."""
    person("ann@example.org", weekly="active")
    segment = create_segment("French", "domain is example.org")
    run = runs.begin_run(order("unsubscribe", of=PeopleFilter(segment="french")))
    change_segment(segment, name="French", source="domain is example.fr")
    worker.work_once()

    run.refresh_from_db()
    assert (run.state, run.problem) == (
        "failed",
        "the segment french was changed since. Look at the preview once more, and begin again.",
    )
    assert states(weekly) == {"ann": "active"}


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (order("mail"), "'mail' is not a bulk action"),
        (order("add"), "choose a list"),
        (order("set"), "no name of an attribute"),
        (order("set", attribute="a", value="x" * 1001), "at most 1000"),
        (order("unsubscribe", reason=" "), "say why"),
    ],
)
def test_what_is_missing_is_said(weekly: List, wanted: Order, words: str) -> None:
    """Nothing is begun then."""
    with pytest.raises(BadInput, match=words):
        runs.begin_run(wanted)
    with pytest.raises(NotFound, match="there is no bulk action 77"):
        runs.find_run(77)
    assert not BulkRun.objects.exists()


def test_adding_needs_a_basis(weekly: List) -> None:
    """As an import does."""
    with pytest.raises(BadInput, match="say why these people may be mailed"):
        runs.begin_run(order("add", to=weekly, basis=""))


def test_what_can_be_undone(weekly: List, readers: dict[str, Subscriber]) -> None:
    """Not twice, not while it runs, not after thirty days; then its notes go."""
    run = runs.begin_run(order("unsubscribe"))
    with pytest.raises(InvalidTransition, match="is being applied"):
        runs.ask_to_undo(run)
    worker.work_once()
    run.refresh_from_db()
    BulkRun.objects.update(applied_at=timezone.now() - dt.timedelta(days=31))
    run.refresh_from_db()
    with pytest.raises(InvalidTransition, match="older than 30 days"):
        runs.ask_to_undo(run)

    worker.prune(timezone.now())

    assert not BulkChange.objects.exists()
    assert Subscription.objects.filter(state="active").count() == 0


def test_old_runs_forget_whom_they_were_about(weekly: List, person: Person) -> None:
    """What they did is still told; a text is not empty afterwards, which would mean everybody."""
    person("ann@example.org", name="Ann", weekly="active")
    create_segment("Ann", "name is 'Ann'")
    who = PeopleFilter(text="ann@", segment="ann", list="weekly")
    old = do("set", of=who, attribute="plan", value="for Ann")
    new = do("unsubscribe", of=who, reason="Ann asked")
    BulkRun.objects.filter(pk=old.pk).update(applied_at=timezone.now() - dt.timedelta(days=31))
    rule = "bulk actions"

    def found(*, dry_run: bool) -> float:
        told = {each.name: each.rows for each in clean(timezone.now(), dry_run=dry_run)}
        return told[rule]

    assert found(dry_run=True) == 1
    worker.prune(timezone.now())
    assert found(dry_run=False) == 0

    old.refresh_from_db()
    assert old.filter == {"text": "…", "segment": "ann", "list": "weekly"}
    assert (old.segment_filter, old.value, old.reason) == ("…", "…", "…")
    assert "Set plan to “…”" in describe_run(old)
    before = (new.filter, new.reason)
    new.refresh_from_db()
    assert (new.filter, new.reason) == before


def test_an_erased_person_is_in_no_text_of_a_run(weekly: List, person: Person) -> None:
    """Their address goes from runs of any age; a run that is not finished then stops."""
    ann = person("ann@example.org", weekly="active")
    bob = person("bob@example.org", weekly="active")
    done = do(
        "unsubscribe", of=PeopleFilter(text="Ann@Example.org"), reason="ann@example.org asked"
    )
    other = do("unsubscribe", of=PeopleFilter(text="bob"), reason="Bob asked")
    begun = runs.begin_run(order("delete", of=PeopleFilter(text="ann@example.org")))

    erase_person(ann)
    worker.work_once()

    for each in (done, other, begun):
        each.refresh_from_db()
    assert (done.filter, done.reason) == ({"text": "…"}, "…")
    assert (other.filter, other.reason) == ({"text": "bob"}, "Bob asked")
    assert (begun.state, begun.result) == ("failed", {})
    assert "was removed with the data of a person" in begun.problem
    assert Subscriber.objects.filter(pk=bob.pk).exists()


def test_by_command(weekly: List, readers: dict[str, Subscriber], tmp_path: Path) -> None:
    """Seen, done, listed and undone in a terminal; a deletion asks, and export writes a file."""
    who = ("--list", "weekly", "--state", "active", "--text", "ann")

    seen = run(subscriber.app, "bulk", "set", *who, "--attribute", "plan=free", "--dry-run")
    told = run(subscriber.app, "bulk", "set", *who, "--attribute", "plan=free")
    number = str(BulkRun.objects.get().pk)
    file = tmp_path / "ann.csv"
    run(subscriber.app, "find", "--list", "weekly", "--out", str(file))
    listed = run(subscriber.app, "bulk-list")
    undone = json.loads(run(subscriber.app, "bulk-undo", number, "--json"))

    assert seen == "It would be:\n  1 attribute set\n"
    assert "Set plan to “free”" in told
    assert told == listed
    assert (undone["state"], undone["result"]["undo"]) == ("undone", {"undone": 1})
    rows = list(csv.DictReader(file.read_text("utf-8-sig").splitlines()))
    assert [(row["email"][:3], row["status"], row["suppressed"], row["plan"]) for row in rows] == [
        ("ann", "active", "", "free"),
        ("bob", "active", "", ""),
        ("cid", "unsubscribed", "", ""),
        ("dan", "active", "", ""),
        ("eve", "active", "manual", ""),
        ("fay", "active", "", ""),
    ]
    with pytest.raises(BadInput, match="cannot be undone"):
        run(subscriber.app, "bulk", "delete")
    with pytest.raises(BadInput, match="say why"):
        run(subscriber.app, "bulk", "unsubscribe", *who)
    assert "Nobody is found." in run(subscriber.app, "bulk", "delete", "--text", "x@", "--dry-run")


def test_people_as_json(weekly: List, readers: dict[str, Subscriber]) -> None:
    """Programs get one object a line; another form is refused."""
    people = json.loads(b"".join(export_people(PeopleFilter(text="ann"), "json")))

    assert people[0]["email"] == "ann@example.org"
    assert json.loads(b"".join(export_people(PeopleFilter(text="nobody"), "json"))) == []
    with pytest.raises(BadInput, match="is not a form of export"):
        export_people(PeopleFilter(), "xls")


def test_a_run_is_told_in_words(weekly: List, events: List, person: Person) -> None:
    """Each action, and whom it is about, also when the list of the filter is gone."""
    person("ann@example.org", events="pending")
    told = [
        describe_action(do("add", to=weekly)),
        describe_action(do("unsubscribe", to=weekly)),
        describe_action(do("unsubscribe")),
        describe_action(do("set", attribute="plan", value="")),
        describe_action(last := do("delete", of=PeopleFilter(list="events"))),
    ]
    BulkRun.objects.filter(pk=last.pk).update(filter={"list": "gone"})
    last.refresh_from_db()

    assert told == [
        "Add to Weekly digest",
        "Unsubscribe from Weekly digest",
        "Unsubscribe from all lists",
        "Remove the attribute plan",
        "Delete who never confirmed",
    ]
    assert describe_people(last) == "list: gone"
