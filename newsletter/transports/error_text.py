"""The text of errors: what a server said, without anybody's address."""

from __future__ import annotations

import logging
import re

log = logging.getLogger(__name__)

#: From the beginning of a word only: tried from each of its letters, a long word takes for ever.
ADDRESS = re.compile(r"(?<![^\s\"'<>\[\](),;])[^\s\"'<>\[\](),;]+@[^\s\"'<>\[\](),;]+")
#: How many characters of what a server said are looked at.
MAX_CHARACTERS = 2000


def without_addresses(words: str) -> str:
    """Return a server's words on one line, short and without addresses."""
    line = " ".join(make_printable(words).split())
    if len(line) > MAX_CHARACTERS:
        # Not in the middle of a word, which could be the beginning of an address.
        line = line[:MAX_CHARACTERS].rpartition(" ")[0] or "…"
    return ADDRESS.sub("…", line)[:300] or "no words"


def make_printable(text: str) -> str:
    """Return a text from outside as every database and terminal takes it.

    Control characters and halves of surrogate pairs become question marks.
    """
    clean = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(sign if sign.isprintable() or sign.isspace() else "?" for sign in clean)


def kind_of(error: BaseException) -> str:
    """Name an error by its class alone: its text may hold addresses of machines and people."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__)
    return words.removesuffix(" Error").lower()


def log_unexpected(error: BaseException) -> None:
    """Write down where an unexpected error happened; its text may hold keys and addresses."""
    safe = RuntimeError(kind_of(error))
    log.error("unexpected: %s", safe, exc_info=(type(safe), safe, error.__traceback__))
