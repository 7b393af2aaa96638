"""Who one copy of a mail is for, and the cleaning of what is known about them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

#: The names a template may print or test, but not compute with: they differ by recipient.
NAMES = ("subscriber", "unsubscribe_url", "preferences_url")
#: What `subscriber` has, besides `attributes`.
SUBSCRIBER_FIELDS = ("email", "name", "first_name")

_SPACED = dict.fromkeys([*range(9, 14), 0x85, 0x2028, 0x2029], " ")
# Control characters, bidi embeddings and overrides (they would turn the text after a name
# around), lone surrogates and non-characters (they cannot be sent).
_CONTROLS = [*range(9), *range(14, 32), *range(0x7F, 0x85), *range(0x86, 0xA0)]
_BIDI = [*range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_UNSENDABLE = [*range(0xD800, 0xE000), *range(0xFDD0, 0xFDF0), 0xFEFF, 0xFFFE, 0xFFFF]
_DROPPED = dict.fromkeys([*_CONTROLS, *_BIDI, *_UNSENDABLE])
_CLEANING = _DROPPED | _SPACED


class RecipientData(NamedTuple):
    """One subscriber as far as a mail may show them; the URLs are absolute.

    A tuple: a send makes one for everybody, and there is nothing cheaper to make.
    """

    email: str
    unsubscribe_url: str
    preferences_url: str
    name: str = ""
    first_name: str = ""
    attributes: Mapping[str, str] = MappingProxyType({})


def clean_value(value: object) -> str:
    """Return a value as one line of NFC text without control characters."""
    text = str(value)
    if text.isascii() and text.isprintable():
        return text
    return unicodedata.normalize("NFC", text.translate(_CLEANING))


class _Attributes:
    """A subscriber's attributes for expressions: reading only, cleaned on the way."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def __getitem__(self, name: str) -> str:
        return clean_value(self._values[name])


class _Subscriber:
    """What expressions see as `subscriber`."""

    __slots__ = ("attributes", "email", "first_name", "name")

    def __init__(self, recipient: RecipientData) -> None:
        self.email = clean_value(recipient.email)
        self.name = clean_value(recipient.name)
        self.first_name = clean_value(recipient.first_name)
        self.attributes = _Attributes(recipient.attributes)


def scope_of(recipient: RecipientData) -> dict[str, object]:
    """Return the recipient's names and values for expressions."""
    return {
        "subscriber": _Subscriber(recipient),
        "unsubscribe_url": clean_value(recipient.unsubscribe_url),
        "preferences_url": clean_value(recipient.preferences_url),
    }
