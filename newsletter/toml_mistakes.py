"""What is wrong with a text that is not TOML, in plain words: the reader of Python has its own."""

from __future__ import annotations

import re
from collections.abc import Mapping

from newsletter.phrases import Phrase, phrase

PLACE = re.compile(r"\(at line (\d+), column (\d+)\)")
#: What `tomllib` says, by the beginning of its sentence, and what is wrong then.
REASONS: Mapping[str, Phrase] = {
    "An object other": phrase("a list of sections has the name of something that is no list"),
    "Cannot declare": phrase("a section stands there twice"),
    "Cannot mutate": phrase("a table or list in brackets cannot get more further down"),
    "Cannot overwrite": phrase("a key stands there twice"),
    "Cannot redefine": phrase("a section has the name of a key with dots above it"),
    "Duplicate": phrase("a key stands twice in a table in braces"),
    "Escaped character": phrase("an escape in a text is no character"),
    "Expected '='": phrase("there is no equals sign between a key and its value"),
    "Expected ']": phrase("a bracket ] is missing behind the name of a section"),
    "Expected newline": phrase(
        "something stands behind a value, or a quote or a bracket is missing"
    ),
    "Expected": phrase("a quote is missing at the end of a text"),
    "Found invalid": phrase("a character stands there that is not allowed"),
    r"Illegal character '\n'": phrase("a quote is missing at the end of a text"),
    "Illegal character": phrase("a character stands there that is not allowed"),
    "Invalid date": phrase("a date or time does not exist"),
    "Invalid hex": phrase("an escape in a text has too few digits"),
    "Invalid initial": phrase("a key has characters other than letters, digits, - and _"),
    "Invalid statement": phrase("a line is neither a section nor a key with a value"),
    "Invalid value": phrase(
        "a value is not a text in quotes, a number, true, false, a list or a table"
    ),
    "There is no nest": phrase("a section has the name of a key that is no section"),
    "Unclosed array": phrase("a bracket ] is missing at the end of a list"),
    "Unclosed inline": phrase("a brace } is missing at the end of a table"),
    "Unescaped": phrase("a backslash in a text begins no known escape; write it twice"),
    "Unterminated": phrase("a quote is missing at the end of a text"),
}
OTHERWISE = phrase("it is not written as TOML")


def explain(message: str, text: str) -> tuple[int, int, Phrase]:
    """Return line, column (0 for none) and reason of what `tomllib` says of a text."""
    place = PLACE.search(message)
    line, column = (int(place[1]), int(place[2])) if place else (len(text.splitlines()), 0)
    found = (words for start, words in REASONS.items() if message.startswith(start))
    return line, column, next(found, OTHERWISE)
