"""Write arguments, options and examples of every command into docs/reference/commands.md.

`make commands` after a command has changed.  What stands between the two marks below a heading is
made from the program, as `--help` is; the words around it are written by hand and stay.
`tests/repository/test_documents.py` compares.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from newsletter import cli
from newsletter.cli.examples import EXAMPLES

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "commands.md"
BEGIN, END = "<!-- made by `make commands` -->", "<!-- made until here -->"
#: A block as it was made before, with the blank line above it.
BLOCK = re.compile(rf"\n*{re.escape(BEGIN)}\n.*?{re.escape(END)}\n", re.DOTALL)
HEADING = re.compile(r"^#{2,3} .*$", re.MULTILINE)
COMMAND = re.compile(r"^### `(newsletter(?: [a-z-]+)+)(?: [^`]*)?`$")
#: Every command has it; the top of the page explains it.
COMMON = "--json"
#: What a kind of value is called where the program gives it no name.
KINDS = {
    "str": "TEXT",
    "int": "N",
    "int range": "N",
    "float": "N",
    "path": "FILE",
    "list[str]": "TEXT",
}
KIND = re.compile(r" <([^>]+)>")
#: What the program says of a value behind its help: `[default: 26; 1<=x<=500]`.
NOTE = re.compile(r"\s*\[([^\]]*)\]$")
RANGE = re.compile(r"(\d+)<=x<=(\d+)")


def main() -> None:
    """Write the page again."""
    page = write_blocks(PAGE.read_text(encoding="utf-8"))
    PAGE.write_text(page, encoding="utf-8")


def write_blocks(page: str) -> str:
    """Return the page with what the program says now."""
    page = BLOCK.sub("\n", page)
    commands = dict(find_commands())
    pieces, places = [], [found.start() for found in HEADING.finditer(page)]
    for start, end in zip([0, *places], [*places, len(page)], strict=True):
        section = page[start:end].rstrip("\n")
        named = COMMAND.match(section.partition("\n")[0])
        if named and named[1] in commands:
            section += f"\n\n{describe(named[1], commands[named[1]])}"
        pieces.append(section)
    return "\n\n".join(filter(None, pieces)) + "\n"


def find_commands() -> Iterator[tuple[str, Any]]:
    """Yield every command that does something, with its path."""
    if not cli.app.registered_commands:
        cli.register()

    def walk(path: str, command: Any) -> Iterator[tuple[str, Any]]:
        yield path, command
        for name, below in getattr(command, "commands", {}).items():
            yield from walk(f"{path} {name}", below)

    return walk("newsletter", typer.main.get_command(cli.app))


def describe(path: str, command: Any) -> str:
    """Return the block of one command."""
    context = command.context_class(command, info_name=path)
    named = [each for each in command.params if COMMON not in each.opts]
    rows = [row for each in named for row in row_of(each, context)]
    table = ["| argument or option | what it is |", "|---|---|", *rows, ""] if rows else []
    examples = ["```console", *(f"$ {line}" for line in EXAMPLES[path]), "```"]
    return "\n".join([BEGIN, "", *table, *examples, "", END])


def row_of(parameter: Any, context: Any) -> Iterator[str]:
    """Yield the row of an argument or option; one that is hidden has none."""
    record = parameter.get_help_record(context)
    if record is None:
        return
    name, words = record
    is_option = name.startswith("-")
    name = KIND.sub(lambda found: f" {KINDS.get(found[1], found[1])}" if is_option else "", name)
    note = NOTE.search(words)
    notes = note[1].split("; ") if note else []
    if not is_option:
        notes = [each for each in notes if each != "required"]
    words = " ".join([NOTE.sub("", words), *map(in_words, notes)])
    if getattr(parameter, "multiple", False) and "repeat" not in words:
        words += " May be repeated."
    name, words = (text.replace("|", "\\|") for text in (name, words))
    yield f"| `{name}` | {words} |"


def in_words(note: str) -> str:
    """Return as a sentence what stands in brackets behind the help of a value."""
    if found := RANGE.fullmatch(note):
        return f"From {int(found[1]):,} to {int(found[2]):,}."
    return f"{note.capitalize()}."


if __name__ == "__main__":
    sys.exit(main())
