"""Whether the database can be used: what it lacks, or why it does not answer."""

from __future__ import annotations

from pathlib import Path

from newsletter.errors import ConfigError, DatabaseUnavailable, NewsletterError
from newsletter.runtime.availability import (
    first_line,
    is_broken_file,
    is_refusal,
    is_unavailable,
)


def list_unapplied() -> set[tuple[str, str]]:
    """Return the migrations the database lacks, by file names alone: loading them is slow."""
    from django.apps import apps
    from django.db import DatabaseError, connection
    from django.db.migrations.recorder import MigrationRecorder

    try:
        applied = set(MigrationRecorder(connection).applied_migrations())
    except DatabaseError as error:
        raise explain_failure(error) or error from None
    shipped = {
        (app.label, file.stem)
        for app in apps.get_app_configs()
        for file in Path(app.path, "migrations").glob("[0-9]*.py")
    }
    return shipped - applied


def explain_failure(error: Exception) -> NewsletterError | None:
    """Return why the database cannot be used, with its place and the fix; None if it is a fault."""
    from newsletter.conf.config import load

    place = load().place("database", "url")
    if is_broken_file(error):
        return ConfigError(
            f"{place}: the file is damaged, or is no database: {first_line(error)}",
            hint="Correct the path, or put a backup in its place: docs/restore.md",
        )
    if is_refusal(error):
        return ConfigError(
            f"{place}: the database cannot be opened: {first_line(error)}",
            hint="Check name, user, password and rights, or set NEWSLETTER_DATABASE_URL.",
        )
    if not is_unavailable(error):
        return None
    found = DatabaseUnavailable(
        f"{place}: the database does not answer: {first_line(error)}",
        hint="Start it, or set NEWSLETTER_DATABASE_URL.",
    )
    # Whoever waits for the database looks for what it came of.
    found.__cause__ = error
    return found
