"""An edition: an issue rendered and frozen, personalised by substitution.

It holds everything a send needs and can be stored as JSON; nothing of the way from the
content to it is repeated for a recipient.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from newsletter.errors import BadInput
from newsletter.phrases import phrase
from newsletter.rendering.personalisation import language
from newsletter.rendering.personalisation.contexts import Context
from newsletter.rendering.personalisation.variants import Skeleton, Slot, Variant, slot_key

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from newsletter.rendering.personalisation.recipients import RecipientData

_FORMAT = 1


@dataclass(frozen=True, slots=True)
class MergeField:
    """An expression over the recipient, the contexts it is written in, and where it stands."""

    source: str
    contexts: tuple[str, ...]
    places: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Filling:
    """A variant, and the values of those who get it by their places among all recipients."""

    variant: Variant
    values: Mapping[int, dict[str, str]]


@dataclass(frozen=True, eq=False)
class CompiledEdition:
    """A mail with all its variants; `tests` are the expressions that choose between them."""

    nonce: str = field(repr=False)
    template: str
    merge_fields: tuple[MergeField, ...] = field(repr=False)
    tests: tuple[str, ...]
    slots: tuple[Slot, ...] = field(repr=False)
    skeletons: tuple[Skeleton, ...] = field(repr=False)

    @cached_property
    def variants(self) -> tuple[Variant, ...]:
        """All forms of the mail."""
        keys = tuple(slot_key(self.nonce, slot) for slot in self.slots)
        return tuple(
            Variant(key=str(number), slots=self.slots, keys=keys, skeleton=skeleton)
            for number, skeleton in enumerate(self.skeletons)
        )

    def variant(self, recipient: RecipientData) -> Variant:
        """Return the form of the mail for a recipient."""
        if not self.tests:
            return self.variants[0]
        outcomes: dict[int, bool] = {}
        return next(each for each in self.variants if self._leads(each, recipient, outcomes))

    def fill(self, recipients: Sequence[RecipientData]) -> list[Filling]:
        """Return the values of many, variant by variant."""
        return [
            Filling(
                variant=variant,
                values=dict(
                    zip(
                        places,
                        variant.values_of([recipients[place] for place in places]),
                        strict=True,
                    )
                ),
            )
            for variant, places in self._by_variant(recipients).items()
        ]

    @cached_property
    def hash(self) -> str:
        """The sha256 (hex) of everything that decides the mail.

        The nonce is not in it: it only keeps the keys from being guessed.
        """
        data = {name: value for name, value in self._data().items() if name != "nonce"}
        canonical = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()

    def to_json(self) -> str:
        """Return the edition as JSON, for the ledger."""
        return json.dumps(self._data(), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> CompiledEdition:
        """Return the edition that `to_json` wrote; raises `BadInput` for another format."""
        data = json.loads(text)
        if data.get("format") != _FORMAT:
            raise BadInput(
                phrase("an edition of the unknown format {format!r}", format=data.get("format"))
            )
        return cls(
            nonce=data["nonce"],
            template=data["template"],
            merge_fields=tuple(
                MergeField(source, tuple(kinds), tuple(places))
                for source, kinds, places in data["fields"]
            ),
            tests=tuple(data["tests"]),
            slots=tuple(Slot(source, Context(context)) for source, context in data["slots"]),
            skeletons=tuple(_skeleton(each) for each in data["variants"]),
        )

    @cached_property
    def _deciding(self) -> tuple[Callable[[RecipientData], bool], ...]:
        return tuple(map(language.compile_test, self.tests))

    def _by_variant(self, recipients: Sequence[RecipientData]) -> Mapping[Variant, Sequence[int]]:
        """Return the places of those who get each variant."""
        if not self.tests:
            return {self.variants[0]: range(len(recipients))}
        places: dict[Variant, list[int]] = {}
        for place, recipient in enumerate(recipients):
            places.setdefault(self.variant(recipient), []).append(place)
        return places

    def _leads(self, variant: Variant, recipient: RecipientData, outcomes: dict[int, bool]) -> bool:
        """Say whether a variant's path is the recipient's; each test is evaluated once."""
        for test, outcome in variant.skeleton.path:
            if test not in outcomes:
                outcomes[test] = self._deciding[test](recipient)
            if outcomes[test] is not outcome:
                return False
        return True

    def _data(self) -> dict[str, Any]:
        return {
            "format": _FORMAT,
            "nonce": self.nonce,
            "template": self.template,
            "fields": [[each.source, each.contexts, each.places] for each in self.merge_fields],
            "tests": self.tests,
            "slots": [[slot.source, slot.context] for slot in self.slots],
            "variants": [
                {"path": each.path, "subject": each.subject, "html": each.html, "text": each.text}
                for each in self.skeletons
            ],
        }


def _skeleton(data: dict[str, Any]) -> Skeleton:
    return Skeleton(
        path=tuple((test, outcome) for test, outcome in data["path"]),
        subject=tuple(data["subject"]),
        html=tuple(data["html"]),
        text=tuple(data["text"]),
    )
