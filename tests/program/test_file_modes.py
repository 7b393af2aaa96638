"""Whatever a command makes is its owner's alone; what is open already is named."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sendgrid_emulator import Emulator
from tests.program import workspaces
from tests.program.workspaces import Workspace


@pytest.fixture(autouse=True)
def generous_umask() -> Iterator[None]:
    """Have programs inherit the umask of most machines."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> list[str]:
    """Return what in a folder others may read, the folder itself included."""
    return [
        str(path)
        for path in [folder, *folder.rglob("*")]
        if not path.is_symlink() and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]


@pytest.mark.once
def test_a_new_workspace_is_private(tmp_path: Path, sendgrid: Emulator) -> None:
    """Settings, database, its log, keys, mails in files and the log of a send."""
    home = tmp_path / "home"
    first = Workspace(tmp_path, workspaces.environment(sendgrid_base_url=sendgrid.url))
    first.run("init", str(home), "--postal-address", "7 Quay Street")
    settings = {"sending_transport": "maildir", "web_port": "0", "canary_percent": "0"}
    place = Workspace(home, workspaces.environment(**settings))
    (home / "issue.md").write_text(workspaces.ISSUE)
    (home / "people.csv").write_text("email\nann@example.org\n")
    place.run("issue", "import", "issue.md")
    place.run("list", "import", "people.csv", "--basis", "consent")
    place.run("issue", "approve", "1.1")
    place.run("issue", "queue", "1.1", "--at", "now")
    place.run("issue", "render", "1.1", "--out", "out")
    process = place.serve()
    try:
        workspaces.wait_until(lambda: "Fortnight serves" in place.said())
        workspaces.wait_until(lambda: list((home / "var" / "maildir" / "new").glob("*")))
        names = {path.name for path in (home / "var").glob("*")}
        assert {"newsletter.sqlite3", "newsletter.sqlite3-wal", "signing.key"} <= names
        assert open_to_others(home / "var") == []
        assert open_to_others(home / "out") == []
    finally:
        process.terminate()
        assert process.wait() == 0, place.said()
    assert "others on this machine" not in place.said()


@pytest.mark.parametrize("words", [("serve",), ("worker",)], ids=" ".join)
def test_open_files_are_named(workspace: Callable[..., Workspace], words: tuple[str, ...]) -> None:
    """At the start, with the command that closes them; nothing is changed unasked."""
    place = workspace()
    var = place.folder / "var"
    var.mkdir(exist_ok=True)
    var.chmod(0o755)
    mail = var / "mail" / "1.log"
    mail.parent.mkdir()
    mail.touch()
    mail.chmod(0o644)

    process = place.start(*words)
    try:
        workspaces.wait_until(lambda: re.search("the desk:|SIGTERM lets", place.said()))
    finally:
        process.terminate()
        assert process.wait() == 0, place.said()

    assert f"chmod 600 {mail}" in place.said()
    assert f"others on this machine can read {var}: chmod 700 {var}" in place.said()
    assert mail.stat().st_mode & 0o777 == 0o644
    if "sqlite" in place.environment["NEWSLETTER_DATABASE_URL"]:
        file = place.environment["NEWSLETTER_DATABASE_URL"].removeprefix("sqlite:///")
        assert f"chmod 600 {file}" in place.said()
