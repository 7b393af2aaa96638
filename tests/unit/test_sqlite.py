"""Whoever finds the write lock taken waits for it, and not for ever."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connections

from newsletter.conf.settings import sqlite
from newsletter.sqlite import base
from newsletter.sqlite.base import DatabaseWrapper, PatientCursor
from tests.databases import connected


@pytest.fixture
def patient(tmp_path: Path) -> Iterator[PatientCursor]:
    """A cursor as the product has it, on a file with one table."""
    with closing(sqlite3.connect(tmp_path / "lock", isolation_level=None, timeout=0)) as file:
        file.execute("PRAGMA journal_mode=WAL")
        file.execute("CREATE TABLE line (text)")
        yield file.cursor(factory=PatientCursor)


@pytest.fixture
def holder(patient: PatientCursor, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Another program, which holds the write lock."""
    with closing(sqlite3.connect(tmp_path / "lock", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


@pytest.mark.parametrize("statement", ["INSERT INTO line VALUES ('here')", "BEGIN IMMEDIATE"])
def test_waits_for_the_lock(
    patient: PatientCursor,
    holder: sqlite3.Connection,
    monkeypatch: pytest.MonkeyPatch,
    statement: str,
) -> None:
    """A statement that finds the lock taken is done as soon as it is let go."""
    tries = []

    def wait(seconds: float) -> None:
        tries.append(seconds)
        if len(tries) == 3:
            holder.execute("COMMIT")

    monkeypatch.setattr(base.time, "sleep", wait)
    patient.execute(statement)

    assert len(tries) == 3
    assert max(tries) == base.PAUSE_SECONDS


def test_to_connect_writes_nothing(tmp_path: Path, django_db_blocker: object) -> None:
    """A connection to a file with tables waits for no writer, and is no change to anybody."""
    path = tmp_path / "database.sqlite3"
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        with connected(path) as first:
            first.cursor().execute("CREATE TABLE line (text)")
        with closing(sqlite3.connect(path)) as watch, closing(sqlite3.connect(path)) as writer:
            before = watch.execute("PRAGMA data_version").fetchone()
            with connected(path) as reader:
                assert reader.cursor().execute("PRAGMA auto_vacuum").fetchone() == (2,)
            assert watch.execute("PRAGMA data_version").fetchone() == before
            writer.execute("BEGIN IMMEDIATE")
            with connected(path) as reader:
                options = reader.settings_dict["OPTIONS"]
                reader.settings_dict["OPTIONS"] = options | {"lock_timeout_seconds": 0.1}
                assert reader.cursor().execute("SELECT * FROM line").fetchall() == []


def test_gives_up(patient: PatientCursor, holder: sqlite3.Connection) -> None:
    """After its time limit it says that the database is locked."""
    patient.lock_timeout_seconds = 0.01

    with pytest.raises(sqlite3.OperationalError, match="locked"):
        patient.executemany("INSERT INTO line VALUES (%s)", [("a",), ("b",)])

    holder.execute("ROLLBACK")
    patient.executemany("INSERT INTO line VALUES (%s)", (each for each in ["a", "b"]))
    assert patient.execute("SELECT text FROM line ORDER BY text").fetchall() == [("a",), ("b",)]


def test_other_errors_are_not_tried_again(patient: PatientCursor) -> None:
    """What fails for another reason fails at once, with SQLite's own error."""
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        patient.execute("SELECT * FROM absent")


def test_a_transaction_that_fails_half_way_is_not_tried_again(
    patient: PatientCursor, holder: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A statement within a transaction is never repeated: it might have read what is old by now."""
    monkeypatch.setattr(base.time, "sleep", lambda _: pytest.fail("it waits"))
    patient.execute("BEGIN DEFERRED")

    with pytest.raises(sqlite3.OperationalError, match="locked"):
        patient.execute("INSERT INTO line VALUES ('here')")


def test_a_connection_is_made_while_the_file_is_shut(tmp_path: Path) -> None:
    """Who connects while another has the whole file waits; afterwards only cursors do."""
    wrapper = DatabaseWrapper({**sqlite(tmp_path / "shut"), "USER": "", "PASSWORD": ""}, "another")
    made: list[tuple[int]] = []
    begun = threading.Event()

    def connect() -> None:
        begun.set()
        connection = wrapper.get_new_connection(wrapper.get_connection_params())
        made.append(connection.execute("PRAGMA busy_timeout").fetchone())
        connection.close()

    with closing(sqlite3.connect(tmp_path / "shut", isolation_level=None)) as other:
        other.execute("CREATE TABLE line (text)")
        other.execute("BEGIN EXCLUSIVE")
        thread = threading.Thread(target=connect)
        thread.start()
        begun.wait()
        other.execute("ROLLBACK")
    thread.join(60)

    assert made == [(0,)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database file with a table."""
    return make_file(tmp_path / "kept.sqlite3", "first")


def make_file(path: Path, what: str) -> Path:
    """Make a database that says what it is."""
    with closing(sqlite3.connect(path)) as made:
        made.execute("CREATE TABLE line (text)")
        made.execute("INSERT INTO line VALUES (?)", [what])
        made.commit()
    return path


@pytest.fixture
def wrapper(file: Path, monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[DatabaseWrapper]:
    """A connection of Django to it, in a thread that keeps none yet."""
    monkeypatch.setattr(base, "_THREAD", threading.local())
    own = {**connections["default"].settings_dict, **sqlite(file), "CONN_MAX_AGE": 0}
    made = DatabaseWrapper(own, "kept")
    yield made
    made.close()


def read(wrapper: DatabaseWrapper) -> str:
    """Return what the database says that it is, as a request would."""
    wrapper.close_if_unusable_or_obsolete()
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT text FROM line")
        found: str = cursor.fetchone()[0]
    wrapper.close_if_unusable_or_obsolete()
    return found


def test_a_connection_is_kept_where_it_is_asked_for(wrapper: DatabaseWrapper) -> None:
    """A thread that serves requests keeps its connection; any other closes it each time."""
    assert read(wrapper) == "first"
    assert wrapper.connection is None

    base.keep_connection()
    read(wrapper)
    kept = wrapper.connection
    read(wrapper)
    assert kept is not None
    assert wrapper.connection is kept

    wrapper.close_at = 0.0
    read(wrapper)
    assert wrapper.connection is not kept


def test_another_file_in_its_place(wrapper: DatabaseWrapper, file: Path) -> None:
    """A kept connection is not used once its file was replaced, as a restore does."""
    base.keep_connection()
    read(wrapper)
    other = make_file(file.with_name("other.sqlite3"), "second")
    for each in ("-wal", "-shm"):
        Path(f"{file}{each}").unlink(missing_ok=True)
    other.replace(file)

    assert read(wrapper) == "second"
