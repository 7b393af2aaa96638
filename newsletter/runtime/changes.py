"""Notice that the database has changed, whoever changed it: what rests then looks for work.

One thread of a process asks one cheap question, three times in two seconds; nobody else asks while
nothing changes.  SQLite counts the commits of other connections (https://sqlite.org/pragma.html,
under `data_version`); PostgreSQL says which transactions a reader sees (`pg_current_snapshot`).
How much it has written ahead would not do: that is counted before a commit can be seen, and whoever
looked in between would rest too long.  What says too much costs a look; a database that says
nothing is looked at each time.

Most changes concern few.  So who rests may name a question: whether anything waits for it.  This
thread asks it after each change, on its own connection, and wakes only whom the answer concerns.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.db import connection

from newsletter.runtime.availability import database
from newsletter.sqlite.base import close_replaced

log = logging.getLogger(__name__)

#: Seconds between two questions.
ASK_SECONDS = 0.7
#: Seconds until the next one where the database does not answer.
RETRY_SECONDS = 2.0
QUESTIONS = {
    "sqlite": "PRAGMA data_version",
    "postgresql": "SELECT pg_current_snapshot()::text",
}

Listener = Callable[[], None]
#: Whether a change concerns a listener; it asks the database.
Question = Callable[[], bool]


class ChangeWatch:
    """Calls its listeners after each change; it runs while there are any."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._listeners: dict[Listener, Question | None] = {}
        self._stop = threading.Event()

    def listen(self, listener: Listener, question: Question | None = None) -> None:
        """Call a function, which must return at once, after each change from now on.

        With a question only after those that it answers with yes.
        """
        with self._lock:
            self._listeners[listener] = question
            if len(self._listeners) == 1:
                self._stop = threading.Event()
                run = threading.Thread(
                    target=self._run, args=(self._stop,), name="changes", daemon=True
                )
                run.start()

    def forget(self, listener: Listener) -> None:
        """Do not call it any more."""
        with self._lock:
            self._listeners.pop(listener, None)
            if not self._listeners:
                self._stop.set()

    def _run(self, stop: threading.Event) -> None:
        seen: object = None
        try:
            while not stop.is_set():
                try:
                    found, pause = read_state(), ASK_SECONDS
                    if found is None or found != seen:
                        self._tell()
                except Exception as error:
                    if not database.lost(error):
                        log.exception("the watch for changes met an error; everybody looks")
                    # SQLite counts for one connection; the next one counts by itself.
                    connection.close()
                    found, pause = None, RETRY_SECONDS
                    self._tell_all()
                seen = found
                stop.wait(pause)
        finally:
            connection.close()

    def _tell(self) -> None:
        """Call those whom a change concerns; raises `Error` where the database does not answer."""
        with self._lock:
            listeners = list(self._listeners.items())
        # Who has no question first: the clock and the senders.
        for listener, question in sorted(listeners, key=lambda each: each[1] is not None):
            if question is None or question():
                listener()

    def _tell_all(self) -> None:
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
