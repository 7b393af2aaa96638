"""Whether the database can be used: what it lacks, or why it does not answer."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

from newsletter.conf.shipped import newer_migrations
from newsletter.errors import ConfigError, DatabaseUnavailable, NewerDatabase, NewsletterError
from newsletter.phrases import phrase
from newsletter.runtime.availability import (
    first_line,
    is_broken_file,
    is_refusal,
    is_unavailable,
)


def list_unapplied() -> set[tuple[str, str]]:
    """Return the migrations the database lacks, by file names alone: loading them is slow.

    Raises `NewerDatabase` where it has some of ours that this release does not have.
    """
    from django.apps import apps
    from django.db import DatabaseError, connection
    from django.db.migrations.recorder import MigrationRecorder

    try:
        applied = set(MigrationRecorder(connection).applied_migrations())
    except DatabaseError as error:
        if failure := explain_failure(error):
            raise failure from None
        raise
    require_known(applied)
    shipped = {
        (app.label, file.stem)
        for app in apps.get_app_configs()
        for file in Path(app.path, "migrations").glob("[0-9]*.py")
    }
    return shipped - applied


def require_known(applied: set[tuple[str, str]]) -> None:
    """Raise `NewerDatabase` for tables that a newer release has changed.

    This one would write into them what that one cannot read, and would not notice.
    """
    newer = newer_migrations(applied)
    if not newer:
        return
    from newsletter.conf.config import load

    raise NewerDatabase(
        phrase(
            "{place}: a newer release has changed this database ({step}), and this is release"
            " {version}",
            place=load().place("database", "url"),
            step=".".join(newer[-1]),
            version=version("fortnight"),
        ),
        **load().source("database", "url"),
        hint=phrase(
            "Install that release again, or restore the backup from before it:"
            " docs/how-to/upgrading.md"
        ),
    )


def explain_failure(error: Exception) -> NewsletterError | None:
    """Return why the database cannot be used, with its place and the fix; None if it is a fault."""
    from newsletter.conf.config import load

    config = load()
    place, source = config.place("database", "url"), config.source("database", "url")
    if is_broken_file(error):
        return ConfigError(
            f"{place}: the file is damaged, or is no database: {first_line(error)}",
            hint="Correct the path, or put a backup in its place: docs/how-to/restore.md",
            **source,
        )
    if is_refusal(error):
        return ConfigError(
            f"{place}: the database cannot be opened: {first_line(error)}",
            hint="Check name, user, password and rights, or set NEWSLETTER_DATABASE_URL.",
            **source,
        )
    if not is_unavailable(error):
        return None
    found = DatabaseUnavailable(
        f"{place}: the database does not answer: {first_line(error)}",
        hint="Start it, or set NEWSLETTER_DATABASE_URL.",
    )
    found.path, found.setting, found.variable = (
        source["path"],
        source["setting"],
        source["variable"],
    )
    # Whoever waits for the database looks for what it came of.
    found.__cause__ = error
    return found
