"""Write a command as a person types it again, with the options it had."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path


def command_line(words: str, file: Path, options: Mapping[str, Sequence[str]]) -> str:
    """Return `newsletter WORDS FILE` with every option that has a value."""
    given = [
        f"--{name} {shlex.quote(value)}"
        for name, values in options.items()
        for value in values
        if value
    ]
    return " ".join([f"newsletter {words} {shlex.quote(str(file))}", *given])
