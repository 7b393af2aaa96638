"""Django's SQLite backend, but whoever waits for the write lock asks again every millisecond.

SQLite itself sleeps longer and longer between two tries, up to a tenth of a second.  Senders hold
the lock for a few milliseconds at a time, again and again; an editor who saves a draft meanwhile
finds it taken at each of the rare tries, and waits for a second (`benchmarks.sending` shows it).
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from typing import Any

from django.db.backends.sqlite3.base import DatabaseWrapper as DjangoWrapper
from django.db.backends.sqlite3.base import SQLiteCursorWrapper

#: Seconds between two tries.
PAUSE = 0.001


class PatientCursor(SQLiteCursorWrapper):
    """Tries a statement again while another connection writes."""

    #: Seconds until it gives up.
    patience = 30.0

    def execute(self, query: str, params: Any = None) -> Any:
        """Execute as Django does."""
        return self._insist(lambda: super(PatientCursor, self).execute(query, params))

    def executemany(self, query: str, param_list: Any) -> Any:
        """Execute as Django does."""
        rows = list(param_list)
        return self._insist(lambda: super(PatientCursor, self).executemany(query, rows))

    def _insist(self, act: Callable[[], Any]) -> Any:
        deadline = time.monotonic() + self.patience
        while True:
            try:
                return act()
            except sqlite3.OperationalError as error:
                # Within a transaction a second try would not see what the first had seen.
                busy = error.sqlite_errorcode == sqlite3.SQLITE_BUSY
                if not busy or self.connection.in_transaction or time.monotonic() > deadline:
                    raise
            time.sleep(PAUSE)


class DatabaseWrapper(DjangoWrapper):
    """The backend; `OPTIONS["patience"]` are the seconds to wait for the lock at most."""

    patience = PatientCursor.patience

    def get_connection_params(self) -> dict[str, Any]:
        """Have SQLite itself not wait at all."""
        params = super().get_connection_params()
        self.patience = params.pop("patience", self.patience)
        return {**params, "timeout": 0}

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor that waits its turn; SQLite has no use for a name."""
        del name
        cursor = self.connection.cursor(factory=PatientCursor)
        cursor.patience = self.patience
        return cursor
