"""Read a TOML file that a person writes; what is wrong with it is said in words, with the line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from newsletter.errors import ConfigError

PLACE = re.compile(r"\(at line (\d+), column \d+\)")
#: What `tomllib` says, by the beginning of its sentence, and what is wrong then.
REASONS: Mapping[str, str] = {
    "Cannot overwrite": "a key stands there twice",
    "Cannot declare": "a section stands there twice",
    "Cannot mutate": "a table in braces cannot get more keys further down",
    "Expected '='": "there is no equals sign between a key and its value",
    "Expected ']'": "a bracket ] is missing behind the name of a section",
    "Expected newline": "something stands behind a value, or a quote or a bracket is missing",
    r"Illegal character '\n'": "a quote is missing at the end of a text",
    "Illegal character": "a character stands there that is not allowed, such as a tab in a text",
    "Invalid value": "a value is not a text in quotes, a number, true, false, a list or a table",
    "Invalid initial character": "a key has characters other than letters, digits, - and _",
    "Unclosed array": "a bracket ] is missing at the end of a list",
    "Unclosed inline table": "a brace } is missing at the end of a table",
    "Unescaped": "a backslash in a text begins no known escape; write it twice",
    "Unterminated string": "a quote is missing at the end of a text",
}
OTHERWISE = "it is not written as TOML"
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
        raise ConfigError(explain(path, text, str(error)), hint=HINT) from None


def explain(path: Path, text: str, message: str) -> str:
    """Say what is wrong in a file; not by quoting it, for a line may hold a password."""
    place = PLACE.search(message)
    line = int(place[1]) if place else len(text.splitlines())
    reason = next(
        (words for start, words in REASONS.items() if message.startswith(start)), OTHERWISE
    )
    return f"{path}, line {line}: {reason}"
