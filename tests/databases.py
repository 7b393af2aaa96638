"""Databases besides that of Django's settings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

#: What Django calls the connection while it lasts.
ALIAS = "another"


@contextmanager
def connected(name: Path | str) -> Iterator[BaseDatabaseWrapper]:
    """A connection of Django's to a SQLite file, which is made, or to a database of the server."""
    connections.settings[ALIAS] = connections.settings["default"] | {"NAME": str(name)}
    try:
        yield connections[ALIAS]
    finally:
        connections[ALIAS].close()
        del connections[ALIAS], connections.settings[ALIAS]
