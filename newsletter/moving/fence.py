"""Mark a database as moved away: it sends nothing any more, wherever it is used.

The mark is in its own row of identity, so it holds for every program and every copy.  It is taken
back where the move fails, and nobody has the new database.  Where a move is killed it stays, and
says that the move is not finished.
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


def check_fence(connection: Statements, to: str) -> None:
    """Raise `MoveFailed` for a database that is held as a copy, or was moved elsewhere."""
    row = connection.execute(
        "SELECT suspended_for, moved_to, move_finished_at FROM sending_databaseidentity"
    ).fetchone()
    reason, moved_to, finished_at = row or ("", "", None)
    if moved_to and moved_to != to and not finished_at:
        raise MoveFailed(
            phrase("a move of this database to {place} was not finished", place=moved_to),
            hint=phrase(
                "Finish it: newsletter move --to that address. Or take it back: newsletter move"
                " --confirm"
            ),
        )
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


def raise_fence(connection: Statements, mark: str, to: str) -> None:
    """Mark the database as moved; `mark` is the driver's placeholder for a value.

    Raises `MoveFailed` as `check_fence` does.
    """
    check_fence(connection, to)
    execute: Any = connection.execute
    execute(
        f"UPDATE sending_databaseidentity SET moved_to = {mark}, move_finished_at = NULL,"  # noqa: S608
        " suspended_at = COALESCE(suspended_at, CURRENT_TIMESTAMP), suspended_for ="
        " CASE WHEN suspended_for = '' THEN 'moved' ELSE suspended_for END",
        [to],
    )


def close_fence(connection: Statements) -> None:
    """Note that the move is finished: from now on the new database is the one in use."""
    connection.execute(
        "UPDATE sending_databaseidentity SET move_finished_at = CURRENT_TIMESTAMP"
        " WHERE moved_to <> '' AND move_finished_at IS NULL"
    )


def lower_fence(connection: Statements) -> None:
    """Take the mark back: the new database was never put in place."""
    connection.execute(
        "UPDATE sending_databaseidentity SET moved_to = '', suspended_at ="
        " CASE WHEN suspended_for = 'moved' THEN NULL ELSE suspended_at END, suspended_for ="
        " CASE WHEN suspended_for = 'moved' THEN '' ELSE suspended_for END"
        " WHERE moved_to <> ''"
    )
