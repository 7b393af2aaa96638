"""Texts from a provider's events: fit for any database, and without addresses."""

from __future__ import annotations

import re

#: How many characters of an unparsed event are kept.
MAX_UNPARSED_CHARACTERS = 2000
#: How many characters are searched for addresses: more than are kept.
MAX_TEXT_CHARACTERS = 4000

#: From the beginning of a word only: tried from each of its letters, a long word takes for ever.
ADDRESS = re.compile(r"(?<![^\s\"'<>\[\](),;:])[^\s\"'<>\[\](),;:]+@[^\s\"'<>\[\](),;:]+")

#: The same in one part of a link, where the sign may be written as %40.
URL_ADDRESS = re.compile(r"(?<![^/?&=#;:@\s])[^/?&=#;:@\s]+?(?:@|%40)[^/?&=#;:\s]+")


def clean_text(value: object) -> str:
    """Return a text that every database accepts; empty for anything that is not text."""
    if not isinstance(value, str):
        return ""
    if value.isprintable():
        return value
    return value.encode(errors="replace").decode().replace("\0", "")


def excerpt(text: str) -> str:
    """Return the part of an unparsed event that is kept."""
    return clean_text(without_addresses(text))[:MAX_UNPARSED_CHARACTERS]


def without_addresses(text: str) -> str:
    """Return the beginning of a text with its addresses taken out."""
    if len(text) > MAX_TEXT_CHARACTERS:
        # Not in the middle of a word, which could be the beginning of an address.
        text = text[:MAX_TEXT_CHARACTERS].rpartition(" ")[0] or "…"
    return ADDRESS.sub("…", text)


def url_without_addresses(url: str) -> str:
    """Return the beginning of a link with its addresses taken out; `/@name` is none."""
    return URL_ADDRESS.sub("…", url[:MAX_TEXT_CHARACTERS])
