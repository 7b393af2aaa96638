"""A variant of an edition: finished but for the places of recipient data."""

from __future__ import annotations

import hashlib
import hmac
import string
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from newsletter.errors import UnfilledField
from newsletter.rendering import contexts, expressions, recipients

if TYPE_CHECKING:
    from newsletter.rendering.contexts import Context
    from newsletter.rendering.recipients import Recipient

#: Text, and between the texts numbers of slots.
Pieces = tuple[str | int, ...]

_ALPHABET = string.ascii_letters + string.digits
_KEY_LENGTH = 20


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for recipient data: an expression, and how its value is written there."""

    source: str
    context: Context


@dataclass(frozen=True, slots=True)
class Parts:
    """The three parts of a mail, finished for one recipient."""

    subject: str
    html: str
    text: str


@dataclass(frozen=True, slots=True)
class Skeleton:
    """The three parts as pieces, and the path of outcomes that leads to them."""

    path: tuple[tuple[int, bool], ...]
    subject: Pieces
    html: Pieces
    text: Pieces


def key(nonce: str, slot: Slot) -> str:
    """Return the key of a slot: the same for the same edition, else not to be guessed.

    Keys are alphanumeric and equally long, so that none is a part of another.
    """
    digest = hmac.digest(nonce.encode(), f"{slot.context}\0{slot.source}".encode(), hashlib.sha256)
    return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest[:_KEY_LENGTH])


@dataclass(frozen=True, eq=False)
class Variant:
    """One form of the mail, the same for all recipients who share the outcomes of its tests.

    `subject`, `html` and `text` hold keys where recipient data belongs.
    """

    key: str
    slots: tuple[Slot, ...]
    keys: tuple[str, ...]
    skeleton: Skeleton = field(repr=False)

    @cached_property
    def subject(self) -> str:
        """The subject line with keys."""
        return self._with(self.skeleton.subject, self.keys)

    @cached_property
    def html(self) -> str:
        """The HTML document with keys."""
        return self._with(self.skeleton.html, self.keys)

    @cached_property
    def text(self) -> str:
        """The text part with keys."""
        return self._with(self.skeleton.text, self.keys)

    def values(self, recipient: Recipient) -> dict[str, str]:
        """Return for each key the recipient's text, encoded for where it stands.

        Raises `UnfilledField` when the mail prints what the recipient lacks.
        """
        written = self._written(recipient)
        return {self.keys[number]: written[number] for number in self._used}

    def parts(self, recipient: Recipient) -> Parts:
        """Return the mail finished for one recipient; values are put in by position.

        Raises `UnfilledField` when the mail prints what the recipient lacks.
        """
        written = self._written(recipient)
        each = self.skeleton
        return Parts(
            subject=self._with(each.subject, written),
            html=self._with(each.html, written),
            text=self._with(each.text, written),
        )

    @cached_property
    def _used(self) -> tuple[int, ...]:
        pieces = (*self.skeleton.subject, *self.skeleton.html, *self.skeleton.text)
        return tuple(sorted({piece for piece in pieces if isinstance(piece, int)}))

    @cached_property
    def _sources(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.slots[number].source for number in self._used))

    def _written(self, recipient: Recipient) -> dict[int, str]:
        found = expressions.values(self._sources, recipients.scope(recipient))
        values = dict(zip(self._sources, found, strict=True))
        return {number: self._encoded(self.slots[number], values) for number in self._used}

    @staticmethod
    def _encoded(slot: Slot, values: dict[str, str]) -> str:
        try:
            return contexts.encoded(values[slot.source], slot.context)
        except UnfilledField as err:
            raise UnfilledField(f"{slot.source}: {err}", hint=err.hint) from None

    @staticmethod
    def _with(pieces: Pieces, written: tuple[str, ...] | dict[int, str]) -> str:
        return "".join(piece if isinstance(piece, str) else written[piece] for piece in pieces)
