"""The text of errors: what a server said, without addresses."""

from __future__ import annotations

import logging
import re

log = logging.getLogger(__name__)

#: From the beginning of a word only: tried from each of its letters, a long word takes for ever.
ADDRESS = re.compile(r"(?<![^\s\"'<>\[\](),;])[^\s\"'<>\[\](),;]+@[^\s\"'<>\[\](),;]+")
#: How many characters of a server's answer are read.
MAX_CHARACTERS = 2000


def without_addresses(words: str) -> str:
    """Return the text of a server on one line, short and without addresses."""
    line = " ".join(make_printable(words).split())
    if len(line) > MAX_CHARACTERS:
        # Not in the middle of a word, which could be the beginning of an address.
        line = line[:MAX_CHARACTERS].rpartition(" ")[0] or "…"
    return ADDRESS.sub("…", line)[:300] or "no words"


def make_printable(text: str) -> str:
    """Return a text from outside so that every database and terminal accepts it.

    Control characters and halves of surrogate pairs become question marks.
    """
    clean = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(sign if sign.isprintable() or sign.isspace() else "?" for sign in clean)


def kind_of(error: BaseException) -> str:
    """Return the class name of an error: its text may contain addresses of machines and people."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__)
    return words.removesuffix(" Error").lower()


def log_unexpected(error: BaseException) -> None:
    """Log where an unexpected error happened; its text may contain keys and addresses."""
    safe = RuntimeError(kind_of(error))
    log.error("unexpected: %s", safe, exc_info=(type(safe), safe, error.__traceback__))
