"""Blocks of code in the documents are what the program, a shell or another reader takes.

Each kind of block has a reader here.  A block that has none fails, so that nobody adds one that
nothing checks.  What its commands do is tested in `tests/program/test_documented_commands.py`.
"""

from __future__ import annotations

import ast
import importlib
import json
import re
import subprocess
import tempfile
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from newsletter import cli
from newsletter.conf.config import Config, check
from newsletter.publishing.importing.reading import parse_file
from newsletter.rendering import compile as compile_edition
from newsletter.rendering.pipeline.words import words_in
from subscribers.segments.parsing import parse_filter
from tests.document_blocks import BLOCKS, DOCUMENTS, SHELL, Block, words_of
from tests.environment import ROOT
from tests.unit.rendering import samples

#: What nothing can read, by how the block begins, with what it is.
SHOWN = {
    "            ┌─ newsletter serve ─┐": "a drawing",
    "2026-12-01 08:00:31,204 INFO": "a line of a log",
    "warmup_first_day × warmup_factor": "a formula",
}
TEMPLATE_WORDS = ROOT / "templates" / "email" / "_shared" / "words.toml"


def read_shell(block: Block) -> None:
    """A shell takes all of it, and the program takes each of its own lines."""
    done = subprocess.run(
        ["sh", "-n"], input=block.script, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert block.lines
    for line in block.lines:
        if words := words_of(line):
            take([word for word in words if word != "&"])


@cache
def command_line() -> Any:
    """Return the whole command line: to build it takes as long as to parse many commands."""
    cli.register()
    return typer.main.get_command(cli.app)


def take(words: list[str]) -> None:
    """Have the command line parse a command as it does when it is run."""
    command = command_line()
    if ">" in words:
        words = words[: words.index(">")]
    context = command.make_context("newsletter", words, resilient_parsing=True)
    words = [*context._protected_args, *context.args]
    while words and words[0] in (below := getattr(command, "commands", {})):
        command = below[words.pop(0)]
    assert command.make_context(command.name, words)


def read_toml(block: Block) -> None:
    """Settings, a table of words, the head of an issue, or a package that adds a transport."""
    if block.text.startswith("+++"):
        read_issue(block)
        return
    table = tomllib.loads(block.text)
    if "project" in table:
        assert "fortnight.transports" in table["project"]["entry-points"]
    elif table.keys() <= Config.model_fields.keys():
        check(Path("config.toml"), without_transports_of_others(table), {})
    else:
        shipped = tomllib.loads(TEMPLATE_WORDS.read_text(encoding="utf-8"))
        [language] = table
        assert words_in(language, shipped | table)["issue"] == table[language]["issue"]


def without_transports_of_others(table: dict[str, Any]) -> dict[str, Any]:
    """Return settings without those of a transport that another package brings."""
    others = table.get("transports", {})
    if table.get("sending", {}).get("transport") in others:
        del table["sending"]["transport"]
    return table


def read_issue(block: Block) -> None:
    """An issue in Markdown, or its head with a text below it."""
    whole = block.text if "\n## " in block.text or "•" in block.text else f"{block.text}\n\nText.\n"
    assert parse_file(whole.encode(), name="example").title


def read_yaml(block: Block) -> None:
    """The head of an issue, or settings of another program."""
    if block.text.startswith("---"):
        read_issue(block)
    else:
        assert isinstance(yaml.safe_load(block.text), dict)


def read_json(block: Block) -> None:
    """What a command prints with --json."""
    assert json.loads(block.text)


def read_python(block: Block) -> None:
    """It compiles without a warning, and what it imports of ours is there."""
    tree = ast.parse(block.text)
    compile(tree, block.place, "exec")
    for each in ast.walk(tree):
        if isinstance(each, ast.ImportFrom) and str(each.module).startswith("newsletter"):
            module = importlib.import_module(str(each.module))
            assert [name.name for name in each.names if not hasattr(module, name.name)] == []


def read_jinja(block: Block) -> None:
    """A template compiles with each line of it."""
    with tempfile.TemporaryDirectory() as folder:
        template = samples.template(Path(folder), samples.wrap_in_body(""), block.text)
        assert compile_edition(samples.ALL_BLOCKS, template)


def read_text(block: Block) -> None:
    """Filters of segments, an issue, or one of what is only shown."""
    if block.page == "how-to/segments.md":
        for line in block.text.splitlines():
            assert parse_filter(line, trusted=True)  # its lists are in nobody's database
    elif block.page == "how-to/import.md":
        read_issue(block)
    else:
        assert [name for name in SHOWN if block.text.startswith(name)]


def read_elsewhere(block: Block) -> None:
    """Tests of its own read it: each names the page."""
    tests = ROOT / "tests" / BY_OTHERS[block.kind]
    assert tests.exists()


#: Kinds that tests of their own read.
BY_OTHERS = {
    # Made by scripts/diagrams.py, and compared with what it makes.
    "mermaid": "repository/test_architecture.py",
    # The site of documents is built.
    "{toctree}": "repository/test_site_of_documents.py",
    # Run by PostgreSQL.
    "sql": "unit/subscribers/test_documented_index_postgres.py",
}
READERS = {
    **dict.fromkeys(SHELL, read_shell),
    **dict.fromkeys(BY_OTHERS, read_elsewhere),
    "toml": read_toml,
    "yaml": read_yaml,
    "json": read_json,
    "python": read_python,
    "jinja": read_jinja,
    "markdown": read_issue,
    "text": read_text,
}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_blocks_can_be_read(path: Path) -> None:
    """Each block of a page is taken by what it is for."""
    page = path.relative_to(ROOT).as_posix().removeprefix("docs/")
    for block in BLOCKS:
        if block.page == page:
            reader = READERS.get(block.kind)
            assert reader, f"{block.place}: nothing reads a block of the kind {block.kind!r}"
            try:
                reader(block)
            except Exception as error:
                raise AssertionError(f"{block.place}: {error}\n{block.text}") from error


def test_commands_stand_in_fences() -> None:
    """No command stands in an indented block, which says not what it is written in."""
    indented = [
        f"{path.name}: {line.strip()}"
        for path in DOCUMENTS
        for line in re.findall(r"\n\n    \S.*", FENCES.sub("", path.read_text(encoding="utf-8")))
    ]

    assert indented == []


FENCES = re.compile(r"^( *)(`{3,}).*?^ *\2`*$", re.MULTILINE | re.DOTALL)
