"""A move to PostgreSQL that was killed goes on only in tables that this release has made."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest
from django.db import connection

from newsletter.moving.postgresql_side import NOTES, SCRATCH, PostgresqlTarget
from newsletter.moving.sides import MADE_FROM
from newsletter.snapshot import fingerprint_migrations

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("release", ["this", "another", "unknown"])
def test_tables_of_another_release_are_built_again(release: str) -> None:
    """After an upgrade in the middle of a move, tables of before lack what it has changed."""
    said = orjson.dumps(fingerprint_migrations() if release == "this" else "another").decode()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {SCRATCH}")
        cursor.execute(f"CREATE TABLE {SCRATCH}.{NOTES} (name text PRIMARY KEY, said jsonb)")
        if release != "unknown":
            cursor.execute(f"INSERT INTO {SCRATCH}.{NOTES} VALUES (%s, %s)", [MADE_FROM, said])
        target = PostgresqlTarget(connection.connection, "", Path())

        assert target._is_prepared() is (release == "this")
