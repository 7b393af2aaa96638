"""What rests begins to work as soon as the database changes, and asks nothing meanwhile."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.utils import ConnectionHandler

from newsletter.conf.settings import sqlite
from newsletter.runtime import changes
from newsletter.runtime.background import AfterChange, BackgroundThread
from newsletter.runtime.changes import ChangeWatch, read_state
from subscribers.models import List

#: Longer than any test may take: what happens did not happen by the time being over.
FOR_EVER = 600.0
#: How often somebody else may write between two statements.
TRIES = 1_000
#: Seconds in which a change is to be noticed, on a busy machine.
NOTICE_SECONDS = 30.0


@pytest.fixture
def listened() -> Any:
    """A listener, and the watch that calls it."""
    watch, called = ChangeWatch(), threading.Event()
    watch.listen(called.set)
    assert called.wait(NOTICE_SECONDS), "it begins with a look"
    called.clear()
    yield called
    watch.forget(called.set)


@pytest.mark.django_db(transaction=True)
def test_a_change_that_concerns_others(listened: threading.Event) -> None:
    """Who names a question is called after a change to which it says yes, and after no other."""
    del listened
    watch, asked, called = ChangeWatch(), threading.Semaphore(0), threading.Event()

    def has_work() -> bool:
        asked.release()
        return List.objects.filter(slug="changed").exists()

    watch.listen(called.set, has_work)
    try:
        assert asked.acquire(timeout=NOTICE_SECONDS)
        commit("other")
        assert asked.acquire(timeout=NOTICE_SECONDS)
        assert not called.is_set()
        commit()
        assert called.wait(NOTICE_SECONDS)
    finally:
        watch.forget(called.set)


@pytest.mark.django_db(transaction=True)
def test_a_question_that_fails(listened: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error in a question ends no watch: everybody looks, and it is asked again."""
    del listened
    monkeypatch.setattr(changes, "RETRY_SECONDS", 0.01)
    watch, called = ChangeWatch(), threading.Semaphore(0)

    def has_work() -> bool:
        raise ValueError("a fault")

    watch.listen(called.release, has_work)
    try:
        assert called.acquire(timeout=NOTICE_SECONDS)
        assert called.acquire(timeout=NOTICE_SECONDS)
    finally:
        watch.forget(called.release)


def commit(slug: str = "changed") -> None:
    """Change the database in another connection than that of the watch."""
    List.objects.create(name=slug.title(), slug=slug)


@pytest.mark.django_db(transaction=True)
def test_a_change_is_noticed(listened: threading.Event) -> None:
    """Whoever listens is called after a commit of another connection."""
    commit()

    assert listened.wait(NOTICE_SECONDS)


@pytest.mark.django_db(transaction=True)
def test_a_reader_is_no_change() -> None:
    """To read changes nothing; to write does."""
    # On PostgreSQL other databases of the server count, too: they may write just then.
    assert any(read_state() == read_after_a_reader() for _ in range(TRIES))
    before = read_state()
    thread = threading.Thread(target=in_a_connection_of_its_own, args=(commit,))
    thread.start()
    thread.join()

    assert read_state() != before


def read_after_a_reader() -> object:
    """Return the state after somebody has read."""
    assert List.objects.count() >= 0
    return read_state()


def in_a_connection_of_its_own(act: Callable[[], None]) -> None:
    """Do something in this thread, and close its connection."""
    try:
        act()
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_what_is_written_and_not_committed() -> None:
    """Whatever was noticed of a transaction before: that it can be seen by now is a change."""
    written, may_commit = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            commit()
            written.set()
            may_commit.wait(NOTICE_SECONDS)

    thread = threading.Thread(target=in_a_connection_of_its_own, args=(write,))
    thread.start()
    assert written.wait(NOTICE_SECONDS)
    before = read_state()
    may_commit.set()
    thread.join()

    assert read_state() != before


def change(path: Path, *statements: str) -> None:
    """Change a SQLite file by another program."""
    with contextlib.closing(sqlite3.connect(path)) as other:
        for each in statements:
            other.execute(each)
        other.commit()


@pytest.mark.django_db
def test_another_file_in_its_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A SQLite file that was put back under a running program is watched from then on."""
    path, kept = tmp_path / "here.sqlite3", tmp_path / "kept.sqlite3"
    change(path, "CREATE TABLE things (name)")
    change(kept, "CREATE TABLE things (name)")
    here = ConnectionHandler({"default": sqlite(path)})["default"]
    monkeypatch.setattr(changes, "connection", here)
    assert read_state() is not None

    path.unlink()
    assert read_state() is not None, "no empty file is made meanwhile"
    assert not path.exists()
    kept.rename(path)

    assert read_state() is None, "everybody looks"
    before = read_state()
    change(path, "INSERT INTO things VALUES ('new')")
    assert read_state() != before
    here.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [DatabaseError, InterfaceError])
def test_while_nobody_can_tell(
    listened: threading.Event, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    """Where the database does not answer, everybody looks as before, again and again."""
    asked = threading.Semaphore(0)

    def fail() -> object:
        asked.release()
        raise error("gone")

    monkeypatch.setattr(changes, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(changes, "read_state", fail)

    assert asked.acquire(timeout=NOTICE_SECONDS)
    assert asked.acquire(timeout=NOTICE_SECONDS)
    assert listened.wait(NOTICE_SECONDS)


class Resting(BackgroundThread):
    """Counts its looks, and rests after each."""

    def __init__(self, has_work: Callable[[], bool] | None = None) -> None:
        acts = (self._look, self._other)
        super().__init__("resting", *acts, retry_seconds=1.0, has_work=has_work)
        self.looks, self.others = 0, 0
        self.looked = threading.Semaphore(0)

    def _look(self) -> AfterChange:
        self.looks += 1
        self.looked.release()
        return AfterChange(FOR_EVER)

    def _other(self) -> float:
        self.others += 1
        return FOR_EVER


class ChangesAt(threading.Event):
    """An event during whose first look something else happens, just after it."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__()
        self._act: Callable[[], None] | None = act

    def is_set(self) -> bool:
        """Return the state from before it happens."""
        found = super().is_set()
        if act := self._act:
            self._act = None
            act()
        return found


@pytest.mark.django_db
def test_a_change_just_before_the_look() -> None:
    """A change that comes just as a thread begins to look for changes is not lost."""
    thread = Resting()
    [looking, _other] = thread._duties
    looking.wait(AfterChange(FOR_EVER))
    thread._changed = ChangesAt(thread._wake)

    thread._do_duties()
    thread._do_duties()

    assert thread.looks == 1


def is_listed() -> bool:
    """Say whether there is what `commit` makes."""
    return List.objects.filter(slug="changed").exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_work", [None, is_listed])
def test_a_thread_that_rests(has_work: Callable[[], bool] | None) -> None:
    """It looks at its start and after a change; a duty that waits for its time does not."""
    thread = Resting(has_work)
    thread.start()
    try:
        assert thread.looked.acquire(timeout=NOTICE_SECONDS)
        while thread.looked.acquire(timeout=2 * changes.ASK_SECONDS):
            pass  # the watch begins with a look of its own
        before = thread.looks
        commit()
        assert thread.looked.acquire(timeout=NOTICE_SECONDS)
    finally:
        assert thread.stop(NOTICE_SECONDS)

    assert thread.looks > before
    assert thread.others == 1
