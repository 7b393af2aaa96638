"""Which errors are an outage, and that an outage is one line when it comes and one when it goes."""

from __future__ import annotations

import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from django.db import InterfaceError, InternalError, OperationalError, ProgrammingError
from django.http import HttpResponse
from django.test import RequestFactory

from newsletter.publishing.web import views
from newsletter.runtime.availability import (
    QUIET_SECONDS,
    Availability,
    OutageFilter,
    is_broken_file,
    is_refusal,
    is_unavailable,
    when_available,
)

AT = 'connection failed: connection to server at "127.0.0.1", port 5432 failed: '


def caused(error: Exception, cause: Exception) -> Exception:
    """Return an error as Django wraps another."""
    error.__cause__ = cause
    return error


def of_sqlite(path: Path, statement: str, *, mode: str = "rw") -> sqlite3.Error:
    """Return what SQLite says of a statement."""
    with closing(sqlite3.connect(f"file:{path}?mode={mode}", uri=True, timeout=0)) as file:
        try:
            file.execute(statement)
        except sqlite3.Error as error:
            return error
    raise AssertionError("it was done")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A database with a table."""
    path = tmp_path / "database.sqlite3"
    with closing(sqlite3.connect(path)) as made:
        made.execute("CREATE TABLE kept (line)")
    return path


def test_a_read_only_file_is_an_outage(file: Path) -> None:
    """Nothing can be written, and no waiting ends it."""
    error = of_sqlite(file, "INSERT INTO kept VALUES (1)", mode="ro")

    assert is_unavailable(caused(OperationalError(str(error)), error))
    assert is_refusal(error)


def test_a_locked_file_is_an_outage(file: Path) -> None:
    """Which ends by itself."""
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        error = of_sqlite(file, "INSERT INTO kept VALUES (1)")

    assert is_unavailable(caused(OperationalError(str(error)), error))
    assert not is_refusal(error)


def test_a_full_disk_is_an_outage(file: Path) -> None:
    """As for locks, somebody makes room."""
    with closing(sqlite3.connect(file)) as full:
        full.execute("PRAGMA max_page_count = 2")
        with pytest.raises(sqlite3.OperationalError) as raised:
            full.execute("INSERT INTO kept VALUES (zeroblob(100000))")

    assert is_unavailable(raised.value)
    assert not is_refusal(raised.value)


def test_a_folder_is_no_database(tmp_path: Path) -> None:
    """It cannot be opened."""
    with pytest.raises(sqlite3.OperationalError) as raised:
        sqlite3.connect(tmp_path)

    assert is_unavailable(raised.value)
    assert is_refusal(raised.value)


def test_another_file_is_no_database(tmp_path: Path) -> None:
    """No waiting makes a text one."""
    path = tmp_path / "notes.txt"
    path.write_text("not a database, " * 100)
    error = of_sqlite(path, "SELECT * FROM sqlite_master")

    assert is_broken_file(error)
    assert is_refusal(error)
    assert not is_unavailable(error)


@pytest.mark.parametrize(
    "statement", ["SELECT * FROM nothing", "SELECT nothing FROM kept", "SELEC"]
)
def test_our_own_faults_are_not_outages(file: Path, statement: str) -> None:
    """SQLite calls them by the same class; they need a traceback."""
    error = of_sqlite(file, statement)

    assert not is_unavailable(caused(OperationalError(str(error)), error))


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        (AT + "Connection refused", False),
        (AT + "timeout expired", False),
        ('could not translate host name "db" to address: Name or service not known', False),
        (AT + "FATAL:  the database system is starting up", False),
        (AT + "FATAL:  the database system is shutting down", False),
        (AT + "FATAL:  the database system is in recovery mode", False),
        (AT + "FATAL:  sorry, too many clients already", False),
        (AT + "FATAL:  remaining connection slots are reserved for roles with SUPERUSER", False),
        (AT + 'FATAL:  database "news" is not currently accepting connections', False),
        (AT + "FATAL:  terminating connection due to administrator command", False),
        (AT + "server closed the connection unexpectedly", False),
        (AT + 'FATAL:  password authentication failed for user "ann"', True),
        (AT + 'FATAL:  database "news" does not exist', True),
        (AT + 'FATAL:  role "ann" does not exist', True),
        (AT + 'FATAL:  no pg_hba.conf entry for host "10.0.0.1", user "ann"', True),
        (AT + "server does not support SSL, but SSL was required", True),
        (AT + "SSL error: certificate verify failed", True),
        (AT + 'root certificate file "/etc/none.pem" does not exist', True),
    ],
)
def test_what_a_server_says(words: str, refused: bool) -> None:
    """All of it is an outage; at the start, only what ends by itself is waited for."""
    error = caused(OperationalError(words), psycopg.OperationalError(words))

    assert is_unavailable(error)
    assert is_refusal(error) is refused


def test_other_errors_of_a_server() -> None:
    """A standby that takes no writes is an outage, a statement that is wrong is not."""
    standby = psycopg.errors.ReadOnlySqlTransaction(
        "cannot execute INSERT in a read-only transaction"
    )
    wrong = psycopg.errors.UndefinedColumn("column nothing does not exist")

    assert is_unavailable(caused(InternalError("x"), standby))
    assert is_unavailable(InterfaceError("the connection is closed"))
    assert not is_unavailable(caused(ProgrammingError("x"), wrong))
    assert not is_unavailable(ValueError("x"))


def test_one_line_each(caplog: pytest.LogCaptureFixture) -> None:
    """However many report it; what is no outage is left to whoever found it."""
    now = [100.0]
    state = Availability(clock=lambda: now[0])
    caplog.set_level(logging.INFO)

    assert not state.lost(ValueError("x"))
    for _ in range(50):
        assert state.lost(OperationalError("gone\nIs the server running?"))
        state.answered()
        now[0] += 1
    assert state.away
    now[0] += QUIET_SECONDS
    for _ in range(3):
        state.answered()

    assert not state.away
    assert [record.getMessage() for record in caplog.records] == [
        "the database is unavailable: gone. Nothing is lost: everything waits for it",
        f"the database is available again, after {50 + QUIET_SECONDS:.0f} s",
    ]


def test_news_that_turn_out_wrong_take_longer(caplog: pytest.LogCaptureFixture) -> None:
    """On a full disk reading goes well: it is said to be back less and less often."""
    now = [100.0]
    state = Availability(clock=lambda: now[0])
    caplog.set_level(logging.INFO)

    for second in range(3600):
        now[0] = 100.0 + second
        state.answered()
        if second % 4 == 0 or not state.away:
            state.lost(OperationalError("disk is full"))

    assert len(caplog.records) < 20


def test_a_start_waits_in_words(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line while it waits, one when it is there; a refusal is not waited for."""
    monkeypatch.setattr("newsletter.runtime.availability.START_PAUSE", 0.0)
    caplog.set_level(logging.INFO)
    answers = iter([OperationalError("gone"), OperationalError("gone"), None])

    def act() -> str:
        if error := next(answers):
            raise error
        return "done"

    def refused() -> None:
        raise OperationalError(f'{AT}FATAL:  database "news" does not exist')

    assert when_available(act) == "done"
    assert [record.getMessage() for record in caplog.records] == [
        "waiting for the database: gone",
        "the database is there, after 0 s",
    ]
    with pytest.raises(OperationalError):
        when_available(refused)


def test_the_page_of_an_outage_says_when_to_come_again() -> None:
    """503 with Retry-After, for whatever error an outage ends in; asked of no database."""

    def careless() -> None:
        try:
            next(iter([]))
        except StopIteration as error:
            error.__context__ = OperationalError("gone")
            raise

    try:
        careless()
    except StopIteration:
        answer: HttpResponse = views.server_error(RequestFactory().get("/"))

    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "try again in a minute" in answer.content.decode()


def test_requests_of_an_outage_are_not_logged() -> None:
    """Those of our own faults are."""
    record = logging.makeLogRecord({"msg": "Service Unavailable: /", "status_code": 503})
    other = logging.makeLogRecord({"msg": "Internal Server Error: /", "status_code": 500})

    assert not OutageFilter().filter(record)
    assert OutageFilter().filter(other)
