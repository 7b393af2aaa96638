"""What is wrong with a text that is not TOML, in plain words: the reader of Python has its own."""

from __future__ import annotations

import re
from collections.abc import Mapping

PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")
#: What `tomllib` says, by the beginning of its sentence, and what is wrong then.
REASONS: Mapping[str, str] = {
    "An object other": "a list of sections has the name of something that is no list",
    "Cannot declare": "a section stands there twice",
    "Cannot mutate": "a table or list in brackets cannot get more further down",
    "Cannot overwrite": "a key stands there twice",
    "Cannot redefine": "a section has the name of a key with dots above it",
    "Duplicate": "a key stands twice in a table in braces",
    "Escaped character": "an escape in a text is no character",
    "Expected '='": "there is no equals sign between a key and its value",
    "Expected ']": "a bracket ] is missing behind the name of a section",
    "Expected newline": "something stands behind a value, or a quote or a bracket is missing",
    "Expected": "a quote is missing at the end of a text",
    "Found invalid": "a character stands there that is not allowed",
    r"Illegal character '\n'": "a quote is missing at the end of a text",
    "Illegal character": "a character stands there that is not allowed",
    "Invalid date": "a date or time does not exist",
    "Invalid hex": "an escape in a text has too few digits",
    "Invalid initial": "a key has characters other than letters, digits, - and _",
    "Invalid statement": "a line is neither a section nor a key with a value",
    "Invalid value": "a value is not a text in quotes, a number, true, false, a list or a table",
    "There is no nest": "a section has the name of a key that is no section",
    "Unclosed array": "a bracket ] is missing at the end of a list",
    "Unclosed inline": "a brace } is missing at the end of a table",
    "Unescaped": "a backslash in a text begins no known escape; write it twice",
    "Unterminated": "a quote is missing at the end of a text",
}
OTHERWISE = "it is not written as TOML"


def explain(message: str, text: str) -> tuple[int, int, str]:
    """Return line, column (0 for none) and reason of what `tomllib` says of a text."""
    place = PLACE.search(message)
    line, column = (int(place[1]), int(place[2])) if place else (len(text.splitlines()), 0)
    found = (words for start, words in REASONS.items() if message.startswith(start))
    return line, column, next(found, OTHERWISE)
