"""A large import on SQLite is written in parts that commit one by one: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError
from django.utils import timezone
from pytest_django.fixtures import Settings

from newsletter.doctor.imports import check_imports
from newsletter.doctor.surroundings import Surroundings
from newsletter.errors import InvalidTransition
from newsletter.monitoring import figures
from newsletter.monitoring.alarms.conditions import stuck_imports
from newsletter.publishing.checks.readers import read_readers
from newsletter.sending.planning import starting
from subscribers import exporting
from subscribers.bulk.models import BulkRun
from subscribers.bulk.runs import Order, do_now, undo_now
from subscribers.finding.filters import PeopleFilter, build_condition
from subscribers.importing import (
    parts,
    runs,
    storage,
    stuck,
    turns,
    undoing,
    unfinished,
    worker,
    writing,
)
from subscribers.importing.applying import import_suppressions
from subscribers.importing.models import ImportChange, ImportRun
from subscribers.list_counts import count_list
from subscribers.models import List, Subscriber, Subscription, Suppression
from subscribers.privacy.erasure import anonymise_row
from subscribers.segments.counting import count_people
from subscribers.segments.parsing import parse_filter
from subscribers.subscriptions import subscribe, unsubscribe
from tests.publications import create_publication
from tests.unit.subscribers.conftest import Csv, Person

pytestmark = pytest.mark.once

State = ImportRun.State
CONSENT = runs.Reason(basis="consent", by="ada")
PEOPLE = 9


@pytest.fixture(autouse=True)
def small_parts(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write two lines at a time, as on a database with one writer, and keep files apart."""
    settings.CONFIG = settings.CONFIG.model_copy()
    settings.CONFIG._path = tmp_path / "config.toml"
    monkeypatch.setattr(parts, "PART_LINES", 2)
    monkeypatch.setattr(parts, "MIN_LINES", 2)
    monkeypatch.setattr(parts, "MAX_LINES", 2)
    monkeypatch.setattr(undoing, "PART_PEOPLE", 2)


def table(people: int = PEOPLE) -> str:
    """Return a table of people."""
    return "email,name\n" + "".join(f"reader{n}@example.org,Reader {n}\n" for n in range(people))


def asked(weekly: List, text: str) -> ImportRun:
    """Bring in a text, check it, and ask for it to be applied."""
    run = runs.begin_run(weekly, "people.csv", [text.encode()], by="ada")
    assert worker.work_once()
    run.refresh_from_db()
    runs.ask_to_apply(run, CONSENT)
    return run


def work(run: ImportRun) -> ImportRun:
    """Let the worker do what the run asks for."""
    assert worker.work_once()
    run.refresh_from_db()
    return run


def on_list(weekly: List) -> dict[str, str]:
    """Return who is on a list, with the state."""
    return dict(weekly.subscriptions.values_list("subscriber__email", "state"))


def before_part(
    monkeypatch: pytest.MonkeyPatch, number: int, act: Callable[[ImportRun], object]
) -> None:
    """Do something between two parts, before the one of this number is written."""
    each_part = parts.each_part

    def slowly() -> Iterator[int]:
        for count, lines in enumerate(each_part(), 1):
            if count == number:
                act(ImportRun.objects.get(state=State.WRITING))
            yield lines

    monkeypatch.setattr(parts, "each_part", slowly)


def killed(weekly: List, text: str, monkeypatch: pytest.MonkeyPatch) -> ImportRun:
    """Return a run whose process was killed before its third part, and could take nothing back."""

    def die(_run: ImportRun) -> None:
        raise KeyboardInterrupt

    def too_late(_run: ImportRun) -> None:
        raise DatabaseError

    run = asked(weekly, text)
    with monkeypatch.context() as patch:
        before_part(patch, 3, die)
        patch.setattr(writing, "remove_written", too_late)
        with pytest.raises(KeyboardInterrupt):
            worker.work_once()
    run.refresh_from_db()
    assert run.state == State.WRITING
    return run


def silent(run: ImportRun) -> None:
    """Let a run have been silent for so long that its process must have ended."""
    ImportRun.objects.filter(pk=run.pk).update(worked_at=timezone.now() - turns.MAX_SILENCE * 2)


def test_parts_make_what_one_transaction_makes(weekly: List, person: Person) -> None:
    """Known people, repeated addresses and people who left are counted once, in whatever part."""
    person("reader1@example.org", weekly="active")
    person("reader2@example.org", weekly="unsubscribed")
    gone = "reader3@example.org,Gone\nreader3@example.org,Twice\nreader0@example.org,Again\n"
    run = work(asked(weekly, table() + gone))
    assert run.state == State.APPLIED
    figures = run.result
    assert (figures["added"], figures["updated"], figures["unsubscribed"]) == (PEOPLE - 2, 1, 1)
    assert [each["line"] for each in figures["folded_lines"]] == [11, 12, 13]
    assert (run.rows_done, run.rows_total) == (PEOPLE + 3, PEOPLE + 3)
    assert count_list(weekly).active == PEOPLE - 1
    assert not unfinished.is_any()


def listed_by_metrics() -> float:
    """Return how many people of all lists and states the metrics name."""
    [metric] = figures.of_people()
    return sum(sample.value for sample in metric.samples)


def test_nobody_sees_a_half_written_run(weekly: List, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sends wait; counts, segments and exports are without it, until all of it is there."""
    seen: list[Any] = []
    publication = create_publication("Weekly News")
    publication.lists.set([weekly])

    def look(_run: ImportRun) -> None:
        assert weekly.subscriptions.count() == 4
        seen.append(count_list(weekly).active)
        seen.append(read_readers(publication).count())
        seen.append(sum(each.everybody for each in read_readers(publication).lists))
        seen.append(len(read_readers(publication).attributes_of_some(9)))
        seen.append(listed_by_metrics())
        seen.append(count_people(parse_filter("list is weekly")).people)
        seen.append(count_people(parse_filter("name contains Reader")).people)
        seen.append(Subscriber.objects.filter(build_condition(PeopleFilter())).count())
        seen.append(b"".join(exporting.export_list(weekly, "json")))
        seen.append(starting.sends_in_planning() + starting.due_sends(timezone.now()))
        assert unfinished.is_any()

    before_part(monkeypatch, 3, look)
    work(asked(weekly, table()))
    assert seen == [0, 0, 0, 0, 0, 0, 0, 0, b"[]\n", []]
    assert (read_readers(publication).count(), listed_by_metrics()) == (PEOPLE, PEOPLE)
    assert count_list(weekly).active == PEOPLE
    assert count_people(parse_filter("list is weekly")).people == PEOPLE


def test_an_error_takes_back_what_was_written(
    weekly: List, csv: Csv, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command whose import breaks off leaves nobody, no record and no run."""

    def fail(_run: ImportRun) -> None:
        assert Subscriber.objects.count() == 4
        raise KeyboardInterrupt

    before_part(monkeypatch, 3, fail)
    with pytest.raises(KeyboardInterrupt):
        runs.import_now(csv(table()), weekly, {}, reason=CONSENT)
    for model in (Subscriber, Subscription, ImportChange, ImportRun):
        assert not model.objects.exists()


def test_a_killed_run_is_taken_back_and_begun_again(
    weekly: List, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever finds it silent takes it back, with names as they were; then it is applied whole."""
    person("reader0@example.org", name="Old", weekly="active")
    run = killed(weekly, table(), monkeypatch)
    assert Subscriber.objects.get(email="reader0@example.org").name == "Reader 0"
    assert not worker.work_once()  # it may live
    silent(run)
    assert work(run).state == State.APPLYING
    assert Subscriber.objects.get().name == "Old"
    assert on_list(weekly) == {"reader0@example.org": "active"}
    assert work(run).state == State.APPLIED
    assert count_list(weekly).active == PEOPLE


def test_a_killed_run_without_its_file_fails(
    weekly: List, csv: Csv, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next import takes it back first, and says of it what happened."""
    run = killed(weekly, table(), monkeypatch)
    storage.delete_run(run.pk)
    silent(run)
    _run, result = runs.import_now(csv(table(3)), weekly, {}, reason=CONSENT)
    run.refresh_from_db()
    assert (run.state, result.added) == (State.FAILED, 3)
    assert "process ended" in run.problem
    assert len(on_list(weekly)) == 3


def test_taking_back_revives_nobody_and_keeps_who_was_wanted(
    weekly: List, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who left by the file or since stays off, and who was added by hand meanwhile stays on."""
    person("reader0@example.org", weekly="active")
    text = table().replace("email,name\n", "email,name,status\n").replace("\n", ",subscribed\n")
    text = text.replace("email,name,status,subscribed\n", "email,name,status\n")
    text = text.replace("Reader 0,subscribed", "Reader 0,unsubscribed")
    run = killed(weekly, text, monkeypatch)
    one, two = (Subscriber.objects.get(email=f"reader{n}@example.org") for n in (1, 2))
    unsubscribe(one.pk)
    assert subscribe(two, weekly, source="by hand")
    silent(run)
    turns.take_up(run)
    assert on_list(weekly) == {
        "reader0@example.org": "unsubscribed",
        "reader1@example.org": "unsubscribed",
        "reader2@example.org": "active",
    }


def test_who_leaves_or_is_erased_between_two_parts_stays_away(
    weekly: List, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each part is decided when it is written."""
    List.objects.create(name="Other", slug="other")
    leaver = person("reader7@example.org", other="active")
    erased = person("reader8@example.org", other="active")

    def act(_run: ImportRun) -> None:
        unsubscribe(leaver.pk)
        anonymise_row(erased)

    before_part(monkeypatch, 3, act)
    work(asked(weekly, table()))
    assert "reader7@example.org" not in on_list(weekly)
    assert Subscription.objects.filter(subscriber=erased, list=weekly).count() == 0


def test_a_process_that_was_thought_dead_writes_nothing_more(
    weekly: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that slept while another took its run back stops, and fails nothing."""

    def sleep_long(run: ImportRun) -> None:
        silent(run)
        assert turns.take_up(ImportRun.objects.get(pk=run.pk))

    run = asked(weekly, table())
    with monkeypatch.context() as patch:
        before_part(patch, 3, sleep_long)
        worker.work_once()
    run.refresh_from_db()
    assert run.state == State.APPLYING
    assert not weekly.subscriptions.exists()
    assert work(run).state == State.APPLIED


def test_a_run_that_cannot_be_taken_back_stays_half_written(
    weekly: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sends wait until a later try has taken it back; it is never said to have failed before."""
    run = killed(weekly, table(), monkeypatch)
    silent(run)

    def fail(*_arguments: Any, **_options: Any) -> None:
        raise DatabaseError

    with monkeypatch.context() as patch:
        patch.setattr(turns, "undo_changes", fail)
        with pytest.raises(DatabaseError):
            worker.work_once()
    run.refresh_from_db()
    assert run.state == State.WRITING
    assert run.applied_at
    assert run.worked_at
    assert told_as_stuck(run.applied_at + stuck.STUCK_AFTER / 2) == []
    later = run.applied_at + stuck.STUCK_AFTER * 2
    ImportRun.objects.filter(pk=run.pk).update(worked_at=later)
    assert told_as_stuck(later) == [f"import:{run.pk}"]
    silent(run)
    assert work(run).state == State.APPLYING
    assert not weekly.subscriptions.exists()
    assert told_as_stuck(later) == []


def told_as_stuck(now: datetime) -> list[str]:
    """Return of which runs there is an alarm at a time."""
    return [found.key for found in stuck_imports(now)]


def test_a_run_that_is_still_written_is_not_stuck(weekly: List, settings: Settings) -> None:
    """However long it takes; one without a sign of life is, and so is an undo."""
    now = timezone.now()
    run = work(asked(weekly, table()))
    run.state, run.applied_at, run.rows_done = State.WRITING, now - stuck.STUCK_AFTER * 2, 4
    run.worked_at = now
    run.save()
    assert told_as_stuck(now) == []
    ImportRun.objects.update(worked_at=now - stuck.STUCK_AFTER * 1.1)
    assert told_as_stuck(now) == [f"import:{run.pk}"]
    around = Surroundings(config=settings.CONFIG)
    [found] = check_imports(around)
    assert (found.status, str(found.found)) == ("wrong", str(stuck.describe_stuck(run)))
    ImportRun.objects.update(state=State.UNDOING)
    [undone] = stuck_imports(now)
    assert str(undone.words).startswith(f"The undo of import {run.pk} into {weekly.name} stopped")
    ImportRun.objects.update(state=State.UNDONE)
    assert (
        told_as_stuck(now),
        next(check_imports(Surroundings(config=settings.CONFIG))).status,
    ) == ([], "right")


def test_a_bulk_action_at_once_is_refused_while_a_run_is_half_written(
    weekly: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words name the run, and no bulk action begins; after the import it is done."""
    run = killed(weekly, table(), monkeypatch)
    of = PeopleFilter(list=weekly.slug)
    order = Order(action="unsubscribe", of=of, to=weekly, reason="They asked.", by="ada")
    with pytest.raises(InvalidTransition, match=f"import {run.pk} is being written") as refused:
        do_now(order)
    assert f"newsletter import show {run.pk}" in refused.value.hint
    assert not BulkRun.objects.exists()
    silent(run)
    assert work(work(run)).state == State.APPLIED
    done = do_now(order)
    ImportRun.objects.filter(pk=run.pk).update(state=State.WRITING)
    with pytest.raises(InvalidTransition):
        undo_now(done)
    done.refresh_from_db()
    assert done.state == BulkRun.State.APPLIED


def test_a_run_waits_for_another(weekly: List, csv: Csv, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small import does not come in between the parts of a large one."""
    run = killed(weekly, table(), monkeypatch)
    waited: list[float] = []

    def wait(seconds: float) -> None:
        waited.append(seconds)
        silent(run)

    monkeypatch.setattr(turns.time, "sleep", wait)
    _run, result = runs.import_now(csv("email\nann@example.org\n"), weekly, {}, reason=CONSENT)
    assert (result.added, waited) == (1, [turns.LOOK_SECONDS])
    run.refresh_from_db()
    assert run.state == State.APPLYING


def test_an_undo_in_parts_goes_on_where_it_stopped(
    weekly: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its figures are of all parts, and sends wait for it."""
    run = work(asked(weekly, table()))
    undo, parts_done = turns.undo_changes, 0

    def die_later(*arguments: Any, **options: Any) -> Any:
        nonlocal parts_done
        parts_done += 1
        if parts_done == 3:
            raise KeyboardInterrupt
        return undo(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(turns, "undo_changes", die_later)
        with pytest.raises(KeyboardInterrupt):
            runs.undo_run(run)
    run.refresh_from_db()
    assert (run.state, weekly.subscriptions.count()) == (State.UNDOING, PEOPLE - 4)
    assert unfinished.is_any()
    silent(run)
    assert runs.undo_run(run)["deleted"] == PEOPLE
    assert not Subscriber.objects.exists()
    assert not unfinished.is_any()


def test_suppressions_are_written_in_parts(weekly: List, csv: Csv) -> None:
    """A file of them belongs to no run; all are written."""
    result = import_suppressions(csv(table()))
    assert result.newly_suppressed == PEOPLE
    assert Suppression.objects.count() == PEOPLE
    assert not weekly.subscriptions.exists()


def test_parts_grow_and_shrink_with_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part takes about as long as it may, and is never more than twice the last."""
    monkeypatch.setattr(parts, "MIN_LINES", 250)
    monkeypatch.setattr(parts, "MAX_LINES", 20_000)
    assert parts.next_size(4000, parts.PART_SECONDS * 4) == 1000
    assert parts.next_size(4000, parts.PART_SECONDS / 8) == 8000
    assert parts.next_size(250, 60) == 250
    assert timedelta(seconds=parts.PART_SECONDS) < turns.MAX_SILENCE
