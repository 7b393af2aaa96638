"""Only `newsletter init` makes a database; what it has not made, every other command refuses."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import ON_POSTGRES, own_copy
from tests.program import workspaces
from tests.program.process_pool import Program
from tests.program.workspaces import Workspace


def refusal(place: Workspace, *words: str) -> str:
    """Return what a command says that is refused."""
    log = place.folder / "refused.log"
    log.unlink(missing_ok=True)
    program = Program(words, folder=place.folder, environment=place.environment, said=log)
    assert program.wait(120) == 1, log.read_text()
    return log.read_text()


def laid_out(folder: Path, url: str) -> Workspace:
    """Return a folder with settings, and an address of a database."""
    (folder / "config.toml").write_text("", encoding="utf-8")
    return Workspace(folder, workspaces.environment(database_url=url, web_port="0"))


@pytest.mark.once
@pytest.mark.parametrize(
    "words",
    [("worker",), ("issue", "list"), ("send", "list"), ("move", "--confirm")],
    ids=" ".join,
)
def test_a_typing_mistake_makes_no_database(tmp_path: Path, words: tuple[str, ...]) -> None:
    """The path that is not there stands in the error, with the fix; and no file appears."""
    place = laid_out(tmp_path, f"sqlite:///{tmp_path}/vra/newsletter.sqlite3")

    said = refusal(place, *words)

    assert f"[database] url: there is no database at {tmp_path}/vra/newsletter.sqlite3" in said
    assert f"newsletter init {tmp_path}" in said
    assert "Traceback" not in said
    assert {path.name for path in tmp_path.iterdir()} == {"config.toml", "refused.log"}


@pytest.mark.once
def test_serve_replaces_no_database_that_vanished(tmp_path: Path) -> None:
    """Where mail has left from, an empty database would know nobody who wants to leave."""
    place = laid_out(tmp_path, f"sqlite:///{tmp_path}/vra/newsletter.sqlite3")
    (tmp_path / "var" / "submissions").mkdir(parents=True)
    (tmp_path / "var" / "submissions" / "one.log").touch()

    said = refusal(place, "serve")

    assert "there is no database at" in said
    assert "but mail has left from this workspace" in said
    assert not (tmp_path / "vra").exists()


def empty_database(folder: Path, database_url: str) -> str:
    """Return the address of a database with a table of somebody else's."""
    if ON_POSTGRES:
        return database_url.rpartition("/")[0] + "/postgres"
    with closing(sqlite3.connect(folder / "other.sqlite3")) as file:
        file.execute("CREATE TABLE orders (number INTEGER)")
    return f"sqlite:///{folder}/other.sqlite3"


def test_a_database_of_another_program_is_refused(tmp_path: Path, database_url: str) -> None:
    """It gets no tables of ours from a command that is not `init`."""
    place = laid_out(tmp_path, empty_database(tmp_path, database_url))

    said = refusal(place, "send", "list")

    assert "was not made by newsletter init" in said
    assert "Traceback" not in said
    assert "publishing_publication" not in tables(place)


def tables(place: Workspace) -> set[str]:
    """Return the tables in the database of a workspace."""
    source = "SELECT tablename FROM pg_tables" if ON_POSTGRES else "SELECT name FROM sqlite_master"
    return {name for (name,) in place.ask(source)}


def test_init_makes_the_database_of_a_workspace_that_is_there(
    tmp_path: Path, database_url: str
) -> None:
    """Settings stay as they are; so a newsletter goes on with another database."""
    url = own_copy("template1") if ON_POSTGRES else database_url
    place = laid_out(tmp_path, url)
    (tmp_path / "config.toml").write_text('[site]\nname = "Kept"\n', encoding="utf-8")

    place.run("init", str(tmp_path), "--name", "Tideline", "--postal-address", "7 Quay Street")

    assert (tmp_path / "config.toml").read_text() == '[site]\nname = "Kept"\n'
    assert place.ask("SELECT name FROM publishing_publication") == [("Tideline",)]
    assert place.run("send", "list") == []


def test_management_commands_run(tmp_path: Path, database_url: str) -> None:
    """With the settings of the workspace, and with Django's own options."""
    place = laid_out(tmp_path, database_url)
    log = tmp_path / "django.log"
    words = ("django", "showmigrations", "--plan", "sending")
    program = Program(words, folder=tmp_path, environment=place.environment, said=log)

    assert program.wait(120) == 0, log.read_text()
    assert "[X]  sending.0001_initial" in log.read_text()
