"""Whether this process can do its work: its database answers, and has this release's tables."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import DatabaseError, connection

from newsletter.errors import NewsletterError
from newsletter.runtime.availability import database
from newsletter.runtime.database_state import list_unapplied
from newsletter.runtime.sender_state import SenderState, known
from newsletter.runtime.shutdown import is_stopping

#: What each part says while all is well.
OK = "ok"
#: The part that says nothing about requests.
SENDERS = "senders"


def read_health() -> dict[str, str]:
    """Return each part with `ok`, or what is wrong with it, in English for machines."""
    if (found := _database()) != OK:
        return {"database": found, "tables": "not known", "process": _process(), **_senders()}
    return {"database": OK, "tables": _tables(), "process": _process(), **_senders()}


def is_ready(health: dict[str, str]) -> bool:
    """Say whether requests should come here."""
    return all(found == OK for part, found in health.items() if part != SENDERS)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        database.lost(error)
        return "unreachable"
    return OK


class Tables:
    """Whether the migrations of this release are applied; once they are, nobody takes them back."""

    def __init__(self, unapplied: Callable[[], object] = list_unapplied) -> None:
        self._unapplied, self._complete = unapplied, False
        self._lock = threading.Lock()

    def describe(self) -> str:
        """Return `ok`, or what is wrong."""
        with self._lock:
            if not self._complete:
                try:
                    self._complete = not self._unapplied()
                except (DatabaseError, NewsletterError):
                    return "not known"
            return OK if self._complete else "not those of this release"


#: Those of this process.
tables = Tables()


def _tables() -> str:
    return tables.describe()


def _senders() -> dict[str, str]:
    """Return how the sender process is, where there is one: pages come without it, too."""
    return {} if known.state is SenderState.NONE else {SENDERS: str(known.state)}


def _process() -> str:
    return "stopping" if is_stopping() else OK
