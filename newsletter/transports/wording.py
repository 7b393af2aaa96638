"""The words of errors: what a server said, without anybody's address."""

from __future__ import annotations

import re

ADDRESS = re.compile(r"[^\s\"'<>\[\](),;]+@[^\s\"'<>\[\](),;]+")


def without_addresses(words: str) -> str:
    """Return a server's words on one line, short and without addresses."""
    return ADDRESS.sub("…", " ".join(words.split()))[:300] or "no words"


def kind_of(error: BaseException) -> str:
    """Name an error by its class alone: its text may hold addresses of machines and people."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__)
    return words.removesuffix(" Error").lower()
