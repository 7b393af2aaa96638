"""The blocks of code in the documents, and the commands that stand in them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.environment import ROOT

DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
#: An example of Markdown may hold a fence of its own: it closes with as many backticks.
FENCED = re.compile(r"^( *)(`{3,})([^`\n]*)\n(.*?)^ *\2`*$", re.MULTILINE | re.DOTALL)
#: Kinds with commands of a shell.
SHELL = ("console", "sh")


@dataclass(frozen=True)
class Block:
    """One block: what it is written in, its text, and where it begins."""

    page: str
    line: int
    kind: str
    text: str

    @property
    def place(self) -> str:
        """Where it is, for people and for the names of tests."""
        return f"{self.page}:{self.line}"

    @property
    def script(self) -> str:
        """What is typed.  A session has prompts, `$` or root's `#`; the rest is what is printed."""
        lines = self.text.splitlines()
        if self.kind != "console":
            return self.text
        typed: list[str] = []
        for line in lines:
            if line.startswith(("$ ", "# ")):
                typed.append(line[2:])
            elif typed and typed[-1].endswith("\\"):
                typed.append(line)
        return "\n".join(typed) + "\n"

    @property
    def lines(self) -> list[str]:
        """The commands that are typed, each on one line."""
        whole = self.script.replace("\\\n", " ")
        return [line.strip() for line in whole.splitlines() if line.strip()]


def read_blocks(path: Path) -> Iterator[Block]:
    """Yield the blocks of a page."""
    text = path.read_text(encoding="utf-8")
    for found in FENCED.finditer(text):
        indent, _, kind, inner = found.groups()
        yield Block(
            page=path.relative_to(ROOT).as_posix().removeprefix("docs/"),
            line=text.count("\n", 0, found.start()) + 2,
            kind=kind.strip(),
            text=re.sub(rf"(?m)^{indent}", "", inner),
        )


BLOCKS = [block for path in DOCUMENTS for block in read_blocks(path)]


def words_of(line: str) -> list[str]:
    """Return the words of a command of ours; none if the line has another one."""
    return shlex.split(line, comments=True)[1:] if line.startswith("newsletter ") else []
