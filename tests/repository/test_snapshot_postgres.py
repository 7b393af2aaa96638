"""A new PostgreSQL database comes from a snapshot, and is what the migrations make."""

from __future__ import annotations

import re
import secrets
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql
from pytest_django import DjangoDbBlocker

from newsletter import snapshot
from newsletter.postgresql import catalogue
from tests import databases
from tests.cluster import find_programs
from tests.conftest import address_of
from tests.environment import ROOT
from tests.program import workspaces

FIX = "run: make snapshot"

#: A program that migrates.
MIGRATE = """
from newsletter.runtime.startup import set_up_django

set_up_django()

from django.core.management import call_command

call_command("migrate", verbosity=0, interactive=False)
"""

#: A session of pg_dump says a word that nobody can guess.
SESSION = re.compile(r"^\\(un)?restrict .*$", re.MULTILINE)

pytestmark = pytest.mark.usefixtures("django_db_setup")


@pytest.fixture(autouse=True)
def unblocked(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Databases of one's own may be opened, without the database of the other tests."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def empty() -> Iterator[str]:
    """The name of a database with nothing in it."""
    yield from made("empty")


@pytest.fixture
def loaded() -> Iterator[str]:
    """The name of a database made from the snapshot."""
    for name in made("loaded"):
        load(name)
        yield name


def made(what: str) -> Iterator[str]:
    """Make an empty database on the server for a while; yield its name."""
    name = f"{what}_{secrets.token_hex(4)}"
    with psycopg.connect(address_of("postgres"), autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield name
        server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def load(name: str) -> None:
    """Fill a database from the snapshot."""
    with databases.connected(name) as new:
        assert snapshot.load_snapshot(new), FIX


@pytest.mark.timeout(1200)  # to migrate is 15 seconds of work, and this machine may have other
def test_it_is_what_migrating_from_nothing_makes(loaded: str, empty: str) -> None:
    """Tables, functions, keys, indexes, triggers, rows and counters are the same.

    Of what each database has of its own, only the kind is.
    """
    migrate(empty)

    assert dump(loaded) == dump(empty), FIX
    with psycopg.connect(address_of(loaded)) as left, psycopg.connect(address_of(empty)) as right:
        tables = catalogue.list_tables(right, "public")
        assert len(tables) > 100
        for table in tables:
            assert rows(left, table) == rows(right, table), f"{table}: {FIX}"
        assert catalogue.read_sequences(left, "public") == catalogue.read_sequences(
            right, "public"
        ), FIX


def test_it_has_no_time_and_no_random_value() -> None:
    """What each database has of its own is not in the file: it holds no key of anybody's."""
    text = snapshot.SNAPSHOTS["postgresql"].read_text()

    assert not re.search(r"\d{4}-\d\d-\d\d \d\d:|'[0-9a-f-]{32,}'", text)


def test_each_database_has_values_of_its_own(loaded: str, empty: str) -> None:
    """Two databases share no key and no id that is to be one of a kind."""
    load(empty)

    values = [*unique_values(loaded), *unique_values(empty)]
    assert len(values) == len(set(values)) == 6


def test_tables_come_into_the_schema_of_the_connection(empty: str) -> None:
    """A database whose address names a schema has all of it there, and nothing elsewhere."""
    with psycopg.connect(address_of(empty), autocommit=True) as server:
        server.execute("CREATE SCHEMA ours")
        server.execute(f"ALTER DATABASE {empty} SET search_path = ours")

        load(empty)

        assert catalogue.list_tables(server, "public") == []
        assert list(catalogue.list_objects(server, "public")) == []
        assert len(catalogue.list_tables(server, "ours")) > 100


def test_a_database_with_tables_is_left_alone(empty: str) -> None:
    """Whatever is in the database stays, and nothing is added."""
    with psycopg.connect(address_of(empty), autocommit=True) as server:
        server.execute("CREATE TABLE theirs (id int)")

        with databases.connected(empty) as found:
            assert not snapshot.load_snapshot(found)

        assert catalogue.list_tables(server, "public") == ["theirs"]


def migrate(name: str) -> None:
    """Fill a database by migrating from nothing."""
    environment = workspaces.environment(database_url=address_of(name))
    subprocess.run([sys.executable, "-c", MIGRATE], cwd=ROOT, env=environment, check=True)


def dump(name: str) -> str:
    """Return everything that is in a database but rows, as statements."""
    program = find_programs() / "pg_dump"
    command = [program, "--schema-only", address_of(name)]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    return SESSION.sub("", said.stdout)


def rows(database: psycopg.Connection[Any], table: str) -> list[tuple[Any, ...]]:
    """Return all rows of a table; of values of its own, only their type."""
    own = snapshot.OWN_VALUES.get(table, {})
    found = database.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(table)))
    names = [column.name for column in found.description or ()]
    return sorted(
        (
            tuple(
                type(value) if name in own else value
                for name, value in zip(names, row, strict=True)
            )
            for row in found
        ),
        key=repr,
    )


def unique_values(name: str) -> list[str]:
    """Return the values that are to be one of a kind."""
    with psycopg.connect(address_of(name)) as database:
        return [
            str(value)
            for table, columns in snapshot.OWN_VALUES.items()
            for column, kind in columns.items()
            if kind != "now"
            for (value,) in database.execute(
                sql.SQL("SELECT {} FROM {}").format(sql.Identifier(column), sql.Identifier(table))
            )
        ]
