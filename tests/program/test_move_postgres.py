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
#: What a database says of a move of its own.
MARK = "SELECT moved_to, move_finished_at FROM sending_databaseidentity"
#: An id that no person has.
NOBODY = 987_654_321
#: Meets something after as many tables as its first argument says: its own death, or the server's
#: end of all connections to the database that the second argument names.
MEETING = """
import os, sys
import psycopg
from newsletter.backup import postgresql_rows
from newsletter.moving import copying
left, end = [int(sys.argv.pop(1))], sys.argv.pop(1)
def meet():
    if end == "death":
        os.kill(os.getpid(), 9)
    with psycopg.connect(end) as server:
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
def counted(real):
    def copy(*words):
        left[0] -= 1
        left[0] or meet()
        return real(*words)
    return copy
copying.copy_table = counted(copying.copy_table)
postgresql_rows.copy_out = counted(postgresql_rows.copy_out)
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
            " moved_to = '', move_finished_at = NULL, place = '', known_until = NULL,"
            " heartbeat_at = NULL"
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
    """Moved, backed up, restored, moved back, each with a mishap in the middle: nothing differs.

    The move is killed, or the server ends its connections: what is said then is true, and the same
    command goes on.
    """
    before = rows_of(database_url(place))
    assert min(map(len, before.values())) > 0
    server = on(place, own_copy("template1"))
    there = database_url(server)

    assert "[move]" in meet(place, there, "move", "--to", there)
    assert place.ask(MARK) == [("", None)]
    place.run("send", "list")
    meet(place, "death", "move", "--to", there)
    refused = run_refused(place, "serve")
    assert "[moved-database]" in refused
    assert "was not finished" in refused
    assert "Finish it: newsletter move --to that address" in refused
    said = run_refused(place, "move", "--to", "postgresql://127.0.0.1/elsewhere")
    assert "was not finished" in said
    moved = place.run("move", "--to", there)
    assert sum(moved["rows"].values()) == sum(map(len, before.values())) + len(OWN)
    assert place.run("move", "--to", there)["rows"] == {}
    assert "this is the old database" in run_refused(place, "serve")
    assert read_suspension(place)[0] == "moved"
    assert_sound(there)

    kept = tmp_path / "kept.tar.gz"
    said = meet(server, there, "backup", "--out", str(kept))
    assert "PostgreSQL says: " in said
    assert "When the server answers" in said
    assert not list(tmp_path.glob("*kept*"))
    made = server.run("backup", "--out", str(kept))
    server.change("DELETE FROM tracking_event")
    server.run("restore", made["file"], "--yes")
    assert_sound(there)

    back = f"sqlite:///{tmp_path / 'back.sqlite3'}"
    said = meet(server, there, "move", "--to", back)
    assert "The old database has everything. Run the same command again" in said
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


def meet(place: Workspace, end: str, *words: str) -> str:
    """Run a command that meets an end in the middle; return what it says of it."""
    done = subprocess.run(
        [sys.executable, "-c", MEETING, "60", end, *words],
        cwd=place.folder,
        env=place.environment,
        check=False,
        capture_output=True,
        text=True,
        timeout=3 * ANSWER_SECONDS,  # to make the tables is ten seconds of work
    )
    assert done.returncode == (-9 if end == "death" else 1), done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_killed_move_is_taken_back(place: Workspace) -> None:
    """It says so, and not that the database was moved; the old one is used as before."""
    place.change("UPDATE sending_databaseidentity SET moved_to = 'postgresql://db/news'")
    said = run_refused(place, "move", "--confirm", "--json")
    assert "a move of this database to postgresql://db/news was not finished" in said

    place.run("move", "--confirm", "--yes")

    assert place.ask(MARK) == [("", None)]
    place.run("suppression", "add", "reader1@tideline.example")


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


def test_nobody_leaves_at_the_old_one(place: Workspace) -> None:
    """A command in a shell that still names the old database must not be lost in it."""
    place.change(
        "UPDATE sending_databaseidentity SET moved_to = 'postgresql://db/news',"
        " move_finished_at = CURRENT_TIMESTAMP"
    )

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
