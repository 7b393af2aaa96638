"""A workspace as an older release has left it: its tables and rows, its key, our settings."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from newsletter.conf.workspace import lay_out
from tests.conftest import ON_POSTGRES, copy_on_server, own_copy
from tests.environment import ROOT
from tests.program import workspaces
from tests.program.made_once import make_once
from tests.program.workspaces import Workspace
from tests.releases.release import Release

LOAD = ROOT / "tests" / "releases" / "load.py"
#: Every database of a PostgreSQL server begins as a copy of this one, which is empty.
EMPTY = "template1"


def make_workspace(release: Release, folder: Path, factory: pytest.TempPathFactory) -> Workspace:
    """Return a workspace with a database of a release, for one test alone."""
    name = f"release_{release.version}".replace(".", "_")

    def load(made: Path) -> None:
        if ON_POSTGRES:
            copy_on_server(EMPTY, name)
        place = lay_out_release(release, made, url_in(made, name))
        assert place.start(str(LOAD), release.version).wait(600) == 0, place.said()

    made = make_once(factory, name, load)
    if ON_POSTGRES:
        return lay_out_release(release, folder, own_copy(name))
    url = url_in(folder, name)
    shutil.copy(sqlite_file(url_in(made, name)), sqlite_file(url))
    return lay_out_release(release, folder, url)


def url_in(folder: Path, name: str) -> str:
    """Return the address of a file in a folder, or of a database on the server."""
    if ON_POSTGRES:
        return urlsplit(os.environ["NEWSLETTER_DATABASE_URL"])._replace(path=f"/{name}").geturl()
    return f"sqlite:///{folder / 'database.sqlite3'}"


def sqlite_file(url: str) -> str:
    """Return the path in an address."""
    return url.removeprefix("sqlite:///")


def lay_out_release(release: Release, folder: Path, url: str) -> Workspace:
    """Return a workspace with the key of a release, and a database that is there or will be."""
    home = folder / "home"
    lay_out(home, site_name="Tideline Digest")
    key = home / "var" / "signing.key"
    key.parent.mkdir(mode=0o700)
    key.touch(mode=0o600)
    key.write_text(release.signing_key, encoding="ascii")
    return Workspace(home, workspaces.environment(database_url=url))
