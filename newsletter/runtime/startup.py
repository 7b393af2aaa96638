"""Open the workspace that a command works in: settings, Django, an up-to-date database."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter.conf import file_modes
from newsletter.conf.database_url import SQLITE, sqlite_path
from newsletter.runtime.availability import first_line, is_refusal, is_unavailable, when_available

if TYPE_CHECKING:
    from newsletter.conf.config import Config

log = logging.getLogger(__name__)

#: The advisory lock by which programs take turns at a database that is not up to date.
TURN = 0x666F7274


def open_when_available() -> Config:
    """Return the settings as `open_workspace` does; a program that stays waits for the database.

    Raises `ConfigError` at once where waiting is no use, and where a key is missing.
    """
    from newsletter.conf.config import load

    config = load()
    when_available(open_workspace)
    from subscribers import keys

    when_available(keys.check)
    warn_of_open_files(config)
    return config


def open_workspace(name: str = "The Fortnightly", postal_address: str = "") -> Config:
    """Return the settings once Django is ready and the database has every table.

    Where there is no publication yet, one of that name is founded, with a list, so that every
    command works at once.
    """
    from newsletter.conf.config import load

    config = load()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsletter.conf.settings")
    import django
    from django.apps import apps

    if not apps.ready:  # where it is, as in tests, its log goes where it goes already
        django.setup()
    if unapplied() or nothing_founded():
        with one_at_a_time():
            if unapplied():
                bring_up_to_date()
            found_first(name, postal_address)
    return config


def warn_of_open_files(config: Config) -> None:
    """Say which of our files others on this machine can read, with the command that ends it."""
    for line in file_modes.warnings(*private_paths(config)):
        log.warning("%s", line)


def private_paths(config: Config) -> tuple[list[Path], list[Path]]:
    """Return the folders and the files that hold addresses or keys; pictures are public."""
    files: list[Path] = []
    if config.database.url.startswith(SQLITE):
        path = config.root / sqlite_path(config.database.url)
        files = [path.with_name(f"{path.name}{suffix}") for suffix in ("", "-wal", "-shm")]
    inside = [
        path for path in sorted(config.data.glob("*")) if path.is_dir() and path.name != "media"
    ]
    files += [path for path in sorted(config.data.glob("*")) if path.is_file()]
    files.append(config.data)
    folders = [*inside, config.root / config.maildir.folder]
    return folders, files


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold off the other programs of a fleet, which start together, on PostgreSQL."""
    from django.db import connection

    if connection.vendor != "postgresql":
        yield
        return
    with connection.cursor() as cursor:
        # For this connection: should this process die, the database lets go of it.
        cursor.execute("SELECT pg_advisory_lock(%s)", [TURN])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [TURN])


def unapplied() -> set[tuple[str, str]]:
    """Return the migrations the database lacks, by file names alone: loading them is slow."""
    from django.apps import apps
    from django.db import DatabaseError, connection
    from django.db.migrations.recorder import MigrationRecorder

    from newsletter.errors import ConfigError, DatabaseUnavailable

    try:
        applied = set(MigrationRecorder(connection).applied_migrations())
    except DatabaseError as error:
        if is_refusal(error):
            raise ConfigError(
                f"[database] url: the database cannot be opened: {first_line(error)}",
                hint="Check name, user, password and rights, or set NEWSLETTER_DATABASE_URL.",
            ) from None
        if not is_unavailable(error):
            raise
        raise DatabaseUnavailable(
            f"[database] url: the database does not answer: {first_line(error)}",
            hint="Start it, or set NEWSLETTER_DATABASE_URL.",
        ) from error
    shipped = {
        (app.label, file.stem)
        for app in apps.get_app_configs()
        for file in Path(app.path, "migrations").glob("[0-9]*.py")
    }
    return shipped - applied


def bring_up_to_date() -> None:
    """Apply the migrations that are missing."""
    from django.core.management import call_command

    log.info("bringing the database up to date …")
    call_command("migrate", verbosity=0, interactive=False)


def nothing_founded() -> bool:
    """Return whether there is no publication yet."""
    from newsletter.publishing.models import Publication

    return not Publication.objects.exists()


def found_first(name: str, postal_address: str) -> None:
    """Found a publication where there is none."""
    from newsletter.publishing.founding import found

    if nothing_founded():
        found(name=name, postal_address=postal_address)
