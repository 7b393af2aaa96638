"""The commands `newsletter list` and `newsletter subscriber`."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer import Typer
from typer.testing import CliRunner

from newsletter.cli import lists, subscriber, suppression
from newsletter.errors import BadInput, ImportRejected, NotFound
from subscribers.models import List, ListCount, Subscriber
from subscribers.suppressions import suppress
from tests.publications import create_publication
from tests.unit.subscribers.conftest import Csv, Person

pytestmark = pytest.mark.django_db
#: Why people of a file may be mailed.
CONSENT = ("--basis", "consent")


@pytest.fixture(autouse=True)
def publication(db: None) -> None:
    """A publication without lists: where there is none a command founds one, with a list."""
    create_publication("Tideline Digest").lists.get().delete()


def run(app: Typer, *words: str) -> str:
    """Run a command and return what it prints; errors raised on purpose come through."""
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def run_json(app: Typer, *words: str) -> Any:
    """Run a command for a program and return its answer."""
    return json.loads(run(app, *words, "--json"))


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_long_names_of_lists_can_be_read_at_any_width(
    columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is folded or cut: where the table is too wide, each figure has a line of its own."""
    monkeypatch.setenv("COLUMNS", columns)
    name = "The harbour letter for everybody who has ever moored here"
    run(lists.app, "create", name, "--slug", "harbour-letter-for-everybody")

    shown = run(lists.app, "show")

    assert name in shown
    assert "harbour-letter-for-everybody" in shown
    assert ("\n  Unsubscribed  0" in shown) == (columns != "200")


def test_a_list_is_made_and_counted(person: Person) -> None:
    """What was made can be shown at once, alone or with the others."""
    assert run_json(lists.app, "create", "Weekly digest", "--slug", "weekly")["slug"] == "weekly"
    assert "monthly" in run(lists.app, "create", "Monthly")
    person("a@example.org", weekly="active")

    assert run_json(lists.app, "show", "weekly")["active"] == 1
    assert [row["slug"] for row in run_json(lists.app, "show")] == ["monthly", "weekly"]
    assert "Weekly digest" in run(lists.app, "show")


def test_an_import_tells_its_story(weekly: List, csv: Csv) -> None:
    """People read figures and the lines to fix; programs get the same as JSON."""
    file = str(csv("email,city\na@example.org,X\nbad,\nA@example.org,Y\n"))

    tried = run(lists.app, "import", file, "--dry-run")
    told = run(lists.app, "import", file, "--list", "weekly", *CONSENT)
    counted = run_json(lists.app, "import", file, *CONSENT)

    assert "Would import" in tried
    assert "3 rows" in told
    assert "line 3: bad: there is no @-sign" in told
    assert "line 4 repeats line 2" in told
    assert (counted["unchanged"], counted["folded"], counted["bad"]) == (1, 1, 1)
    assert counted["bad_lines"][0]["line"] == 3
    assert counted["list"] == "weekly"


def test_an_import_needs_a_lawful_basis(weekly: List, csv: Csv) -> None:
    """Nobody is brought in without one, and the error names them; who left needs none."""
    file = str(csv("email\na@example.org\n"))

    for words in ((), ("--basis", "hunch"), ("--basis", "interest")):
        with pytest.raises(BadInput) as refused:
            run(lists.app, "import", file, "--list", "weekly", *words)
        assert ("consent | contract | interest" in refused.value.hint) == ("interest" not in words)

    assert not Subscriber.objects.exists()
    assert run_json(lists.app, "import", file, "--as", "unsubscribed")["rows"] == 1


def test_a_long_list_of_bad_lines_is_cut_for_people(weekly: List, csv: Csv) -> None:
    """Twenty are shown and the others counted; programs get them all."""
    file = str(csv("email\n" + "bad\n" * 30))

    assert "and 10 more" in run(lists.app, "import", file, *CONSENT)
    assert len(run_json(lists.app, "import", file, *CONSENT)["bad_lines"]) == 30


def test_a_dry_run_ends_as_the_import_will(weekly: List, csv: Csv) -> None:
    """It tells all it found, says that the import will be refused, and fails the same way."""
    rows = "".join(f"p{at}@tideline-mail.com,STOP\n" for at in range(30))
    file = str(csv(f"email,Notes\na@tideline-mail.com,nice\n{rows}"))
    tried = CliRunner().invoke(lists.app, ["import", file, "--list", "weekly", "--dry-run"])
    done = CliRunner().invoke(lists.app, ["import", file, "--list", "weekly", *CONSENT])

    assert "Would import" in tried.output
    assert "30 rows hold a text that may ask for no more mail" in tried.output
    assert "and 10 more; --json shows all of them" in tried.output
    assert "This import will be refused" in tried.output
    assert isinstance(tried.exception, ImportRejected)
    assert str(tried.exception) == str(done.exception)
    assert "and 25 more" in str(tried.exception)
    assert "--dry-run --json" in tried.exception.hint
    told = CliRunner().invoke(lists.app, ["import", file, "--dry-run", "--json"])
    assert len(json.loads(told.stdout)["noted_lines"]) == 30
    assert "will be refused" not in run(lists.app, "import", file, "--dry-run", "--notes", "active")


def test_the_offered_command_is_the_one_that_was_run(weekly: List, csv: Csv) -> None:
    """With its options, so that it can be copied whole."""
    file = str(csv("email,Status,Notes\na@tideline-mail.com,VIP,STOP\nb@tideline-mail.com,gold,\n"))
    tried = CliRunner().invoke(lists.app, ["import", file, "--list", "weekly"])

    assert isinstance(tried.exception, ImportRejected)
    assert tried.exception.hint.endswith(
        f"newsletter list import {file} --list weekly --status 'VIP=unsubscribed' "
        "--status 'gold=unsubscribed' --notes unsubscribed"
    )


def test_people_are_found(weekly: List, person: Person) -> None:
    """With their lists, and whether they are suppressed; brackets in a name are no markup."""
    person("jane@example.org", name="Jane [/b] Doe", weekly="unsubscribed")
    suppress("jane@example.org")

    [found] = run_json(subscriber.app, "find", "jane")

    assert found["lists"] == {"weekly": "unsubscribed"}
    assert found["suppressed"] == "manual"
    assert "[/b]" in run(subscriber.app, "find", "doe")
    assert "Nobody" in run(subscriber.app, "find", "nobody")


def test_a_long_answer_is_cut(weekly: List, person: Person) -> None:
    """The first ones are shown, and that there may be more is said."""
    person("ann@example.org")
    person("bob@example.org")

    told = run(subscriber.app, "find", "example.org", "--count", "1")

    assert "bob@example.org" in told
    assert "ann@example.org" not in told
    assert "the first 1" in told


def test_people_are_unsubscribed(weekly: List, person: Person) -> None:
    """From one list or all; how many they left is told."""
    List.objects.create(name="Monthly", slug="monthly")
    person("jane@example.org", weekly="active", monthly="active")

    one = run_json(subscriber.app, "unsubscribe", "JANE@example.org", "--list", "weekly")

    assert (one["left"], one["lists"]) == (1, {"weekly": "unsubscribed", "monthly": "active"})
    assert "left 1 list" in run(subscriber.app, "unsubscribe", "jane@example.org")
    assert "no list" in run(subscriber.app, "unsubscribe", "jane@example.org")


def test_what_is_held_is_exported(weekly: List, person: Person) -> None:
    """As JSON, asked for or not."""
    person("jane@example.org", weekly="active")

    held = run_json(subscriber.app, "export", "jane@example.org")

    assert held["subscriber"]["email"] == "jane@example.org"
    assert json.loads(run(subscriber.app, "export", "jane@example.org")) == held


def test_people_are_erased(weekly: List, person: Person) -> None:
    """After that nobody by that address is found."""
    person("jane@example.org", weekly="active")
    person("john@example.org", weekly="active")

    assert run_json(subscriber.app, "erase", "jane@example.org")["erasure"] == "deleted"
    assert "john@example.org is erased" in run(subscriber.app, "erase", "john@example.org", "--yes")
    assert not Subscriber.objects.exists()
    with pytest.raises(NotFound):
        run(subscriber.app, "erase", "jane@example.org", "--yes")


def test_a_file_is_told_what_it_does_not_say(weekly: List, csv: Csv) -> None:
    """By options; the figures say what was taken for what."""
    text = "Contact;Marker\na@tideline-mail.com;VIP\nb@tideline-mail.com;off\n"
    file = str(csv(text))

    counted = run_json(
        lists.app,
        *("import", file, *CONSENT, "--column", "status=Marker", "--status", "VIP=active"),
        *("--status", "off=unsubscribed"),
    )

    assert (counted["added"], counted["newly_unsubscribed"]) == (1, 1)
    assert {row["value"]: row["means"] for row in counted["statuses"]} == {
        "VIP": "active",
        "off": "unsubscribed",
    }
    assert run_json(lists.app, "import", file, "--as", "suppressed")["newly_suppressed"] == 2


def test_suppressions_are_kept_by_commands(csv: Csv) -> None:
    """Added, imported, listed, taken back."""
    text = "email,reason,created\nc@tideline-mail.com,gone,1700000000\n"
    added = run_json(
        suppression.app, "add", "a@tideline-mail.com", "b@tideline-mail.com", "--note", "phone"
    )
    tried = run(suppression.app, "import", str(csv(text)), "--dry-run")
    done = run_json(suppression.app, "import", str(csv(text)), "--reason", "bounced")

    assert [row["reason"] for row in added] == ["manual", "manual"]
    assert "Would suppress" in tried
    assert done["newly_suppressed"] == 1
    rows = run_json(suppression.app, "list")
    assert {row["email"][0]: row["source"] for row in rows} == {
        "a": "hand",
        "b": "hand",
        "c": "file",
    }
    assert [row["email"][0] for row in run_json(suppression.app, "list", "phone")] != []
    assert "tideline" in run(suppression.app, "list", "--reason", "bounced")
    assert "No such" in run(suppression.app, "list", "nobody")
    removed = run_json(
        suppression.app, "remove", "a@tideline-mail.com", "--why", "a slip of the pen"
    )
    assert (removed["email"], removed["why"]) == ("a@tideline-mail.com", "a slip of the pen")
    assert len(run_json(suppression.app, "list")) == 2


def test_kept_counts_are_checked(weekly: List, person: Person) -> None:
    """What differs is said and corrected; then nothing differs."""
    person("jane@example.org", weekly="active")
    ListCount.objects.filter(state="active").update(people=3)

    result = CliRunner().invoke(lists.app, ["show", "--recount"], catch_exceptions=False)

    assert "weekly: 3 were kept as active, there are 1" in result.stderr
    assert run_json(lists.app, "show", "weekly", "--recount")["active"] == 1


def test_suppressions_for_one_list_are_kept_by_commands(weekly: List) -> None:
    """Added, listed and taken back beside those for all mail."""
    one, scope = "a@tideline-mail.com", ("--list", "weekly")

    assert "for the list weekly" in run(suppression.app, "add", one, *scope)
    assert "No such" in run(suppression.app, "list")
    (row,) = run_json(suppression.app, "list", "tideline", *scope)
    assert (row["email"], row["source"]) == (one, "hand")
    with pytest.raises(NotFound, match="no list 'nope'"):
        run(suppression.app, "list", "--list", "nope")
    with pytest.raises(BadInput, match="there is no reason 'bored'"):
        run(suppression.app, "list", "--reason", "bored")
    removed = run_json(suppression.app, "remove", one, *scope, "--why", "a slip of the pen")
    assert removed["why"] == "a slip of the pen"
    assert run_json(suppression.app, "list", *scope) == []


def test_the_terminal_speaks_the_language_of_its_reader(
    weekly: List, csv: Csv, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As its environment says."""
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")

    told = run(lists.app, "import", str(csv("email\na@tideline-mail.com\nbad\n")), "--dry-run")

    assert "取り込むと（試行）: 2行" in told
    assert "3行目: bad: メールアドレスには@が必要です" in told
