"""Imports as runs: checked first, applied whole or not at all, and undone without harm."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from newsletter.errors import BadInput, ImportRejected, InvalidTransition, NotFound
from subscribers.history.models import Actor, SubscriptionChange
from subscribers.importing import applying, runs, storage, turns, undoing, worker, writing
from subscribers.importing.models import ColumnMapping, ImportChange, ImportRun
from subscribers.models import List, Subscriber, Subscription
from subscribers.preferences.models import AddressChange, Pause
from subscribers.privacy.erasure import anonymise_row
from subscribers.sign_up.models import Consent
from subscribers.subscriptions import unsubscribe
from subscribers.suppressions import suppress
from tests.unit.subscribers.conftest import Csv, Person

State = ImportRun.State
CONSENT = runs.Reason(basis="consent", by="ada")
PEOPLE = "email,name,city\nann@example.org,Ann,Lowen\nbob@example.org,Bob,Oslo\nbroken@,X,Y\n"


@pytest.fixture(autouse=True)
def data_folder(settings: Settings, tmp_path: Path) -> None:
    """Keep files in a folder of one's own."""
    settings.CONFIG = settings.CONFIG.model_copy()
    settings.CONFIG._path = tmp_path / "config.toml"


def begin(weekly: List, text: str = PEOPLE, **answers: Any) -> ImportRun:
    """Bring in a text and check it, as the desk does."""
    run = runs.begin_run(weekly, "people.csv", [text.encode()], by="ada", answers=answers)
    return work(run)


def work(run: ImportRun) -> ImportRun:
    """Let the worker do what the run asks for."""
    assert worker.work_once()
    run.refresh_from_db()
    return run


def applied(weekly: List, text: str = PEOPLE) -> ImportRun:
    """Bring in a text, check it and apply it."""
    run = begin(weekly, text)
    runs.ask_to_apply(run, CONSENT)
    return work(run)


def states(weekly: List) -> dict[str, str]:
    """Return the state of each person on the list."""
    return dict(weekly.subscriptions.values_list("subscriber__email", "state"))


def test_a_check_says_what_would_happen_and_changes_nothing(weekly: List, person: Person) -> None:
    """Every outcome is counted and shown by some people; nobody is written."""
    person("ann@example.org", name="Anna", weekly="active")
    person("left@example.org", weekly="unsubscribed")
    suppress("bad@example.org", "bounced")

    run = begin(weekly, PEOPLE + "left@example.org,L,\nbad@example.org,B,\n")

    assert run.state == State.CHECKED
    assert Subscriber.objects.count() == 2
    shown = {name: [row.get("email") for row in run.samples[name]] for name in ("added", "updated")}
    assert shown == {"added": ["bob@example.org"], "updated": ["ann@example.org"]}
    assert run.samples["updated"][0]["changes"][0] == {"field": "name", "old": "Anna", "new": "Ann"}
    assert run.samples["unsubscribed"][0]["email"] == "left@example.org"
    assert run.samples["suppressed"][0]["email"] == "bad@example.org"
    assert run.samples["bad"][0]["line"] == 4


def test_refused_rows_keep_all_cells(weekly: List) -> None:
    """A row that is too wide stands whole in the file, and unchanged it is refused again."""
    run = begin(weekly, "email,name,city\nann@example.org,Ann,Lowen\nbob@example.org,B,o,b,Port\n")
    path = storage.find_refused(run.pk)
    assert path is not None
    text = path.read_text(encoding="utf-8-sig")
    assert text.splitlines()[1].startswith("bob@example.org,B,o,b,Port,")

    again = begin(weekly, text)

    assert again.result["added"] == 0
    assert again.samples["bad"][0]["line"] == 2


def test_refused_rows_are_a_file_to_correct(weekly: List) -> None:
    """The file holds the row as it was, with the reason; corrected, it is read as it is."""
    run = begin(weekly)
    path = storage.find_refused(run.pk)
    assert path is not None
    text = path.read_text(encoding="utf-8-sig")
    assert text.splitlines()[1].startswith("broken@,X,Y,line 4:")
    assert path.stat().st_mode & 0o77 == 0

    again = begin(weekly, text.replace("broken@,", "fixed@example.org,"))

    assert again.result["added"] == 1
    assert again.result["columns"]["import_problem"] != "import_problem"


def test_applying_keeps_who_why_and_which_file(weekly: List) -> None:
    """The run has the file's name and hash, the basis and the figures; the file is deleted."""
    run = applied(weekly)

    assert run.state == State.APPLIED
    assert states(weekly) == {"ann@example.org": "active", "bob@example.org": "active"}
    assert (run.by, run.basis, run.file_name) == ("ada", "consent", "people.csv")
    assert run.file_hash == hashlib.sha256(PEOPLE.encode()).hexdigest()
    assert (run.result["added"], run.result["bad"]) == (2, 1)
    assert run.samples == {}
    assert storage.find_file(run.pk, run.file_name) is None


def test_a_basis_is_asked_for(weekly: List) -> None:
    """Without a basis, or with an interest that nobody explains, nothing is applied."""
    run = begin(weekly)
    for reason in (runs.Reason(), runs.Reason(basis="interest"), runs.Reason(basis="whim")):
        with pytest.raises(BadInput):
            runs.ask_to_apply(run, reason)
    run.refresh_from_db()
    assert run.state == State.CHECKED


def test_an_undo_takes_back_all_of_it(weekly: List, person: Person) -> None:
    """New people are gone, and known ones have what they had."""
    person("ann@example.org", name="Anna", weekly="active")
    known = person("bob@example.org")
    run = applied(weekly)

    runs.ask_to_undo(run)
    run = work(run)

    assert run.state == State.UNDONE
    assert states(weekly) == {"ann@example.org": "active"}
    anna = Subscriber.objects.get(email="ann@example.org")
    assert (anna.name, anna.attributes) == ("Anna", {})
    assert Subscriber.objects.filter(pk=known.pk, name="").exists()
    assert not ImportChange.objects.exists()
    with pytest.raises(InvalidTransition, match=f"import {run.pk} is undone already"):
        runs.ask_to_undo(run)


def test_an_undo_leaves_what_changed_since(weekly: List) -> None:
    """Who left stays away, and a name that somebody corrected stays."""
    applied(weekly)
    run = applied(weekly, "email,name\nann@example.org,Anna\nbob@example.org,Bobby\n")
    unsubscribe(Subscriber.objects.get(email="bob@example.org").pk)
    Subscriber.objects.filter(email="ann@example.org").update(name="Hand Written")

    figures = runs.undo_run(run)

    assert figures["kept"] == 1
    assert figures["restored"] == 1
    assert Subscriber.objects.get(email="ann@example.org").name == "Hand Written"
    assert states(weekly) == {"ann@example.org": "active", "bob@example.org": "unsubscribed"}


def test_an_undo_revives_nobody(weekly: List, person: Person) -> None:
    """People whom the file unsubscribed or suppressed stay so."""
    person("ann@example.org", weekly="active")
    run = applied(weekly, "email,status\nann@example.org,unsubscribed\nbob@example.org,bounced\n")

    runs.undo_run(run)

    assert states(weekly) == {"ann@example.org": "unsubscribed"}
    with pytest.raises(AssertionError):
        assert applied(weekly, "email\nbob@example.org\n").result["added"] == 1


def test_an_undo_keeps_people_to_whom_something_refers(weekly: List) -> None:
    """Who is referred to since is kept, and waits for their own confirmation."""
    first = applied(weekly)
    other = List.objects.create(name="Other", slug="other")
    ann = Subscriber.objects.get(email="ann@example.org")
    Subscription.objects.create(subscriber=ann, list=other)

    figures = runs.undo_run(first)

    assert figures["removed"] == 2
    assert figures["deleted"] == 1
    assert states(other) == {"ann@example.org": "active"}


def test_a_run_is_undone_once_and_not_for_ever(weekly: List) -> None:
    """The second undo, and one after thirty days, are refused."""
    run = applied(weekly)
    runs.undo_run(run)
    with pytest.raises(InvalidTransition):
        runs.undo_run(run)
    old = applied(weekly)
    old.applied_at = timezone.now() - timedelta(days=31)
    old.save()
    with pytest.raises(InvalidTransition, match="older than"):
        runs.undo_run(old)


def test_a_killed_run_leaves_nothing_and_is_begun_again(
    weekly: List, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut off at the last statement, nobody is written; after the lease it is done once."""
    run = begin(weekly)
    runs.ask_to_apply(run, CONSENT)
    mine = worker.claim_run()
    assert mine is not None

    def power_fails(*_args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(writing, "remember", power_fails)
        with pytest.raises(KeyboardInterrupt):
            worker.apply(mine)

    assert not Subscriber.objects.exists()
    assert not ImportChange.objects.exists()
    assert not worker.work_once()
    ImportRun.objects.update(worked_at=timezone.now() - worker.LEASE * 2)
    assert work(run).state == State.APPLIED
    assert len(states(weekly)) == 2


def test_a_run_that_ends_its_process_is_given_up(weekly: List) -> None:
    """After three attempts that never ended it fails, and says so."""
    run = begin(weekly)
    runs.ask_to_apply(run, CONSENT)
    ImportRun.objects.update(attempts=worker.MAX_ATTEMPTS)
    assert not worker.work_once()
    run.refresh_from_db()
    assert run.state == State.FAILED
    assert "several times" in run.problem


def test_two_runs_bring_nobody_in_twice(weekly: List) -> None:
    """Both are checked before either is applied; the second changes nothing."""
    one, two = begin(weekly), begin(weekly)
    for run in (one, two):
        runs.ask_to_apply(run, CONSENT)
        work(run)
    two.refresh_from_db()
    assert (two.result["added"], two.result["unchanged"]) == (0, 2)
    assert runs.undo_run(two)["removed"] == 0
    assert len(states(weekly)) == 2


def test_who_leaves_between_check_and_applying_stays_away(weekly: List, person: Person) -> None:
    """The decision is made again when it is written."""
    ann = person("ann@example.org", weekly="active")
    run = begin(weekly)
    unsubscribe(ann.pk)
    runs.ask_to_apply(run, CONSENT)
    assert work(run).result["unsubscribed"] == 1
    assert states(weekly)["ann@example.org"] == "unsubscribed"


def test_questions_are_answered_in_turn(weekly: List) -> None:
    """An unknown status asks; the answer is checked, and then there is nothing to ask."""
    run = begin(weekly, "email,status\nann@example.org,VIP\nbob@example.org,active\n")
    assert run.state == State.ASKING
    assert "VIP" in run.samples["questions"][0]
    assert run.samples["columns"][1]["kind"] == "status"
    with pytest.raises(InvalidTransition):
        runs.ask_to_apply(run, CONSENT)

    runs.answer(run, {"values": ["VIP=active"]})

    assert work(run).state == State.CHECKED
    with pytest.raises(BadInput):
        runs.answer(run, {"values": ["VIP=perhaps"]})


def test_a_file_without_addresses_shows_its_columns(weekly: List) -> None:
    """It says what is wrong, and which columns there are, so that a person can name one."""
    run = begin(weekly, "who,what\nAnn,x\n")
    assert run.state == State.ASKING
    assert "no column contains email addresses" in run.problem
    assert [column["title"] for column in run.samples["columns"]] == ["who", "what"]


def test_columns_are_remembered_for_the_list(weekly: List) -> None:
    """The next file with the same titles is read as the last one; another list knows nothing."""
    text = "Adr,Label\nann@example.org,Ann\nbob@example.org,Bob\n"
    run = begin(weekly, text, columns=["name=Label"])
    runs.ask_to_apply(run, CONSENT)
    work(run)

    again = begin(weekly, text)
    assert again.result["columns"]["Label"] == "name"
    assert any("the last time" in remark for remark in again.result["remarks"])
    other = List.objects.create(name="Other", slug="other")
    assert begin(other, text).result["columns"]["Label"] == "label"
    assert ColumnMapping.objects.count() == 1


def test_plain_readers_are_written_by_one_statement_for_each_table(weekly: List) -> None:
    """However long a file is, three statements write it, and none is about people who left."""
    run = begin(weekly, "email\n" + "".join(f"reader{n}@example.org\n" for n in range(50)))
    runs.ask_to_apply(run, CONSENT)
    written: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.strip().startswith("INSERT INTO subscribers_"):
            written.append(sql.split()[2])
            assert "NOT EXISTS" not in sql  # nobody can have left whom this transaction made
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        worker.work_once()

    assert written == [
        "subscribers_subscriber",
        "subscribers_subscription",
        "subscribers_importchange",
    ]
    assert weekly.subscriptions.filter(state="active").count() == 50


def test_an_import_at_once_is_a_run_too(weekly: List, csv: Csv) -> None:
    """A command's import is listed and can be undone; a refused one leaves no run."""
    run, result = runs.import_now(csv(PEOPLE), weekly, {}, reason=CONSENT)
    assert (run.state, result.added) == (State.APPLIED, 2)
    assert runs.undo_run(run)["deleted"] == 2
    with pytest.raises(ImportRejected):
        runs.import_now(csv("email,status\na@example.org,VIP\n"), weekly, {})
    assert ImportRun.objects.count() == 1


def test_a_plan_names_people_and_writes_bad_rows(weekly: List, csv: Csv, tmp_path: Path) -> None:
    """A command's dry run has samples, and a file of the rows that it cannot use."""
    result, samples = runs.plan_now(csv(PEOPLE), weekly, {}, refused=tmp_path / "bad.csv")
    assert result.added == 2
    assert len(samples["added"]) == 2
    assert "broken@" in (tmp_path / "bad.csv").read_text(encoding="utf-8-sig")
    assert not ImportRun.objects.exists()


def test_files_are_kept_apart_and_deleted(weekly: List) -> None:
    """A name leads nowhere else; nothing, too much, and what is discarded is not kept."""
    run = runs.begin_run(weekly, "../../etc/passwd", [b"email\na@example.org\n"])
    assert storage.find_file(run.pk, run.file_name) is not None
    assert run.file_name == "passwd"
    with pytest.raises(ImportRejected):
        runs.begin_run(weekly, "empty.csv", [])
    work(run)
    runs.discard(run)
    assert storage.find_file(run.pk, run.file_name) is None
    with pytest.raises(NotFound):
        runs.find_run(run.pk + 99)


def test_old_files_and_records_go(weekly: List) -> None:
    """After some weeks a run is no longer undone, and what that needs is deleted."""
    run, waiting = applied(weekly), begin(weekly)
    long_ago = timezone.now() - timedelta(days=40)
    ImportRun.objects.update(created_at=long_ago)
    ImportRun.objects.filter(pk=run.pk).update(applied_at=long_ago)
    worker.prune(timezone.now())
    assert not ImportChange.objects.exists()
    waiting.refresh_from_db()
    assert waiting.state == State.DISCARDED


def test_a_result_that_nothing_records_needs_no_run(weekly: List, csv: Csv) -> None:
    """The function below the runs imports without a record, for demos and tests."""
    applying.import_file(csv(PEOPLE), weekly)
    assert not ImportChange.objects.exists()


def consent(ann: Subscriber, to: List) -> None:
    """Sign up on the page of the list."""
    Consent.objects.create(subscriber=ann, list=to, kind="double")


def move_house(ann: Subscriber, _to: List) -> None:
    """Confirm a new address."""
    AddressChange.objects.create(
        subscriber=ann, email="a@example.org", key="a@example.org", confirmed_at=timezone.now()
    )


def pause(ann: Subscriber, _to: List) -> None:
    """Pause the mail."""
    Pause.objects.create(subscriber=ann, issues=2)


def rename(ann: Subscriber, _to: List) -> None:
    """Correct the own name."""
    SubscriptionChange.objects.create(subscriber=ann, kind="renamed", by=Actor.PERSON)


@pytest.mark.parametrize("act", [consent, move_house, pause, rename])
def test_an_undo_keeps_who_wanted_the_mail_since(weekly: List, act: Any) -> None:
    """Who consented, or used the subscription as theirs, stays on the list and active."""
    run = applied(weekly)
    act(Subscriber.objects.get(email="ann@example.org"), weekly)

    figures = runs.undo_run(run)

    assert (figures["removed"], figures["kept"]) == (1, 1)
    assert states(weekly) == {"ann@example.org": "active"}


def test_an_undo_takes_off_who_only_downloaded_their_data(weekly: List) -> None:
    """A look at what is kept is no wish for mail, and nor is an earlier consent."""
    run = applied(weekly)
    ann = Subscriber.objects.get(email="ann@example.org")
    SubscriptionChange.objects.create(subscriber=ann, kind="downloaded", by=Actor.PERSON)
    Consent.objects.create(
        subscriber=ann, list=weekly, kind="noted", given_at=timezone.now() - timedelta(days=9)
    )
    assert runs.undo_run(run)["removed"] == 2


def test_a_later_import_of_the_list_is_undone_first(weekly: List) -> None:
    """The later file may name the same people; an import of another list does not matter."""
    first, later = applied(weekly), applied(weekly, "email\nann@example.org\n")
    applied(List.objects.create(name="Other", slug="other"), "email\nbob@example.org\n")

    with pytest.raises(InvalidTransition, match=f"import {later.pk} came after it") as refused:
        runs.undo_run(first)
    assert refused.value.hint == f"Undo import {later.pk} first."

    runs.undo_run(later)
    assert runs.undo_run(first)["removed"] == 2


def test_an_undo_gives_the_erased_nothing_back(weekly: List, person: Person) -> None:
    """The row that is left of somebody stays empty, even if the import had left it empty."""
    ann = person("ann@example.org", name="Ann", weekly="active")
    run = applied(weekly)
    change = ImportChange.objects.get(run=run, subscriber=ann)
    change.after = {"name": "", "attributes": {}}
    anonymise_row(Subscriber.objects.get(pk=ann.pk))

    assert undoing.restore_people([change]) == (0, 1)
    assert Subscriber.objects.get(pk=ann.pk).name == ""


def test_a_step_that_cannot_be_done_says_so_at_once(weekly: List, csv: Csv) -> None:
    """An undo that is refused leaves the run applied, with the reason; nobody waits for a lease."""
    run = applied(weekly)
    runs.ask_to_undo(run)
    later, _result = runs.import_now(csv("email\ncid@example.org\n"), weekly, {}, reason=CONSENT)

    run = work(run)

    assert run.state == State.APPLIED
    assert f"import {later.pk} came after it" in run.problem
    assert (run.hint, run.worked_at) == (f"Undo import {later.pk} first.", None)


def test_a_run_is_left_to_the_machine_that_has_its_file(weekly: List) -> None:
    """Only when nobody had it for as long as a lease does the run say that the file is gone."""
    run = begin(weekly)
    runs.ask_to_apply(run, CONSENT)
    storage.forget_file(run.pk, run.file_name)
    absent: worker.Absent = {}

    assert not worker.work_once(absent)
    run.refresh_from_db()
    assert (run.state, run.attempts, list(absent)) == (State.APPLYING, 0, [run.pk])

    absent[run.pk] -= worker.LEASE * 2
    assert worker.work_once(absent)
    run.refresh_from_db()
    assert run.state == State.FAILED
    assert "is not kept any more" in run.problem


def test_an_upload_that_breaks_off_leaves_nothing(weekly: List) -> None:
    """Neither a run nor the part of the file that came."""

    def blocks() -> Iterator[bytes]:
        yield b"email\nann@example.org\n"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        runs.begin_run(weekly, "people.csv", blocks())
    assert not ImportRun.objects.exists()
    assert not list(storage.folder(1).parent.glob("*"))


def test_what_was_checked_is_applied(weekly: List) -> None:
    """The lines of the check are written, and the file is not read a second time."""
    run = begin(weekly, "email,name,status\nann@example.org,Ann,active\nbob@example.org,B,gone\n")
    runs.answer(run, {"values": ["gone=unsubscribed"]})
    work(run)
    path = storage.find_file(run.pk, run.file_name)
    assert path is not None
    path.write_text("this is no table any more")

    runs.ask_to_apply(run, CONSENT)
    assert work(run).state == State.APPLIED

    assert states(weekly) == {"ann@example.org": "active", "bob@example.org": "unsubscribed"}
    assert (run.result["rows"], run.result["newly_unsubscribed"]) == (2, 1)
    assert run.result["statuses"][0]["column"] == "status"
    assert list(storage.folder(run.pk).iterdir()) == []


@pytest.mark.parametrize("end", [0, -1, 40])
def test_lines_that_are_not_whole_are_not_used(weekly: List, end: int) -> None:
    """A check that was cut off while it wrote them leads to a second reading."""
    run = begin(weekly)
    lines = storage.folder(run.pk) / storage.LINES
    assert lines.stat().st_mode & 0o77 == 0
    lines.write_bytes(lines.read_bytes()[:end])

    runs.ask_to_apply(run, CONSENT)

    assert work(run).result["added"] == 2
    assert run.result["bad_lines"] == [
        {"line": 4, "reason": "broken@: nothing is after the @-sign"}
    ]


def test_dates_of_leaving_survive_the_check(weekly: List, person: Person) -> None:
    """Who came back here after the date in the file stays, as when the file is read at once."""
    person("ann@example.org", weekly="active")
    Subscription.objects.update(changed_at=timezone.now(), source="preferences page")
    run = begin(weekly, "email,status,status date\nann@example.org,unsubscribed,2020-05-01\n")

    runs.ask_to_apply(run, CONSENT)
    work(run)

    assert states(weekly) == {"ann@example.org": "active"}
    assert run.result["unchanged"] == 1


def test_an_undo_takes_the_language_back(weekly: List, person: Person) -> None:
    """A person whose language the run filled in has none again."""
    person("ann@example.org", weekly="active")
    run = applied(weekly, "email,language\nann@example.org,ja\n")
    assert Subscriber.objects.get().language == "ja"

    assert runs.undo_run(run)["restored"] == 1

    assert Subscriber.objects.get().language == ""


def test_a_run_that_was_left_half_way_is_taken_back_before_the_next(
    weekly: List, csv: Csv, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also on PostgreSQL, where a move may have brought it: nobody of the next one is lost."""
    run = applied(weekly)
    ImportRun.objects.filter(pk=run.pk).update(state=State.WRITING, worked_at=timezone.now())

    def wait(_seconds: float) -> None:
        silent = timezone.now() - turns.MAX_SILENCE * 2
        ImportRun.objects.filter(pk=run.pk).update(worked_at=silent)

    monkeypatch.setattr(time, "sleep", wait)
    _run, result = runs.import_now(csv("email\nann@example.org\n"), weekly, {}, reason=CONSENT)
    run.refresh_from_db()
    assert (run.state, result.added) == (State.FAILED, 1)
    assert states(weekly) == {"ann@example.org": "active"}
