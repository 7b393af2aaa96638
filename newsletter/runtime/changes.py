"""Notice that the database has changed, whoever changed it: what rests then looks for work.

One thread of a process asks one cheap question, twice a second; nobody else asks while nothing
changes.  SQLite counts the commits of other connections (https://sqlite.org/pragma.html, under
`data_version`); PostgreSQL says which transactions a reader sees (`pg_current_snapshot`).  How much
it has written ahead would not do: that is counted before a commit can be seen, and whoever looked
in between would rest too long.  What says too much costs a look; a database that says nothing is
looked at each time.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.db import Error, connection

from newsletter.runtime.availability import database
from newsletter.sqlite.base import close_replaced

log = logging.getLogger(__name__)

#: Seconds between two questions.
ASK_SECONDS = 0.5
#: Seconds until the next one where the database does not answer.
RETRY_SECONDS = 2.0
QUESTIONS = {
    "sqlite": "PRAGMA data_version",
    "postgresql": "SELECT pg_current_snapshot()::text",
}

Listener = Callable[[], None]


class ChangeWatch:
    """Calls its listeners after each change; it runs while there are any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: list[Listener] = []
        self._stop = threading.Event()

    def listen(self, listener: Listener) -> None:
        """Call a function, which must return at once, after each change from now on."""
        with self._lock:
            self._listeners.append(listener)
            if len(self._listeners) == 1:
                self._stop = threading.Event()
                run = threading.Thread(
                    target=self._run, args=(self._stop,), name="changes", daemon=True
                )
                run.start()

    def forget(self, listener: Listener) -> None:
        """Do not call it any more."""
        with self._lock:
            if listener in self._listeners:
                self._listeners.remove(listener)
            if not self._listeners:
                self._stop.set()

    def _run(self, stop: threading.Event) -> None:
        seen: object = None
        try:
            while not stop.is_set():
                try:
                    found, pause = read_state(), ASK_SECONDS
                except Error as error:
                    database.lost(error)
                    # SQLite counts for one connection; the next one counts by itself.
                    connection.close()
                    found, pause = None, RETRY_SECONDS
                if found is None or found != seen:
                    self._tell()
                seen = found
                stop.wait(pause)
        finally:
            connection.close()

    def _tell(self) -> None:
        with self._lock:
            listeners = list(self._listeners)
        for listener in listeners:
            listener()


def read_state() -> object:
    """Return what is different after each change of the database; None where nobody can tell.

    SQLite's number holds for one connection, so this one is kept, unless another file is in the
    place of the one that it has open.
    """
    question = QUESTIONS.get(connection.vendor)
    if question is None or close_replaced(connection):
        return None
    with connection.cursor() as cursor:
        cursor.execute(question)
        [found] = cursor.fetchone()
    return found


#: That of this process.
watch = ChangeWatch()
