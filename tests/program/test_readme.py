"""The README's five minutes work as they are written."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from sendgrid_emulator import Emulator
from tests.environment import ROOT
from tests.program import workspaces
from tests.program.workspaces import Workspace


def steps() -> list[list[str]]:
    """Return the commands of the README's five minutes."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    block = text.partition("## In five minutes")[2].partition("```console\n")[2].partition("```")[0]
    lines = [line.removeprefix("$ ") for line in block.splitlines()]
    return [shlex.split(line, comments=True) for line in lines]


@pytest.mark.once
def test_five_minutes(tmp_path: Path, database_url: str) -> None:
    """Each command of the README ends well, in its order, and the programs start and stop."""
    with Emulator() as emulator:
        environment = workspaces.environment(
            database_url=database_url, sendgrid_base_url=emulator.url, web_port="0"
        )
        place = Workspace(tmp_path, environment)
        for step in steps():
            place = take(place, step)
    assert "serves http" in place.said()


def take(place: Workspace, step: list[str]) -> Workspace:
    """Do one step, and return where the next one is done."""
    match step:
        case ["cd", folder]:
            return Workspace(place.folder / folder, place.environment)
        case ["newsletter", *arguments, "&"]:
            start_and_stop(place, [*arguments, "--port", "0"])
        case ["newsletter", "serve"]:
            start_and_stop(place, ["serve"])
        case ["newsletter", *arguments]:
            place.run(*arguments)
    return place


def start_and_stop(place: Workspace, arguments: list[str]) -> None:
    """Start a program, wait until it says where it is, and stop it."""
    process = place.start(*arguments)
    earlier = place.said().count("http://")
    try:
        workspaces.wait_until(lambda: place.said().count("http://") > earlier)
    finally:
        process.terminate()
        assert process.wait() == 0, place.said()
