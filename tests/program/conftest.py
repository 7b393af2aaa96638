"""A prepared workspace, made once for each process and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sendgrid_emulator import Emulator
from tests.conftest import ON_POSTGRES, TEMPLATE, own_copy
from tests.program import stems, workspaces
from tests.program.installed import install_wheel
from tests.program.ledger_oracle import Ledger
from tests.program.made_once import make_once
from tests.program.workspaces import Workspace

PEOPLE = 60


@pytest.fixture(scope="session")
def prepared(
    django_db_setup: None, migrated: Path, tmp_path_factory: pytest.TempPathFactory
) -> Workspace:
    """A workspace with an issue and people, in a database of its own."""
    folder = tmp_path_factory.mktemp("prepared")
    if ON_POSTGRES:
        url = own_copy(TEMPLATE)
    else:
        url = f"sqlite:///{shutil.copy(migrated, folder / 'database.sqlite3')}"
    return workspaces.make_workspace(folder / "work", PEOPLE, database_url=url)


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the programs of the installed wheel are: `python` and `newsletter`."""
    return make_once(tmp_path_factory, "wheel", install_wheel) / "env" / "bin"


@pytest.fixture
def sendgrid() -> Iterator[Emulator]:
    """An emulator that outlives the product; in the end no promise of a sender is broken.

    Where there is a workspace, its ledger and its log are asked too (`ledger_oracle.Ledger`).
    """
    with Emulator() as emulator:
        yield emulator
        assert emulator.violations() == []


@pytest.fixture
def workspace(
    prepared: Workspace, sendgrid: Emulator, tmp_path: Path
) -> Iterator[Callable[..., Workspace]]:
    """Copy the prepared workspace, with settings of one's own.

    When a test fails, what the programs said stands in its report.
    """
    home = tmp_path / "home"
    source = prepared.environment["NEWSLETTER_DATABASE_URL"]

    def copy(**settings: str) -> Workspace:
        shutil.copytree(prepared.folder, home)
        if ON_POSTGRES:
            url = own_copy(urlsplit(source).path.removeprefix("/"))
        else:
            path = source.removeprefix("sqlite:///")
            url = f"sqlite:///{shutil.copy(path, tmp_path / 'database.sqlite3')}"
        environment = workspaces.environment(
            database_url=url,
            sendgrid_base_url=sendgrid.url,
            web_port="0",
            sending_concurrency="1",
            **settings,
        )
        place = Workspace(home, environment, has_stem=True)
        # A clock far ahead of the last time on record is believed after a minute only, and the
        # prepared workspace may be older than that.
        place.change(
            "INSERT INTO scheduling_clockreading (id, at) VALUES (1, CURRENT_TIMESTAMP)"
            " ON CONFLICT (id) DO UPDATE SET at = excluded.at"
        )
        if settings.get("sending_transport", "sendgrid") == "sendgrid":
            sendgrid.consult(Ledger(place))
        return place

    yield copy
    stems.end_stems()
    for log in tmp_path.glob("**/program.log"):
        print(log.read_text())
