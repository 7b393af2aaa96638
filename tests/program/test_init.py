"""`newsletter init` makes a whole workspace or nothing, and says what was there."""

from __future__ import annotations

import json
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from newsletter.cli.init import nothing_half_made
from newsletter.conf.config import read_config, use_config
from newsletter.conf.database_url import without_password
from newsletter.conf.workspace import lay_out
from newsletter.errors import BadInput
from tests.program import workspaces
from tests.program.terminal import Terminal
from tests.program.workspaces import Workspace


def tell(place: Workspace, *words: str) -> tuple[int, Any]:
    """Return status and JSON of a command; no workspace has to be there."""
    done = subprocess.run(
        place.command(*words, "--json"),
        cwd=place.folder,
        env=place.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, json.loads(done.stdout)


def publications(place: Workspace, *fields: str) -> list[tuple[Any, ...]]:
    """Return fields of the publications in the database of a workspace."""
    return place.ask(f"SELECT {', '.join(fields)} FROM publishing_publication")


#: What is asked, in this order, and what is typed.
DIALOGUE = (
    ("Name of the publication", "Tideline Digest"),
    ("Name that mail is from", ""),
    ("Address that mail is from", "desk@"),
    ("nothing is after the @-sign", "desk@tideline.example"),
    ("Postal address", "7 Quay Street"),
    ("Time zone", "Atlantis"),
    ("There is no time zone 'Atlantis'", "Tokyo"),
    ("Weeks from issue to issue", "often"),
    ("Give a whole number from 1 to 520", "4"),
    ("Weekday", "friday"),
    ("Time", "9.15"),
    ("This is no time of day", "09:15"),
    ("First issue on (friday)", "2020-01-03"),
    ("has passed, or is too far ahead", ""),
    ("Language", "ja"),
    ("Number of the first issue", "first"),
    ("is not a number of an issue", "3.12"),
    ("Name of its list", "Readers"),
    ("User name", "a da"),
    ("Enter a valid username", "ada"),
    ("Your email address", ""),
)
#: What is typed and not shown.
UNSEEN = (
    ("Password", "harbour"),
    ("too short", "a-harbour-at-dusk"),
    ("The same again", "a-harbour-at-dawn"),
    ("two different passwords", "a-harbour-at-dusk"),
    ("The same again", "a-harbour-at-dusk"),
)


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    """A folder without a workspace, and the address of a database that is not there yet."""
    url = f"sqlite:///{tmp_path}/database.sqlite3"
    return Workspace(tmp_path, workspaces.environment(database_url=url))


def open_terminal(place: Workspace, *words: str) -> Terminal:
    """Return a command in a terminal."""
    return Terminal(place.command(*words), place.folder, place.environment)


@pytest.mark.once
def test_a_terminal_asks_and_asks_again(place: Workspace) -> None:
    """Each wrong answer is told at once with the reason; Enter takes what is offered."""
    terminal = open_terminal(place, "init", "paper")
    for question, answer in DIALOGUE:
        terminal.answer(question, answer)
    for question, answer in UNSEEN:
        terminal.answer_unseen(question, answer)

    assert terminal.end() == 0, terminal.said
    assert "User         ada: made" in terminal.said
    assert "a-harbour" not in terminal.said, "a password is not shown"
    fields = ("from_name", "from_email", "postal_address", "time_zone", "every_weeks", "weekday")
    assert publications(place, *fields) == [
        ("Tideline Digest", "desk@tideline.example", "7 Quay Street", "Asia/Tokyo", 4, 4)
    ]
    numbers = ("language", "first_volume", "first_number")
    assert publications(place, *numbers) == [("ja", 3, 12)]
    assert place.ask("SELECT name FROM subscribers_list") == [("Readers",)]
    [(user, password)] = place.ask("SELECT username, password FROM auth_user")
    assert (user, password.partition("$")[0]) == ("ada", "pbkdf2_sha256")


@pytest.mark.once
def test_ctrl_c_leaves_nothing(place: Workspace) -> None:
    """Stopped among the questions, there is neither a folder nor a database."""
    terminal = open_terminal(place, "init", "deep/paper")
    for question, answer in DIALOGUE[:5]:
        terminal.answer(question, answer)

    assert terminal.interrupt("Time zone") != 0
    assert "Aborted!" in terminal.said
    assert list(place.folder.iterdir()) == []


@pytest.mark.once
def test_the_second_of_two_takes_nothing_away(place: Workspace) -> None:
    """While one is asked another makes the workspace: it stays whole, and the first is refused."""
    terminal = open_terminal(place, "init", "paper")
    for question, answer in DIALOGUE:
        terminal.answer(question, answer)
    assert tell(place, "init", "paper", "--in-browser")[0] == 0
    made = sorted(each.name for each in (place.folder / "paper").iterdir())

    for question in ("Password", "The same again"):
        terminal.answer_unseen(question, "a-harbour-at-dusk")

    assert terminal.end() == 1
    assert "paper is not empty" in terminal.said
    assert sorted(each.name for each in (place.folder / "paper").iterdir()) == made
    assert "config.toml" in made


@pytest.mark.once
def test_what_an_operator_put_aside_stays(tmp_path: Path) -> None:
    """Stopped in the middle, only the database is taken away that was begun."""
    config = read_config(lay_out(tmp_path / "paper", site_name="Paper"), {})
    config.data.mkdir()
    begun = [config.data / f"newsletter.sqlite3{end}" for end in ("", "-wal", "-shm", "-journal")]
    aside = config.data / "newsletter.sqlite3.old"
    aside.touch()

    def begin() -> None:
        with nothing_half_made(config.root, is_new=False):
            for each in begun:
                each.touch()
            raise KeyboardInterrupt

    use_config(config)
    try:
        with pytest.raises(KeyboardInterrupt):
            begin()
    finally:
        use_config(None)

    assert list(config.data.iterdir()) == [aside]


@pytest.mark.once
def test_a_name_with_strange_characters(tmp_path: Path) -> None:
    """Quotes and tabs of a name come through; one that cannot be printed is refused in words."""
    place = Workspace(tmp_path, workspaces.environment())

    assert tell(place, "init", "tabs", "--in-browser", "--name", 'A "\t\\ B')[0] == 0
    with (tmp_path / "tabs" / "config.toml").open("rb") as file:
        assert tomllib.load(file)["site"]["name"] == 'A "\t\\ B'

    status, told = tell(place, "init", "strange", "--name", "A\x07\x7f B", "--yes")
    assert status == 1
    assert told["error"]["message"].startswith("--name: This holds a character")


@pytest.mark.once
def test_what_cannot_be_finished_is_taken_away(tmp_path: Path) -> None:
    """Where the database cannot be made, no half of a workspace stays."""
    (tmp_path / "file").touch()
    url = f"sqlite:///{tmp_path}/file/x.sqlite3"
    place = Workspace(tmp_path, workspaces.environment(database_url=url))

    status, told = tell(place, "init", "paper")

    assert status == 1
    assert "file cannot be made" in told["error"]["message"]
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file"]


def test_options_answer_and_a_second_run_changes_nothing(tmp_path: Path, database_url: str) -> None:
    """A program is not asked; what was there is said to be there, and stays as it is."""
    place = Workspace(tmp_path, workspaces.environment(database_url=database_url))
    (tmp_path / "password").write_text("a-harbour-at-dusk\n")
    words = ("init", "paper", "--name", "Tideline", "--postal-address", "7 Quay Street")

    status, told = tell(place, *words, "--user", "ada", "--password-file", "password")
    assert status == 0
    # The tables are there: the tests have made them.
    assert (told["made"], told["existed"]) == (["settings", "publication", "user"], ["database"])
    assert (told["publication"], told["user"], told["link"]) == ("Tideline", "ada", "")

    status, told = tell(place, "init", "paper", "--name", "Another", "--user", "eva")
    assert status == 0
    assert (told["made"], told["publication"]) == ([], "Tideline")
    assert told["existed"] == ["settings", "database", "publication", "user"]
    assert publications(place, "name", "postal_address") == [("Tideline", "7 Quay Street")]
    assert place.ask("SELECT username FROM auth_user") == [("ada",)]
    # A shell without the variable finds the same database; the password is in no file.
    assert url_in(tmp_path / "paper" / "config.toml") == without_password(database_url)


def url_in(path: Path) -> str:
    """Return the address of the database in a file of settings."""
    return str(tomllib.loads(path.read_text(encoding="utf-8"))["database"]["url"])


@pytest.mark.once
def test_files_alone(tmp_path: Path) -> None:
    """With `--in-browser` only the files are written, and no other command makes a database."""
    place = Workspace(tmp_path, workspaces.environment())

    status, told = tell(place, "init", "paper", "--in-browser")
    assert (status, told["made"]) == (0, ["settings"])

    status, told = tell(Workspace(tmp_path / "paper", place.environment), "list", "show")
    assert status == 1
    assert "there is no database at" in told["error"]["message"]
    assert not (tmp_path / "paper" / "var").exists()


@pytest.mark.once
@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("--weeks 0", "--weeks: Give a whole number from 1 to 520."),
        ("--sender-address desk", "--sender-address: desk: there is no @-sign"),
        ("--database mysql://x", "--database: must begin with sqlite:/// or postgresql://"),
        ("--password-file weak", "--password-file: This password is too short"),
    ],
)
def test_a_wrong_option_is_named(tmp_path: Path, words: str, says: str) -> None:
    """The error names the option, and nothing is written."""
    place = Workspace(tmp_path, workspaces.environment())
    (tmp_path / "weak").write_text("harbour\n")

    status, told = tell(place, "init", "paper", *words.split())

    assert status == 1
    assert told["error"]["message"].startswith(says)
    assert [each.name for each in tmp_path.iterdir()] == ["weak"]


@pytest.mark.once
def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path: Path) -> None:
    """The error names the folder and what to do."""
    (tmp_path / "file").write_text("")

    with pytest.raises(BadInput, match="file/paper cannot be made: Not a directory") as refused:
        lay_out(tmp_path / "file" / "paper", site_name="Paper")

    assert "may write" in refused.value.hint
