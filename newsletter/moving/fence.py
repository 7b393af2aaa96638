"""Mark a database as moved away: it sends nothing any more, wherever it is used.

The mark is in its own row of identity, so it holds for every program and every copy.  It is taken
back where the move fails, and nobody has the new database.
"""

from __future__ import annotations

from typing import Any, Protocol

from newsletter.errors import MoveFailed
from newsletter.phrases import phrase


class Statements(Protocol):
    """A connection of either driver; what is executed here has no values from outside."""

    def execute(self, statement: Any, /) -> Any:
        """Execute a statement."""
        ...


def raise_fence(connection: Statements, mark: str, to: str) -> None:
    """Mark the database as moved; `mark` is the driver's placeholder for a value.

    Raises `MoveFailed` for a database that is held as a copy, or was moved elsewhere.
    """
    row = connection.execute(
        "SELECT suspended_for, moved_to FROM sending_databaseidentity"
    ).fetchone()
    reason, moved_to = row or ("", "")
    if moved_to and moved_to != to:
        raise MoveFailed(
            phrase("this database was moved to {place} before", place=moved_to),
            hint=phrase(
                "If nothing was ever sent from there, take that back: newsletter move --confirm"
            ),
        )
    if reason == "moved" and not moved_to:
        raise MoveFailed(
            phrase("this database was moved or copied, and nobody has confirmed it"),
            hint=phrase("Confirm it first: newsletter move --confirm"),
        )
    execute: Any = connection.execute
    execute(
        f"UPDATE sending_databaseidentity SET moved_to = {mark}, suspended_at ="  # noqa: S608
        " COALESCE(suspended_at, CURRENT_TIMESTAMP), suspended_for ="
        " CASE WHEN suspended_for = '' THEN 'moved' ELSE suspended_for END",
        [to],
    )


def lower_fence(connection: Statements) -> None:
    """Take the mark back: the new database was never put in place."""
    connection.execute(
        "UPDATE sending_databaseidentity SET moved_to = '', suspended_at ="
        " CASE WHEN suspended_for = 'moved' THEN NULL ELSE suspended_at END, suspended_for ="
        " CASE WHEN suspended_for = 'moved' THEN '' ELSE suspended_for END"
        " WHERE moved_to <> ''"
    )
