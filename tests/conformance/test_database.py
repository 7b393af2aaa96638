"""The database that a run is about is the one that it uses."""

from __future__ import annotations

import sqlite3

import psycopg
import pytest
from django.contrib.auth.models import Group
from django.db import connection
from wagtail.models import Page


@pytest.mark.django_db
def test_the_engine_is_the_one_asked_for(pytestconfig: pytest.Config) -> None:
    """With the plugin the tests run on PostgreSQL, without it on SQLite."""
    on_postgres = pytestconfig.pluginmanager.has_plugin("tests.postgres")

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")

    assert connection.vendor == ("postgresql" if on_postgres else "sqlite")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", ["first", "second"])
def test_a_committing_test_begins_like_any_other(turn: str) -> None:
    """What the migrations leave is there, whatever an earlier test has flushed."""
    assert Page.objects.count() >= 1
    assert Group.objects.filter(name="Editors").exists()


def test_a_program_gets_a_migrated_database_of_its_own(database_url: str) -> None:
    """The address is of the engine that the run is about, and its tables are there."""
    if connection.vendor == "sqlite":
        with sqlite3.connect(database_url.removeprefix("sqlite:///")) as own:
            [count] = own.execute("SELECT count(*) FROM wagtailcore_page").fetchone()
    else:
        with psycopg.connect(database_url) as own:
            [count] = own.execute("SELECT count(*) FROM wagtailcore_page").fetchone() or [0]

    assert count >= 1
