"""A workspace of the real program, with its own database and its own emulator."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from tests.program.process_pool import ANSWER_SECONDS, Program

KILLING = Path(__file__).with_name("killing.py")
ISSUE = """\
---
title: Tideline Digest
volume: 1
number: 1
date: 2026-11-26
subject: Reed beds
---

Good morning, [first_name|reader].

## A harbour that cleans itself

Reeds take nitrogen out of the water.
"""


@dataclass(frozen=True)
class Workspace:
    """A folder made by `newsletter init`, and the environment its programs run in."""

    folder: Path
    environment: dict[str, str]
    #: Whether its programs begin behind what all of them read.
    has_stem: bool = False

    def command(self, *arguments: str) -> list[str]:
        """Return the command line of the product."""
        return [sys.executable, "-m", "newsletter", *arguments]

    def run(self, *arguments: str) -> Any:
        """Run a command to its end and return its JSON."""
        with tempfile.TemporaryDirectory() as name:
            said, complained = Path(name) / "said", Path(name) / "complained"
            program = Program(
                [*arguments, "--json"],
                folder=self.folder,
                environment=self.environment,
                said=said,
                complained=complained,
                has_stem=self.has_stem,
            )
            assert program.wait() == 0, complained.read_text()
            return json.loads(said.read_text())

    def start(self, *words: str) -> Program:
        """Start a command, or a script, and return at once; what it says goes to a file."""
        log = self.folder / "program.log"
        return Program(
            words,
            folder=self.folder,
            environment=self.environment,
            said=log,
            has_stem=self.has_stem,
        )

    def serve(self) -> Program:
        """Start `newsletter serve`."""
        return self.start("serve")

    def serve_and_die(self, point: str, number: int = 1) -> Program:
        """Start `newsletter serve` so that it is killed at a point."""
        return self.start(str(KILLING), "SIGKILL", point, str(number), "serve")

    def serve_and_sleep(self, point: str, number: int = 1) -> Program:
        """Start `newsletter serve` so that it stands still at a point, until SIGCONT."""
        return self.start(str(KILLING), "SIGSTOP", point, str(number), "serve")

    def states(self) -> set[str]:
        """Return the states of all sends."""
        return {state for (state,) in self.ask("SELECT DISTINCT state FROM sending_send")}

    def ask(self, question: str) -> list[tuple[Any, ...]]:
        """Return what the database answers, straight from there: a command is slow."""
        url = self.environment["NEWSLETTER_DATABASE_URL"]
        if url.startswith("sqlite:///"):
            with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=60)) as file:
                return file.execute(question).fetchall()
        with psycopg.connect(url) as server:
            return server.execute(question).fetchall()

    def change(self, statement: str) -> None:
        """Change something in the database, behind the back of the product."""
        url = self.environment["NEWSLETTER_DATABASE_URL"]
        if url.startswith("sqlite:///"):
            with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=60)) as file, file:
                file.execute(statement)
        else:
            with psycopg.connect(url) as server:
                server.execute(statement)

    def said(self) -> str:
        """Return what the programs have said so far."""
        return (self.folder / "program.log").read_text()


def environment(**settings: str) -> dict[str, str]:
    """Return a clean environment for programs, with some settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NEWSLETTER")}
    # Programs may keep what they compile: it is most of the time that a short one takes.
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    kept.pop("SENDGRID_API_KEY", None)
    # Nobody is there to undo anything: what is queued for now leaves now.
    chosen = {"sending_undo_seconds": "0"} | settings
    return kept | {f"NEWSLETTER_{name.upper()}": value for name, value in chosen.items()}


def reader(number: int) -> str:
    """Return the address of a reader."""
    return f"reader{number}@tideline.example"


def make_workspace(
    folder: Path, people: int, address: Callable[[int], str] = reader, **settings: str
) -> Workspace:
    """Lay out a workspace with an issue and N people, at such addresses."""
    workspace = Workspace(folder, environment(**settings))
    folder.mkdir()
    home = folder / "home"
    subprocess.run(
        workspace.command(
            *("init", str(home), "--name", "Tideline Digest"),
            *("--postal-address", "Tideline, 7 Quay Street, Harbour Town"),
        ),
        env=workspace.environment,
        check=True,
        capture_output=True,
        timeout=ANSWER_SECONDS,
    )
    workspace = Workspace(home, workspace.environment)
    (home / "issue.md").write_text(ISSUE)
    lines = [f"{address(number)},Aiko Abe" for number in range(people)]
    (home / "people.csv").write_text("email,name\n" + "\n".join(lines))
    workspace.run("issue", "import", "issue.md")
    workspace.run("list", "import", "people.csv", "--basis", "consent")
    return workspace


def wait_until(condition: Callable[[], Any], seconds: float = ANSWER_SECONDS) -> Any:
    """Return the condition's first true value; fail when it does not come in time."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "it did not come to pass in time"
        time.sleep(0.1)  # on PostgreSQL each look is a connection
    return value
