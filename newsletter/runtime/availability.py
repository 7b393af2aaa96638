"""Whether the database is available: one line in the log when it goes, and one when it is back.

Web, clock and senders of one process meet an outage together, each again and again.  They all
report here, and go on trying; a person reads one line.  Errors are told apart by what libpq and
SQLite say, not by Django's classes alone: "no such table" is an `OperationalError` too, and is a
fault of ours that no waiting will end.

Django is not imported here: most commands need it late or never.
"""

from __future__ import annotations

import logging
import re
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

log = logging.getLogger(__name__)

T = TypeVar("T")

#: Seconds after which whoever is answered 503 may ask again.
RETRY_AFTER = 10
#: It is back when nothing failed for this many seconds.  On a full disk reading goes well, and only
#: the next writing fails: each time the news turns out wrong, it takes twice as long.
QUIET_SECONDS = 3.0
MAX_QUIET_SECONDS = 300.0
#: Seconds between two tries of a program that starts.
START_PAUSE = 1.0

#: SQLite's primary result codes (https://sqlite.org/rescode.html) that another time may end.
SQLITE_PASSING = frozenset(
    [
        *(sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_FULL),
        *(sqlite3.SQLITE_IOERR, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_PROTOCOL),
    ]
)
#: Those that end when a person has changed rights or put the file back.
SQLITE_RIGHTS = frozenset(
    [sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH]
)
#: Those of a file that is none, or is broken.
SQLITE_BROKEN = frozenset([sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB])

#: PostgreSQL's code for writing on a standby (https://www.postgresql.org/docs/current/errcodes-appendix.html).
READ_ONLY = "25006"
#: What a server says with FATAL that is over by itself.  Any other FATAL is a refusal: a password,
#: a database that does not exist, a rule of pg_hba.conf.
PASSING = re.compile(
    r"starting up|shutting down|recovery|too many (?:clients|connections)|connection slots"
    r"|not (?:yet|currently) accepting|terminating connection|crash",
    re.IGNORECASE,
)
#: What libpq says of a secure connection that comes about with no waiting.
INSECURE = re.compile(r"certificate|does not support SSL|SSL was required|sslmode", re.IGNORECASE)


def walk_causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what it came of, the nearest first; a few, for they may be a ring."""
    found: BaseException | None = error
    for _ in range(10):
        if found is None:
            return
        yield found
        found = found.__cause__ or found.__context__


def is_unavailable(error: BaseException) -> bool:
    """Say whether an error comes of a database that does not answer, or cannot be written."""
    return any(map(says_unavailable, walk_causes(error)))


def says_unavailable(error: BaseException) -> bool:
    """Say it of one error, without what it came of."""
    code = sqlite_code(error)
    if code is not None:
        return code in SQLITE_PASSING or code in SQLITE_RIGHTS
    if isinstance(error, sqlite3.Error):
        return False
    package, name = type(error).__module__, type(error).__name__
    if package == "django.db.utils":
        # What it wraps knows better.
        if isinstance(error.__cause__, sqlite3.Error):
            return False
        return name in {"OperationalError", "InterfaceError"}
    if package.partition(".")[0] in {"psycopg", "psycopg_pool"}:
        bases = {each.__name__ for each in type(error).__mro__}
        return bool(bases & {"OperationalError", "InterfaceError"}) or (
            getattr(error, "sqlstate", None) == READ_ONLY
        )
    return False


def is_refusal(error: BaseException) -> bool:
    """Say whether waiting is no use: a person must change an address, a password or a right."""
    for each in walk_causes(error):
        code = sqlite_code(each)
        if code is not None:
            return code in SQLITE_RIGHTS or code in SQLITE_BROKEN
    text = str(error)
    if INSECURE.search(text):
        return True
    return "FATAL:" in text and not PASSING.search(text)


def is_broken_file(error: BaseException) -> bool:
    """Say whether an error comes of a file that is not a database of SQLite, or is damaged."""
    return any(sqlite_code(each) in SQLITE_BROKEN for each in walk_causes(error))


def sqlite_code(error: BaseException) -> int | None:
    """Return the primary result code of an error of SQLite, None of any other."""
    code = getattr(error, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None


def first_line(error: BaseException) -> str:
    """Return what an error says, without the library's advice in the lines below."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


class Availability:
    """What is known of the database in this process; safe from any thread."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._since = self._failed = self._back = 0.0
        self._away, self._quiet = False, QUIET_SECONDS

    @property
    def away(self) -> bool:
        """Whether it is unavailable, as far as is known."""
        return self._away

    def lost(self, error: BaseException) -> bool:
        """Take an error; return whether it came of an outage, which is logged once."""
        if not is_unavailable(error):
            return False
        with self._lock:
            now = self._failed = self._clock()
            if not self._away:
                self._away, self._since = True, now
                wrong = self._back and now - self._back < MAX_QUIET_SECONDS
                longer = min(self._quiet * 2, MAX_QUIET_SECONDS)
                self._quiet = longer if wrong else QUIET_SECONDS
                log.error(
                    "the database is unavailable: %s. Nothing is lost: everything waits for it",
                    first_line(error),
                )
        return True

    def answered(self) -> None:
        """Take note that the database has just done what it was asked."""
        if not self._away:
            return
        with self._lock:
            now = self._clock()
            if self._away and now - self._failed >= self._quiet:
                self._away, self._back = False, now
                log.warning("the database is available again, after %.0f s", now - self._since)


#: That of this process.
database = Availability()


def when_available(act: Callable[[], T]) -> T:
    """Do what a program begins with, once the database is there; a refusal is raised at once.

    Raises whatever `act` raises for another reason.
    """
    since = time.monotonic()
    waited = False
    while True:
        try:
            result = act()
        except Exception as error:
            if not is_unavailable(error) or is_refusal(error):
                raise
            if not waited:
                log.warning("waiting for the database: %s", first_line(error))
            waited = True
            time.sleep(START_PAUSE)
        else:
            if waited:
                log.warning("the database is there, after %.0f s", time.monotonic() - since)
            return result


class OutageFilter(logging.Filter):
    """Keeps Django's record of each request that an outage failed out of the log."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Leave out what was answered 503: the reason is logged where it is found, once."""
        return getattr(record, "status_code", None) != 503
