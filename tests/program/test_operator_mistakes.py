"""What operators mistype, forget and mix up is answered with the place, what is wrong and the fix.

The list was written by somebody who set Fortnight up for the first time.  Each mistake is made
twice: once as a person makes it, and once by a program that reads JSON.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from newsletter import cli
from newsletter.cli.failures import run
from newsletter.conf.config import load
from newsletter.publishing.models import Publication
from tests import desks
from tests.environment import ROOT
from tests.program import workspaces
from tests.program.process_pool import Program
from tests.publications import create_publication

SETTINGS = (ROOT / "config.toml").read_text(encoding="utf-8")
PORT_LINE = SETTINGS.splitlines().index("port = 8000") + 1


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """A command with what is wrong about it, and what must be answered.

    `change` replaces a piece of config.toml by another, `{folder}` stands for the workspace.
    """

    words: str
    code: str
    says: str
    fix: str
    status: int = 1
    change: tuple[str, str] = ("", "")
    environment: Mapping[str, str] = field(default_factory=dict)
    place: Mapping[str, str] = field(default_factory=dict)


def in_file(setting: str, *change: str, says: str) -> Mistake:
    """Return a mistake in config.toml."""
    return Mistake(
        words="list show",
        code="config",
        change=(change[0], change[1]),
        says=says,
        fix="config.toml",
        place={"setting": setting, "path": "{folder}/config.toml"},
    )


def by_variable(setting: str, value: str, *, says: str) -> Mistake:
    """Return a mistake in the environment, which is blamed instead of the file."""
    variable = f"NEWSLETTER_{setting.replace('.', '_').upper()}"
    return Mistake(
        words="list show",
        code="config",
        environment={variable: value},
        says=f"{variable}: [{setting.partition('.')[0]}] {setting.partition('.')[2]}: {says}",
        fix=f"Correct or unset the variable {variable}.",
        place={"setting": setting, "variable": variable},
    )


#: What the settings answer, before any database is looked at.
OF_SETTINGS = {
    "key-typo": in_file(
        "web.prot", "port = 8000", "prot = 8000", says="[web] prot: unknown key; did you mean port?"
    ),
    "wrong-kind": in_file(
        "web.threads", "threads = 6", 'threads = "six"', says="must be a whole number (it is 'six')"
    ),
    "section-typo": in_file("wbe", "[web]", "[wbe]", says="unknown section; did you mean web?"),
    "bad-toml": Mistake(
        words="list show",
        code="config",
        change=("port = 8000", "port = = 8000"),
        says=f"config.toml, line {PORT_LINE}: a value is not",
        fix="Write each setting on a line of its own",
        place={"path": "{folder}/config.toml"},
    ),
    "no-file": Mistake(
        words="--config {folder}/c2.toml list show",
        code="config",
        says="{folder}/c2.toml: there is no such file",
        fix="name its file: --config FILE. To make a new one: newsletter init DIR",
        place={"path": "{folder}/c2.toml"},
    ),
    "no-file-of-the-variable": Mistake(
        words="list show",
        code="config",
        environment={"NEWSLETTER_CONFIG": "{folder}/c3.toml"},
        says="c3.toml: there is no such file (the variable NEWSLETTER_CONFIG names it)",
        fix="--config FILE",
    ),
    "no-file-here": Mistake(
        words="list show",
        code="config",
        environment={"NEWSLETTER_CONFIG": ""},
        says="(this folder has none, and neither --config nor NEWSLETTER_CONFIG names one)",
        fix="Go to the folder of the workspace",
    ),
    "a-folder": Mistake(
        words="--config {folder} list show",
        code="config",
        says="{folder} cannot be read: Is a directory",
        fix="Name a file that this account may read",
    ),
    "variable-typo": Mistake(
        words="list show",
        code="config",
        environment={"NEWSLETTER_WEB_PROT": "1"},
        says="NEWSLETTER_WEB_PROT is no setting; did you mean NEWSLETTER_WEB_PORT?",
        fix="Correct or unset it",
        place={"variable": "NEWSLETTER_WEB_PROT"},
    ),
    "variable-of-wrong-kind": by_variable("web.port", "abc", says="must be a whole number"),
    "bad-database": by_variable(
        "database.url", "mysql://x/y", says="must begin with sqlite:/// or postgresql://"
    ),
    "bad-zone": by_variable("site.time_zone", "Europe/Londn", says="must be a time zone such as"),
    "bad-transport": by_variable(
        "sending.transport", "sendgird", says="there is no such transport; there are maildir"
    ),
    "insecure-smtp": Mistake(
        words="issue check 1.1",
        code="config",
        environment={
            "NEWSLETTER_SMTP_HOST": "mail.tank.test",
            "NEWSLETTER_SMTP_SECURITY": "none",
        },
        says="[smtp] security: mail to another machine needs starttls or tls",
        fix="Correct or unset the variable NEWSLETTER_SMTP_SECURITY.",
    ),
    "rate-of-a-domain": in_file(
        "rates.domains",
        "domains = {}",
        'domains = { "gmail.com" = "20 a second" }',
        says='must be limits such as "gmail.com googlemail.com" = "20 per second"',
    ),
    "engine-without-postgresql": Mistake(
        words="worker",
        code="config",
        environment={
            "NEWSLETTER_DATABASE_URL": "sqlite:///var/x.sqlite3",
            "NEWSLETTER_SENDING_ENGINE": "procrastinate",
        },
        says="NEWSLETTER_SENDING_ENGINE: [sending] engine: procrastinate needs PostgreSQL",
        fix="Set NEWSLETTER_DATABASE_URL=postgresql://USER@HOST/NAME",
    ),
    "init-into-a-full-folder": Mistake(
        words="init {folder}/full",
        code="bad-input",
        says="{folder}/full is not empty, and has no config.toml",
        fix="Name a folder that is new or empty",
    ),
}
#: What is answered of things in the database.
OF_THINGS = {
    "unknown-list": Mistake(
        words="list import {folder}/people.csv --list weekly",
        code="not-found",
        says="there is no list 'weekly'",
        fix="Lists: tideline-digest",
    ),
    "wrong-number": Mistake(
        words="issue check 9.9",
        code="not-found",
        says="there is no issue 9.9",
        fix="The newest: 1.1.",
    ),
    "word-for-a-number": Mistake(
        words="issue check next",
        code="not-found",
        says="there is no issue next",
        fix="The newest: 1.1.",
    ),
    "time-in-words": Mistake(
        words="issue queue 1.1 --at tomorrow",
        code="bad-input",
        says="'tomorrow' is not a time",
        fix="Write it as 2026-11-26T09:00",
    ),
    "time-that-has-passed": Mistake(
        words="issue queue 1.1 --at 2020-01-01T09:00",
        code="bad-input",
        says="Jan 2020 09:00 EST has passed",
        fix="To send it at once: now",
    ),
    "dry-run-of-a-draft": Mistake(
        words="issue dry-run 1.1",
        code="invalid-transition",
        says="is neither queued nor held",
        fix="newsletter issue queue REF",
    ),
    "no-time": Mistake(
        words="issue queue 1.1",
        code="bad-input",
        says="no time is given",
        fix="--next-slot, or --at TIME",
    ),
    "two-times": Mistake(
        words="issue queue 1.1 --at now --next-slot",
        code="bad-input",
        says="both --at and --next-slot are given",
        fix="Give one of the two",
    ),
    "missing-file": Mistake(
        words="list import {folder}/readrs.csv",
        code="import-rejected",
        says="{folder}/readrs.csv: there is no such file",
        fix="Check the path and the name",
        place={"path": "{folder}/readrs.csv"},
    ),
    "not-a-table": Mistake(
        words="list import {folder}/config.toml",
        code="import-rejected",
        says="no column contains email addresses",
        fix="Name the column: --column email=TITLE",
    ),
    "no-addresses": Mistake(
        words="list import {folder}/towns.csv",
        code="import-rejected",
        says="towns.csv:1: no column contains email addresses; the columns are: 'name', 'town'",
        fix="Name the column: --column email=TITLE",
    ),
    "no-such-send": Mistake(
        words="send show 99", code="not-found", says="there is no send 99", fix="send list"
    ),
    "word-for-a-send": Mistake(
        words="send show abc",
        code="usage",
        status=2,
        says="Invalid value for 'ID': it must be a whole number",
        fix="newsletter send show --help",
    ),
    "command-typo": Mistake(
        words="issue quue 1.1",
        code="usage",
        status=2,
        says="No such command 'quue'. Did you mean 'queue', 'unqueue'?",
        fix="newsletter issue --help",
    ),
    "bad-date": Mistake(
        words="schedule skip 2026-13-40",
        code="usage",
        status=2,
        says="Invalid value for 'DATE': '2026-13-40' is not a date such as 2026-11-26",
        fix="newsletter schedule skip --help",
    ),
    "not-a-slot": Mistake(
        words="schedule skip 2026-12-12",
        code="not-found",
        says="Tideline Digest has no slot on 2026-12-12: it goes out every 2 weeks on Thursday",
        fix="newsletter schedule show",
    ),
    "unknown-person": Mistake(
        words="subscriber unsubscribe nobody@example.org",
        code="not-found",
        says="nobody has the address nobody@example.org",
        fix="newsletter subscriber find TEXT",
    ),
    "basis-typo": Mistake(
        words="list import {folder}/people.csv --basis foo",
        code="bad-input",
        says="there is no lawful basis 'foo'",
        fix="--basis consent | contract | interest",
    ),
    "folder-as-file": Mistake(
        words="list import {folder}/full --basis consent",
        code="import-rejected",
        says="full: this is a folder, not a file",
        fix="Name the file in it.",
    ),
    "mode-typo": Mistake(
        words="publication set --delivery-mode fast",
        code="usage",
        status=2,
        says="Invalid value for '--delivery-mode': 'fast' is not one of 'immediate'",
        fix="newsletter publication set --help",
    ),
    "unknown-template": Mistake(
        words="template preview nosuch --port 0",
        code="not-found",
        says="the email template 'nosuch' has no nosuch.mjml",
        fix="There are: digest, letter, roundup",
    ),
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a workspace that is chosen; afterwards the settings of the tests are read again."""
    (tmp_path / "config.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").touch()
    (tmp_path / "people.csv").write_text("email\nada@example.org\n", encoding="utf-8")
    (tmp_path / "towns.csv").write_text("name,town\nA,B\n", encoding="utf-8")
    before = os.environ["NEWSLETTER_CONFIG"]
    cli.register()
    load.cache_clear()
    yield tmp_path
    monkeypatch.undo()
    os.environ["NEWSLETTER_CONFIG"] = before
    load.cache_clear()


def make(mistake: Mistake, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a mistake, up to the command."""
    empty = folder / "empty"
    empty.mkdir(exist_ok=True)
    monkeypatch.chdir(empty)
    (folder / "config.toml").write_text(SETTINGS.replace(*mistake.change), encoding="utf-8")
    given = {"NEWSLETTER_CONFIG": str(folder / "config.toml"), **mistake.environment}
    for name, value in given.items():
        monkeypatch.setenv(name, value.format(folder=folder))
    load.cache_clear()


def ask(mistake: Mistake, folder: Path, *more: str) -> int:
    """Run the command, and return its exit status."""
    with pytest.raises(SystemExit) as left:
        run(cli.app, [*mistake.words.format(folder=folder).split(), *more])
    assert isinstance(left.value.code, int)
    return left.value.code


def check_answers(
    mistake: Mistake, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """Compare what people read, and what programs read."""
    says, fix = (text.format(folder=folder) for text in (mistake.says, mistake.fix))
    make(mistake, folder, monkeypatch)
    assert ask(mistake, folder) == mistake.status
    written = capsys.readouterr()
    assert says in written.err
    assert fix in written.err
    if mistake.status == 1:
        assert f"[{mistake.code}]" in written.err
    assert not written.out

    make(mistake, folder, monkeypatch)
    assert ask(mistake, folder, "--json") == mistake.status
    written = capsys.readouterr()
    error = json.loads(written.out)["error"]
    assert (error["code"], error["status"]) == (mistake.code, mistake.status)
    assert says in error["message"]
    assert fix in error["hint"]
    for name, value in mistake.place.items():
        assert error["place"][name] == value.format(folder=folder)
    assert_placed(error)


def assert_placed(error: dict[str, Any]) -> None:
    """A mistake in a setting has the place for programs: the setting's name, file or variable."""
    if error["code"] in ("config", "database"):
        assert error["place"].get("path") or error["place"].get("variable")


@pytest.mark.once
@pytest.mark.parametrize(
    "mistake", [pytest.param(each, id=name) for name, each in OF_SETTINGS.items()]
)
def test_settings_answer(
    mistake: Mistake,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A mistake in the settings is blamed on the file or on the variable, with the fix."""
    check_answers(mistake, folder, monkeypatch, capsys)


@pytest.fixture
def publication(db: None) -> Publication:
    """Every second Thursday."""
    return create_publication("Tideline Digest", postal_address="1 Quay Street")


@pytest.mark.parametrize(
    "mistake", [pytest.param(each, id=name) for name, each in OF_THINGS.items()]
)
def test_things_answer(
    mistake: Mistake,
    publication: Publication,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What is not there, or cannot be, is said with what there is instead."""
    desks.draft(publication)
    check_answers(mistake, folder, monkeypatch, capsys)


#: What only a program of its own can meet: a database, a port, a key.
OF_PROGRAMS = {
    "database-that-is-down": Mistake(
        words="list show",
        code="database",
        environment={"database_url": "postgresql://nobody@127.0.0.1:9/x"},
        says="NEWSLETTER_DATABASE_URL: [database] url: the database does not answer",
        fix="Start it, or set NEWSLETTER_DATABASE_URL.",
    ),
    "database-in-no-folder": Mistake(
        words="list show",
        code="config",
        environment={"database_url": "sqlite:///nowhere/x.sqlite3"},
        says="[database] url: there is no database at {folder}/nowhere/x.sqlite3",
        fix="newsletter init {folder}",
    ),
    "no-database": Mistake(
        words="list show",
        code="config",
        environment={"database_url": "sqlite:///none.sqlite3"},
        says="NEWSLETTER_DATABASE_URL: [database] url: there is no database at {folder}/none",
        fix="newsletter init {folder}",
    ),
    "garbage": Mistake(
        words="list show",
        code="config",
        environment={"database_url": "sqlite:///garbage.sqlite3"},
        says="the file is damaged, or is no database: file is not a database",
        fix="Correct the path, or put a backup in its place",
    ),
    "database-that-no-file-can-be": Mistake(
        words="list show",
        code="config",
        environment={"database_url": f"sqlite:///{'x' * 300}"},
        says="cannot be opened: File name too long",
        fix="let the account that runs this program read and write it",
    ),
    "database-that-is-a-folder": Mistake(
        words="list show",
        code="config",
        environment={"database_url": "sqlite:///folder"},
        says="the database cannot be opened",
        fix="Check name, user, password and rights",
    ),
    "port-in-use": Mistake(
        words="serve",
        code="config",
        environment={"web_port": "{port}"},
        says="NEWSLETTER_WEB_PORT: [web] port: cannot listen on 127.0.0.1:{port}",
        fix="Stop the other program, or choose another port",
    ),
    "no-certificates": Mistake(
        words="serve",
        code="config",
        environment={"sending_transport": "smtp", "smtp_ca_file": "nope.pem"},
        says="NEWSLETTER_SMTP_CA_FILE: [smtp] ca_file: there is no file {folder}/nope.pem",
        fix="Correct the path",
    ),
    "no-key": Mistake(
        words="serve",
        code="config",
        environment={"sendgrid_base_url": "https://api.sendgrid.com"},
        says="[sendgrid] api_key_env: the variable SENDGRID_API_KEY is not set",
        fix="export SENDGRID_API_KEY=SG.",
    ),
}


@pytest.mark.once
@pytest.mark.parametrize(
    "mistake", [pytest.param(each, id=name) for name, each in OF_PROGRAMS.items()]
)
def test_programs_answer(mistake: Mistake, tmp_path: Path, database_url: str) -> None:
    """A database, a port or a key that is not right ends a program with words, and no traceback."""
    (tmp_path / "config.toml").write_text(SETTINGS, encoding="utf-8")
    (tmp_path / "garbage.sqlite3").write_bytes(b"\x81\x7f" * 4500)
    (tmp_path / "folder").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        filled = {"folder": str(tmp_path), "port": str(taken.getsockname()[1])}
        given = {
            "database_url": database_url,
            "web_port": "0",
            **{name: value.format(**filled) for name, value in mistake.environment.items()},
        }
        told, complained = tell(mistake, tmp_path, workspaces.environment(**given))

    says, fix = (text.format(**filled) for text in (mistake.says, mistake.fix))
    assert "Traceback" not in complained
    error = json.loads(told)["error"]
    assert error["code"] == mistake.code
    assert says in error["message"]
    assert fix in error["hint"]
    assert_placed(error)
    section, _, key = error["place"]["setting"].partition(".")
    assert f"[{section}] {key}" in error["message"]


def tell(mistake: Mistake, folder: Path, environment: dict[str, str]) -> tuple[str, str]:
    """Return what a program says to other programs, and its log; it ends with status 1."""
    said, complained = folder / "said", folder / "complained"
    program = Program(
        [*mistake.words.split(), "--json"],
        folder=folder,
        environment=environment,
        said=said,
        complained=complained,
    )
    assert program.wait() == 1, complained.read_text()
    return said.read_text(), complained.read_text()
