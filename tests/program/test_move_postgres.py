"""A database goes to PostgreSQL and back, by way of backups: every row is the same."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest

from newsletter.conf.workspace import lay_out
from newsletter.postgresql import catalogue
from tests.conftest import own_copy
from tests.program import workspaces
from tests.program.process_pool import ANSWER_SECONDS
from tests.program.restoring import database_url, read_suspension, run_refused
from tests.program.workspaces import Workspace
from tests.unit.backup.conftest import make_database
from tests.unit.backup.filled import fill_tables, read_all

pytestmark = [pytest.mark.database, pytest.mark.timeout(900)]

#: What a database says of itself and its place, which a move changes.
OWN = {"sending_databaseidentity", "sending_submitter"}
#: An id that no person has.
NOBODY = 987_654_321
#: Dies when it has copied this many tables.
KILLED = """
import os, sys
from newsletter.moving import copying
left, real = [60], copying.copy_table
def copy_table(*words):
    left[0] -= 1
    return real(*words) if left[0] else os.kill(os.getpid(), 9)
copying.copy_table = copy_table
from newsletter.cli import main
main()
"""


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    """A workspace on SQLite, with rows in every table."""
    home = tmp_path / "home"
    lay_out(home, site_name="Tideline")
    (home / "var").mkdir(mode=0o700)
    file = home / "var" / "newsletter.sqlite3"
    make_database(file)
    fill_tables(file)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(
            "UPDATE sending_databaseidentity SET suspended_at = NULL, suspended_for = '',"
            " moved_to = '', place = '', known_until = NULL, heartbeat_at = NULL"
        )
        connection.execute(
            "UPDATE sqlite_sequence SET seq = 5000 WHERE name = 'subscribers_subscriber'"
        )
    url = f"sqlite:///{file}"
    made = Workspace(
        home, workspaces.environment(database_url=url, sendgrid_base_url="http://127.0.0.1:9")
    )
    # What a start changes is changed before anything is compared.
    made.run("backup", "list")
    made.run("send", "list")
    return made


def on(place: Workspace, url: str) -> Workspace:
    """Return the same workspace with another database."""
    return Workspace(place.folder, place.environment | {"NEWSLETTER_DATABASE_URL": url})


def rows_of(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return all rows of a SQLite database that are to stay the same."""
    found = read_all(Path(url.removeprefix("sqlite:///")))
    return {name: rows for name, rows in found.items() if name not in OWN}


def test_there_and_back(place: Workspace, tmp_path: Path) -> None:
    """Moved (killed once, then finished), backed up, restored, moved back: nothing is different."""
    before = rows_of(database_url(place))
    assert min(map(len, before.values())) > 0
    server = on(place, own_copy("template1"))

    kill_move(place, database_url(server))
    assert "[moved-database]" in run_refused(place, "serve")
    moved = place.run("move", "--to", database_url(server))
    assert sum(moved["rows"].values()) == sum(map(len, before.values())) + len(OWN)
    assert place.run("move", "--to", database_url(server))["rows"] == {}
    assert read_suspension(place)[0] == "moved"
    assert_sound(database_url(server))

    made = server.run("backup", "--out", str(tmp_path / "kept.tar.gz"))
    server.change("DELETE FROM tracking_event")
    server.run("restore", made["file"], "--yes")
    assert_sound(database_url(server))

    back = f"sqlite:///{tmp_path / 'back.sqlite3'}"
    server.run("move", "--to", back)
    after = rows_of(back)
    assert after.keys() == before.keys()
    assert {name: after[name] for name in before if after[name] != before[name]} == {}
    assert on(place, back).ask("PRAGMA integrity_check") == [("ok",)]
    assert on(place, back).ask("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'") > [(3,)]
    [(number,)] = on(place, back).ask(
        "SELECT seq FROM sqlite_sequence WHERE name = 'subscribers_subscriber'"
    )
    assert number == 5000
    assert "[moved-database]" in run_refused(server, "worker")


def kill_move(place: Workspace, to: str) -> None:
    """Begin to move, and be killed in the middle."""
    done = subprocess.run(
        [sys.executable, "-c", KILLED, "move", "--to", to],
        cwd=place.folder,
        env=place.environment,
        check=False,
        capture_output=True,
        timeout=ANSWER_SECONDS,
    )
    assert done.returncode == -9, done.stderr.decode()


def assert_sound(url: str) -> None:
    """Keys between tables are in force, triggers work, and numbers go on behind those given."""
    with psycopg.connect(url, autocommit=True) as server:
        off = "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'O'"
        assert server.execute(off).fetchone() == (0,)
        assert len(catalogue.list_foreign_keys(server, "public")) > 100
        name = "SELECT nextval(pg_get_serial_sequence('subscribers_subscriber', 'id'))"
        assert server.execute(name).fetchone()[0] > 5000  # type: ignore[index]
        server.execute(
            "SELECT setval(pg_get_serial_sequence('subscribers_subscriber', 'id'), 5000)"
        )
        assert not catalogue.has_schema(server, "fortnight_move")
        assert not catalogue.has_schema(server, "fortnight_restore")
        assert server.execute("SELECT count(*) > 0 FROM wagtailsearch_indexentry").fetchone() == (
            True,
        )


@pytest.mark.once
def test_nobody_leaves_at_the_old_one(place: Workspace) -> None:
    """A command in a shell that still names the old database must not be lost in it."""
    place.change("UPDATE sending_databaseidentity SET moved_to = 'postgresql://db/news'")

    said = run_refused(place, "suppression", "add", "reader1@tideline.example")

    assert "[moved-database]" in said
    assert "it was moved to postgresql://db/news" in said
    place.run("backup", "--out", str(place.folder / "old.tar.gz"))
    place.run("move", "--confirm", "--yes")
    place.run("suppression", "add", "reader1@tideline.example")


def test_what_cannot_be_moved_leaves_the_old_one_in_use(place: Workspace) -> None:
    """A target in use, a mail to nobody, or a text without room: said, and nothing is fenced."""
    server = on(place, own_copy("template1"))
    with psycopg.connect(database_url(server)) as connection:
        connection.execute("CREATE TABLE orders (number integer)")
    assert "is not empty" in run_refused(place, "move", "--to", database_url(server))
    with psycopg.connect(database_url(server)) as connection:
        connection.execute("DROP TABLE orders")

    [(one, person)] = place.ask("SELECT id, subscriber_id FROM sending_delivery ORDER BY 1 LIMIT 1")
    lose = "UPDATE sending_delivery SET subscriber_id = {} WHERE id = {}"
    place.change(lose.format(NOBODY, one))
    said = run_refused(place, "move", "--to", database_url(server))
    assert 'violates foreign key constraint "sending_delivery_subscriber_id_checked"' in said
    place.change(lose.format(person, one))

    place.change("UPDATE subscribers_subscriber SET name = printf('%.400c', 'x')")
    said = run_refused(place, "move", "--to", database_url(server))

    assert "value too long for type character varying(200)" in said
    assert "(subscribers_subscriber, line 1, column name)" in said
    assert "xxx" not in said
    assert "[move]" in said
    assert read_suspension(place) == ("", None)
    assert place.ask("SELECT moved_to FROM sending_databaseidentity") == [("",)]


def test_a_server_that_is_away(place: Workspace) -> None:
    """It is said so, and the old database is used as before."""
    said = run_refused(place, "move", "--to", "postgresql://fortnight@127.0.0.1:9/fortnight")

    assert "PostgreSQL says: connection failed" in said
    assert place.ask("SELECT moved_to FROM sending_databaseidentity") == [("",)]
