"""Read a TOML file that a person writes; what is wrong with it is said in words, with the line."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from newsletter.errors import ConfigError
from newsletter.toml_mistakes import explain

HINT = 'Write each setting on a line of its own, texts between quotes: base_url = "https://…"'


def read_table(path: Path, searched: str = "") -> dict[str, Any]:
    """Return the tables of a file, or raise `ConfigError` naming file, line and fix.

    `searched` says how the file was found, for one that is not there.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: there is no such file" + (f" ({searched})" if searched else ""),
            path=str(path),
            hint="Go to the folder of the workspace, or name its file: --config FILE. To make a new"
            " one: newsletter init DIR",
        ) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(
            f"{path}, line {line}: a character is not UTF-8",
            path=str(path),
            line=line,
            hint="Save the file as UTF-8.",
        ) from None
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be read: {error.strerror}",
            path=str(path),
            hint="Name a file that this account may read: --config FILE",
        ) from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line, _, reason = explain(str(error), text)
        # Without the line itself: it may hold a password.
        raise ConfigError(
            f"{path}, line {line}: {reason}", path=str(path), line=line, hint=HINT
        ) from None
