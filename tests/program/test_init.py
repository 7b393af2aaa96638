"""A workspace is laid out with all that a publication needs, as far as somebody says it."""

from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path

import pytest

from newsletter.conf.workspace import lay_out
from newsletter.errors import BadInput
from tests.program import workspaces
from tests.program.workspaces import Workspace

pytestmark = pytest.mark.once


def address(place: Workspace) -> str:
    """Return the postal address of the publication in a workspace."""
    [(found,)] = place.ask("SELECT postal_address FROM publishing_publication")
    return str(found)


@pytest.mark.parametrize(
    ("typed", "kept"), [("7 Quay Street\n", "7 Quay Street"), ("\n", "")], ids=["said", "left-open"]
)
def test_on_a_terminal_the_postal_address_is_asked_for(
    tmp_path: Path, database_url: str, typed: str, kept: str
) -> None:
    """Who lays out a workspace by hand is asked for the address, and told what waits without it."""
    place = Workspace(tmp_path, workspaces.environment(database_url=database_url))
    ours, theirs = pty.openpty()
    os.write(ours, typed.encode())
    done = subprocess.run(
        place.command("init", "paper"),
        cwd=tmp_path,
        env=place.environment,
        stdin=theirs,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    os.close(ours)
    os.close(theirs)

    assert "Postal address" in done.stdout + done.stderr
    assert ("needs a postal address" in done.stdout) is (not kept)
    assert address(place) == kept


def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path: Path) -> None:
    """The error names the folder and what to do."""
    (tmp_path / "file").write_text("")

    with pytest.raises(BadInput, match="file/paper cannot be made: Not a directory") as refused:
        lay_out(tmp_path / "file" / "paper", site_name="Paper")

    assert "may write" in refused.value.hint


def test_a_program_is_not_asked(tmp_path: Path, database_url: str) -> None:
    """Without a terminal nothing waits for an answer; the option says it."""
    place = Workspace(tmp_path, workspaces.environment(database_url=database_url))

    place.run("init", "paper", "--postal-address", "7 Quay Street")

    assert address(place) == "7 Quay Street"
