"""Django's SQLite backend, but whoever waits for the write lock asks again every millisecond.

SQLite itself sleeps longer and longer between two tries, up to a tenth of a second.  Senders hold
the lock for a few milliseconds at a time, again and again; an editor who saves a draft meanwhile
finds it taken at each of the rare tries, and waits for a second (`benchmarks.sending` shows it).
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db.backends.sqlite3.base import DatabaseWrapper as DjangoWrapper
from django.db.backends.sqlite3.base import SQLiteCursorWrapper

#: Seconds between two tries.
PAUSE_SECONDS = 0.001
#: Whoever holds it tries for the lock on behalf of this process.
_PROCESS_LOCK = threading.Lock()
#: Seconds for which a connection is kept in a thread that asked for it: some look once a minute.
KEPT_SECONDS = 600.0
#: Whether a thread has.
_THREAD = threading.local()


class PatientCursor(SQLiteCursorWrapper):
    """Tries a statement again while another connection writes."""

    #: Seconds until it gives up.
    lock_timeout_seconds = 30.0

    def execute(self, query: str, params: Any = None) -> Any:
        """Execute as Django does."""
        return self._insist(lambda: super(PatientCursor, self).execute(query, params))

    def executemany(self, query: str, param_list: Any) -> Any:
        """Execute as Django does."""
        rows = list(param_list)
        return self._insist(lambda: super(PatientCursor, self).executemany(query, rows))

    def _insist(self, act: Callable[[], Any]) -> Any:
        try:
            return act()
        except sqlite3.OperationalError as error:
            if not self._may_wait(error):
                raise
        deadline = time.monotonic() + self.lock_timeout_seconds
        # The others of this process wait for this one, which costs nothing.
        if not _PROCESS_LOCK.acquire(timeout=self.lock_timeout_seconds):
            return act()
        try:
            return self._keep_trying(act, deadline)
        finally:
            _PROCESS_LOCK.release()

    def _keep_trying(self, act: Callable[[], Any], deadline: float) -> Any:
        while True:
            try:
                return act()
            except sqlite3.OperationalError as error:
                if not self._may_wait(error) or time.monotonic() > deadline:
                    raise
            time.sleep(PAUSE_SECONDS)

    def _may_wait(self, error: sqlite3.OperationalError) -> bool:
        """Say whether another writes; in a transaction a second try would see what is old."""
        # The lowest byte: above it stands why, as after a crash (https://sqlite.org/rescode.html).
        busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
        return busy and not self.connection.in_transaction


def keep_connection() -> None:
    """Have this thread keep its connection from one request or duty to the next.

    It keeps it for `KEPT_SECONDS`.  To open one reads all tables' definitions, which takes longer
    than most pages ask the database.  For threads that call `close_old_connections` before each:
    then they look at the file.
    """
    _THREAD.keeps = True


class DatabaseWrapper(DjangoWrapper):
    """The backend; `OPTIONS["lock_timeout_seconds"]` says how long to wait for the lock."""

    lock_timeout_seconds = PatientCursor.lock_timeout_seconds
    #: What a new connection begins with; Django takes it from `init_command`.
    init_commands: list[str]
    #: Device and inode of the file that is open.
    opened: tuple[int, int] | None = None

    def connect(self) -> None:
        """Connect, and note which file it is."""
        super().connect()
        self.opened = self.find_file()
        if getattr(_THREAD, "keeps", False):
            self.close_at = time.monotonic() + KEPT_SECONDS

    def close_if_unusable_or_obsolete(self) -> None:
        """Close a kept connection also where another file is in the place of the one it has."""
        kept = self.connection is not None and not self.in_atomic_block
        if kept and self.find_file() != self.opened:
            self.close()
        super().close_if_unusable_or_obsolete()

    def find_file(self) -> tuple[int, int] | None:
        """Return device and inode of the file that is there now; None where there is none."""
        try:
            found = Path(self.settings_dict["NAME"]).stat()
        except (OSError, TypeError):
            return None
        return found.st_dev, found.st_ino

    def get_connection_params(self) -> dict[str, Any]:
        """Have SQLite itself wait while a connection is made."""
        params = super().get_connection_params()
        self.lock_timeout_seconds = params.pop("lock_timeout_seconds", self.lock_timeout_seconds)
        if self.is_new():
            # Only then: said of a file with tables it writes, so that each new connection would
            # wait for the lock, and count as a change (`newsletter.runtime.changes`).
            self.init_commands.insert(0, "PRAGMA auto_vacuum=INCREMENTAL")
        return {**params, "timeout": self.lock_timeout_seconds}

    def is_new(self) -> bool:
        """Say whether there is no file yet, or an empty one."""
        try:
            return Path(self.settings_dict["NAME"]).stat().st_size == 0
        except (OSError, TypeError):
            return True

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a connection on which SQLite does not wait any more: its cursors do."""
        connection = super().get_new_connection(conn_params)
        connection.execute("PRAGMA busy_timeout = 0")
        return connection

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor that waits its turn; SQLite has no use for a name."""
        del name
        cursor = self.connection.cursor(factory=PatientCursor)
        cursor.lock_timeout_seconds = self.lock_timeout_seconds
        return cursor


def close_replaced(connection: Any) -> bool:
    """Close an open connection where another file is in the place of its own; say whether it was.

    A file that is gone may come back; to connect now would make an empty one.
    """
    if connection.vendor != "sqlite" or connection.connection is None:
        return False
    if connection.find_file() in {None, connection.opened}:
        return False
    connection.close()
    return True
