"""What every chaos run begins on: a copy of a workspace with an issue and people."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests.program import workspaces
from tests.program.workspaces import Workspace

CLUSTER = Path(__file__).parent.parent / "cluster.py"
#: Readers of whom more is told than that they got it, in a hundred.
ODD = ("bounce", "block", "asyncbounce", "defer2", "nostatus")


@dataclass(frozen=True)
class Snapshot:
    """A prepared workspace; `server` is the address of a PostgreSQL server, or empty."""

    home: Path
    url: str
    people: int
    server: str = ""

    def copied(self, folder: Path, **settings: str) -> Workspace:
        """Return a copy of one's own, with settings of one's own."""
        home = folder / "home"
        shutil.copytree(self.home, home)
        if self.server:
            name = f"chaos_{secrets.token_hex(4)}"
            url = copied_on(self.server, urlsplit(self.url).path.removeprefix("/"), name)
        else:
            file = self.url.removeprefix("sqlite:///")
            url = f"sqlite:///{shutil.copy(file, folder / 'database.sqlite3')}"
        return Workspace(home, workspaces.environment(database_url=url, **settings))


def prepared(folder: Path, people: int, url: str, *, server: str = "") -> Snapshot:
    """Prepare a workspace in a folder and a database."""
    place = workspaces.make_workspace(folder / "snapshot", people, address, database_url=url)
    return Snapshot(place.folder, url, people, server)


def address(number: int) -> str:
    """Return a reader's address: two in a hundred are odd."""
    name = ODD[number // 50 % len(ODD)] + "+" if number % 50 == 7 else "member"
    return f"{name}{number}@tideline.example"


def change(place: Workspace, statement: str) -> None:
    """Change something in the database of a workspace: commands are slow."""
    url = place.environment["NEWSLETTER_DATABASE_URL"]
    if url.startswith("sqlite:///"):
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file, file:
            file.execute(statement)
    else:
        with psycopg.connect(url) as session:
            session.execute(statement)


def copied_on(server: str, source: str, name: str) -> str:
    """Copy a database of a server; return the address of the copy."""
    with psycopg.connect(server, autocommit=True) as session:
        session.execute(f"CREATE DATABASE {name} TEMPLATE {source}")
    return urlsplit(server)._replace(path=f"/{name}").geturl()


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """Have a PostgreSQL server of one's own; yield its address."""
    with subprocess.Popen(
        [sys.executable, str(CLUSTER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as keeper:
        assert keeper.stdout
        yield keeper.stdout.readline().strip()
        keeper.communicate(timeout=60)
