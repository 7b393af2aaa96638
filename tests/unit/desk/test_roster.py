"""Who may log in to the desk, and the commands that say so."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.contrib.auth.models import User
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from django.test import Client

from newsletter import cli
from newsletter.cli import user as command
from newsletter.cli.failures import run
from newsletter.desk.accounts import roster
from newsletter.errors import BadInput, InvalidTransition, NotFound, NotSubmitted, OutcomeUnknown
from tests import desks
from tests.publications import create_publication


@pytest.fixture(autouse=True)
def desk(db: None) -> None:
    """A publication, with which the roles come."""
    create_publication("Harbour")


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Return what a command prints for programs, run inside of this test's transaction."""
    monkeypatch.setattr(command, "open_workspace", lambda: None)
    cli.register()

    def told(*words: str) -> Any:
        with pytest.raises(SystemExit):
            run(cli.app, ["user", *words, "--json"])
        return json.loads(capsys.readouterr().out)

    return told


class MailboxThatIsAway(BaseEmailBackend):
    """A way out that answers late, with an error; notes whether the database waited for it."""

    waited: ClassVar[list[bool]] = []

    def send_messages(self, email_messages: Sequence[object]) -> int:
        """Refuse."""
        self.waited.append(len(connection.savepoint_ids) > 0)
        raise NotSubmitted("the provider does not answer")


def test_nobody_waits_for_the_mail_of_a_link(ask: Any, settings: Any) -> None:
    """The database is not held while a link is mailed; where that fails nobody is added."""
    settings.EMAIL_BACKEND = f"{__name__}.{MailboxThatIsAway.__name__}"

    told = ask("add", "ada", "--email", "ada@example.org", "--role", "writers", "--mail")

    assert told["error"]["message"] == "the provider does not answer"
    assert MailboxThatIsAway.waited == [False]
    assert not User.objects.filter(username="ada").exists()


class MailboxWithoutAnswer(BaseEmailBackend):
    """Takes a mail, and says nothing."""

    def send_messages(self, email_messages: Sequence[object]) -> int:
        """Fail as a mail server that hangs up after the last byte."""
        raise OutcomeUnknown("the connection ended")


def test_whose_mail_may_be_on_its_way_is_added(ask: Any, settings: Any) -> None:
    """A link that may have arrived leads to an account; the error says what nobody knows."""
    settings.EMAIL_BACKEND = f"{__name__}.MailboxWithoutAnswer"

    told = ask("add", "ada", "--email", "ada@example.org", "--role", "writers", "--mail")

    assert told["error"]["code"] == "outcome-unknown"
    assert "ada is added, but nobody knows whether the mail was accepted" in str(told)
    assert "newsletter user reset ada --mail" in str(told)
    assert User.objects.filter(username="ada").exists()


def test_roles_by_name() -> None:
    """A role is named as in the desk, in any case, also in the singular; an owner does all."""
    ada = roster.add_account("ada", roles=["Writer", "senders"])
    ben = roster.add_account("ben", email="ben@example.org", roles=["owner"])

    assert roster.roles_of(ada) == ["Senders", "Writers"]
    assert not ada.is_superuser
    assert (ben.is_superuser, roster.roles_of(ben)) == (True, ["owner"])
    with pytest.raises(NotFound, match="there is no role editor") as refused:
        roster.add_account("eva", roles=["editor"])
    assert refused.value.hint == "There are: owner, Admins, Approvers, Senders, Writers."


@pytest.mark.parametrize(
    ("name", "fields", "reason"),
    [
        ("ada", {}, "already exists"),
        ("a da", {}, "valid username"),
        ("", {}, "cannot be blank"),
        ("ben", {"email": "ben@"}, "valid email"),
        ("ben", {"password": "harbour"}, "too short"),
    ],
    ids=["taken", "blank-in-it", "empty", "no-address", "weak"],
)
def test_what_cannot_be_an_account(name: str, fields: dict[str, str], reason: str) -> None:
    """Nothing is added, and the reason is said."""
    roster.add_account("ada", roles=["writers"])

    with pytest.raises(BadInput, match=reason):
        roster.add_account(name, roles=["writers"], **fields)

    assert User.objects.count() == 1


def test_who_is_disabled_is_out(client: Client) -> None:
    """Sessions end, the password is of no use; enabled again, it is."""
    roster.add_account("chief", roles=["admins"])
    ada = roster.add_account("ada", roles=["writers"], password=desks.PASSWORD)
    assert client.login(username="ada", password=desks.PASSWORD)

    assert roster.disable_account(ada)
    assert not roster.disable_account(roster.find_account("ada"))

    assert client.get("/admin/").status_code == 302
    assert not client.login(username="ada", password=desks.PASSWORD)
    assert roster.enable_account(roster.find_account("ada"))
    assert client.login(username="ada", password=desks.PASSWORD)


def test_the_last_who_manages_accounts_stays() -> None:
    """Somebody must be able to give accounts; one who is disabled already does not count."""
    owner = roster.add_account("owner", roles=["owner"])
    roster.add_account("ada", roles=["writers"])
    admin = roster.add_account("chief", roles=["admins"])

    assert roster.disable_account(admin)
    with pytest.raises(InvalidTransition, match="owner is the last who may manage accounts"):
        roster.disable_account(owner)

    assert roster.find_account("owner").is_active


def test_commands_from_first_to_last(ask: Any, client: Client) -> None:
    """Somebody is added with a link, listed, gets another link, and is disabled."""
    added = ask("add", "ada", "--email", "ada@example.org", "--role", "writers")
    assert (added["roles"], added["mailed_to"]) == (["Writers"], "")
    assert "/admin/password_reset/confirm/" in added["link"]
    assert ask("reset", "ada")["link"].startswith("http")

    ask("add", "chief", "--role", "owner")
    assert ask("disable", "ada") == {"account": "ada", "changed": True}
    assert ask("disable", "ada")["changed"] is False
    rows = {row["name"]: row for row in ask("list")}
    assert rows["ada"]["enabled"] is False
    assert (rows["chief"]["roles"], rows["chief"]["has_password"]) == (["owner"], False)
    assert ask("reset", "ada")["error"]["message"] == "the account ada is disabled"
    assert ask("enable", "ada")["changed"] is True


def test_a_password_comes_from_a_file(
    ask: Any, tmp_path: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first line of a file or of the standard input becomes the password, and no link."""
    file = tmp_path / "password"
    file.write_text(f"{desks.PASSWORD}\nnot this\n", encoding="utf-8")

    assert ask("add", "ada", "--role", "writers", "--password-file", str(file))["link"] == ""
    assert client.login(username="ada", password=desks.PASSWORD)

    monkeypatch.setattr(sys, "stdin", io.StringIO("quite-another-harbour\r\n"))
    ask("reset", "ada", "--password-file", "-")
    assert client.login(username="ada", password="quite-another-harbour")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("add ada", "say what the person may do"),
        ("add ada --role writers --mail --password-file x", "not both"),
        ("add ada --role writers --password-file {none}", "No such file"),
        ("add ada --role writers --password-file {empty}", "the first line is empty"),
        ("reset nobody", "there is no account nobody"),
        ("disable nobody", "there is no account nobody"),
        ("add ada --role writers --mail", "say where the link is mailed to"),
    ],
)
def test_mistakes_are_said(ask: Any, tmp_path: Path, words: str, says: str) -> None:
    """What is missing or wrong is said in words, and nobody is added without a way in."""
    (tmp_path / "empty").touch()
    filled = words.format(none=tmp_path / "none", empty=tmp_path / "empty")

    assert says in ask(*filled.split())["error"]["message"]
    assert not User.objects.exists()
