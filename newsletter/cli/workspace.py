"""Open the workspace that a command works in: settings, Django, an up-to-date database."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from newsletter.config import Config


def open_workspace(name: str = "The Fortnightly") -> Config:
    """Return the settings once Django is ready and the database has every table.

    A database that is new gets a publication of that name and a list, so that every command
    works at once.
    """
    from newsletter.config import load

    config = load()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsletter.settings")
    import django

    django.setup()
    if unapplied():
        bring_up_to_date(name)
    return config


def unapplied() -> set[tuple[str, str]]:
    """Return the migrations the database lacks, by file names alone: loading them is slow."""
    from django.apps import apps
    from django.db import OperationalError, connection
    from django.db.migrations.recorder import MigrationRecorder

    from newsletter.errors import ConfigError

    try:
        applied = set(MigrationRecorder(connection).applied_migrations())
    except OperationalError as error:
        raise ConfigError(
            f"[database] url: the database does not answer: {str(error).splitlines()[0]}",
            hint="Start it, or set NEWSLETTER_DATABASE_URL.",
        ) from None
    shipped = {
        (app.label, file.stem)
        for app in apps.get_app_configs()
        for file in Path(app.path, "migrations").glob("[0-9]*.py")
    }
    return shipped - applied


def bring_up_to_date(name: str) -> None:
    """Apply the migrations that are missing, and found a publication where there is none."""
    from django.core.management import call_command

    from newsletter.publishing.founding import found
    from newsletter.publishing.models import Publication

    print("newsletter: bringing the database up to date …", file=sys.stderr)
    call_command("migrate", verbosity=0, interactive=False)
    if not Publication.objects.exists():
        found(name=name)
