"""What a user can meet is documented: commands, options, settings, errors."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
import typer

from newsletter import cli, errors
from newsletter.conf.config import Config, read_config
from newsletter.conf.schema import Section
from scripts.commands_reference import write_blocks
from tests.environment import ROOT

COMMANDS = (ROOT / "docs" / "reference" / "commands.md").read_text(encoding="utf-8")
CONFIGURATION = (ROOT / "docs" / "reference" / "configuration.md").read_text(encoding="utf-8")
ERRORS = (ROOT / "docs" / "reference" / "errors.md").read_text(encoding="utf-8")
#: Options that every command has; they are explained once.
COMMON = {"--json", "--help"}
#: What it prints is Django's.
WITHOUT_JSON = {"newsletter django"}


def commands() -> Iterator[tuple[str, set[str]]]:
    """Yield every command of the tree with its options."""
    app = typer.Typer()
    app.info, app.registered_callback = cli.app.info, cli.app.registered_callback
    cli.register()
    tree = typer.main.get_command(cli.app)
    yield from walk(tree, "newsletter")


def walk(command: object, path: str) -> Iterator[tuple[str, set[str]]]:
    """Yield the commands below a command, and the command itself if it does something."""
    below = getattr(command, "commands", {})
    if not below or getattr(command, "invoke_without_command", False):
        names = {name for parameter in command.params for name in parameter.opts}  # type: ignore[attr-defined]
        yield path, {name for name in names if name.startswith("--")}
    for name, sub in below.items():
        yield from walk(sub, f"{path} {name}")


def section(path: str) -> str:
    """Return what the document says under the heading of a command."""
    pattern = rf"^### `{re.escape(path)}(?: [^`]*)?`$(.*?)(?=^##|\Z)"
    match = re.search(pattern, COMMANDS, flags=re.MULTILINE | re.DOTALL)
    return match[1] if match else ""


@pytest.mark.parametrize(("path", "options"), [pytest.param(*c, id=c[0]) for c in commands()])
def test_command_is_documented(path: str, options: set[str]) -> None:
    """Each command has a section, which names each of its options."""
    words = section(path)

    assert words.strip(), f"docs/reference/commands.md has no section for {path}"
    assert {option for option in options - COMMON if option not in words} == set()


@pytest.mark.parametrize(("path", "options"), [pytest.param(*c, id=c[0]) for c in commands()])
def test_command_speaks_json(path: str, options: set[str]) -> None:
    """Each command can print its result as JSON."""
    assert ("--json" in options) is (path not in WITHOUT_JSON)


def test_every_documented_command_exists() -> None:
    """The document names no command that there is not."""
    named = re.findall(r"^### `(newsletter [a-z -]+?)(?: [A-Z][^`]*)?`$", COMMANDS, re.MULTILINE)

    assert set(named) == {path for path, _ in commands()}


def test_options_and_examples_are_those_of_the_program() -> None:
    """`make commands` would change nothing: arguments, options and examples are what they are."""
    assert write_blocks(COMMANDS) == COMMANDS


def settings() -> list[tuple[str, str]]:
    """Return every setting as (section, key)."""
    kinds = {name: field.annotation for name, field in Config.model_fields.items()}
    return [
        (name, key)
        for name, kind in kinds.items()
        if isinstance(kind, type) and issubclass(kind, Section)
        for key in kind.model_fields
    ]


@pytest.mark.parametrize(("name", "key"), settings())
def test_setting_is_documented(name: str, key: str) -> None:
    """Each setting stands in the document and, with its default and a comment, in config.toml."""
    table = CONFIGURATION.partition(f"## `[{name}]`")[2].partition("\n## ")[0]
    shipped = (ROOT / "config.toml").read_text(encoding="utf-8")
    lines = shipped.partition(f"[{name}]\n")[2].partition("\n[")[0].splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith(f"{key} ="))

    assert f"| `{key}` |" in table
    assert lines[place - 1].startswith("#")


def test_shipped_settings_are_the_defaults() -> None:
    """config.toml as shipped says what holds anyway."""
    assert read_config(ROOT / "config.toml", {}).model_dump() == Config().model_dump()


@pytest.mark.parametrize(
    "error",
    [kind for kind in vars(errors).values() if isinstance(kind, type)],
    ids=lambda kind: kind.__name__,
)
def test_error_is_documented(error: type[errors.NewsletterError]) -> None:
    """Each error's code stands in the document with what to do."""
    assert f"| `{error.code}` |" in ERRORS
