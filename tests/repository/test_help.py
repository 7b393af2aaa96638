"""The help of the command line is whole, has an example each, and says what was meant."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import typer

from newsletter import cli
from newsletter.cli.examples import EXAMPLES
from newsletter.cli.help_pages import first_paragraph

#: What a terminal has unless somebody widens it.
COLUMNS = 80


def tree() -> Any:
    """Return the whole command line."""
    cli.register()
    return typer.main.get_command(cli.app)


def pages(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield a command and all that stand below it, with their paths."""
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from pages(below, f"{path} {name}")


PAGES = [pytest.param(path, command, id=path) for path, command in pages(tree(), "newsletter")]


def help_page(path: str, command: Any) -> str:
    """Return what `--help` prints on a narrow terminal."""
    context = command.context_class(command, info_name=path, terminal_width=COLUMNS - 2)
    return str(command.get_help(context))


@pytest.mark.parametrize(("path", "command"), PAGES)
def test_help_shows_an_example(path: str, command: Any) -> None:
    """Each help ends with an example of that very command, on a line of its own."""
    lines = help_page(path, command).rpartition("Example")[2].splitlines()[1:]
    examples = [line.strip() for line in lines]

    assert examples
    assert all(re.match(rf"{path}( |$)", line) for line in examples) or path == "newsletter"
    assert tuple(examples) == EXAMPLES[path]


@pytest.mark.parametrize("line", [line for lines in EXAMPLES.values() for line in lines])
def test_examples_are_taken_by_the_command_line(line: str) -> None:
    """Each example names a command that there is, with arguments and options that it takes."""
    command, words = tree(), shlex.split(line)[1:]
    context = command.make_context("newsletter", words, resilient_parsing=True)
    words = [*context._protected_args, *context.args]
    while words and words[0] in (below := getattr(command, "commands", {})):
        command = below[words.pop(0)]

    assert command.make_context(command.name, words)


@pytest.mark.parametrize(("path", "command"), PAGES)
def test_help_is_not_cut_off(path: str, command: Any) -> None:
    """On a terminal of 80 columns each line fits, and no sentence ends in three dots."""
    page = help_page(path, command)

    assert max(map(len, page.splitlines())) <= COLUMNS
    assert "..." not in page.replace("[ARGS]...", "").replace("{ADDRESS}...", "").replace(
        "{REF}...", ""
    )
    flat = " ".join(page.split())
    for below in getattr(command, "commands", {}).values():
        assert first_paragraph(below.help) in flat


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own."""
    return subprocess.run(
        [Path(sys.executable).with_name("newsletter"), *words],
        env={**os.environ, "COLUMNS": str(COLUMNS), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def ask(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """Return what the command line says of words that it does not take."""
    monkeypatch.setenv("COLUMNS", str(COLUMNS))
    with pytest.raises(SystemExit) as left:
        tree()(list(words), prog_name="newsletter")
    assert left.value.code == 2
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sned list", "Did you mean 'send'?"),
        ("issue chek 3.11", "Did you mean 'check'?"),
        ("pause 12", "Did you mean 'send pause'?"),
        ("issue check 3.11 --lnks", "--links"),
    ],
)
def test_a_wrong_word_names_the_one_that_was_meant(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str, meant: str
) -> None:
    """A misspelt command or option, or one without its noun, is answered with the right one."""
    assert meant in ask(monkeypatch, capsys, *typed.split())


def test_version_is_that_of_the_package() -> None:
    """`newsletter --version` says which release is installed, and needs no workspace."""
    done = run("--version", NEWSLETTER_CONFIG="/nowhere/config.toml")

    assert (done.returncode, done.stdout) == (0, f"Fortnight {version('fortnight')}\n")


def test_the_package_runs_as_a_module() -> None:
    """`python -m newsletter` is the same command, for machines on which scripts are not found."""
    done = subprocess.run(
        [sys.executable, "-m", "newsletter", "--version"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert done.stdout == f"Fortnight {version('fortnight')}\n"


COMPLETIONS = [
    pytest.param(
        "bash",
        ".bash_completions/newsletter.sh",
        {"COMP_WORDS": "newsletter send pau", "COMP_CWORD": "2"},
        id="bash",
    ),
    pytest.param(
        "zsh", ".zfunc/_newsletter", {"_TYPER_COMPLETE_ARGS": "newsletter send pau"}, id="zsh"
    ),
]


@pytest.mark.parametrize(("shell", "script", "asked"), COMPLETIONS)
def test_shells_complete_commands(
    tmp_path: Path, shell: str, script: str, asked: dict[str, str]
) -> None:
    """What `--install-completion` writes for a shell asks the command, which completes."""
    home = {"HOME": str(tmp_path), "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    installed = run("--install-completion", shell, **home)
    answer = run(**home, **asked, _NEWSLETTER_COMPLETE=f"complete_{shell}")

    assert installed.returncode == 0
    assert f"_NEWSLETTER_COMPLETE=complete_{shell}" in (tmp_path / script).read_text()
    assert "pause" in answer.stdout
    assert "resume" not in answer.stdout


def test_the_script_for_bash_is_understood_by_bash(tmp_path: Path) -> None:
    """A bash that has read the script completes `newsletter send pau` to `pause`."""
    shown = run("--show-completion", "bash", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    line = "COMP_WORDS=(newsletter send pau); COMP_CWORD=2"
    commands = f"{shown.stdout}\n{line}; _newsletter_completion newsletter; echo $COMPREPLY"
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "--norc", "-c", commands],
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert done.stdout == "pause\n"
