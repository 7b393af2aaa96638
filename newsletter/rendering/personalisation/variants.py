"""A variant of an edition: finished but for the places of recipient data."""

from __future__ import annotations

import hashlib
import hmac
import string
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from newsletter.mime import MessageTemplate
from newsletter.rendering.personalisation import contexts, language

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from newsletter.rendering.personalisation.contexts import Context
    from newsletter.rendering.personalisation.recipients import RecipientData

#: Text, and between the texts numbers of slots.
Pieces = tuple[str | int, ...]
#: The number of a slot, and what encodes a value for it.
Writing = tuple[int, "Callable[[str], str]"]

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


def slot_key(nonce: str, slot: Slot) -> str:
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

    def values(self, recipient: RecipientData) -> dict[str, str]:
        """Return for each key the recipient's text, encoded for where it stands."""
        written = self._written(recipient)
        return {self.keys[number]: text for number, text in written.items()}

    def values_of(self, recipients: Sequence[RecipientData]) -> list[dict[str, str]]:
        """Return the `values` of each of many, who cost half as much expression by expression."""
        columns = [
            map(encode, column)
            for evaluate, writings in self._writing
            for column in [[evaluate(recipient) for recipient in recipients]]
            for _, encode in writings
        ]
        keys = [self.keys[number] for _, writings in self._writing for number, _ in writings]
        if not keys:
            return [{} for _ in recipients]
        return [dict(zip(keys, row, strict=True)) for row in zip(*columns, strict=True)]

    def parts(self, recipient: RecipientData) -> Parts:
        """Return the mail finished for one recipient; values are put in by position."""
        written = self._written(recipient)
        each = self.skeleton
        return Parts(
            subject=self._with(each.subject, written),
            html=self._with(each.html, written),
            text=self._with(each.text, written),
        )

    def mime(self, recipient: RecipientData, headers: Mapping[str, str]) -> bytes:
        """Return the finished mail as a MIME message with CRLF line ends.

        `headers` are all but To, Subject and those of MIME: From, Date, Message-ID, List-…
        """
        return self._message.joined(self.values(recipient), {"To": recipient.email, **headers})

    @cached_property
    def _message(self) -> MessageTemplate:
        return MessageTemplate(subject=self.subject, html=self.html, text=self.text, keys=self.keys)

    @cached_property
    def _writing(self) -> tuple[tuple[Callable[[RecipientData], str], tuple[Writing, ...]], ...]:
        """Each expression once, with the places it is written in."""
        pieces = (*self.skeleton.subject, *self.skeleton.html, *self.skeleton.text)
        places: dict[str, list[Writing]] = {}
        for number in sorted({piece for piece in pieces if isinstance(piece, int)}):
            slot = self.slots[number]
            places.setdefault(slot.source, []).append((number, contexts.encoder_for(slot.context)))
        return tuple(
            (language.compile_printing(source), tuple(writings))
            for source, writings in places.items()
        )

    def _written(self, recipient: RecipientData) -> dict[int, str]:
        return {
            number: encode(value)
            for evaluate, writings in self._writing
            for value in [evaluate(recipient)]
            for number, encode in writings
        }

    @staticmethod
    def _with(pieces: Pieces, written: tuple[str, ...] | dict[int, str]) -> str:
        return "".join(piece if isinstance(piece, str) else written[piece] for piece in pieces)
