"""Open the workspace that a command works in: settings, Django, an up-to-date database."""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from newsletter.backup.interrupted import find_interrupted
from newsletter.conf import file_modes
from newsletter.conf.data_files import private_paths, sqlite_file
from newsletter.conf.signing_key import find_key, make_key
from newsletter.errors import BackupFailed, ConfigError, MovedDatabase, NewsletterError
from newsletter.phrases import phrase
from newsletter.runtime.availability import walk_causes, when_available
from newsletter.runtime.database_state import list_unapplied
from newsletter.runtime.tracing import start_tracing

if TYPE_CHECKING:
    from newsletter.conf.config import Config

log = logging.getLogger(__name__)

#: The advisory lock by which programs take turns at a database that is not up to date.
MIGRATION_LOCK_KEY = 0x666F7274
#: What PostgreSQL answers an account without the right (insufficient_privilege):
#: https://www.postgresql.org/docs/current/errcodes-appendix.html
FORBIDDEN = "42501"
#: And one without a schema that it may use (invalid_schema_name).
NO_SCHEMA = "3F000"
#: What every database of ours has: the first step of its tables.
FIRST_APP, FIRST_MIGRATION = "publishing", "0001_initial"


def open_when_available(*, may_create: bool = False) -> Config:
    """Return the settings as `open_workspace` does; a program that stays waits for the database.

    Raises `ConfigError` at once where waiting is no use, and where a key is missing.
    """
    from newsletter.conf.config import load

    config = load()
    when_available(partial(open_workspace, may_create=may_create))
    from subscribers import keys

    when_available(keys.check_keys)
    speak_up(config)
    start_tracing()
    warn_of_open_files(config)
    when_available(partial(warn_of_unknown_addresses, config))
    return config


def speak_up(config: Config) -> None:
    """Have a program that stays write to the log all that the settings want."""
    for name in ("newsletter", "subscribers"):
        logging.getLogger(name).setLevel(config.logging.level.upper())


def open_workspace(*, may_create: bool = False, may_be_old: bool = False) -> Config:
    """Return the settings once Django is ready and the database has every table.

    Raises `ConfigError` for a database that is none of ours: a typing mistake in its address must
    not begin an empty one.  With `may_create` one is made, where no mail has left from here yet.
    Raises `MovedDatabase` for the old one of a database that was moved, unless `may_be_old`.
    """
    from django.apps import apps

    from newsletter.conf.config import load

    config = load()
    require_restored(config)
    if not apps.ready:  # in tests it is, with a database of their own
        if not has_file(config):
            require_permission(config, may_create, there_is_none(config))
            make_database_folder(config)
        make_key(config)
        set_up_django()
    missing = list_unapplied()
    if missing:
        if (FIRST_APP, FIRST_MIGRATION) in missing:
            require_permission(config, may_create and not holds_tables(), not_ours(config))
            log.warning("a new database is made: %s (settings: %s)", name_database(), config.path)
        complete_tables(config)
    if not may_be_old:
        require_not_moved(config)
    follow_addresses(config)
    return config


def open_to_examine() -> Config:
    """Return the settings once Django is ready; nothing is made, and no table is changed.

    Raises `ConfigError` for settings that cannot be used, and where there is no database.
    """
    from django.apps import apps

    from newsletter.conf.config import load

    config = load()
    require_restored(config)
    if not apps.ready:  # in tests it is
        if not has_file(config):
            raise there_is_none(config)
        set_up_django()
    return config


def create_database(name: str, postal_address: str = "") -> Config:
    """Return the settings after making what they name: folder, key, tables and a publication.

    What is there already is kept.
    """
    from newsletter.conf.config import load

    config = load()
    make_tables(config)
    found_first(name, postal_address)
    return config


def make_tables(config: Config) -> None:
    """Make folder, key and tables, as far as they are missing."""
    make_database_folder(config)
    make_key(config)
    set_up_django()
    adopt_key(config)
    complete_tables(config)


def adopt_key(config: Config) -> None:
    """Have Django sign with a key that was made after its settings were read."""
    from django.conf import settings

    settings.SECRET_KEY = find_key(config)


def set_up_django() -> None:
    """Have Django read its settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsletter.conf.settings")
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()


def complete_tables(config: Config) -> None:
    """Make the tables that are missing.

    A database with tables is backed up before, unless the settings say otherwise.
    """
    with one_at_a_time(config):
        if missing := list_unapplied():
            if (FIRST_APP, FIRST_MIGRATION) not in missing:
                back_up_first(config)
            bring_up_to_date()


def back_up_first(config: Config) -> None:
    """Make a backup before the tables change; raises `BackupFailed` where that cannot be done."""
    if not config.backup.before_upgrade:
        return
    from newsletter.backup.kept_backups import Reason, backup_folder, remove_old
    from newsletter.backup.making import make_backup

    log.info("backing up before the upgrade …")
    try:
        made = make_backup(config, reason=Reason.UPGRADE, wait=True)
    except NewsletterError as error:
        raise BackupFailed(
            phrase("the database is not upgraded without a backup: {why}", why=error.message),
            hint=phrase(
                "{fix} To upgrade without one: NEWSLETTER_BACKUP_BEFORE_UPGRADE=false",
                fix=error.hint,
            ),
        ) from None
    remove_old(backup_folder(config), Reason.UPGRADE, config.backup.keep)
    log.info("backup made: %s, %d bytes", made.path, made.size)


def follow_addresses(config: Config) -> None:
    """Bring the sites in line with the settings, which may name other addresses than before.

    The programs of a fleet start together: whoever waited finds everything in place.
    """
    from newsletter.publishing.bootstrap import place_sites, sites_in_place

    if not sites_in_place():
        with one_at_a_time(config):
            place_sites()


def require_not_moved(config: Config) -> None:
    """Raise `MovedDatabase` for the old one of a database that was moved.

    It never sends again, and who leaves must not be lost in it.
    """
    from newsletter.sending.restores.identity import get_identity

    identity = get_identity()
    if not identity.moved_to:
        return
    names = {"place": config.place("database", "url"), "new": identity.moved_to}
    source = config.source("database", "url")
    if identity.move_finished_at is None:
        raise MovedDatabase(
            phrase("{place}: a move of this database to {new} was not finished", **names),
            **source,
            hint=phrase(
                "Nothing is lost. Finish it: newsletter move --to that address goes on where it"
                " stopped. Or use this database again: newsletter move --confirm"
            ),
        )
    raise MovedDatabase(
        phrase("{place}: this is the old database; it was moved to {new}", **names),
        **source,
        hint=phrase(
            "Name the new one there. If nothing was ever sent from it, use the old one again:"
            " newsletter move --confirm"
        ),
    )


def require_restored(config: Config) -> None:
    """Raise `ConfigError` where a restore was interrupted: half of the files are the old ones."""
    if find_interrupted(config.root):
        raise ConfigError(
            f"{config.root}: a restore of a backup was interrupted in the middle",
            path=str(config.root),
            hint="Finish it: newsletter restore --finish",
        )


def has_file(config: Config) -> bool:
    """Say whether a SQLite file is there: to connect would make an empty one.

    Raises `ConfigError` where that cannot be known, as in a folder without rights.
    """
    path = sqlite_file(config)
    try:
        return path is None or path.exists()
    except OSError as error:
        raise ConfigError(
            f"{config.place('database', 'url')}: the database {path} cannot be opened:"
            f" {error.strerror}",
            **config.source("database", "url"),
            hint="Correct the path, or let the account that runs this program read and write it.",
        ) from None


def has_tables(config: Config) -> bool:
    """Say whether the database has tables of ours; Django is ready."""
    return has_file(config) and (FIRST_APP, FIRST_MIGRATION) not in list_unapplied()


def there_is_none(config: Config) -> ConfigError:
    """Return the error of a SQLite file that is missing."""
    return ConfigError(
        f"{config.place('database', 'url')}: there is no database at {sqlite_file(config)}",
        **config.source("database", "url"),
        hint=f"Correct the path, or make a new database there: newsletter init {config.root}",
    )


def not_ours(config: Config) -> ConfigError:
    """Return the error of a database that lacks even the first table of ours."""
    return ConfigError(
        f"{config.place('database', 'url')}: the database {name_database()}"
        " was not made by newsletter init: it has no tables of a newsletter",
        **config.source("database", "url"),
        hint=f"Correct the name, or make the tables in it: newsletter init {config.root}",
    )


def require_permission(config: Config, may_create: bool, error: ConfigError) -> None:
    """Raise the error where no database may be made.

    Not by a program that may, either, where mail has left from: a database that vanished must not
    be replaced by an empty one, at which readers could not leave.
    """
    if not may_create:
        raise error
    if any((config.data / "submissions").glob("*.log")):
        raise ConfigError(
            f"{error.message}, but mail has left from this workspace",
            **config.source("database", "url"),
            hint="Correct the path, or put the database back from a backup: docs/how-to/restore.md",
        )


def holds_tables() -> bool:
    """Say whether the database has tables, of whatever program."""
    from django.db import connection

    return bool(connection.introspection.table_names())


def name_database() -> str:
    """Return where the database is, without the password."""
    from django.db import connection

    settings = connection.settings_dict
    place = ":".join(str(settings[each]) for each in ("HOST", "PORT") if settings.get(each))
    return f"{settings['NAME']} at {place}" if place else str(settings["NAME"])


def make_database_folder(config: Config) -> None:
    """Make the folder of a SQLite file, for its owner alone."""
    path = sqlite_file(config)
    if path is None:
        return
    try:
        file_modes.make_private_folder(path.parent)
    except OSError as error:
        raise ConfigError(
            f"{config.place('database', 'url')}: the folder {path.parent} cannot be made:"
            f" {error.strerror}",
            **config.source("database", "url"),
            hint="Make it, for the account that runs this program, or name another one.",
        ) from None


def warn_of_open_files(config: Config) -> None:
    """Say which of our files others on this machine can read, with the command that ends it."""
    for line in file_modes.check_file_modes(*private_paths(config)):
        log.warning("%s", line)


def warn_of_unknown_addresses(config: Config) -> None:
    """Say which publications have a host in the settings and are not there."""
    from newsletter.publishing.bootstrap import unknown_addresses

    for name in unknown_addresses():
        where = config.place("site", "addresses")
        log.warning("%s: no publication has the short name %s; its address is unused", where, name)


@contextlib.contextmanager
def one_at_a_time(config: Config) -> Iterator[None]:
    """Hold off the other programs of a workspace or a fleet, which may start together."""
    from django.db import connection

    if file := sqlite_file(config):
        with locked_file(upgrade_lock(file)):
            yield
        return
    with connection.cursor() as cursor:
        # For this connection: should this process die, the database lets go of it.
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK_KEY])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK_KEY])


def upgrade_lock(file: Path) -> Path:
    """Return the file by which programs take turns at a SQLite file; it stands beside it."""
    return file.with_name(f".{file.name}.upgrade")


@contextlib.contextmanager
def locked_file(path: Path) -> Iterator[None]:
    """Have this program alone hold a file; should it die, the system lets go of it (flock(2))."""
    file_modes.make_private_folder(path.parent)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as lock:
        file_modes.follow_owner(path)
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def bring_up_to_date() -> None:
    """Apply the migrations that are missing; an empty database gets what they make.

    Raises `ConfigError` where the account may not make tables.
    """
    from django.core.management import call_command
    from django.db import DatabaseError, connection

    from newsletter.snapshot import load_snapshot

    try:
        if load_snapshot(connection):
            return
        log.info("bringing the database up to date …")
        call_command("migrate", verbosity=0, interactive=False)
    except DatabaseError as error:
        if refused := explain_refusal(error):
            raise refused from error
        raise


def explain_refusal(error: Exception) -> ConfigError | None:
    """Return why PostgreSQL lets an account make no tables, and the fix; None if it is a fault."""
    from django.db import connection

    states = {getattr(each, "sqlstate", "") for each in walk_causes(error)}
    user, place = connection.settings_dict["USER"], name_database()
    if FORBIDDEN in states:
        return ConfigError(
            f"[database] url: the account {user} may not make or change tables in {place}",
            setting="database.url",
            hint=f"Make it the owner of the database: ALTER DATABASE … OWNER TO {user};",
        )
    if NO_SCHEMA in states:
        return ConfigError(
            f"[database] url: the account {user} may use no schema of its search_path in {place}",
            setting="database.url",
            hint="Correct search_path, or make the account the owner of the schema:"
            f" ALTER SCHEMA … OWNER TO {user};",
        )
    return None


def found_first(name: str, postal_address: str) -> None:
    """Found a publication where there is none."""
    from newsletter.publishing.bootstrap import create_publication
    from newsletter.publishing.models import Publication

    if not Publication.objects.exists():
        create_publication(name=name, postal_address=postal_address)
