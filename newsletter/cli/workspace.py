"""Open the workspace that a command works in: settings, Django, an up-to-date database."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from newsletter.config import Config


def open_workspace() -> Config:
    """Return the settings once Django is ready and the database has every table.

    A database that is new gets a publication and a list, so that every command works at once.
    """
    from newsletter.config import load

    config = load()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsletter.settings")
    import django

    django.setup()
    if missing := unapplied():
        bring_up_to_date(new=missing is None)
    return config


def unapplied() -> set[tuple[str, str]] | None:
    """Return the migrations the database lacks, by file names alone: loading them is slow."""
    from django.apps import apps
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    applied = set(MigrationRecorder(connection).applied_migrations())
    shipped = {
        (app.label, file.stem)
        for app in apps.get_app_configs()
        for file in Path(app.path, "migrations").glob("[0-9]*.py")
    }
    return shipped - applied


def bring_up_to_date(*, new: bool) -> None:
    """Apply what is missing."""
    from django.core.management import call_command

    print("newsletter: bringing the database up to date …", file=sys.stderr)
    call_command("migrate", verbosity=0, interactive=False)
