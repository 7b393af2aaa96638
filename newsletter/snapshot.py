"""A new database from a snapshot of what the migrations make.

To migrate from nothing takes ten seconds and more, most of it Wagtail's own history.  For each kind
of database a `snapshot.sql` has the result, written by `scripts/snapshot.py`; a test holds each
against migrating.  It is used where the migrations installed are those it was made with, byte by
byte; anywhere else, migrate.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import sqlite3
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import django
import wagtail
from django.apps import apps
from django.db import transaction
from django.utils import timezone

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

HERE = Path(__file__).parent
#: The files, by what Django calls the kind of database.
SNAPSHOTS = {vendor: HERE / vendor / "snapshot.sql" for vendor in ("sqlite", "postgresql")}
#: How the first line begins; the fingerprint of the migrations follows.
HEAD = "-- Made from the migrations "
#: What each new database has of its own, in columns by table: when, and which random value.
OWN_VALUES = {
    "django_migrations": {"applied": "now"},
    "sending_databaseidentity": {"key": "key"},
    "wagtailcore_page": {"translation_key": "uuid"},
}
PLACEHOLDER = re.compile(r"<(now|key|uuid)>")


def load_snapshot(connection: BaseDatabaseWrapper) -> bool:
    """Fill an empty database; return False, with nothing done, where only migrating will do."""
    script = read_snapshot(connection.vendor)
    if script is None:
        return False
    # On SQLite the transaction holds the write lock: of two programs that begin together, one finds
    # tables.  On PostgreSQL they take turns before, or the names of tables keep one of them out.
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.introspection.table_names(cursor):
            return False
        for statement in split_statements(connection.vendor, with_own_values(script)):
            cursor.execute(statement)
    return True


def read_snapshot(vendor: str) -> str | None:
    """Return the statements for a kind of database; None where other migrations are installed."""
    head, _, script = SNAPSHOTS[vendor].read_text("utf-8").partition("\n")
    return script if head == HEAD + fingerprint_migrations() else None


def fingerprint_migrations() -> str:
    """Return what changes with every migration installed, and with the series of the frameworks.

    Another patch release with the same migrations makes no other tables: it must work with those
    that the one before has made.
    """
    digest = hashlib.sha256(repr((django.VERSION[:2], wagtail.VERSION[:2])).encode())
    for app in sorted(apps.get_app_configs(), key=lambda each: each.label):
        for file in sorted(Path(app.path, "migrations").glob("*.py")):
            digest.update(f"\n{app.label}.{file.stem}\n".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()


def with_own_values(script: str) -> str:
    """Return the script with values that no other database has."""
    now = timezone.now().replace(tzinfo=None)
    make = {
        "now": lambda: f"{now:%Y-%m-%d %H:%M:%S.%f}",
        "key": lambda: secrets.token_hex(16),
        "uuid": lambda: uuid.uuid4().hex,
    }
    return PLACEHOLDER.sub(lambda place: make[place[1]](), script)


def split_statements(vendor: str, script: str) -> Iterator[str]:
    """Yield what is to be executed, one after another.

    SQLite takes one statement at a time; those of a trigger are one.  PostgreSQL takes a whole
    script at once, and is spared a thousand answers.
    """
    if vendor == "postgresql":
        yield script
        return
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
