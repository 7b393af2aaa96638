"""The README's five minutes work as they are written."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from sendgrid_emulator import Emulator
from tests.environment import ROOT
from tests.program import workspaces
from tests.program.workspaces import Workspace

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


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


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_examples_name_commands_that_exist(path: Path) -> None:
    """Every example of a command in the documents is one that the program takes."""
    import typer

    from newsletter import cli

    cli.register()
    tree = typer.main.get_command(cli.app)
    text = path.read_text(encoding="utf-8")
    blocks = re.findall(r"^```(\w*)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    examples = [block for kind, block in blocks if kind in ("", "console", "sh")]
    lines = [line.removeprefix("$ ") for block in examples for line in block.splitlines()]
    # The other way to write one.
    lines += re.findall(r"^    (newsletter .*)$", text, re.MULTILINE)
    for line in lines:
        words = shlex.split(line, comments=True)
        if words[:1] == ["newsletter"]:
            follow(tree, [word for word in words[1:] if word != "&"], line)


def follow(command: object, words: list[str], line: str) -> None:
    """Go down the tree of commands by the words, and check every option on the way."""
    while (below := getattr(command, "commands", None)) is not None:
        if not words[:1] or words[0].startswith("-"):
            # Some do something themselves, such as `newsletter backup`.
            assert getattr(command, "invoke_without_command", False), line
            break
        assert words[0] in below, line
        command, words = below[words[0]], words[1:]
    parameters = command.params  # type: ignore[attr-defined]
    known = {name for each in parameters for name in (*each.opts, *each.secondary_opts)}
    used = {word.partition("=")[0] for word in words if word.startswith("--")}
    assert used <= known, line
