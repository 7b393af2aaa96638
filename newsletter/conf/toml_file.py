"""Read a TOML file that a person writes; what is wrong with it is said in words, with the line."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from newsletter.errors import ConfigError
from newsletter.toml_mistakes import explain

HINT = 'Write each setting on a line of its own, texts between quotes: base_url = "https://…"'


def read_table(path: Path) -> dict[str, Any]:
    """Return the tables of a file, or raise `ConfigError` naming file, line and fix."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(
            f"{path}: there is no such file",
            hint="Lay out a workspace: newsletter init DIR (or name one: --config FILE)",
        ) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(
            f"{path}, line {line}: a character is not UTF-8", hint="Save the file as UTF-8."
        ) from None
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be read: {error.strerror}",
            hint="Name a file that this account may read: --config FILE",
        ) from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line, _, reason = explain(str(error), text)
        # Without the line itself: it may hold a password.
        raise ConfigError(f"{path}, line {line}: {reason}", hint=HINT) from None
